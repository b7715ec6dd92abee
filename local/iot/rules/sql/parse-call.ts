import type { CallExpression, Expression } from './ast.ts';
import type { SqlParseError } from './errors.ts';
import type { SqlFunction } from './functions/function.ts';
import { checkArgumentCount, findFunction } from './functions/registry.ts';
import type { Grammar } from './grammar.ts';
import type { Token } from './lexer.ts';
import { notInThisVersion, type TokenReader, unexpected } from './token-reader.ts';

/** Parses a call of a function, whose name and parenthesis are the next tokens. @throws SqlParseError */
export function parseCall(reader: TokenReader, grammar: Grammar): CallExpression {
  const name = reader.take();
  const definition = findFunction(name.text, name.start + 1);
  if (definition.sinceVersion === '2016-03-23') {
    reader.needSecondVersion(name, `the function ${definition.name}() is`);
  }
  reader.countPart(reader.take());
  const operands =
    definition.castTypes === undefined
      ? parseOperands(reader, grammar)
      : parseCastOperands(reader, grammar, definition.castTypes);
  reader.expectSymbol(')', 'an operator, "," or ")" comes here');
  if (reader.refusesArgumentCounts) checkArgumentCount(definition, operands.length, name.start + 1);
  return { kind: 'call', name: name.text, definition, operands };
}

function parseOperands(reader: TokenReader, grammar: Grammar): Expression[] {
  const operands: Expression[] = [];
  if (reader.atSymbol(')')) return operands;
  do operands.push(parseOperand(reader, grammar));
  while (reader.skipSymbol(','));
  return operands;
}

/** A nested query needs no parentheses of its own here. */
function parseOperand(reader: TokenReader, grammar: Grammar): Expression {
  return reader.atKeyword('SELECT')
    ? { kind: 'query', query: grammar.query(reader) }
    : grammar.expression(reader);
}

function parseCastOperands(
  reader: TokenReader,
  grammar: Grammar,
  types: NonNullable<SqlFunction['castTypes']>,
): Expression[] {
  const value = parseOperand(reader, grammar);
  reader.expectKeyword('AS', 'an operator, or AS and a type come here');
  const token = reader.take();
  const since = token.kind === 'word' ? types.get(token.text.toLowerCase()) : undefined;
  if (since === undefined) throw unknownType(token, types);
  if (since === '2016-03-23' && reader.version !== since) {
    throw notInThisVersion(token, 'the cast to this type is');
  }
  return [value, { kind: 'string', value: token.text }];
}

function unknownType(token: Token, types: NonNullable<SqlFunction['castTypes']>): SqlParseError {
  return unexpected(token, `the types of a cast are ${[...types.keys()].join(', ')}`);
}
