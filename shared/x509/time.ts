import { Buffer } from 'node:buffer';
import { contentOf, malformed, tags, type DerValue } from './der.ts';

const UTC_TIME = /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/;
const GENERALIZED_TIME = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/;

/** Whether a value is one of the two kinds of time. */
export function isTime(value: DerValue | undefined): value is DerValue {
  return value?.tag === tags.utcTime || value?.tag === tags.generalizedTime;
}

/**
 * A Time, always in UTC and to the second (RFC 5280 §4.1.2.5).
 *
 * @returns milliseconds since the epoch
 * @throws X509Error MALFORMED_DER
 */
export function timeOf(value: DerValue | undefined, what: string): number {
  if (!isTime(value)) throw malformed(`${what} is no time`);
  const text = Buffer.from(contentOf(value)).toString('latin1');
  const match = (value.tag === tags.utcTime ? UTC_TIME : GENERALIZED_TIME).exec(text);
  if (match === null) throw malformed(`${what} is not a time in UTC`);
  const [first = 0, month = 0, ...rest] = match.slice(1).map(Number);
  const [day = 0, hour = 0, minute = 0, second = 0] = rest;
  // RFC 5280 §4.1.2.5.1: two digits from 50 on are of the last century.
  const year = value.tag === tags.utcTime ? first + (first < 50 ? 2000 : 1900) : first;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  // A field out of its range rolls over into the next one.
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || date.getUTCSeconds() !== second) {
    throw malformed(`${what} is not a time in UTC`);
  }
  return date.getTime();
}
