import { notServed } from '../not-served-pattern.ts';
import { ERAS, HALF_DAYS, LONG_ERAS, MONTHS, QUARTERS, shortened, WEEKDAYS } from './english.ts';
import { MAX_WIDTH, numberReader, type NumberSpec, type SignRule } from './number-reader.ts';
import { type FieldName, keepValue, type PieceReader } from './parsed-fields.ts';
import {
  basicOffsetReader,
  localizedOffsetReader,
  offsetReader,
  zoneIdReader,
  zoneNameReader,
} from './zone-readers.ts';

/** A number may have numbers right beside it; everything else reads itself. */
export type LetterReader = NumberSpec | PieceReader;

/** Makes the reader of a letter that stands `count` times; undefined for a count that java.time has not. */
type LetterCompiler = (count: number) => LetterReader | undefined;

/** The letters of java.time's DateTimeFormatter in JDK 11, but for those of `lettersNotServed`. */
const letters: ReadonlyMap<string, LetterCompiler> = new Map<string, LetterCompiler>([
  ['G', (count) => eraReader(count)],
  ['u', (count) => yearSpec('year', count)],
  ['y', (count) => yearSpec('yearOfEra', count)],
  [
    'D',
    (count) => (count > 3 ? undefined : count === 1 ? free('dayOfYear') : between('dayOfYear', count, 3)),
  ],
  ['M', (count) => numberOrName('month', count, MONTHS)],
  ['L', (count) => numberOrName('month', count, MONTHS)],
  ['d', (count) => twoDigits('day', count)],
  ['Q', (count) => quarterReader(count)],
  ['q', (count) => quarterReader(count)],
  ['Y', (count) => alone(yearSpec('weekYear', count))],
  ['w', (count) => (count > 2 ? undefined : alone(between('week', count, 2)))],
  ['W', (count) => (count > 1 ? undefined : alone(between('weekOfMonth', 1, 2)))],
  ['E', (count) => weekdayReader(Math.max(count, 3))],
  ['e', (count) => (count > 2 ? weekdayReader(count) : alone(between('dayInWeek', count, 2)))],
  [
    'c',
    (count) =>
      count === 1 ? alone(between('dayInWeek', 1, 2)) : count === 2 ? undefined : weekdayReader(count),
  ],
  ['F', (count) => (count > 1 ? undefined : free('alignedDay'))],
  ['a', (count) => (count > 1 ? undefined : nameReader('halfDay', HALF_DAYS, 0))],
  ['h', (count) => twoDigits('clockHourOfHalfDay', count)],
  ['K', (count) => twoDigits('hourOfHalfDay', count)],
  ['k', (count) => twoDigits('clockHour', count)],
  ['H', (count) => twoDigits('hour', count)],
  ['m', (count) => twoDigits('minute', count)],
  ['s', (count) => twoDigits('second', count)],
  ['S', (count) => fractionSpec(count)],
  ['A', (count) => upTo('milliOfDay', count, 'none')],
  ['n', (count) => upTo('nano', count, 'none')],
  ['N', (count) => upTo('nanoOfDay', count, 'none')],
  ['V', (count) => (count === 2 ? zoneIdReader : undefined)],
  ['z', (count) => (count > 4 ? undefined : zoneNameReader)],
  [
    'O',
    (count) =>
      count === 1 || count === 4 ? localizedOffsetReader(count === 1 ? 'short' : 'long') : undefined,
  ],
  ['X', (count) => offsetReader(count, 'Z')],
  ['x', (count) => offsetReader(count, 'none')],
  ['Z', (count) => zonedOffset(count)],
]);

/** Letters that java.time has and that name no moment by themselves, or do it in other words than English ones. */
const lettersNotServed = 'gvB';

/** @throws SqlEvaluationError PATTERN_NOT_SERVED */
export function letterReader(letter: string, count: number, pattern: string): LetterReader {
  const compile = letters.get(letter);
  const reader = compile?.(count);
  if (reader !== undefined) return reader;
  if (compile !== undefined) throw notServed(`the letter ${letter} ${count} times`, pattern);
  if (lettersNotServed.includes(letter)) throw notServed(`the letter ${letter}`, pattern);
  throw notServed(`${letter}, which java.time has not,`, pattern);
}

function free(field: FieldName): NumberSpec {
  return { field, minWidth: 1, maxWidth: MAX_WIDTH, sign: 'minus' };
}

function between(field: FieldName, minWidth: number, maxWidth: number): NumberSpec {
  return { field, minWidth, maxWidth, sign: 'none' };
}

function upTo(field: FieldName, minWidth: number, sign: SignRule): NumberSpec | undefined {
  return minWidth > MAX_WIDTH ? undefined : { field, minWidth, maxWidth: MAX_WIDTH, sign };
}

function twoDigits(field: FieldName, count: number): NumberSpec | undefined {
  if (count > 2) return undefined;
  return count === 1 ? free(field) : between(field, 2, 2);
}

/** Two letters are a year from 2000 to 2099. */
function yearSpec(field: FieldName, count: number): NumberSpec | undefined {
  if (count === 2) return { ...between(field, 2, 2), meaning: (digits) => 2000 + digits };
  return upTo(field, count, count < 4 ? 'minus' : 'plusWhenLonger');
}

/** The digits of a second's fraction. */
function fractionSpec(count: number): NumberSpec | undefined {
  if (count > 9) return undefined;
  return { ...between('nano', count, count), meaning: (digits, length) => digits * 10 ** (9 - length) };
}

/** A number that takes no part in what stands beside it. */
function alone(spec: NumberSpec | undefined): PieceReader | undefined {
  return spec === undefined ? undefined : numberReader(spec, 0);
}

function numberOrName(field: FieldName, count: number, names: readonly string[]): LetterReader | undefined {
  if (count < 3) return twoDigits(field, count);
  if (count > 4) return undefined;
  return nameReader(field, count === 3 ? shortened(names) : names, 1);
}

function quarterReader(count: number): LetterReader | undefined {
  if (count === 3) return nameReader('quarter', ['Q1', 'Q2', 'Q3', 'Q4'], 1);
  return numberOrName('quarter', count, QUARTERS);
}

function weekdayReader(count: number): PieceReader | undefined {
  if (count > 4) return undefined;
  return nameReader('dayOfWeek', count === 3 ? shortened(WEEKDAYS) : WEEKDAYS, 1);
}

function eraReader(count: number): PieceReader | undefined {
  if (count > 4) return undefined;
  return nameReader('era', count === 4 ? LONG_ERAS : ERAS, 0);
}

function zonedOffset(count: number): PieceReader | undefined {
  if (count < 4) return basicOffsetReader;
  return count === 4 ? localizedOffsetReader('long') : count === 5 ? offsetReader(5, 'Z') : undefined;
}

/** One of some names, in the case they are written in; the first one has the value `first`. */
function nameReader(field: FieldName, names: readonly string[], first: number): PieceReader {
  return (text, at, fields) => {
    const index = names.findIndex((name) => text.startsWith(name, at));
    const name = names[index];
    if (name === undefined) return undefined;
    return keepValue(fields, field, index + first) ? at + name.length : undefined;
  };
}
