import type { Expression } from './ast.ts';
import { SqlParseError } from './errors.ts';
import { type Grammar, parseKey } from './grammar.ts';
import type { Token } from './lexer.ts';
import { parseCall } from './parse-call.ts';
import { parseArray, parseCase, parseObject } from './parse-literals.ts';
import { isReserved, type TokenReader, unexpected } from './token-reader.ts';
import { canHold } from './values.ts';

const EXPRESSION =
  'an expression is a path, a string, a number, true, false, null, *, a variable, a function, CASE, a literal of ' +
  'an array or object, a nested query in parentheses, or a combination of them';

/** Parses an operand with the keys that follow it. @throws SqlParseError */
export function parsePrimary(reader: TokenReader, grammar: Grammar): Expression {
  let expression = parseOperand(reader, grammar);
  while (reader.atSymbol('.')) {
    reader.countPart(reader.take());
    expression = { kind: 'member', object: expression, name: parseKey(reader) };
  }
  return expression;
}

function parseOperand(reader: TokenReader, grammar: Grammar): Expression {
  const token = reader.peek();
  switch (token.kind) {
    case 'number':
      return parseNumber(reader, token);
    case 'string':
      reader.take();
      return { kind: 'string', value: token.text };
    case 'variable':
      return parseVariable(reader, token);
    case 'word':
      return parseWord(reader, token, grammar);
    case 'symbol':
      return parseSymbol(reader, token, grammar);
    case 'end':
      break;
  }
  throw unexpected(token, EXPRESSION);
}

function parseNumber(reader: TokenReader, token: Token): Expression {
  if (!canHold(token.text)) {
    throw new SqlParseError('NUMBER_OUT_OF_RANGE', {
      column: token.start + 1,
      found: `the number ${token.text}`,
      supported: 'the exponent of a number lies between -999 and 999',
    });
  }
  reader.take();
  return { kind: 'number', text: token.text };
}

function parseVariable(reader: TokenReader, token: Token): Expression {
  const { variables } = reader;
  if (token.text === '') throw unexpected(token, 'the name of a variable follows its @ at once');
  if (variables !== undefined && !variables.has(token.text)) {
    throw new SqlParseError('UNKNOWN_VARIABLE', {
      column: token.start + 1,
      found: `the variable @${token.text}, which no SET before it has declared`,
      supported: `declare it first: SET @${token.text} = … SELECT …`,
    });
  }
  reader.take();
  return { kind: 'variable', name: token.text };
}

function parseWord(reader: TokenReader, token: Token, grammar: Grammar): Expression {
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
      return parseCase(reader, grammar);
    case 'EXISTS':
      if (reader.atSymbol('(', 1)) return parseExists(reader, grammar);
      break;
  }
  if (isReserved(token)) throw unexpected(token, EXPRESSION);
  if (reader.atSymbol('(', 1)) return parseCall(reader, grammar);
  return { kind: 'attribute', name: reader.take().text };
}

function parseSymbol(reader: TokenReader, token: Token, grammar: Grammar): Expression {
  switch (token.text) {
    case '(':
      return parseParenthesis(reader, grammar);
    case '*':
      reader.take();
      return { kind: 'wildcard' };
    case '[':
      return parseArray(reader, grammar);
    case '{':
      return parseObject(reader, grammar);
    default:
      throw unexpected(token, EXPRESSION);
  }
}

function parseParenthesis(reader: TokenReader, grammar: Grammar): Expression {
  reader.countPart(reader.take());
  const inner: Expression = reader.atKeyword('SELECT')
    ? { kind: 'query', query: grammar.query(reader) }
    : grammar.expression(reader);
  reader.expectSymbol(')', 'an operator or ")" comes here');
  return inner;
}

function parseExists(reader: TokenReader, grammar: Grammar): Expression {
  reader.needSecondVersion(reader.take(), 'EXISTS is');
  reader.countPart(reader.take());
  if (!reader.atKeyword('SELECT')) throw unexpected(reader.peek(), 'EXISTS takes a nested query: SELECT …');
  const query = grammar.query(reader);
  reader.expectSymbol(')', '")" closes the query of EXISTS');
  return { kind: 'exists', query };
}
