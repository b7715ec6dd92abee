import * as z from 'zod/mini';
import { once } from '../../shared/once.ts';
import { RejectedInputError } from '../../shared/rejections.ts';
import { normaliseDeviceId } from '../../shared/sigfox/device-id.ts';
import { queueDownlink, readDownlinkData } from '../../shared/sigfox/downlink.ts';
import { publicationsOf } from '../../shared/sigfox/publication.ts';
import type { Variables } from '../../shared/sigfox/variables.ts';
import type { Ingested, IngestServices } from './services.ts';

const requestSchema = once(() =>
  z.strictObject({
    data: z.unknown(),
    id: z.optional(z.string().check(z.minLength(1), z.maxLength(100))),
    /** When AWS IoT received it, in milliseconds: the rule writes it. */
    receivedAt: z.optional(z.int().check(z.gte(0))),
  }),
);

/**
 * A downlink that is asked for on `sigfox/<device>/downlink`, as `{"data": "0011223344556677", "id": "…"}`: it
 * waits until its device asks. Without an id it is known by when it was received, so that a second delivery of
 * the same message is the same downlink.
 *
 * @throws RejectedInputError DEVICE_UNREADABLE, DOWNLINK_UNUSABLE or DOWNLINK_NOT_8_BYTES
 */
export async function queueRequestedDownlink(
  deviceAsSent: string,
  variables: Variables,
  { downlinks, now, count }: IngestServices,
): Promise<Ingested> {
  const device = normaliseDeviceId(deviceAsSent);
  if (device === undefined) {
    const message = `the device "${deviceAsSent.slice(0, 20)}" is not one to eight hexadecimal digits`;
    throw new RejectedInputError('DEVICE_UNREADABLE', message, 'device');
  }
  const parsed = z.safeParse(requestSchema(), variables);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue?.path.join('.') ?? '';
    const message = `the downlink cannot be used: ${issue?.message ?? 'wrong shape'}`;
    throw new RejectedInputError('DOWNLINK_UNUSABLE', message, field);
  }
  const data = readDownlinkData(parsed.data.data);
  const queuedAtMs = parsed.data.receivedAt ?? now();
  const id = parsed.data.id ?? `${queuedAtMs}-${data}`;
  const { told } = await downlinks.change(device, (slot) => queueDownlink(slot, { id, data, queuedAtMs }));
  count('DownlinkQueued');
  return { publications: publicationsOf(device, told) };
}
