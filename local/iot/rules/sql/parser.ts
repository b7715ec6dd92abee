import { topicFilterProblem } from '../../topics/topic-filter.ts';
import { columnKey, type Expression, type SelectItem, type Statement } from './ast.ts';
import { SqlParseError } from './errors.ts';
import { parseExpression, parseKey } from './parse-expression.ts';
import { notServedYet, TokenReader, unexpected } from './token-reader.ts';

const SHAPE = "a statement is SELECT <columns> FROM '<topic filter>' [WHERE <condition>]";

/**
 * Parses a rule's statement. FROM may be missing, as AWS allows for a rule that only Basic Ingest reaches.
 *
 * @throws SqlParseError at the first thing that is not AWS IoT SQL or is not served yet.
 */
export function parseStatement(sql: string): Statement {
  const reader = new TokenReader(sql);
  if (reader.atKeyword('SET')) {
    throw notServedYet(reader.peek(), 'SET is', 'write the expression out where it is used');
  }
  if (!reader.skipKeyword('SELECT')) throw unexpected(reader.peek(), SHAPE);
  refuseSelectValue(reader);
  const items = parseItems(reader);
  const topicFilter = reader.skipKeyword('FROM') ? parseTopicFilter(reader) : undefined;
  const where = reader.skipKeyword('WHERE') ? parseExpression(reader) : undefined;
  if (reader.peek().kind !== 'end') {
    throw unexpected(reader.peek(), `an operator or the end comes here; ${SHAPE}`);
  }
  return {
    items,
    ...(topicFilter === undefined ? {} : { topicFilter }),
    ...(where === undefined ? {} : { where }),
  };
}

/**
 * Parses the expression of a substitution template from `start`, which follows `${`, to its `}`.
 *
 * @throws SqlParseError whose column counts from the beginning of the template.
 */
export function parseTemplateExpression(
  template: string,
  start: number,
): { expression: Expression; end: number } {
  const reader = new TokenReader(template, start);
  const expression = parseExpression(reader);
  const close = reader.expectSymbol('}', 'an operator or the closing } of the template comes here');
  return { expression, end: close.end };
}

/** VALUE is a word of the language only where an expression follows it; otherwise it is a key like others. */
function refuseSelectValue(reader: TokenReader): void {
  if (!reader.atKeyword('VALUE')) return;
  const next = reader.peek(1);
  const isModifier =
    next.kind === 'number' ||
    next.kind === 'string' ||
    (next.kind === 'symbol' && '([{@'.includes(next.text)) ||
    (next.kind === 'word' && !['AS', 'FROM', 'WHERE', 'AND', 'OR', 'IN'].includes(next.text.toUpperCase())) ||
    (reader.atSymbol('*', 1) && endsColumn(reader, 2));
  if (isModifier)
    throw notServedYet(reader.peek(), 'SELECT VALUE is', 'select columns, or * for the payload');
}

function endsColumn(reader: TokenReader, distance: number): boolean {
  const token = reader.peek(distance);
  if (token.kind === 'word') return ['AS', 'FROM', 'WHERE'].includes(token.text.toUpperCase());
  return token.kind === 'end' || token.text === '.' || token.text === ',';
}

function parseItems(reader: TokenReader): SelectItem[] {
  const items: SelectItem[] = [];
  do {
    const first = reader.peek();
    const item = parseItem(reader);
    if (item.value.kind === 'expression' && columnKey(item) === undefined) {
      throw new SqlParseError('UNNAMED_COLUMN', {
        column: first.start + 1,
        found: 'a column without a name',
        supported: 'AWS does not document its key: give it one with AS',
      });
    }
    items.push(item);
  } while (reader.skipSymbol(','));
  return items;
}

function parseItem(reader: TokenReader): SelectItem {
  const isWildcard = reader.skipSymbol('*');
  if (isWildcard && reader.atSymbol('.')) {
    throw notServedYet(reader.peek(), 'a path on * is', 'paths begin with a key of the payload');
  }
  const value: SelectItem['value'] = isWildcard
    ? { kind: 'wildcard' }
    : { kind: 'expression', expression: parseExpression(reader) };
  if (!reader.skipKeyword('AS')) return { value };
  const alias = [parseKey(reader)];
  while (reader.skipSymbol('.')) alias.push(parseKey(reader));
  return { value, alias };
}

function parseTopicFilter(reader: TokenReader): string {
  const token = reader.peek();
  if (token.kind === 'symbol' && (token.text === '*' || token.text === '(')) {
    throw notServedYet(token, 'a query of anything but a topic filter is', SHAPE);
  }
  if (token.kind !== 'string' || token.quote !== "'") {
    throw unexpected(token, 'a topic filter in single quotes comes here');
  }
  const problem = topicFilterProblem(token.text);
  if (problem !== undefined) {
    throw new SqlParseError('INVALID_TOPIC_FILTER', {
      column: token.start + 1,
      found: `the topic filter '${token.text}', which ${problem}`,
      supported: 'wildcards stand alone in their level: + anywhere, # last',
    });
  }
  reader.take();
  return token.text;
}
