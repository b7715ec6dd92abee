import { RejectedInputError } from '../../shared/rejections.ts';
import type { Completion, Uplink } from '../../shared/sigfox/callback.ts';
import { confirmDownlink } from '../../shared/sigfox/downlink.ts';
import { toItem } from '../../shared/sigfox/item.ts';
import type { DecodedPayload } from '../../shared/sigfox/payload-decoder.ts';
import { PayloadConfigError, PayloadError } from '../../shared/sigfox/payload-errors.ts';
import { publicationsOf, type Publication } from '../../shared/sigfox/publication.ts';
import { readingTopic, receptionTopic } from '../../shared/sigfox/topics.ts';
import { uplinkKey } from './message-key.ts';
import { receiveUplink } from './receive-uplink.ts';
import { readingOf } from './stored-uplink.ts';
import type { Ingested, IngestServices } from './services.ts';

/**
 * A message of a device: stored in its place, decoded by the config of its kind, and told as a reading. Where
 * its kind says how a device echoes, the echo of a downlink is looked for.
 *
 * A payload that cannot be decoded is stored all the same, and rejected with the reason: sent back once the
 * config is put right, it is decoded.
 */
export async function ingestUplink(sent: Uplink, services: IngestServices): Promise<Ingested> {
  const { store, decoders, types, now, pause, count } = services;
  const uplink = await withType(sent, services);
  const { device } = uplink;
  const type = await types.get(uplink.deviceTypeId);
  const { item, isRepeated, decoding } = await receiveUplink(uplink, {
    store,
    decoders,
    type,
    nowMs: now(),
    pause,
    onConflict: () => count('StateConflict'),
  });
  const kind = item['sequence']?.M?.['kind']?.S ?? 'unknown';
  count(isRepeated ? 'UplinkRepeated' : 'UplinkStored');
  if (!isRepeated && (kind === 'gap' || kind === 'reboot' || kind === 'late')) count(COUNTS[kind]);
  const problem = item['problem']?.M;
  if (problem !== undefined) {
    const code = problem['code']?.S ?? 'PAYLOAD_UNDECODABLE';
    const message = `the message is stored and could not be decoded: ${problem['message']?.S ?? ''}`;
    return { publications: [], rejection: new RejectedInputError(code, message, problem['field']?.S) };
  }
  const reading: Publication = { topic: readingTopic(device), message: readingOf(device, item) };
  const { echoConfig } = type;
  if (echoConfig === undefined || decoding.kind !== 'decoded') return { publications: [reading] };
  const { publications, rejection } = await confirmByEcho(uplink, echoConfig, decoding.payload, services);
  const all = [reading, ...publications];
  return rejection === undefined ? { publications: all } : { publications: all, rejection };
}

/** What the callback does not tell of its device's kind, somebody may have assigned. */
async function withType(uplink: Uplink, { assignments }: IngestServices): Promise<Uplink> {
  if (uplink.deviceTypeId !== undefined) return uplink;
  const deviceTypeId = await assignments.get(uplink.device);
  return deviceTypeId === undefined ? uplink : { ...uplink, deviceTypeId };
}

const COUNTS = { gap: 'SequenceGap', reboot: 'DeviceReboot', late: 'UplinkLate' } as const;

async function confirmByEcho(
  { device, timeMs }: Uplink,
  echoConfig: string,
  payload: DecodedPayload,
  { downlinks, decoders, count }: IngestServices,
): Promise<Ingested> {
  try {
    const { told } = await downlinks.change(device, (slot) =>
      confirmDownlink(slot, timeMs, (data) => decoders.isEcho(echoConfig, data, payload)),
    );
    if (told.length > 0) count('DownlinkConfirmed');
    return { publications: publicationsOf(device, told) };
  } catch (error) {
    if (!(error instanceof PayloadConfigError) && !(error instanceof PayloadError)) throw error;
    const message = `the echo config of its kind cannot read a downlink: ${error.message}`;
    return {
      publications: [],
      rejection: new RejectedInputError('ECHO_CONFIG_UNUSABLE', message, error.field),
    };
  }
}

/**
 * What the network tells of an uplink later: it completes the uplink's item, and makes it where it comes
 * before the uplink itself.
 */
export async function ingestCompletion(
  completion: Completion,
  { store, count }: IngestServices,
): Promise<Ingested> {
  const { callback, device, timeMs, seqNumber, reception, computedLocation } = completion;
  const uplink = { timeMs, ...(seqNumber === undefined ? {} : { seqNumber }) };
  const time = new Date(timeMs).toISOString();
  const [attributes, unless] =
    callback === 'geoloc'
      ? [toItem({ time, computedLocation }), 'computedLocation']
      : [toItem({ time, reception, computedLocation }), 'reception'];
  const isNew = await store.complete(uplinkKey(device, uplink), attributes, unless);
  count(isNew ? 'UplinkCompleted' : 'CompletionRepeated');
  const message = {
    device,
    time,
    seqNumber,
    callback,
    ...(callback === 'geoloc' ? {} : { reception }),
    computedLocation,
  };
  return { publications: [{ topic: receptionTopic(device), message }] };
}
