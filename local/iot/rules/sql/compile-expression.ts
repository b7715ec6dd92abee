import type { Expression } from './ast.ts';
import type { Compilation, Evaluate } from './compilation.ts';
import { compileBinary } from './compile-binary.ts';
import { compileCall } from './compile-call.ts';
import { compileArray, compileCase, compileNumber, compileObject } from './compile-literals.ts';
import { compileAttribute, compileVariable, compileWildcard } from './compile-path.ts';
import { compileExists, compileQuery } from './compile-query.ts';
import { member } from './conversions.ts';
import { minus, not, type Semantics } from './operators.ts';
import type { SqlValue } from './values.ts';
import { WorkBudget } from './work-budget.ts';

/** What the expressions of one rule or template are compiled with. */
export function newCompilation({ version, switches }: Omit<Semantics, 'budget'>): Compilation {
  return { version, switches, budget: new WorkBudget(), scope: undefined, compile: compileExpression };
}

/** Makes a closure of an expression; nothing of the SQL is looked at again afterwards. */
export function compileExpression(expression: Expression, compilation: Compilation): Evaluate {
  switch (expression.kind) {
    case 'number':
      return constant(compileNumber(expression.text, compilation));
    case 'string':
    case 'boolean':
      return constant(expression.value);
    case 'null':
      return constant(null);
    case 'attribute':
      return compileAttribute(expression.name, compilation);
    case 'wildcard':
      return compileWildcard(compilation);
    case 'variable':
      return compileVariable(expression.name);
    case 'member': {
      const object = compileExpression(expression.object, compilation);
      return (context, frame) => member(object(context, frame), expression.name);
    }
    case 'unary': {
      const operand = compileExpression(expression.operand, compilation);
      const apply = expression.operator === 'NOT' ? not : minus(compilation);
      return (context, frame) => apply(operand(context, frame));
    }
    case 'binary': {
      const left = compileExpression(expression.left, compilation);
      const right = compileExpression(expression.right, compilation);
      return compileBinary(expression.operator, left, right, compilation);
    }
    case 'array':
      return compileArray(expression.elements, compilation);
    case 'object':
      return compileObject(expression.members, compilation);
    case 'case':
      return compileCase(expression, compilation);
    case 'query':
      return compileQuery(expression.query, compilation);
    case 'exists':
      return compileExists(expression.query, compilation);
    case 'call':
      break;
  }
  return compileCall(expression, compilation);
}

function constant(value: SqlValue): Evaluate {
  return () => value;
}
