import { topicFilterProblem } from '../../topics/topic-filter.ts';
import type { Assignment, Expression, Statement } from './ast.ts';
import { SqlParseError } from './errors.ts';
import type { Grammar } from './grammar.ts';
import { parseExpression } from './parse-expression.ts';
import { parseSelection } from './parse-query.ts';
import { defaultSwitches, type Switches } from './switches.ts';
import { TokenReader, unexpected } from './token-reader.ts';
import type { SqlVersion } from './version.ts';

const SHAPE =
  "a statement is [SET @name = <expression>, …] SELECT [VALUE] <columns> FROM '<topic filter>' [WHERE <condition>]";

const MAX_VARIABLE_NAME_LENGTH = 64;

/** Each column of a statement has the size of an expression to itself. */
const columns: Pick<Grammar, 'expression'> = { expression: parseExpression };

/**
 * Parses a rule's statement. FROM may be missing, as AWS allows for a rule that only Basic Ingest reaches.
 *
 * @throws SqlParseError at the first thing that is not AWS IoT SQL, or not part of the version.
 */
export function parseStatement(
  sql: string,
  version: SqlVersion = '2016-03-23',
  { argumentCount }: Pick<Switches, 'argumentCount'> = defaultSwitches,
): Statement {
  const declared = new Set<string>();
  const reader = new TokenReader(sql, {
    version,
    variables: declared,
    refusesArgumentCounts: argumentCount === 'refused',
  });
  const variables = reader.skipKeyword('SET') ? parseAssignments(reader, declared) : [];
  if (!reader.skipKeyword('SELECT')) throw unexpected(reader.peek(), SHAPE);
  const selection = parseSelection(reader, columns);
  const topicFilter = reader.skipKeyword('FROM') ? parseTopicFilter(reader) : undefined;
  const where = reader.skipKeyword('WHERE') ? parseExpression(reader) : undefined;
  if (reader.peek().kind !== 'end') {
    throw unexpected(reader.peek(), `an operator or the end comes here; ${SHAPE}`);
  }
  return {
    variables,
    selection,
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
  version: SqlVersion = '2016-03-23',
  { argumentCount }: Pick<Switches, 'argumentCount'> = defaultSwitches,
): { expression: Expression; end: number } {
  const reader = new TokenReader(template, {
    version,
    start,
    refusesArgumentCounts: argumentCount === 'refused',
  });
  const expression = parseExpression(reader);
  const close = reader.expectSymbol('}', 'an operator or the closing } of the template comes here');
  return { expression, end: close.end };
}

/** A variable can be used from the next assignment on; each is assigned once. */
function parseAssignments(reader: TokenReader, declared: Set<string>): Assignment[] {
  const assignments: Assignment[] = [];
  do {
    const name = parseNewVariable(reader, declared);
    reader.expectSymbol('=', '"=" comes here: names of variables have letters, digits and underscores');
    assignments.push({ name, value: parseExpression(reader) });
    declared.add(name);
  } while (reader.skipSymbol(','));
  return assignments;
}

function parseNewVariable(reader: TokenReader, declared: ReadonlySet<string>): string {
  const token = reader.take();
  if (token.kind !== 'variable' || token.text === '') {
    throw unexpected(token, 'a variable comes here: an @ and its name');
  }
  const problem =
    token.text.length > MAX_VARIABLE_NAME_LENGTH
      ? `whose name has ${token.text.length} characters`
      : declared.has(token.text)
        ? 'which is assigned already'
        : undefined;
  if (problem === undefined) return token.text;
  throw new SqlParseError('INVALID_VARIABLE', {
    column: token.start + 1,
    found: `the variable @${token.text}, ${problem}`,
    supported: `a variable is assigned once, and its name has at most ${MAX_VARIABLE_NAME_LENGTH} characters`,
  });
}

function parseTopicFilter(reader: TokenReader): string {
  const token = reader.peek();
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
