import { columnKey, type NestedQuery, type SelectItem, type Selection } from './ast.ts';
import { SqlParseError } from './errors.ts';
import { type Grammar, parseKey } from './grammar.ts';
import type { Token } from './lexer.ts';
import { type TokenReader, unexpected } from './token-reader.ts';

/** Words that end a column, so that VALUE before them is a key like others. */
const AFTER_COLUMN = new Set(['AS', 'FROM', 'WHERE', 'AND', 'OR', 'IN']);

/** Parses `[VALUE] column, column`, which follow a SELECT. @throws SqlParseError */
export function parseSelection(reader: TokenReader, grammar: Pick<Grammar, 'expression'>): Selection {
  const isValue = skipValueKeyword(reader);
  const items: SelectItem[] = [];
  do {
    const first = reader.peek();
    reader.countPart(first);
    const item = parseItem(reader, grammar);
    if (!isValue) checkName(item, first);
    items.push(item);
    if (isValue) checkValue(reader, item, first);
  } while (reader.skipSymbol(','));
  return { isValue, items };
}

/** Parses a query inside an expression, from its SELECT on. @throws SqlParseError */
export function parseNestedQuery(reader: TokenReader, grammar: Grammar): NestedQuery {
  const select = reader.take();
  reader.needSecondVersion(select, 'nested queries are');
  reader.countPart(select);
  const selection = parseSelection(reader, grammar);
  reader.expectKeyword(
    'FROM',
    'an operator, "," or FROM comes here: a nested query names its array or object',
  );
  const source = grammar.expression(reader);
  const alias = reader.skipKeyword('AS') ? parseKey(reader) : undefined;
  const where = reader.skipKeyword('WHERE') ? grammar.expression(reader) : undefined;
  return {
    selection,
    source,
    ...(alias === undefined ? {} : { alias }),
    ...(where === undefined ? {} : { where }),
  };
}

/** VALUE is a word of the language only where an expression follows it; otherwise it is a key like others. */
function skipValueKeyword(reader: TokenReader): boolean {
  if (!reader.atKeyword('VALUE')) return false;
  const next = reader.peek(1);
  const isModifier =
    next.kind === 'number' ||
    next.kind === 'string' ||
    next.kind === 'variable' ||
    (next.kind === 'symbol' && '([{'.includes(next.text)) ||
    (next.kind === 'word' && !AFTER_COLUMN.has(next.text.toUpperCase())) ||
    (reader.atSymbol('*', 1) && endsColumn(reader.peek(2)));
  if (isModifier) reader.take();
  return isModifier;
}

function endsColumn(token: Token): boolean {
  if (token.kind === 'word') return ['AS', 'FROM', 'WHERE'].includes(token.text.toUpperCase());
  return token.kind === 'end' || (token.kind === 'symbol' && '.,)'.includes(token.text));
}

function parseItem(reader: TokenReader, grammar: Pick<Grammar, 'expression'>): SelectItem {
  const expression = grammar.expression(reader);
  if (!reader.skipKeyword('AS')) return { expression };
  const alias = [parseKey(reader)];
  while (reader.atSymbol('.')) {
    reader.countPart(reader.take());
    alias.push(parseKey(reader));
  }
  return { expression, alias };
}

function checkName(item: SelectItem, first: Token): void {
  if (item.expression.kind === 'wildcard' || columnKey(item) !== undefined) return;
  throw new SqlParseError('UNNAMED_COLUMN', {
    column: first.start + 1,
    found: 'a column without a name',
    supported: 'AWS does not document its key: give it one with AS',
  });
}

function checkValue(reader: TokenReader, item: SelectItem, first: Token): void {
  if (item.alias === undefined && !reader.atSymbol(',')) return;
  throw unexpected(
    item.alias === undefined ? reader.peek() : first,
    'SELECT VALUE takes one item, without AS',
  );
}
