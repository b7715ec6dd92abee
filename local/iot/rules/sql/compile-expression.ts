import type { Expression } from './ast.ts';
import type { MessageContext } from './context.ts';
import { member } from './conversions.ts';
import { binaryFunction, minus, not } from './operators.ts';
import type { Switches } from './switches.ts';
import { numberFromText, type SqlValue } from './values.ts';

/** @throws SqlEvaluationError when the message cannot be evaluated. */
export type Evaluate = (context: MessageContext) => SqlValue;

const NO_OPERANDS: readonly SqlValue[] = [];

/** Makes a closure of an expression; nothing of the SQL is looked at again afterwards. */
export function compileExpression(expression: Expression, switches: Switches): Evaluate {
  switch (expression.kind) {
    case 'number':
      return constant(numberFromText(expression.text));
    case 'string':
    case 'boolean':
      return constant(expression.value);
    case 'null':
      return constant(null);
    case 'attribute':
      return ({ payload }) => member(payload.json(), expression.name);
    case 'member': {
      const object = compileExpression(expression.object, switches);
      return (context) => member(object(context), expression.name);
    }
    case 'unary': {
      const operand = compileExpression(expression.operand, switches);
      const apply = expression.operator === 'NOT' ? not : minus;
      return (context) => apply(operand(context));
    }
    case 'binary': {
      const left = compileExpression(expression.left, switches);
      const right = compileExpression(expression.right, switches);
      const apply = binaryFunction(expression.operator, switches);
      return (context) => apply(left(context), right(context));
    }
    case 'call':
      break;
  }
  return compileCall(expression, switches);
}

function compileCall(call: Expression & { kind: 'call' }, switches: Switches): Evaluate {
  const { definition } = call;
  if (call.operands.length === 0) return (context) => definition.evaluate(context, NO_OPERANDS);
  const operands = call.operands.map((operand) => compileExpression(operand, switches));
  return (context) =>
    definition.evaluate(
      context,
      operands.map((operand) => operand(context)),
    );
}

function constant(value: SqlValue): Evaluate {
  return () => value;
}
