import {
  binaryPrecedence,
  type CallExpression,
  type Expression,
  MINUS_PRECEDENCE,
  type NestedQuery,
  NOT_PRECEDENCE,
  type SelectItem,
  type Selection,
  type Statement,
} from './ast.ts';

const PRIMARY_PRECEDENCE = 8;

/** Writes a statement as SQL with no more parentheses than it needs: parsing it gives the same statement. */
export function printStatement({ variables, selection, topicFilter, where }: Statement): string {
  const assignments = variables.map(({ name, value }) => `@${name} = ${printExpression(value)}`);
  const set = assignments.length === 0 ? '' : `SET ${assignments.join(', ')} `;
  const from = topicFilter === undefined ? '' : ` FROM '${topicFilter}'`;
  return `${set}${printSelection(selection)}${from}${printWhere(where)}`;
}

function printSelection({ isValue, items }: Selection): string {
  // After VALUE a minus or an asterisk would read as an operator between two operands.
  const columns = items.map((item) =>
    isValue ? printAt(item.expression, PRIMARY_PRECEDENCE) : printItem(item),
  );
  return `SELECT ${isValue ? 'VALUE ' : ''}${columns.join(', ')}`;
}

function printItem({ expression, alias }: SelectItem): string {
  const value = printExpression(expression);
  return alias === undefined ? value : `${value} AS ${alias.join('.')}`;
}

function printWhere(where: Expression | undefined): string {
  return where === undefined ? '' : ` WHERE ${printExpression(where)}`;
}

function printQuery({ selection, source, alias, where }: NestedQuery): string {
  const as = alias === undefined ? '' : ` AS ${alias}`;
  return `(${printSelection(selection)} FROM ${printExpression(source)}${as}${printWhere(where)})`;
}

/** Writes an expression as SQL. */
export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'number':
      return expression.text;
    case 'string':
      return printString(expression.value);
    case 'boolean':
      return expression.value ? 'true' : 'false';
    case 'null':
      return 'null';
    case 'attribute':
      return expression.name;
    case 'wildcard':
      return '*';
    case 'variable':
      return `@${expression.name}`;
    case 'member':
      return `${printOwner(expression.object)}.${expression.name}`;
    case 'call':
      return printCall(expression);
    case 'array':
      return `[${expression.elements.map(printExpression).join(', ')}]`;
    case 'object':
      return printObject(expression);
    case 'case':
      return printCase(expression);
    case 'query':
      return printQuery(expression.query);
    case 'exists':
      return `EXISTS ${printQuery(expression.query)}`;
    case 'unary':
      return printUnary(expression.operator, expression.operand);
    case 'binary':
      break;
  }
  return printBinary(expression);
}

/** A point right after a number would be read as its own. */
function printOwner(object: Expression): string {
  return object.kind === 'number' ? `(${object.text})` : printAt(object, PRIMARY_PRECEDENCE);
}

function printBinary({ operator, left, right }: Expression & { kind: 'binary' }): string {
  const precedence = binaryPrecedence[operator];
  return `${printAt(left, precedence)} ${operator} ${printAt(right, precedence + 1)}`;
}

function printObject({ members }: Expression & { kind: 'object' }): string {
  const written = members.map(({ key, value }) => `${printString(key)}: ${printExpression(value)}`);
  return `{${written.join(', ')}}`;
}

/** AWS has no escape in strings: one with both quotes cannot be written, nor does any come from parsing. */
function printString(value: string): string {
  return value.includes("'") ? `"${value}"` : `'${value}'`;
}

function printCall({ name, definition, operands }: CallExpression): string {
  const [value, type] = operands;
  if (definition.castTypes !== undefined && value !== undefined && type?.kind === 'string') {
    return `${name}(${printExpression(value)} AS ${type.value})`;
  }
  return `${name}(${operands.map(printExpression).join(', ')})`;
}

function printCase({ value, branches, otherwise }: Expression & { kind: 'case' }): string {
  const whens = branches.map(
    ({ when, result }) => ` WHEN ${printExpression(when)} THEN ${printExpression(result)}`,
  );
  const last = otherwise === undefined ? '' : ` ELSE ${printExpression(otherwise)}`;
  return `CASE ${printExpression(value)}${whens.join('')}${last} END`;
}

/** A minus is kept apart from the next one: two of them would begin a comment. */
function printUnary(operator: '-' | 'NOT', operand: Expression): string {
  if (operator === 'NOT') return `NOT ${printAt(operand, NOT_PRECEDENCE)}`;
  const text = printAt(operand, MINUS_PRECEDENCE);
  return text.startsWith('-') ? `- ${text}` : `-${text}`;
}

function printAt(expression: Expression, minimum: number): string {
  const text = printExpression(expression);
  return precedenceOf(expression) < minimum ? `(${text})` : text;
}

function precedenceOf(expression: Expression): number {
  if (expression.kind === 'binary') return binaryPrecedence[expression.operator];
  if (expression.kind === 'unary') return expression.operator === 'NOT' ? NOT_PRECEDENCE : MINUS_PRECEDENCE;
  return PRIMARY_PRECEDENCE;
}
