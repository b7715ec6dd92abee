import {
  binaryPrecedence,
  type BinaryOperator,
  type Expression,
  MINUS_PRECEDENCE,
  NOT_PRECEDENCE,
} from './ast.ts';
import { SqlParseError } from './errors.ts';
import { checkArgumentCount, findFunction } from './functions/registry.ts';
import type { Token } from './lexer.ts';
import { isReserved, notServedYet, type TokenReader, unexpected } from './token-reader.ts';
import { canHold } from './values.ts';

const EXPRESSION =
  'an expression is a path, a string, a number, true, false, null, a function, or a combination of them';

/** Parses one expression and leaves the reader at the token after it. @throws SqlParseError */
export function parseExpression(reader: TokenReader): Expression {
  reader.beginExpression();
  return parseBinary(reader, 1);
}

function parseBinary(reader: TokenReader, minimum: number): Expression {
  let left = parsePrefix(reader);
  for (;;) {
    const operator = binaryOperatorAt(reader);
    if (operator === undefined || binaryPrecedence[operator] < minimum) return left;
    reader.countPart(reader.take());
    left = { kind: 'binary', operator, left, right: parseBinary(reader, binaryPrecedence[operator] + 1) };
  }
}

function binaryOperatorAt(reader: TokenReader): BinaryOperator | undefined {
  const token = reader.peek();
  if (token.kind !== 'word' && token.kind !== 'symbol') return undefined;
  const text = token.kind === 'word' ? token.text.toUpperCase() : token.text;
  if (text === 'IN') throw notServedYet(token, 'the operator IN is', 'compare with = and combine with OR');
  return isBinaryOperator(text) ? text : undefined;
}

function isBinaryOperator(text: string): text is BinaryOperator {
  return Object.hasOwn(binaryPrecedence, text);
}

function parsePrefix(reader: TokenReader): Expression {
  if (reader.atKeyword('NOT')) {
    reader.countPart(reader.take());
    return { kind: 'unary', operator: 'NOT', operand: parseBinary(reader, NOT_PRECEDENCE) };
  }
  if (reader.atSymbol('-')) {
    reader.countPart(reader.take());
    return { kind: 'unary', operator: '-', operand: parseBinary(reader, MINUS_PRECEDENCE) };
  }
  return parsePrimary(reader);
}

function parsePrimary(reader: TokenReader): Expression {
  const token = reader.peek();
  switch (token.kind) {
    case 'number':
      if (!canHold(token.text)) {
        throw new SqlParseError('NUMBER_OUT_OF_RANGE', {
          column: token.start + 1,
          found: `the number ${token.text}`,
          supported: 'this cloud holds numbers up to ±1.8E308',
        });
      }
      reader.take();
      return { kind: 'number', text: token.text };
    case 'string':
      reader.take();
      return { kind: 'string', value: token.text };
    case 'word':
      return parseWord(reader, token);
    case 'symbol':
      return parseSymbol(reader, token);
    case 'end':
      break;
  }
  throw unexpected(token, EXPRESSION);
}

function parseWord(reader: TokenReader, token: Token): Expression {
  switch (token.text.toUpperCase()) {
    case 'TRUE':
      reader.take();
      return { kind: 'boolean', value: true };
    case 'FALSE':
      reader.take();
      return { kind: 'boolean', value: false };
    case 'NULL':
      reader.take();
      return { kind: 'null' };
    case 'CASE':
      throw notServedYet(token, 'CASE is', 'use one rule for each case, with WHERE');
    case 'SELECT':
      throw notServedYet(token, 'nested queries are', EXPRESSION);
    case 'EXISTS':
      if (reader.atSymbol('(', 1)) throw notServedYet(token, 'EXISTS and nested queries are', EXPRESSION);
      break;
  }
  if (isReserved(token)) throw unexpected(token, EXPRESSION);
  return reader.atSymbol('(', 1) ? parseCall(reader) : parsePath(reader);
}

function parseSymbol(reader: TokenReader, token: Token): Expression {
  switch (token.text) {
    case '(':
      return parseParenthesis(reader);
    case '*':
      throw notServedYet(token, '* inside an expression is', '* is served as a column of its own');
    case '[':
      throw notServedYet(token, 'array literals are', EXPRESSION);
    case '{':
      throw notServedYet(token, 'object literals are', EXPRESSION);
    case '@':
      throw notServedYet(token, 'SET and its variables are', 'write the expression out where it is used');
    default:
      throw unexpected(token, EXPRESSION);
  }
}

function parseParenthesis(reader: TokenReader): Expression {
  reader.countPart(reader.take());
  const inner = parseBinary(reader, 1);
  reader.expectSymbol(')', 'an operator or ")" comes here');
  refusePathOnResult(reader);
  return inner;
}

function parseCall(reader: TokenReader): Expression {
  const name = reader.take();
  const definition = findFunction(name.text, name.start + 1);
  reader.countPart(reader.take());
  const operands: Expression[] = [];
  if (!reader.atSymbol(')')) {
    do operands.push(parseBinary(reader, 1));
    while (reader.skipSymbol(','));
  }
  reader.expectSymbol(')', 'an operator, "," or ")" comes here');
  checkArgumentCount(definition, operands.length, name.start + 1);
  refusePathOnResult(reader);
  return { kind: 'call', name: name.text, definition, operands };
}

function refusePathOnResult(reader: TokenReader): void {
  if (!reader.atSymbol('.')) return;
  throw notServedYet(
    reader.peek(),
    'a path on the result of a function or of parentheses is',
    'paths begin with a key of the payload',
  );
}

function parsePath(reader: TokenReader): Expression {
  let path: Expression = { kind: 'attribute', name: reader.take().text };
  while (reader.atSymbol('.')) {
    reader.countPart(reader.take());
    path = { kind: 'member', object: path, name: parseKey(reader) };
  }
  return path;
}

/** A key after a dot, or a part of an alias: any word. @throws SqlParseError */
export function parseKey(reader: TokenReader): string {
  const token = reader.peek();
  if (token.kind !== 'word') {
    throw unexpected(token, 'a key comes here: letters, digits and underscores, and no digit first');
  }
  reader.take();
  return token.text;
}
