import { fixedZone, regionZone, type TimeZone } from './time-zone.ts';

/**
 * A zone as Joda-Time's DateTimeZone.forID reads it: a region of the tz database, `UTC`, or an offset such as `+01:00`,
 * also behind UTC. Undefined for everything else; three-letter names such as PST are none.
 */
export function readJodaZone(id: string): TimeZone | undefined {
  if (id === 'UTC' || id === 'UT') return fixedZone(0);
  const match = /^(?:UTC|GMT|UT)?([+-])([01]\d|2[0-3])(?::?([0-5]\d)(?::?([0-5]\d))?)?$/.exec(id);
  if (match === null) return regionZone(id);
  const [, sign, hours, minutes = '0', seconds = '0'] = match;
  const offsetMs = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
  return fixedZone(sign === '-' ? -offsetMs : offsetMs);
}
