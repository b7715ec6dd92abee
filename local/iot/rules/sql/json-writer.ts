import { SqlEvaluationError } from './errors.ts';
import { keysOf } from './key-order.ts';
import { isNumber, type SqlValue } from './values.ts';

/** How deep a value may be nested wherever one is read, written or compared; as Java's JSON library, AWS's own. */
export const MAX_DEPTH = 1_000;

/** Characters of one JSON text: a value that refers to itself many times over could be written for ever. */
const MAX_JSON_LENGTH = 8_388_608;

/**
 * Writes a value as JSON without spaces: every digit of its numbers, its keys in their order, no Undefined.
 *
 * @throws SqlEvaluationError VALUE_TOO_DEEP past 1,000 levels, VALUE_TOO_LARGE past 8 Mi characters
 */
export function writeJson(value: Exclude<SqlValue, undefined>): string {
  return write(value, 0);
}

function write(value: SqlValue, depth: number): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === null || value === undefined) return 'null';
  if (typeof value !== 'object' || isNumber(value)) return String(value);
  if (depth >= MAX_DEPTH) throw tooDeep();
  return isArray(value) ? writeArray(value, depth + 1) : writeObject(value, depth + 1);
}

function writeArray(elements: readonly SqlValue[], depth: number): string {
  let text = '';
  for (const element of elements) {
    if (element === undefined) continue;
    text += `${text === '' ? '[' : ','}${write(element, depth)}`;
    checkLength(text);
  }
  return text === '' ? '[]' : `${text}]`;
}

function writeObject(object: Readonly<Record<string, SqlValue>>, depth: number): string {
  let text = '';
  for (const key of keysOf(object)) {
    const value = object[key];
    if (value === undefined) continue;
    text += `${text === '' ? '{' : ','}${JSON.stringify(key)}:${write(value, depth)}`;
    checkLength(text);
  }
  return text === '' ? '{}' : `${text}}`;
}

function checkLength({ length }: string): void {
  if (length <= MAX_JSON_LENGTH) return;
  throw new SqlEvaluationError(
    'VALUE_TOO_LARGE',
    `a value has more than ${MAX_JSON_LENGTH} characters as JSON`,
  );
}

/** The refusal of a value that is nested too deep. */
export function tooDeep(): SqlEvaluationError {
  return new SqlEvaluationError(
    'VALUE_TOO_DEEP',
    `a value is nested deeper than ${MAX_DEPTH} levels: send flatter data`,
  );
}

function isArray(value: SqlValue): value is readonly SqlValue[] {
  return Array.isArray(value);
}
