import {
  binaryPrecedence,
  type Expression,
  MINUS_PRECEDENCE,
  NOT_PRECEDENCE,
  type SelectItem,
  type Statement,
} from './ast.ts';

const PRIMARY_PRECEDENCE = 8;

/** Writes a statement as SQL with no more parentheses than it needs: parsing it gives the same statement. */
export function printStatement(statement: Statement): string {
  const columns = statement.items.map(printItem).join(', ');
  const from = statement.topicFilter === undefined ? '' : ` FROM '${statement.topicFilter}'`;
  const where = statement.where === undefined ? '' : ` WHERE ${printExpression(statement.where)}`;
  return `SELECT ${columns}${from}${where}`;
}

function printItem(item: SelectItem): string {
  const value = item.value.kind === 'wildcard' ? '*' : printExpression(item.value.expression);
  return item.alias === undefined ? value : `${value} AS ${item.alias.join('.')}`;
}

/** Writes an expression as SQL. */
export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'number':
      return expression.text;
    case 'string':
      return expression.value.includes("'") ? `"${expression.value}"` : `'${expression.value}'`;
    case 'boolean':
      return expression.value ? 'true' : 'false';
    case 'null':
      return 'null';
    case 'attribute':
      return expression.name;
    case 'member':
      return `${printAt(expression.object, PRIMARY_PRECEDENCE)}.${expression.name}`;
    case 'call':
      return `${expression.name}(${expression.operands.map(printExpression).join(', ')})`;
    case 'unary':
      return printUnary(expression.operator, expression.operand);
    case 'binary':
      break;
  }
  const precedence = binaryPrecedence[expression.operator];
  const left = printAt(expression.left, precedence);
  return `${left} ${expression.operator} ${printAt(expression.right, precedence + 1)}`;
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
