import type { CaseBranch, Expression, ObjectMember } from './ast.ts';
import type { Grammar } from './grammar.ts';
import { type TokenReader, unexpected } from './token-reader.ts';

/** Parses `[a, b]`. @throws SqlParseError */
export function parseArray(reader: TokenReader, grammar: Grammar): Expression {
  const open = reader.take();
  reader.needSecondVersion(open, 'array literals are');
  reader.countPart(open);
  const elements: Expression[] = [];
  if (!reader.atSymbol(']')) {
    do {
      reader.countPart(reader.peek());
      elements.push(grammar.expression(reader));
    } while (reader.skipSymbol(','));
  }
  reader.expectSymbol(']', 'an operator, "," or "]" comes here');
  return { kind: 'array', elements };
}

/** Parses `{"key": a}`; its keys are strings in either quotes. @throws SqlParseError */
export function parseObject(reader: TokenReader, grammar: Grammar): Expression {
  const open = reader.take();
  reader.needSecondVersion(open, 'object literals are');
  reader.countPart(open);
  const members: ObjectMember[] = [];
  if (!reader.atSymbol('}')) {
    do members.push(parseMember(reader, grammar));
    while (reader.skipSymbol(','));
  }
  reader.expectSymbol('}', 'an operator, "," or "}" comes here');
  return { kind: 'object', members };
}

function parseMember(reader: TokenReader, grammar: Grammar): ObjectMember {
  const key = reader.take();
  if (key.kind !== 'string') throw unexpected(key, 'the key of an object literal comes here, in quotes');
  reader.countPart(key);
  reader.expectSymbol(':', '":" comes here');
  return { key: key.text, value: grammar.expression(reader) };
}

/** Parses `CASE v WHEN t THEN r … [ELSE r] END`. @throws SqlParseError */
export function parseCase(reader: TokenReader, grammar: Grammar): Expression {
  reader.countPart(reader.take());
  const value = grammar.expression(reader);
  const branches: CaseBranch[] = [];
  do {
    reader.countPart(reader.expectKeyword('WHEN', 'an operator, or WHEN and a value come here'));
    const when = grammar.expression(reader);
    reader.expectKeyword('THEN', 'an operator, or THEN and a result come here');
    branches.push({ when, result: grammar.expression(reader) });
  } while (reader.atKeyword('WHEN'));
  const otherwise = reader.skipKeyword('ELSE') ? grammar.expression(reader) : undefined;
  reader.expectKeyword('END', 'an operator, WHEN, ELSE or END comes here');
  return { kind: 'case', value, branches, ...(otherwise === undefined ? {} : { otherwise }) };
}
