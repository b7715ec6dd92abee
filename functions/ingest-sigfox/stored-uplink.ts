import type { Uplink } from '../../shared/sigfox/callback.ts';
import { fromItem, toItem, type Item, type Storable } from '../../shared/sigfox/item.ts';
import { storableValues, type Decoding } from './decode-payload.ts';
import type { Sequence } from './sequence.ts';

/**
 * An uplink's item in the table `sigfox`, beside its key (message-key.ts). The first delivery writes it, and
 * every retry is answered from it:
 *
 *     time          S     ISO 8601
 *     data          S     hexadecimal digits; an item without it waits for its uplink
 *     seqNumber     N     where Sigfox gave one
 *     deviceTypeId  S     where the callback told it
 *     ack           BOOL  true where the device listened for a downlink
 *     values        M     what the payload was decoded to
 *     problem       M     why it could not be: code, message, field
 *     sequence      M     kind, missing, wrapped: see sequence.ts
 *     radio         M     snr, rssi, station, … of the uplink's own callback
 *     reception, computedLocation   what a DATA_ADVANCED callback told
 *     custom        M     what else was in the callback
 *     unreadable    L     names of variables that had an unusable value
 *     receivedAt    S     when the first delivery was taken in
 */
const ATTRIBUTES = [
  'time',
  'seqNumber',
  'deviceTypeId',
  'data',
  'values',
  'sequence',
  'radio',
  'custom',
] as const;

export function encodeUplink(
  uplink: Uplink,
  { decoding, sequence, nowMs }: { decoding: Decoding; sequence: Sequence; nowMs: number },
): Item {
  const { timeMs, seqNumber, deviceTypeId, data, reception, custom, unreadable } = uplink;
  return toItem({
    time: new Date(timeMs).toISOString(),
    data,
    seqNumber,
    deviceTypeId,
    ack: uplink.ack ? true : undefined,
    values: decoding.kind === 'decoded' ? storableValues(decoding.payload) : undefined,
    problem: decoding.kind === 'undecodable' ? { ...decoding.problem } : undefined,
    sequence: { ...sequence },
    radio: unlessEmpty(reception),
    custom: unlessEmpty(custom),
    unreadable: unreadable.length === 0 ? undefined : unreadable,
    receivedAt: new Date(nowMs).toISOString(),
  });
}

/**
 * What is published for an uplink, on `sigfox/<device>/reading`: the attributes above that are the message's
 * own, its device, and whether it is late. It is read off the item, so a retry publishes the same.
 */
export function readingOf(device: string, item: Item): Readonly<Record<string, Storable>> {
  const stored = fromItem(item);
  const reading: Record<string, Storable> = { device };
  for (const name of ATTRIBUTES) {
    const value = stored[name];
    if (value !== undefined) reading[name] = value;
  }
  reading['late'] = item['sequence']?.M?.['kind']?.S === 'late';
  return reading;
}

function unlessEmpty(values: Readonly<Record<string, Storable>>) {
  return Object.keys(values).length === 0 ? undefined : values;
}
