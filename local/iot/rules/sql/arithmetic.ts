import { Decimal } from 'decimal.js';
import { fromDecimal, type SqlNumber, toDecimal } from './values.ts';

/** Whole multiples of 1E-6 below 1E15 are added as Ints: exact, and far quicker than decimals. */
const ADDED_UNITS = 1e6;

/** Whole multiples of 1E-4 are multiplied as Ints of 1E-8. */
const MULTIPLIED_UNITS = 1e4;

const MAX_UNITS = 1e15;

/** @throws SqlEvaluationError NUMBER_OUT_OF_RANGE, as all the arithmetic here. */
export function add(left: SqlNumber, right: SqlNumber): SqlNumber {
  if (typeof left === 'number' && typeof right === 'number') {
    const sum = left + right;
    if (Number.isSafeInteger(left) && Number.isSafeInteger(right) && Number.isSafeInteger(sum)) return sum;
    const units = unitsOf(left, ADDED_UNITS) + unitsOf(right, ADDED_UNITS);
    if (Math.abs(units) < MAX_UNITS) return units / ADDED_UNITS;
  }
  return fromDecimal(toDecimal(left).plus(toDecimal(right)));
}

export function subtract(left: SqlNumber, right: SqlNumber): SqlNumber {
  return add(left, negate(right));
}

export function multiply(left: SqlNumber, right: SqlNumber): SqlNumber {
  if (typeof left === 'number' && typeof right === 'number') {
    const product = left * right;
    if (Number.isSafeInteger(left) && Number.isSafeInteger(right) && Number.isSafeInteger(product)) {
      return product + 0;
    }
    const units = unitsOf(left, MULTIPLIED_UNITS) * unitsOf(right, MULTIPLIED_UNITS);
    if (Math.abs(units) < MAX_UNITS) return units / (MULTIPLIED_UNITS * MULTIPLIED_UNITS) + 0;
  }
  return fromDecimal(toDecimal(left).times(toDecimal(right)));
}

/** The quotient to 34 digits; `right` is not zero. */
export function divide(left: SqlNumber, right: SqlNumber): SqlNumber {
  if (typeof left === 'number' && typeof right === 'number') {
    const quotient = left / right;
    const areSafe = Number.isSafeInteger(left) && Number.isSafeInteger(right);
    if (areSafe && Number.isInteger(quotient)) return quotient + 0;
  }
  return fromDecimal(toDecimal(left).dividedBy(toDecimal(right)));
}

/** The whole part of a quotient; `right` is not zero. */
export function divideInts(left: SqlNumber, right: SqlNumber): SqlNumber {
  if (Number.isSafeInteger(left) && Number.isSafeInteger(right)) {
    return Math.trunc(Number(left) / Number(right)) + 0;
  }
  return fromDecimal(toDecimal(left).dividedToIntegerBy(toDecimal(right)));
}

/** With the sign of `left`; `right` is not zero. */
export function remainder(left: SqlNumber, right: SqlNumber): SqlNumber {
  if (Number.isSafeInteger(left) && Number.isSafeInteger(right)) return (Number(left) % Number(right)) + 0;
  return fromDecimal(toDecimal(left).modulo(toDecimal(right)));
}

export function negate(value: SqlNumber): SqlNumber {
  return typeof value === 'number' ? 0 - value : fromDecimal(value.decimal.negated());
}

export function abs(value: SqlNumber): SqlNumber {
  return typeof value === 'number' ? Math.abs(value) : fromDecimal(value.decimal.abs());
}

/** Cut towards zero after `places` decimal places, which are not negative. */
export function truncate(value: SqlNumber, places = 0): SqlNumber {
  return places === 0 && typeof value === 'number'
    ? Math.trunc(value) + 0
    : toPlaces(value, places, Decimal.ROUND_DOWN);
}

export function floor(value: SqlNumber): SqlNumber {
  return typeof value === 'number' ? Math.floor(value) + 0 : toPlaces(value, 0, Decimal.ROUND_FLOOR);
}

export function ceil(value: SqlNumber): SqlNumber {
  return typeof value === 'number' ? Math.ceil(value) + 0 : toPlaces(value, 0, Decimal.ROUND_CEIL);
}

/** To the nearest whole number; a half goes away from zero: 1.5 to 2, -1.5 to -2. */
export function roundHalfAwayFromZero(value: SqlNumber): SqlNumber {
  return toPlaces(value, 0, Decimal.ROUND_HALF_UP);
}

function toPlaces(value: SqlNumber, places: number, rounding: Decimal.Rounding): SqlNumber {
  const decimal = toDecimal(value);
  return fromDecimal(decimal.toDecimalPlaces(places, rounding));
}

/** How many units a double's decimal has; NaN when it is not a whole number of them, or too many. */
function unitsOf(value: number, units: number): number {
  const count = Math.round(value * units);
  return count / units === value && Math.abs(count) < MAX_UNITS ? count : NaN;
}
