import {
  binaryPrecedence,
  type BinaryOperator,
  type Expression,
  MINUS_PRECEDENCE,
  NOT_PRECEDENCE,
} from './ast.ts';
import type { Grammar } from './grammar.ts';
import { parsePrimary } from './parse-primary.ts';
import { parseNestedQuery } from './parse-query.ts';
import type { TokenReader } from './token-reader.ts';

const nested: Grammar = {
  expression: (reader) => parseBinary(reader, 1),
  query: (reader) => parseNestedQuery(reader, nested),
};

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
  return parsePrimary(reader, nested);
}
