import type { CallExpression, Expression } from './ast.ts';
import type { Compilation, Evaluate } from './compilation.ts';
import { isArray } from './conversions.ts';
import { SqlEvaluationError } from './errors.ts';
import type { CallSite, SqlFunction } from './functions/function.ts';
import type { SqlValue } from './values.ts';

const NO_OPERANDS: readonly SqlValue[] = [];

let calls = 0;

/** Makes a closure of a function's call. */
export function compileCall({ definition, operands }: CallExpression, compilation: Compilation): Evaluate {
  const { minArguments, maxArguments } = definition;
  if (operands.length < minArguments || operands.length > maxArguments) return nothing;
  calls += 1;
  // In a nested query `*` is its element.
  const isPayload = ({ kind }: Expression) => kind === 'wildcard' && compilation.scope === undefined;
  const wholePayloadOperands = operands.flatMap((operand, index) => (isPayload(operand) ? [index] : []));
  const { version, switches, budget } = compilation;
  const site: CallSite = { id: calls, version, switches, budget, wholePayloadOperands };
  const evaluators = operands.map((operand, index) => {
    const readsBytes = isPayload(operand) && definition.readsPayloadBytes?.(index) === true;
    return readsBytes ? nothing : compilation.compile(operand, compilation);
  });
  if (definition.catchesFailures === true) return compileFallback(evaluators);
  return compileEager(definition, chargeAll(evaluators, compilation), site);
}

/** Calls of up to two operands, which are most, allocate as little as they can. */
function compileEager(
  { evaluate }: Pick<SqlFunction, 'evaluate'>,
  operands: readonly Evaluate[],
  site: CallSite,
): Evaluate {
  const [first, second] = operands;
  if (first === undefined) return (context) => evaluate(context, NO_OPERANDS, site);
  if (operands.length === 1) return (context, frame) => evaluate(context, [first(context, frame)], site);
  if (operands.length === 2 && second !== undefined) {
    return (context, frame) => evaluate(context, [first(context, frame), second(context, frame)], site);
  }
  return (context, frame) =>
    evaluate(
      context,
      operands.map((operand) => operand(context, frame)),
      site,
    );
}

/** The first operand, or the second one when the first is Null or Undefined, or fails. */
function compileFallback([first = nothing, second = nothing]: readonly Evaluate[]): Evaluate {
  return (context, frame) => {
    try {
      return first(context, frame) ?? second(context, frame);
    } catch (thrown) {
      if (!(thrown instanceof SqlEvaluationError)) throw thrown;
      return second(context, frame);
    }
  };
}

/** What a function does with a long text or a large array takes time: it is counted as it is handed over. */
function chargeAll(operands: readonly Evaluate[], { budget }: Compilation): Evaluate[] {
  return operands.map((operand) => (context, frame) => {
    const value = operand(context, frame);
    if (typeof value === 'string') budget.spendText(value.length);
    else if (isArray(value)) budget.spend(value.length);
    return value;
  });
}

function nothing(): SqlValue {
  return undefined;
}
