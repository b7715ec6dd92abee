import { notServed } from '../not-served-pattern.ts';
import { civilDateOf, dayOfWeek, dayOfYear, ISO_WEEKS, weekDateOf } from './calendar.ts';
import { ERAS, HALF_DAYS, MONTHS, shortened, WEEKDAYS } from './english.ts';
import { MAX_PATTERN_LENGTH, type PatternPiece, readPieces } from './pattern-letters.ts';
import { offsetText, type TimeZone } from './time-zone.ts';

/** A moment as the letters of a pattern see it. */
interface Moment {
  readonly instantMs: number;
  readonly zone: TimeZone;
  /** Days since 1970-01-01 on the local calendar. */
  readonly days: number;
  /** Milliseconds since local midnight. */
  readonly dayMs: number;
  /** 0 is 1 BC. */
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** Writes a moment for a letter that stands `count` times. */
type LetterWriter = (moment: Moment, count: number) => string;

const MS_PER_DAY = 86_400_000;
const MS_PER_HOUR = 3_600_000;

const SHORT_MONTHS = shortened(MONTHS);
const SHORT_WEEKDAYS = shortened(WEEKDAYS);

/** The letters of Joda-Time's DateTimeFormat. */
const letters: ReadonlyMap<string, LetterWriter> = new Map<string, LetterWriter>([
  ['G', ({ year }) => ERAS[year > 0 ? 1 : 0]],
  ['C', ({ year }, count) => padded(Math.floor(Math.abs(year) / 100), count)],
  ['Y', ({ year }, count) => (count === 2 ? lastTwoDigits(year) : padded(yearOfEra(year), count))],
  ['y', ({ year }, count) => yearText(year, count)],
  ['x', ({ days }, count) => yearText(weekDateOf(days, ISO_WEEKS).weekYear, count)],
  ['w', ({ days }, count) => padded(weekDateOf(days, ISO_WEEKS).week, count)],
  ['e', ({ days }, count) => padded(dayOfWeek(days), count)],
  ['E', ({ days }, count) => nameOf(count > 3 ? WEEKDAYS : SHORT_WEEKDAYS, dayOfWeek(days))],
  ['D', ({ days }, count) => padded(dayOfYear(days), count)],
  ['M', writeMonth],
  ['d', ({ day }, count) => padded(day, count)],
  ['a', ({ dayMs }) => HALF_DAYS[dayMs < MS_PER_DAY / 2 ? 0 : 1]],
  ['K', ({ dayMs }, count) => padded(hourOf(dayMs) % 12, count)],
  ['h', ({ dayMs }, count) => padded(hourOf(dayMs) % 12 || 12, count)],
  ['H', ({ dayMs }, count) => padded(hourOf(dayMs), count)],
  ['k', ({ dayMs }, count) => padded(hourOf(dayMs) || 24, count)],
  ['m', ({ dayMs }, count) => padded(Math.floor(dayMs / 60_000) % 60, count)],
  ['s', ({ dayMs }, count) => padded(Math.floor(dayMs / 1000) % 60, count)],
  [
    'S',
    ({ dayMs }, count) =>
      padded(dayMs % 1000, 3)
        .slice(0, count)
        .padEnd(count, '0'),
  ],
  ['z', writeZoneName],
  ['Z', writeZoneOffset],
]);

/**
 * Compiles a pattern of Joda-Time's DateTimeFormat to a function that writes an instant, in milliseconds since the
 * epoch, in a zone. Words are English.
 *
 * @throws SqlEvaluationError PATTERN_NOT_SERVED for a letter that Joda-Time has not, for an empty pattern, and for one
 *   of more than 1,000 characters
 */
export function compileJodaPattern(pattern: string): (instantMs: number, zone: TimeZone) => string {
  const pieces = readPieces(pattern, { reserved: '', closesQuotes: true }) ?? [];
  if (pieces.length === 0) throw notServed('nothing', pattern);
  if (pattern.length > MAX_PATTERN_LENGTH) {
    throw notServed(`${pattern.length} characters`, `${pattern.slice(0, 50)}…`);
  }
  const writers = pieces.map((piece) => compilePiece(piece, pattern));
  return (instantMs, zone) => {
    const moment = momentOf(instantMs, zone);
    return writers.map((write) => write(moment)).join('');
  };
}

function compilePiece(piece: PatternPiece, pattern: string): (moment: Moment) => string {
  if (piece.kind === 'literal') return () => piece.text;
  const write = letters.get(piece.letter);
  if (write === undefined) throw notServed(`the letter ${piece.letter}`, pattern);
  return (moment) => write(moment, piece.count);
}

function momentOf(instantMs: number, zone: TimeZone): Moment {
  const localMs = instantMs + zone.offsetMsAt(instantMs);
  const days = Math.floor(localMs / MS_PER_DAY);
  return { instantMs, zone, days, dayMs: localMs - days * MS_PER_DAY, ...civilDateOf(days) };
}

function writeMonth({ month }: Moment, count: number): string {
  if (count < 3) return padded(month, count);
  return nameOf(count > 3 ? MONTHS : SHORT_MONTHS, month);
}

/** A zone without a name is written as its offset. */
function writeZoneName({ zone, instantMs }: Moment, count: number): string {
  const name = zone.nameAt(instantMs, count > 3 ? 'long' : 'short');
  return name ?? offsetText(zone.offsetMsAt(instantMs), { separator: ':', seconds: 'ifAny' });
}

/** One letter is `+0100`, two are `+01:00`, more are the zone's id. */
function writeZoneOffset({ zone, instantMs }: Moment, count: number): string {
  if (count > 2) return zone.id;
  const separator = count === 1 ? '' : ':';
  return offsetText(zone.offsetMsAt(instantMs), { separator, seconds: 'never' });
}

function yearText(year: number, count: number): string {
  return count === 2 ? lastTwoDigits(year) : padded(year, count);
}

function yearOfEra(year: number): number {
  return year > 0 ? year : 1 - year;
}

function lastTwoDigits(year: number): string {
  return padded(Math.abs(year) % 100, 2);
}

function hourOf(dayMs: number): number {
  return Math.floor(dayMs / MS_PER_HOUR);
}

/** At least `count` digits, behind a minus sign if there is one. */
function padded(value: number, count: number): string {
  return (value < 0 ? '-' : '') + String(Math.abs(value)).padStart(count, '0');
}

/** Names count from 1. */
function nameOf(names: readonly string[], position: number): string {
  return names[position - 1] ?? '';
}
