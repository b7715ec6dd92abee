import { invalid } from '../errors.ts';

/** What a field of a cron expression may hold. */
export interface FieldRange {
  /** As messages call it: `minutes`. */
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** Names for the values from `least` on: `JAN`, `FEB`, … */
  readonly names?: readonly string[];
}

/** The longest field: a list of all years is shorter. */
const MAX_LENGTH = 2_000;

/**
 * Reads one field of a cron expression into its values: `*`, `5`, `1-5`, `0/15`, `MON-FRI`, and lists of these.
 *
 * @returns the values in ascending order, each once.
 * @throws AwsApiError ValidationException that names the field and what is wrong in it.
 */
export function readField(text: string, range: FieldRange): readonly number[] {
  if (text.length > MAX_LENGTH) throw wrong(text, range, 'it is too long');
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const { first, last, step } = readPart(part, range);
    for (let value = first; value <= last; value += step) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}

function readPart(part: string, range: FieldRange): { first: number; last: number; step: number } {
  const { least, most } = range;
  const [span = '', stepText, ...more] = part.split('/');
  if (more.length > 0) throw wrong(part, range, 'it has more than one /');
  const step = stepText === undefined ? 1 : readStep(stepText, part, range);
  if (span === '*') return { first: least, last: most, step };
  const [from = '', to, ...others] = span.split('-');
  if (others.length > 0) throw wrong(part, range, 'it has more than one -');
  const first = readValue(from, part, range);
  // `5/10` goes on to the end, `5` does not.
  if (to === undefined) return { first, last: stepText === undefined ? first : most, step };
  const last = readValue(to, part, range);
  if (last < first) {
    throw wrong(part, range, `a range goes upwards: write ${first}-${most},${least}-${last}`);
  }
  return { first, last, step };
}

function readStep(text: string, part: string, range: FieldRange): number {
  const step = Number(text);
  if (/^\d{1,4}$/.test(text) && step >= 1) return step;
  throw wrong(part, range, 'an increment is a whole number from 1 on');
}

/** Reads one value: a number, or one of the field's names in any case. */
export function readValue(text: string, part: string, range: FieldRange): number {
  const { least, most, names = [] } = range;
  const named = names.indexOf(text.toUpperCase());
  if (named !== -1) return least + named;
  const value = Number(text);
  if (/^\d{1,4}$/.test(text) && value >= least && value <= most) return value;
  const or = names.length === 0 ? '' : ` or ${names[0]}-${names.at(-1)}`;
  throw wrong(part, range, `values are ${least}-${most}${or}`);
}

export function wrong(part: string, { name }: FieldRange, why: string): Error {
  return invalid(
    `Parameter ScheduleExpression is not valid: "${part.slice(0, 100)}" cannot be the ${name}: ${why}.`,
  );
}
