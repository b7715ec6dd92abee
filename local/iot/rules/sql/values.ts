import type { Decimal } from 'decimal.js';
import { SqlEvaluationError } from './errors.ts';
import { Decimal34, ExactNumber, MAX_DIGITS } from './exact-number.ts';

/**
 * A number of AWS IoT SQL: up to 34 decimal digits. It is a JS number whenever the shortest text of that double
 * is exactly the decimal meant (so 0.1 stands for one tenth, and never for the binary fraction beside it), and an
 * ExactNumber otherwise. Each decimal has one representation only.
 */
export type SqlNumber = number | ExactNumber;

/** A value of AWS IoT SQL: Undefined is undefined, Null is null. Values are shared: do not change them. */
export type SqlValue = undefined | null | boolean | SqlNumber | string | readonly SqlValue[] | SqlObject;

export interface SqlObject {
  readonly [key: string]: SqlValue;
}

/** Doubles carry every decimal of this many digits. */
const SAFE_DIGITS = 15;

/** The shortest text of a double has no more digits. */
const MAX_DOUBLE_DIGITS = 17;

/** Far enough from the ends of the doubles to keep 15 digits. */
const SAFE_EXPONENT = 290;

export function isNumber(value: unknown): value is SqlNumber {
  return typeof value === 'number' || value instanceof ExactNumber;
}

/**
 * The number that digits stand for, more than 34 of them rounded. A text with a point or an exponent counts as a
 * whole number when it is one; the version 2015-10-08 passes it through `asDecimal`.
 *
 * @throws SqlEvaluationError NUMBER_OUT_OF_RANGE
 */
export function numberFromText(text: string): SqlNumber {
  if (text.length <= SAFE_DIGITS) {
    const double = Number(text);
    const magnitude = Math.abs(double);
    if (double === 0 ? !/[1-9]/.test(text) : magnitude > 1e-290 && magnitude < 1e290) return double + 0;
  }
  return fromDecimal(new Decimal34(text));
}

/** Whether a text of digits means a Decimal in the version 2015-10-08: it has a point or an exponent. */
export function isDecimalNotation(text: string): boolean {
  return /[.eE]/.test(text);
}

/** Whether the number that a text stands for can be held. */
export function canHold(text: string): boolean {
  return new Decimal34(text).isFinite();
}

/** As a double; more than 17 digits are rounded, and what is beyond ±1.8E308 is infinite. */
export function toDouble(value: SqlNumber): number {
  return typeof value === 'number' ? value : value.decimal.toNumber();
}

/** The number of a double's shortest text; undefined for NaN and the infinities. */
export function fromDouble(value: number): SqlNumber | undefined {
  return Number.isFinite(value) ? value + 0 : undefined;
}

/** The number of a decimal. @throws SqlEvaluationError NUMBER_OUT_OF_RANGE */
export function fromDecimal(decimal: Decimal): SqlNumber {
  if (!decimal.isFinite()) throw outOfRange();
  const digits = decimal.precision();
  const value = digits > MAX_DIGITS ? new Decimal34(decimal).toSignificantDigits(MAX_DIGITS) : decimal;
  if (!value.isFinite()) throw outOfRange();
  if (digits <= MAX_DOUBLE_DIGITS) {
    const double = value.toNumber();
    const isSafe = digits <= SAFE_DIGITS && Math.abs(value.e) <= SAFE_EXPONENT;
    if (isSafe || (Number.isFinite(double) && new Decimal34(double).equals(value))) return double + 0;
  }
  return new ExactNumber(value);
}

export function toDecimal(value: SqlNumber): Decimal {
  return typeof value === 'number' ? new Decimal34(value) : value.decimal;
}

/** Marks a whole number as a Decimal, as the version 2015-10-08 tells 5.0 from 5; others are Decimals anyway. */
export function asDecimal(value: SqlNumber): SqlNumber {
  return isInt(value) ? new ExactNumber(toDecimal(value), true) : value;
}

/** The Int of a whole Decimal such as 5.0; other numbers are as they were. */
export function withoutMark(value: SqlNumber): SqlNumber {
  return typeof value === 'object' && value.isWholeDecimal ? fromDecimal(value.decimal) : value;
}

/** Whether a number counts as an Int: every whole one, but for the marked Decimals of 2015-10-08. */
export function isInt(value: SqlNumber): boolean {
  if (typeof value === 'number') return Number.isInteger(value);
  return !value.isWholeDecimal && value.decimal.isInteger();
}

/** As a String conversion writes it: every digit, no exponent. */
export function numberText(value: SqlNumber): string {
  const text = String(value);
  return typeof value === 'number' && text.includes('e') ? new Decimal34(text).toFixed() : text;
}

/** Negative, zero or positive, as `left` is less than, equal to or greater than `right`. */
export function compareNumbers(left: SqlNumber, right: SqlNumber): number {
  if (typeof left === 'number' && typeof right === 'number') return left < right ? -1 : left > right ? 1 : 0;
  return toDecimal(left).comparedTo(toDecimal(right));
}

/** Whether two numbers are the same; 5.0 is the same number as 5. */
export function numbersEqual(left: SqlNumber, right: SqlNumber): boolean {
  if (typeof left === 'number' && typeof right === 'number') return left === right;
  return toDecimal(left).equals(toDecimal(right));
}

/** The whole part as a BigInt. */
export function toBigInt(value: SqlNumber): bigint {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  return BigInt(toDecimal(value).trunc().toFixed());
}

/** @throws SqlEvaluationError NUMBER_OUT_OF_RANGE */
export function fromBigInt(value: bigint): SqlNumber {
  const double = Number(value);
  return Number.isSafeInteger(double) ? double : fromDecimal(new Decimal34(value.toString()));
}

function outOfRange(): SqlEvaluationError {
  return new SqlEvaluationError(
    'NUMBER_OUT_OF_RANGE',
    'a number is beyond the exponent ±999 of AWS IoT SQL: keep the operands smaller',
  );
}
