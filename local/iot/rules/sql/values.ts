import { SqlEvaluationError } from './errors.ts';

/**
 * A number of AWS IoT SQL. It is a double here, and nothing outside this file relies on that: arithmetic on
 * values up to 17 digits is exact in the decimal sense (0.1 + 0.2 is 0.3). What a double cannot hold is the
 * difference between 5 and 5.0, which the version 2015-10-08 makes, and more than 17 digits.
 */
export type SqlNumber = number;

/** A value of AWS IoT SQL: Undefined is undefined, Null is null. Values are shared: do not change them. */
export type SqlValue = undefined | null | boolean | SqlNumber | string | readonly SqlValue[] | SqlObject;

export interface SqlObject {
  readonly [key: string]: SqlValue;
}

/** @throws SqlEvaluationError NUMBER_OUT_OF_RANGE */
export function numberFromText(text: string): SqlNumber {
  return inRange(Number(text));
}

/** Whether the number that a text stands for can be held. */
export function canHold(text: string): boolean {
  return Number.isFinite(Number(text));
}

/** Whether a number counts as an Int: whole decimals do, as in the version 2016-03-23. */
export function isInt(value: SqlNumber): boolean {
  return Number.isInteger(value);
}

/** As a String conversion writes it. */
export function numberText(value: SqlNumber): string {
  return Number.isInteger(value) && Math.abs(value) >= 1e21 ? BigInt(value).toString() : String(value);
}

export function add(left: SqlNumber, right: SqlNumber): SqlNumber {
  const sum = left + right;
  if (Number.isSafeInteger(sum) && Number.isInteger(left)) return sum;
  const [a, b, scale] = align(left, right);
  return fromScaled(a + b, scale);
}

export function subtract(left: SqlNumber, right: SqlNumber): SqlNumber {
  return add(left, -right);
}

export function multiply(left: SqlNumber, right: SqlNumber): SqlNumber {
  const product = left * right;
  if (Number.isSafeInteger(product) && Number.isInteger(left) && Number.isInteger(right)) return product + 0;
  const a = toScaled(left);
  const b = toScaled(right);
  return fromScaled(a.digits * b.digits, a.scale + b.scale);
}

/** `right` is not zero. */
export function divide(left: SqlNumber, right: SqlNumber): SqlNumber {
  if (Number.isInteger(left) && Number.isInteger(right)) return inRange(left / right);
  const [a, b] = align(left, right);
  const areExact = isSafe(a) && isSafe(b);
  return inRange(areExact ? Number(a) / Number(b) : left / right);
}

/** The whole part of a quotient of Ints; `right` is not zero. */
export function divideInts(left: SqlNumber, right: SqlNumber): SqlNumber {
  return inRange((left - (left % right)) / right);
}

/** With the sign of `left`; `right` is not zero. */
export function remainder(left: SqlNumber, right: SqlNumber): SqlNumber {
  if (Number.isInteger(left) && Number.isInteger(right)) return (left % right) + 0;
  const [a, b, scale] = align(left, right);
  return fromScaled(a % b, scale);
}

export function negate(value: SqlNumber): SqlNumber {
  return 0 - value;
}

export function truncate(value: SqlNumber): SqlNumber {
  return Math.trunc(value) + 0;
}

/** digits × 10^-scale. */
interface Scaled {
  readonly digits: bigint;
  readonly scale: number;
}

/** The decimal that the shortest text of a double stands for. */
function toScaled(value: SqlNumber): Scaled {
  const text = String(inRange(value));
  const exponentAt = text.indexOf('e');
  const mantissa = exponentAt === -1 ? text : text.slice(0, exponentAt);
  const exponent = exponentAt === -1 ? 0 : Number(text.slice(exponentAt + 1));
  const point = mantissa.indexOf('.');
  if (point === -1) return { digits: BigInt(mantissa), scale: -exponent };
  const digits = BigInt(mantissa.slice(0, point) + mantissa.slice(point + 1));
  return { digits, scale: mantissa.length - point - 1 - exponent };
}

function align(left: SqlNumber, right: SqlNumber): [bigint, bigint, number] {
  const a = toScaled(left);
  const b = toScaled(right);
  const scale = Math.max(a.scale, b.scale);
  return [a.digits * 10n ** BigInt(scale - a.scale), b.digits * 10n ** BigInt(scale - b.scale), scale];
}

function fromScaled(digits: bigint, scale: number): SqlNumber {
  return inRange(Number(`${digits}e${-scale}`));
}

function isSafe(digits: bigint): boolean {
  return digits <= BigInt(Number.MAX_SAFE_INTEGER) && digits >= BigInt(Number.MIN_SAFE_INTEGER);
}

/** Also turns -0 into 0, which SQL does not tell apart. */
function inRange(value: SqlNumber): SqlNumber {
  if (Number.isFinite(value)) return value + 0;
  throw new SqlEvaluationError(
    'NUMBER_OUT_OF_RANGE',
    'a number is beyond ±1.8E308, which this cloud cannot hold',
  );
}
