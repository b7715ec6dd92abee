import type { CallExpression, Expression, NestedQuery, Statement } from './ast.ts';

/** Every call of a function that is written in a statement, those inside of others included. */
export function callsIn({ variables, selection, where }: Statement): CallExpression[] {
  const calls: CallExpression[] = [];
  const collect = (expression: Expression): void => {
    if (expression.kind === 'call') calls.push(expression);
    for (const part of partsOf(expression)) collect(part);
  };
  for (const { value } of variables) collect(value);
  for (const { expression } of selection.items) collect(expression);
  if (where !== undefined) collect(where);
  return calls;
}

function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
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
      return partsOfQuery(expression.query);
    case 'call':
      return expression.operands;
    case 'number':
    case 'string':
    case 'boolean':
    case 'null':
    case 'attribute':
    case 'wildcard':
    case 'variable':
      break;
  }
  return [];
}

function partsOfQuery({ selection, source, where }: NestedQuery): readonly Expression[] {
  return [...selection.items.map(({ expression }) => expression), source, ...optional(where)];
}

function optional(expression: Expression | undefined): readonly Expression[] {
  return expression === undefined ? [] : [expression];
}
