import type { Arguments } from '../arguments.ts';
import { didYouMean } from '../suggest.ts';
import { quoted } from '../terminal.ts';
import { isNumeric } from './row.ts';

export interface Column {
  readonly name: string;
  /** Its place in a row, from 0. */
  readonly index: number;
}

/** Where a row holds what. */
export interface Columns {
  /** How many cells a row can have. */
  readonly width: number;
  readonly values: readonly Column[];
  /** Undefined: rows are taken in the order of the file. */
  readonly time: Column | undefined;
}

/** Taken for the time where none is named, the first that there is. */
const TIME_NAMES = ['timestamp', 'time', 'date', 'ts'];

/** What to give as --time for a file whose time column is not to be used. */
const NO_TIME = 'none';

/**
 * Finds the columns that are asked for, or the ones that are meant.
 *
 * @param sample first rows under the header: they show which columns hold numbers.
 * @throws UsageError that lists the columns there are.
 */
export function chooseColumns(
  header: readonly string[],
  sample: readonly (readonly string[])[],
  args: Arguments,
): Columns {
  const all = header.map((name, index): Column => ({ name: name.trim(), index }));

  function named(option: string, name: string): Column {
    const found = all.filter((column) => column.name === name);
    if (found.length > 1)
      throw args.wrong(`--${option} ${quoted(name)} is the name of ${found.length} columns`);
    const [column] = found;
    if (column !== undefined) return column;
    const names = all.map((one) => one.name);
    const hint = didYouMean(name, names);
    throw args.wrong(
      `there is no column ${quoted(name)}${hint === '' ? '.' : hint} ${listed(all)}${headerHint(header)}`,
    );
  }

  const wanted = [...new Set(args.texts('column'))].map((name) => named('column', name));
  const wantedTime = args.text('time');
  const time =
    wantedTime === undefined
      ? guessTime(all.filter((column) => !wanted.includes(column)))
      : wantedTime === NO_TIME && !all.some(({ name }) => name === NO_TIME)
        ? undefined
        : named('time', wantedTime);
  const values = wanted.length > 0 ? wanted : [guessValue(all, time, sample, args)];
  return { width: header.length, values, time };
}

function guessTime(columns: readonly Column[]): Column | undefined {
  for (const name of TIME_NAMES) {
    const found = columns.find((column) => column.name.toLowerCase() === name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function guessValue(
  columns: readonly Column[],
  time: Column | undefined,
  sample: readonly (readonly string[])[],
  args: Arguments,
): Column {
  const value = columns.find(({ name }) => name === 'value');
  if (value !== undefined) return value;
  const numeric = columns.filter((column) => column !== time && holdsNumbers(column, sample));
  const [only] = numeric;
  if (only !== undefined && numeric.length === 1) return only;
  const header = columns.map(({ name }) => name);
  throw args.wrong(
    numeric.length === 0
      ? `no column holds numbers: name the one to score with --column. ${listed(columns)}${headerHint(header)}`
      : `several columns hold numbers: name the one to score with --column. ${listed(numeric)}${headerHint(header)}`,
  );
}

/** Whether a column's cells are numbers, leaving out the empty ones, and there is at least one. */
function holdsNumbers({ index }: Column, sample: readonly (readonly string[])[]): boolean {
  const cells = sample.map((row) => (row[index] ?? '').trim()).filter((cell) => cell !== '');
  return cells.length > 0 && cells.every(isNumeric);
}

function listed(columns: readonly Column[]): string {
  const names = columns.slice(0, 50).map(({ name }) => quoted(name));
  const more = columns.length > names.length ? ` and ${columns.length - names.length} more` : '';
  return `Columns: ${names.join(', ')}${more}`;
}

function headerHint(header: readonly string[]): string {
  const isData = header.every((cell) => isNumeric(cell.trim()));
  return isData
    ? '. The first line looks like data: the file needs a line with the names of its columns'
    : '';
}
