import { toInt, toText } from '../conversions.ts';
import { SqlEvaluationError } from '../errors.ts';
import { type SqlValue, toDouble } from '../values.ts';
import { compileJavaTimePattern } from './date-time/java-time-pattern.ts';
import { compileJodaPattern } from './date-time/joda-pattern.ts';
import { readJodaZone } from './date-time/joda-zone.ts';
import type { CallSite, SqlFunction } from './function.ts';
import { Kept } from './kept.ts';

/** The last millisecond that a calendar counts here, before and after 1970. */
const MAX_INSTANT_MS = 8.64e15 - 86_400_000;

const jodaPatterns = new Kept(compileJodaPattern);
const javaTimePatterns = new Kept(compileJavaTimePattern);

/** Functions of the clock and the calendar. */
export const timeFunctions: readonly SqlFunction[] = [
  {
    name: 'timestamp',
    signature: 'timestamp()',
    minArguments: 0,
    maxArguments: 0,
    /** Milliseconds since the epoch; one value for a whole message. */
    evaluate: (context) => context.nowMs,
  },
  {
    name: 'parse_time',
    signature: 'parse_time(String, Long[, String])',
    minArguments: 2,
    maxArguments: 3,
    sinceVersion: '2016-03-23',
    evaluate: (_context, operands, site) => {
      const [pattern, timestamp, timeZone] = operands;
      const zone = operands.length === 2 ? 'UTC' : timeZone;
      return formatTime(pattern, timestamp, zone) ?? unreadable('parse_time', site);
    },
  },
  {
    name: 'time_to_epoch',
    signature: 'time_to_epoch(String, String)',
    minArguments: 2,
    maxArguments: 2,
    sinceVersion: '2016-03-23',
    evaluate: (_context, [timestamp, pattern], site) =>
      readTime(timestamp, pattern) ?? unreadable('time_to_epoch', site),
  },
];

/** Writes milliseconds since the epoch in a pattern of Joda-Time. */
function formatTime(pattern: SqlValue, timestamp: SqlValue, timeZone: SqlValue): string | undefined {
  const patternText = toText(pattern);
  const instant = toInt(timestamp);
  const zone = readJodaZone(toText(timeZone) ?? '');
  if (patternText === undefined || instant === undefined || zone === undefined) return undefined;
  const instantMs = toDouble(instant);
  return Math.abs(instantMs) > MAX_INSTANT_MS ? undefined : jodaPatterns.of(patternText)(instantMs, zone);
}

/** Reads a text by a pattern of java.time: milliseconds since the epoch. */
function readTime(timestamp: SqlValue, pattern: SqlValue): number | undefined {
  const text = toText(timestamp);
  const patternText = toText(pattern);
  return text === undefined || patternText === undefined ? undefined : javaTimePatterns.of(patternText)(text);
}

function unreadable(name: string, { switches }: CallSite): undefined {
  if (switches.unreadableTime === 'undefined') return undefined;
  throw new SqlEvaluationError('TIME_NOT_READABLE', `${name}() cannot read its time or its time zone`);
}
