import { parseEventTime } from '../event-time.ts';
import { RejectedInputError } from '../rejections.ts';
import { normaliseDeviceId } from './device-id.ts';
import { storable, type Storable } from './item.ts';
import { MAX_PAYLOAD_BYTES } from './payload-layout.ts';
import type { VariableReader } from './variables.ts';

/** A message from further ahead would make every honest one after it late. */
const MAX_AHEAD_MS = 24 * 60 * 60 * 1000;

/** Sequence numbers have twelve bits. */
export const SEQUENCE_NUMBERS = 4096;

/** @throws RejectedInputError DEVICE_MISSING or DEVICE_UNREADABLE */
export function readDevice(read: VariableReader): { device: string; deviceAsSent: string } {
  const sent = read.text('device');
  if (sent === undefined) {
    throw new RejectedInputError('DEVICE_MISSING', 'the callback names no "device"', 'device');
  }
  const device = normaliseDeviceId(sent);
  if (device !== undefined) return { device, deviceAsSent: sent };
  throw new RejectedInputError(
    'DEVICE_UNREADABLE',
    `the device "${sent.slice(0, 20)}" is not one to eight hexadecimal digits`,
    'device',
  );
}

/**
 * The message's own time, in milliseconds.
 *
 * @throws RejectedInputError TIME_MISSING, TIME_UNREADABLE or TIME_AHEAD
 */
export function readTime(read: VariableReader, nowMs: number): number {
  const time = read.text('time');
  if (time === undefined) throw new RejectedInputError('TIME_MISSING', 'the callback has no "time"', 'time');
  const timeMs = parseEventTime(time);
  if (timeMs === undefined || timeMs < 0) {
    const message = `the time "${time.slice(0, 40)}" is no number of seconds since 1970`;
    throw new RejectedInputError('TIME_UNREADABLE', message, 'time');
  }
  if (timeMs <= nowMs + MAX_AHEAD_MS) return timeMs;
  throw new RejectedInputError(
    'TIME_AHEAD',
    'the time is more than a day ahead of the clock: keeping it would make every honest message after it late',
    'time',
  );
}

/**
 * Without one, a message is known by its device and time alone.
 *
 * @throws RejectedInputError SEQUENCE_UNREADABLE
 */
export function readSequenceNumber(read: VariableReader): number | undefined {
  const seqNumber = read.number('seqNumber');
  const isNumber = seqNumber !== undefined && Number.isInteger(seqNumber);
  if (isNumber && seqNumber >= 0 && seqNumber < SEQUENCE_NUMBERS) return seqNumber;
  if (seqNumber === undefined && !read.unreadable.includes('seqNumber')) return undefined;
  const message = `the sequence number is not a whole number from 0 to ${SEQUENCE_NUMBERS - 1}`;
  throw new RejectedInputError('SEQUENCE_UNREADABLE', message, 'seqNumber');
}

/**
 * The payload's digits. A message may have none.
 *
 * @throws RejectedInputError DATA_MISSING, DATA_TOO_LONG or DATA_NOT_HEX
 */
export function readData(read: VariableReader): string {
  const data = read.textOrEmpty('data');
  if (data === undefined) {
    throw new RejectedInputError('DATA_MISSING', 'the callback has no "data"', 'data');
  }
  if (data.length > MAX_PAYLOAD_BYTES * 2) {
    const message = `the data has ${data.length} digits, and a message has at most ${MAX_PAYLOAD_BYTES * 2}`;
    throw new RejectedInputError('DATA_TOO_LONG', message, 'data');
  }
  if (/^(?:[0-9A-Fa-f]{2})*$/.test(data)) return data.toLowerCase();
  throw new RejectedInputError('DATA_NOT_HEX', `the data "${data}" is not hexadecimal bytes`, 'data');
}

/** A list or an object as it may be stored. @throws RejectedInputError NESTED_TOO_DEEP or NAME_EMPTY */
export function readStructure(read: VariableReader, name: string): Storable | undefined {
  const value = read.structure(name);
  return value === undefined ? undefined : storable(value, name);
}

/** The location of a GEOLOC callback, in the shape that DATA_ADVANCED gives it. */
export function readGeolocation(read: VariableReader): Storable | undefined {
  const lat = read.number('lat');
  const lng = read.number('lng');
  const location = { lat, lng, radius: read.number('radius'), source: read.text('geolocSource') };
  return lat === undefined || lng === undefined ? undefined : present(location);
}

/** What has a value. */
export function present(
  values: Readonly<Record<string, Storable | undefined>>,
): Readonly<Record<string, Storable>> {
  const found: Record<string, Storable> = {};
  for (const [name, value] of Object.entries(values)) if (value !== undefined) found[name] = value;
  return found;
}
