/** Numbers under this are epoch seconds, from here on epoch milliseconds (5138-11-16 in seconds). */
const FIRST_MILLISECONDS = 1e11;

/** The last instant that a JavaScript date can hold, in milliseconds. */
const MAX_EPOCH_MS = 8.64e15;

const TEXT =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d{2}:?\d{2})?)?$/i;
const NUMBER = /^-?\d+(\.\d+)?$/;

/**
 * Reads the instant that a reading carries: ISO 8601, `YYYY-MM-DD hh:mm:ss` (UTC where no offset is given),
 * or epoch seconds or milliseconds, as a number or as text.
 *
 * @returns milliseconds since the epoch, or undefined when it cannot be read as an instant (30 February is
 *   not one).
 */
export function parseEventTime(value: unknown): number | undefined {
  if (typeof value === 'number') return fromNumber(value);
  if (typeof value !== 'string' || value.length > 40) return undefined;
  const text = value.trim();
  return NUMBER.test(text) ? fromNumber(Number(text)) : fromText(text);
}

function fromNumber(value: number): number | undefined {
  if (!Number.isFinite(value)) return undefined;
  const epochMs = Math.round(Math.abs(value) < FIRST_MILLISECONDS ? value * 1000 : value);
  return Math.abs(epochMs) <= MAX_EPOCH_MS ? epochMs : undefined;
}

function fromText(text: string): number | undefined {
  const match = TEXT.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = match;
  const fields = [year, month, day, hour, minute, second].map(Number);
  const [y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0] = fields;
  const date = new Date(0);
  date.setUTCFullYear(y, mo - 1, d);
  date.setUTCHours(h, mi, s, Number(fraction.padEnd(3, '0').slice(0, 3)));
  // A field out of its range rolls over into the next one: what comes back then differs from what was read.
  const unchanged =
    date.getUTCMonth() === mo - 1 &&
    date.getUTCDate() === d &&
    date.getUTCHours() === h &&
    date.getUTCMinutes() === mi &&
    date.getUTCSeconds() === s;
  const offsetMinutes = readOffset(zone);
  if (!unchanged || offsetMinutes === undefined) return undefined;
  return date.getTime() - offsetMinutes * 60_000;
}

function readOffset(zone: string): number | undefined {
  if (zone.toUpperCase() === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2));
  if (hours > 18 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
