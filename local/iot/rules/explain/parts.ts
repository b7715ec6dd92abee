import type { Expression } from '../sql/ast.ts';

/**
 * The expressions that an expression is made of, as they are written. Those inside a nested query belong to the
 * query's own rows: they are left out, only what it reads from is a part.
 */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'number':
    case 'string':
    case 'boolean':
    case 'null':
    case 'attribute':
    case 'wildcard':
    case 'variable':
      return [];
    case 'member':
      return [expression.object];
    case 'unary':
      return [expression.operand];
    case 'binary':
      return [expression.left, expression.right];
    case 'array':
      return expression.elements;
    case 'object':
      return expression.members.map(({ value }) => value);
    case 'case':
      return [
        expression.value,
        ...expression.branches.flatMap((branch) => [branch.when, branch.result]),
        ...(expression.otherwise === undefined ? [] : [expression.otherwise]),
      ];
    case 'query':
    case 'exists':
      return [expression.query.source];
    case 'call':
      break;
  }
  return expression.operands;
}

/** An expression and everything in it, but what belongs to the rows of nested queries. */
export function everythingIn(expression: Expression): Expression[] {
  return [expression, ...partsOf(expression).flatMap(everythingIn)];
}
