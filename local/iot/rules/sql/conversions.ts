import { truncate } from './arithmetic.ts';
import { ExactNumber } from './exact-number.ts';
import { MAX_DEPTH, tooDeep, writeJson } from './json-writer.ts';
import {
  canHold,
  isNumber,
  numberFromText,
  numbersEqual,
  numberText,
  type SqlNumber,
  type SqlObject,
  type SqlValue,
} from './values.ts';
import { WorkBudget } from './work-budget.ts';

/** Conversion to Decimal: numbers, and Strings that are a number from end to end; otherwise Undefined. */
export function toNumber(value: SqlValue): SqlNumber | undefined {
  if (isNumber(value)) return value;
  if (typeof value !== 'string' || !isDecimalText(value)) return undefined;
  return canHold(value) ? numberFromText(value) : undefined;
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
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  return isNumber(value) ? numberText(value) : writeJson(value);
}

/**
 * Equality without conversion: values of different types are not equal, Arrays compare in order, Objects
 * without. Neither side is Undefined.
 *
 * @param budget what the comparison may cost; one of its own when left out
 * @throws SqlEvaluationError VALUE_TOO_DEEP, TOO_MUCH_WORK
 */
export function isEqual(left: SqlValue, right: SqlValue, budget?: WorkBudget): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object') return isSameNumber(left, right);
  return arePartsEqual(left, right, budget ?? new WorkBudget(), 0);
}

function arePartsEqual(left: SqlValue, right: SqlValue, budget: WorkBudget, depth: number): boolean {
  if (left === right) return true;
  if (depth > MAX_DEPTH) throw tooDeep();
  if (isArray(left)) {
    if (!isArray(right) || left.length !== right.length) return false;
    budget.spend(left.length);
    return left.every((element, index) => arePartsEqual(element, right[index], budget, depth + 1));
  }
  if (!isObject(left) || !isObject(right)) return isSameNumber(left, right);
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  budget.spend(keys.length);
  return keys.every(
    (key) => Object.hasOwn(right, key) && arePartsEqual(left[key], right[key], budget, depth + 1),
  );
}

function isSameNumber(left: SqlValue, right: SqlValue): boolean {
  return isNumber(left) && isNumber(right) && numbersEqual(left, right);
}

/** A member of an Object; Undefined where there is none, and for everything that is not an Object. */
export function member(value: SqlValue, key: string): SqlValue {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

export function isObject(value: SqlValue): value is SqlObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber)
  );
}

export function isArray(value: SqlValue): value is readonly SqlValue[] {
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
