import { SqlParseError } from './errors.ts';
import { Lexer, type Token } from './lexer.ts';
import type { SqlVersion } from './version.ts';

/** UTF-16 characters of one statement or template. */
export const MAX_SQL_LENGTH = 32_768;

/**
 * Operators, calls and parentheses of one expression. Parsing, printing and evaluation recurse along them: this
 * is far above what a rule needs and far below what a stack takes.
 */
export const MAX_EXPRESSION_SIZE = 500;

/** Words that cannot begin a path. They can still be keys after a dot, and aliases. */
const RESERVED = new Set([
  'SELECT',
  'FROM',
  'WHERE',
  'AS',
  'AND',
  'OR',
  'NOT',
  'NULL',
  'TRUE',
  'FALSE',
  'IN',
  'CASE',
]);

export interface TokenReaderOptions {
  readonly version: SqlVersion;
  /** Where the SQL begins in the text. @default 0 */
  readonly start?: number;
  /** The variables that may be used; absent in a template, which does not know its rule. */
  readonly variables?: ReadonlySet<string>;
  /** Whether a call with a wrong number of operands is refused. @default false */
  readonly refusesArgumentCounts?: boolean;
}

/** The parser's view of the tokens: looks ahead only as far as it is asked to. */
export class TokenReader {
  readonly version: SqlVersion;
  readonly variables: ReadonlySet<string> | undefined;
  readonly refusesArgumentCounts: boolean;
  readonly #lexer: Lexer;
  readonly #ahead: Token[] = [];
  #expressionSize = 0;

  /** @throws SqlParseError STATEMENT_TOO_LONG */
  constructor(text: string, options: TokenReaderOptions) {
    const { version, start = 0, variables, refusesArgumentCounts = false } = options;
    if (text.length > MAX_SQL_LENGTH) {
      throw new SqlParseError('STATEMENT_TOO_LONG', {
        column: MAX_SQL_LENGTH + 1,
        found: `${text.length} characters`,
        supported: `a statement has at most ${MAX_SQL_LENGTH}`,
      });
    }
    this.version = version;
    this.variables = variables;
    this.refusesArgumentCounts = refusesArgumentCounts;
    this.#lexer = new Lexer(text, start);
  }

  peek(distance = 0): Token {
    for (;;) {
      const token = this.#ahead[distance];
      if (token !== undefined) return token;
      this.#ahead.push(this.#lexer.next());
    }
  }

  take(): Token {
    const token = this.peek();
    this.#ahead.shift();
    return token;
  }

  atSymbol(text: string, distance = 0): boolean {
    const token = this.peek(distance);
    return token.kind === 'symbol' && token.text === text;
  }

  atKeyword(keyword: string, distance = 0): boolean {
    const token = this.peek(distance);
    return token.kind === 'word' && token.text.toUpperCase() === keyword;
  }

  /** Takes the symbol when it is the next token. */
  skipSymbol(text: string): boolean {
    const isThere = this.atSymbol(text);
    if (isThere) this.take();
    return isThere;
  }

  skipKeyword(keyword: string): boolean {
    const isThere = this.atKeyword(keyword);
    if (isThere) this.take();
    return isThere;
  }

  /** @throws SqlParseError UNEXPECTED_TOKEN */
  expectSymbol(text: string, supported: string): Token {
    if (!this.atSymbol(text)) throw unexpected(this.peek(), supported);
    return this.take();
  }

  /** @throws SqlParseError UNEXPECTED_TOKEN */
  expectKeyword(keyword: string, supported: string): Token {
    if (!this.atKeyword(keyword)) throw unexpected(this.peek(), supported);
    return this.take();
  }

  /** Refuses what 2015-10-08 does not have. @throws SqlParseError NOT_IN_THIS_VERSION */
  needSecondVersion(token: Token, feature: string): void {
    if (this.version === '2015-10-08') throw notInThisVersion(token, feature);
  }

  beginExpression(): void {
    this.#expressionSize = 0;
  }

  /** Counts an operator, a call, a parenthesis, a member of a literal or a column of a query. @throws SqlParseError EXPRESSION_TOO_LARGE */
  countPart(token: Token): void {
    this.#expressionSize += 1;
    if (this.#expressionSize <= MAX_EXPRESSION_SIZE) return;
    throw new SqlParseError('EXPRESSION_TOO_LARGE', {
      column: token.start + 1,
      found: describeToken(token),
      supported: `one expression has at most ${MAX_EXPRESSION_SIZE} operators, calls and parentheses`,
    });
  }
}

export function isReserved(token: Token): boolean {
  return token.kind === 'word' && RESERVED.has(token.text.toUpperCase());
}

export function notInThisVersion(token: Token, feature: string): SqlParseError {
  return new SqlParseError('NOT_IN_THIS_VERSION', {
    column: token.start + 1,
    found: `${describeToken(token)}: ${feature} not part of 2015-10-08, the default version`,
    supported: 'set AwsIotSqlVersion to 2016-03-23',
  });
}

export function unexpected(token: Token, supported: string): SqlParseError {
  return new SqlParseError('UNEXPECTED_TOKEN', {
    column: token.start + 1,
    found: describeToken(token),
    supported,
  });
}

function describeToken(token: Token): string {
  if (token.kind === 'end') return 'the end of the text';
  if (token.kind === 'string') return `the string ${token.quote}${token.text}${token.quote}`;
  if (token.kind === 'variable') return `"@${token.text}"`;
  return `"${token.text}"`;
}
