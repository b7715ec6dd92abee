import { SqlEvaluationError } from './errors.ts';
import {
  numberFromText,
  numberText,
  type SqlNumber,
  type SqlObject,
  type SqlValue,
  truncate,
} from './values.ts';

/** How deep two values are compared before the rule fails. */
const MAX_COMPARED_DEPTH = 1_000;

/** Conversion to Decimal: numbers, and Strings that are a number from end to end; otherwise Undefined. */
export function toNumber(value: SqlValue): SqlNumber | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && isDecimalText(value)) return numberFromText(value);
  return undefined;
}

/** Conversion to Int: through Decimal, cut towards zero. */
export function toInt(value: SqlValue): SqlNumber | undefined {
  const number = toNumber(value);
  return number === undefined ? undefined : truncate(number);
}

/** Conversion to Boolean: Booleans, and the Strings true and false in any case; otherwise Undefined. */
export function toBoolean(value: SqlValue): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string' || value.length < 4 || value.length > 5) return undefined;
  const text = value.toLowerCase();
  if (text === 'true') return true;
  return text === 'false' ? false : undefined;
}

/** Conversion to String: JSON without spaces for Arrays and Objects; Undefined for Null and Undefined. */
export function toText(value: SqlValue): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  return value === undefined || value === null ? undefined : toJson(value);
}

/** @throws SqlEvaluationError VALUE_TOO_DEEP */
export function toJson(value: Exclude<SqlValue, undefined>): string {
  try {
    return JSON.stringify(value);
  } catch (thrown) {
    throw new SqlEvaluationError(
      'VALUE_TOO_DEEP',
      'a value is nested too deep to be written as JSON',
      thrown,
    );
  }
}

/**
 * Equality without conversion: values of different types are not equal, Arrays compare in order, Objects
 * without. Neither side is Undefined.
 *
 * @throws SqlEvaluationError VALUE_TOO_DEEP
 */
export function isEqual(left: SqlValue, right: SqlValue, depth = 0): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (depth > MAX_COMPARED_DEPTH) {
    throw new SqlEvaluationError(
      'VALUE_TOO_DEEP',
      `values nested deeper than ${MAX_COMPARED_DEPTH} are compared`,
    );
  }
  if (isArray(left) || isArray(right)) {
    if (!isArray(left) || !isArray(right) || left.length !== right.length) return false;
    return left.every((element, index) => isEqual(element, right[index], depth + 1));
  }
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && isEqual(left[key], right[key], depth + 1));
}

/** A member of an Object; Undefined where there is none, and for everything that is not an Object. */
export function member(value: SqlValue, key: string): SqlValue {
  if (!isObject(value)) return undefined;
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

export function isObject(value: SqlValue): value is SqlObject {
  return typeof value === 'object' && value !== null && !isArray(value);
}

function isArray(value: SqlValue): value is readonly SqlValue[] {
  return Array.isArray(value);
}

/** AWS's pattern ^-?\d+(\.\d+)?((?i)E-?\d+)?$, read by hand. */
function isDecimalText(text: string): boolean {
  let at = digitsEnd(text, text.startsWith('-') ? 1 : 0);
  if (at === -1) return false;
  if (text[at] === '.') {
    at = digitsEnd(text, at + 1);
    if (at === -1) return false;
  }
  if (text[at] === 'E' || text[at] === 'e') {
    at = digitsEnd(text, text[at + 1] === '-' ? at + 2 : at + 1);
  }
  return at === text.length;
}

/** Where the digits that begin here end; -1 when there is none. */
function digitsEnd(text: string, start: number): number {
  let at = start;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x30 || code > 0x39) break;
  }
  return at === start ? -1 : at;
}
