import { floor, truncate } from '../arithmetic.ts';
import { toNumber, toText } from '../conversions.ts';
import { asDecimal, isDecimalNotation, type SqlNumber, type SqlValue, toDouble } from '../values.ts';
import type { CallSite, SqlFunction } from './function.ts';

/** A function of one number; whatever has no conversion to Decimal gives Undefined. */
export function ofNumber(
  name: string,
  signature: string,
  calculate: (number: SqlNumber, site: CallSite, operand: SqlValue) => SqlValue,
): SqlFunction {
  return {
    name,
    signature,
    minArguments: 1,
    maxArguments: 1,
    evaluate: (_context, [operand], site) => {
      const number = readDecimal(operand, site);
      return number === undefined ? undefined : calculate(number, site, operand);
    },
  };
}

/** A function of two numbers; Undefined when one of them has no conversion to Decimal. */
export function ofNumbers(
  name: string,
  signature: string,
  calculate: (left: SqlNumber, right: SqlNumber, site: CallSite) => SqlValue,
): SqlFunction {
  return {
    name,
    signature,
    minArguments: 2,
    maxArguments: 2,
    evaluate: (_context, [leftOperand, rightOperand], site) => {
      const left = toNumber(leftOperand);
      const right = toNumber(rightOperand);
      return left === undefined || right === undefined ? undefined : calculate(left, right, site);
    },
  };
}

/** A function of as many Strings as its signature has; Null and Undefined have no String conversion. */
export function ofTexts(
  name: string,
  signature: string,
  calculate: (texts: readonly string[], site: CallSite) => SqlValue,
): SqlFunction {
  const count = signature.split(',').length;
  return {
    name,
    signature,
    minArguments: count,
    maxArguments: count,
    evaluate: (_context, operands, site) => {
      const texts = operands.map(toText).filter((text) => text !== undefined);
      return texts.length === count ? calculate(texts, site) : undefined;
    },
  };
}

/** The Int of a Decimal where the reference says "rounded down". */
export function roundedDown(value: SqlNumber, { switches }: CallSite): SqlNumber {
  return switches.roundedDown === 'floor' ? floor(value) : truncate(value);
}

/** A whole number between two limits, as a JavaScript number. */
export function clamped(value: SqlNumber, lowest: number, highest: number): number {
  return Math.min(Math.max(toDouble(value), lowest), highest);
}

/** A result that is a Decimal whatever its value: the version 2015-10-08 tells 3.0 from 3. */
export function decimalResult(value: SqlNumber, { version }: CallSite): SqlNumber {
  return version === '2015-10-08' ? asDecimal(value) : value;
}

/** A number under the conversion to Decimal: 2015-10-08 keeps the point of a String such as "5.0". */
export function readDecimal(operand: SqlValue, { version }: CallSite): SqlNumber | undefined {
  const number = toNumber(operand);
  const hasPoint = version === '2015-10-08' && typeof operand === 'string' && isDecimalNotation(operand);
  return number !== undefined && hasPoint ? asDecimal(number) : number;
}
