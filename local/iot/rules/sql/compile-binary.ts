import type { BinaryOperator } from './ast.ts';
import type { Evaluate } from './compilation.ts';
import { toBoolean } from './conversions.ts';
import { binaryFunction, type BinaryFunction, type Semantics } from './operators.ts';
import type { SqlValue } from './values.ts';

/** Joins two operands by an operator. */
type Join = (left: Evaluate, right: Evaluate, apply: BinaryFunction) => Evaluate;

/**
 * Makes a closure of a binary operator. Messages are many and most operands are plain numbers, strings and
 * Booleans: those are settled at once, everything else by the operator's function.
 */
export function compileBinary(
  operator: BinaryOperator,
  left: Evaluate,
  right: Evaluate,
  semantics: Semantics,
): Evaluate {
  const apply = binaryFunction(operator, semantics);
  if (semantics.switches.logicWithUndefined === 'decided') {
    if (operator === 'AND') return shortCircuit(false, left, right, apply);
    if (operator === 'OR') return shortCircuit(true, left, right, apply);
  }
  return (quickJoins[operator] ?? joinAny)(left, right, apply);
}

const quickJoins: { readonly [Operator in BinaryOperator]?: Join } = {
  '<': (left, right, apply) => (context, frame) => {
    const a = left(context, frame);
    const b = right(context, frame);
    return typeof a === 'number' && typeof b === 'number' ? a < b : apply(a, b);
  },
  '<=': (left, right, apply) => (context, frame) => {
    const a = left(context, frame);
    const b = right(context, frame);
    return typeof a === 'number' && typeof b === 'number' ? a <= b : apply(a, b);
  },
  '>': (left, right, apply) => (context, frame) => {
    const a = left(context, frame);
    const b = right(context, frame);
    return typeof a === 'number' && typeof b === 'number' ? a > b : apply(a, b);
  },
  '>=': (left, right, apply) => (context, frame) => {
    const a = left(context, frame);
    const b = right(context, frame);
    return typeof a === 'number' && typeof b === 'number' ? a >= b : apply(a, b);
  },
  '=': (left, right, apply) => (context, frame) => {
    const a = left(context, frame);
    const b = right(context, frame);
    return isPlain(a) && typeof a === typeof b ? a === b : apply(a, b);
  },
  '<>': (left, right, apply) => (context, frame) => {
    const a = left(context, frame);
    const b = right(context, frame);
    return isPlain(a) && typeof a === typeof b ? a !== b : apply(a, b);
  },
  AND: (left, right, apply) => (context, frame) => {
    const a = left(context, frame);
    const b = right(context, frame);
    return typeof a === 'boolean' && typeof b === 'boolean' ? a && b : apply(a, b);
  },
  OR: (left, right, apply) => (context, frame) => {
    const a = left(context, frame);
    const b = right(context, frame);
    return typeof a === 'boolean' && typeof b === 'boolean' ? a || b : apply(a, b);
  },
};

function joinAny(left: Evaluate, right: Evaluate, apply: BinaryFunction): Evaluate {
  return (context, frame) => apply(left(context, frame), right(context, frame));
}

/** Does not look at the right side when the left one is `decisive`. */
function shortCircuit(decisive: boolean, left: Evaluate, right: Evaluate, apply: BinaryFunction): Evaluate {
  return (context, frame) => {
    const a = left(context, frame);
    return toBoolean(a) === decisive ? decisive : apply(a, right(context, frame));
  };
}

/** Whether equality of type and `===` settle it. */
function isPlain(value: SqlValue): boolean {
  return typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean';
}
