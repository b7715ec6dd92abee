import type { CallExpression, Expression, Statement } from './ast.ts';

/** Every call of a function that is written in a statement, those inside of others and of nested queries included. */
export function callsIn({ variables, selection, where }: Statement): CallExpression[] {
  const calls: CallExpression[] = [];
  const collect = (expression: Expression): void => {
    if (expression.kind === 'call') calls.push(expression);
    for (const part of partsOf(expression)) collect(part);
    for (const part of partsOfRows(expression)) collect(part);
  };
  for (const { value } of variables) collect(value);
  for (const { expression } of selection.items) collect(expression);
  if (where !== undefined) collect(where);
  return calls;
}

/** An expression and everything in it, but what belongs to the rows of nested queries. */
export function everythingIn(expression: Expression): Expression[] {
  return [expression, ...partsOf(expression).flatMap(everythingIn)];
}

/**
 * The expressions that an expression is made of, as they are written. Those inside a nested query belong to the
 * query's own rows: only what it reads from is a part.
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
        ...expression.branches.flatMap(({ when, result }) => [when, result]),
        ...optional(expression.otherwise),
      ];
    case 'query':
    case 'exists':
      return [expression.query.source];
    case 'call':
      break;
  }
  return expression.operands;
}

/** What a nested query does with each of its rows; nothing for what is no query. */
function partsOfRows(expression: Expression): readonly Expression[] {
  if (expression.kind !== 'query' && expression.kind !== 'exists') return [];
  const { selection, where } = expression.query;
  return [...selection.items.map((item) => item.expression), ...optional(where)];
}

function optional(expression: Expression | undefined): readonly Expression[] {
  return expression === undefined ? [] : [expression];
}
