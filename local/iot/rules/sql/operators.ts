import { add, divide, divideInts, multiply, negate, remainder, subtract } from './arithmetic.ts';
import type { BinaryOperator } from './ast.ts';
import { isArray, isEqual, toBoolean, toNumber, toText } from './conversions.ts';
import { SqlEvaluationError } from './errors.ts';
import type { Switches } from './switches.ts';
import { asDecimal, compareNumbers, isInt, isNumber, type SqlNumber, type SqlValue } from './values.ts';
import type { SqlVersion } from './version.ts';
import type { WorkBudget } from './work-budget.ts';

export type BinaryFunction = (left: SqlValue, right: SqlValue) => SqlValue;

/** What the operators depend on. */
export interface Semantics {
  readonly version: SqlVersion;
  readonly switches: Switches;
  readonly budget: WorkBudget;
}

/** A text that is longer than this is not built: repeated concatenation would fill the memory. */
export const MAX_TEXT_LENGTH = 8_388_608;

const byOperator: { readonly [Operator in BinaryOperator]: (semantics: Semantics) => BinaryFunction } = {
  '+': plus,
  '-': (semantics) => arithmetic(subtract, semantics),
  '*': (semantics) => arithmetic(multiply, semantics),
  '/': division,
  '%': modulo,
  '<': () => comparison((order) => order < 0),
  '<=': () => comparison((order) => order <= 0),
  '>': () => comparison((order) => order > 0),
  '>=': () => comparison((order) => order >= 0),
  '=': equality,
  '<>': inequality,
  IN: containment,
  AND: (semantics) => logic(false, semantics),
  OR: (semantics) => logic(true, semantics),
};

/** The function of a binary operator under the given decisions. Source: AWS's operator tables. */
export function binaryFunction(operator: BinaryOperator, semantics: Semantics): BinaryFunction {
  return byOperator[operator](semantics);
}

export function not(operand: SqlValue): SqlValue {
  const value = toBoolean(operand);
  return value === undefined ? undefined : !value;
}

/** The function of the unary minus. */
export function minus({ version }: Semantics): (operand: SqlValue) => SqlValue {
  return (operand) => {
    const value = toNumber(operand);
    if (value === undefined) return undefined;
    const isDecimal = version === '2015-10-08' && !(isNumber(operand) && isInt(operand));
    return isDecimal ? asDecimal(negate(value)) : negate(value);
  };
}

/** A String on either side makes it a concatenation; otherwise both sides are numbers. */
function plus(semantics: Semantics): BinaryFunction {
  const { switches, budget } = semantics;
  const nothing = switches.textPlusNothing === 'text' ? '' : undefined;
  const addNumbers = arithmetic(add, semantics);
  return (left, right) => {
    if (typeof left === 'string' || typeof right === 'string') {
      const leftText = toText(left) ?? nothing;
      const rightText = toText(right) ?? nothing;
      return leftText === undefined || rightText === undefined
        ? undefined
        : join(leftText, rightText, budget);
    }
    return addNumbers(left, right);
  };
}

function join(left: string, right: string, budget: WorkBudget): string {
  budget.spendText(left.length + right.length);
  if (left.length + right.length <= MAX_TEXT_LENGTH) return left + right;
  throw new SqlEvaluationError(
    'VALUE_TOO_LARGE',
    `a concatenation gives more than ${MAX_TEXT_LENGTH} characters: shorten its operands`,
  );
}

/** A String that is a number is a Decimal, whatever its digits; 2015-10-08 keeps a whole Decimal apart from an Int. */
function arithmetic(
  calculate: (left: SqlNumber, right: SqlNumber) => SqlNumber | undefined,
  { version }: Semantics,
): BinaryFunction {
  const keepsDecimals = version === '2015-10-08';
  return (left, right) => {
    const leftNumber = toNumber(left);
    const rightNumber = toNumber(right);
    if (leftNumber === undefined || rightNumber === undefined) return undefined;
    const result = calculate(leftNumber, rightNumber);
    return keepsDecimals && result !== undefined && !areInts(left, right) ? asDecimal(result) : result;
  };
}

function areInts(left: SqlValue, right: SqlValue): boolean {
  return isNumber(left) && isNumber(right) && isInt(left) && isInt(right);
}

/** Only two Ints divide as Ints. */
function division(semantics: Semantics): BinaryFunction {
  const dividesInts = semantics.switches.intDivision === 'int';
  const divideDecimals = arithmetic(
    (left, right) => (isZero(right) ? byZero(semantics) : divide(left, right)),
    semantics,
  );
  return (left, right) => {
    const isWhole = dividesInts && isNumber(left) && isNumber(right) && isInt(left) && isInt(right);
    return isWhole && right !== 0 ? divideInts(left, right) : divideDecimals(left, right);
  };
}

function modulo(semantics: Semantics): BinaryFunction {
  const takesDivisorSign = semantics.switches.remainderSign === 'divisor';
  return arithmetic((left, right) => {
    if (isZero(right)) return byZero(semantics);
    const rest = remainder(left, right);
    const differs = compareNumbers(rest, 0) < 0 !== compareNumbers(right, 0) < 0;
    return takesDivisorSign && !isZero(rest) && differs ? add(rest, right) : rest;
  }, semantics);
}

function isZero(value: SqlNumber): boolean {
  return compareNumbers(value, 0) === 0;
}

function byZero({ switches }: Semantics): undefined {
  if (switches.divisionByZero === 'undefined') return undefined;
  throw new SqlEvaluationError('DIVISION_BY_ZERO', 'a number is divided by zero');
}

/** Strings are never ordered by their letters: they compare as numbers or not at all. */
function comparison(holds: (order: number) => boolean): BinaryFunction {
  return (left, right) => {
    const leftNumber = toNumber(left);
    const rightNumber = toNumber(right);
    return leftNumber === undefined || rightNumber === undefined
      ? undefined
      : holds(compareNumbers(leftNumber, rightNumber));
  };
}

function inequality({ budget }: Semantics): BinaryFunction {
  return (left, right) =>
    left === undefined || right === undefined ? undefined : !isEqual(left, right, budget);
}

function equality({ switches, budget }: Semantics): BinaryFunction {
  return (left, right) => {
    if (left === undefined || right === undefined) return undefined;
    if (left === null && right === null && switches.nullEqualsNull === 'undefined') return undefined;
    return isEqual(left, right, budget);
  };
}

/** Whether the Array on the right has an element that equals the left operand. */
function containment({ switches, budget }: Semantics): BinaryFunction {
  return (left, right) => {
    if (left === undefined || !isArray(right)) return undefined;
    if (left === null && switches.nullInArray === 'undefined') return undefined;
    budget.spend(right.length);
    return right.some((element) => isEqual(left, element, budget));
  };
}

/** `decisive` is the operand that settles the result alone: false for AND, true for OR. */
function logic(decisive: boolean, { switches }: Semantics): BinaryFunction {
  const decidesAlone = switches.logicWithUndefined === 'decided';
  return (left, right) => {
    const leftTruth = toBoolean(left);
    const rightTruth = toBoolean(right);
    if (decidesAlone && (leftTruth === decisive || rightTruth === decisive)) return decisive;
    if (leftTruth === undefined || rightTruth === undefined) return undefined;
    return leftTruth === decisive || rightTruth === decisive ? decisive : !decisive;
  };
}
