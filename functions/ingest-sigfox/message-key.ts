import { createHash } from 'node:crypto';
import type { UplinkKey } from '../../shared/sigfox/downlink.ts';
import type { Storable } from '../../shared/sigfox/item.ts';

/** The key of an item in the table `sigfox`. */
export interface MessageKey {
  readonly deviceid: string;
  readonly timestamp: string;
}

/**
 * An uplink's key: its device, and its own time with its sequence number, such as
 * `2026-01-31T10:00:00.000Z#0012`. Every retry of it has the same, and keys sort as messages were sent. The
 * number alone would come again after 4096 messages.
 */
export function uplinkKey(device: string, { timeMs, seqNumber }: UplinkKey): MessageKey {
  const number = seqNumber === undefined ? '-' : String(seqNumber).padStart(4, '0');
  return { deviceid: device, timestamp: `${new Date(timeMs).toISOString()}#${number}` };
}

/**
 * The key of what is no uplink: its time, its kind and a digest of all it says, because nothing else in it is
 * surely its own. An identical retry has the same; two errors of one second do not.
 */
export function serviceKey(
  source: string,
  {
    timeMs,
    callback,
    variables,
  }: { timeMs: number; callback: string; variables: Readonly<Record<string, Storable>> },
): MessageKey {
  const names = Object.keys(variables).sort();
  const canonical = JSON.stringify(names.map((name) => [name, variables[name]]));
  const digest = createHash('sha256').update(canonical).digest('hex').slice(0, 8);
  return { deviceid: source, timestamp: `${new Date(timeMs).toISOString()}#${callback}#${digest}` };
}
