import type { BinaryOperator } from './ast.ts';
import { isEqual, toBoolean, toNumber, toText } from './conversions.ts';
import { SqlEvaluationError } from './errors.ts';
import type { Switches } from './switches.ts';
import {
  add,
  divide,
  divideInts,
  isInt,
  multiply,
  negate,
  remainder,
  type SqlNumber,
  type SqlValue,
  subtract,
} from './values.ts';

export type BinaryFunction = (left: SqlValue, right: SqlValue) => SqlValue;

const byOperator: { readonly [Operator in BinaryOperator]: (switches: Switches) => BinaryFunction } = {
  '+': plus,
  '-': () => arithmetic(subtract),
  '*': () => arithmetic(multiply),
  '/': division,
  '%': modulo,
  '<': () => comparison((left, right) => left < right),
  '<=': () => comparison((left, right) => left <= right),
  '>': () => comparison((left, right) => left > right),
  '>=': () => comparison((left, right) => left >= right),
  '=': equality,
  '<>': () => (left, right) =>
    left === undefined || right === undefined ? undefined : !isEqual(left, right),
  AND: (switches) => logic(false, switches),
  OR: (switches) => logic(true, switches),
};

/** The function of a binary operator under the given decisions. Source: AWS's operator tables. */
export function binaryFunction(operator: BinaryOperator, switches: Switches): BinaryFunction {
  return byOperator[operator](switches);
}

export function not(operand: SqlValue): SqlValue {
  const value = toBoolean(operand);
  return value === undefined ? undefined : !value;
}

export function minus(operand: SqlValue): SqlValue {
  const value = toNumber(operand);
  return value === undefined ? undefined : negate(value);
}

/** A String on either side makes it a concatenation; otherwise both sides are numbers. */
function plus(switches: Switches): BinaryFunction {
  const nothing = switches.textPlusNothing === 'text' ? '' : undefined;
  return (left, right) => {
    if (typeof left === 'string' || typeof right === 'string') {
      const leftText = toText(left) ?? nothing;
      const rightText = toText(right) ?? nothing;
      return leftText === undefined || rightText === undefined ? undefined : leftText + rightText;
    }
    return typeof left === 'number' && typeof right === 'number' ? add(left, right) : undefined;
  };
}

function arithmetic(calculate: (left: SqlNumber, right: SqlNumber) => SqlNumber | undefined): BinaryFunction {
  return (left, right) => {
    const leftNumber = toNumber(left);
    const rightNumber = toNumber(right);
    return leftNumber === undefined || rightNumber === undefined
      ? undefined
      : calculate(leftNumber, rightNumber);
  };
}

/** Only two Ints divide as Ints: a String that is a number is a Decimal, whatever its digits. */
function division(switches: Switches): BinaryFunction {
  const dividesInts = switches.intDivision === 'int';
  const divideDecimals = arithmetic((left, right) => (right === 0 ? byZero(switches) : divide(left, right)));
  return (left, right) => {
    const areInts =
      dividesInts && typeof left === 'number' && typeof right === 'number' && isInt(left) && isInt(right);
    return areInts && right !== 0 ? divideInts(left, right) : divideDecimals(left, right);
  };
}

function modulo(switches: Switches): BinaryFunction {
  const takesDivisorSign = switches.remainderSign === 'divisor';
  return arithmetic((left, right) => {
    if (right === 0) return byZero(switches);
    const rest = remainder(left, right);
    return takesDivisorSign && rest !== 0 && rest < 0 !== right < 0 ? add(rest, right) : rest;
  });
}

function byZero(switches: Switches): undefined {
  if (switches.divisionByZero === 'undefined') return undefined;
  throw new SqlEvaluationError('DIVISION_BY_ZERO', 'a number is divided by zero');
}

/** Strings are never ordered by their letters: they compare as numbers or not at all. */
function comparison(holds: (left: SqlNumber, right: SqlNumber) => boolean): BinaryFunction {
  return (left, right) => {
    const leftNumber = toNumber(left);
    const rightNumber = toNumber(right);
    return leftNumber === undefined || rightNumber === undefined ? undefined : holds(leftNumber, rightNumber);
  };
}

function equality(switches: Switches): BinaryFunction {
  return (left, right) => {
    if (left === undefined || right === undefined) return undefined;
    if (left === null && right === null && switches.nullEqualsNull === 'undefined') return undefined;
    return isEqual(left, right);
  };
}

/** `decisive` is the operand that settles the result alone: false for AND, true for OR. */
function logic(decisive: boolean, switches: Switches): BinaryFunction {
  const decidesAlone = switches.logicWithUndefined === 'decided';
  return (left, right) => {
    const leftTruth = toBoolean(left);
    const rightTruth = toBoolean(right);
    if (decidesAlone && (leftTruth === decisive || rightTruth === decisive)) return decisive;
    if (leftTruth === undefined || rightTruth === undefined) return undefined;
    return leftTruth === decisive || rightTruth === decisive ? decisive : !decisive;
  };
}
