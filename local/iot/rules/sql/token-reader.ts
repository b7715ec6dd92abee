import { SqlParseError } from './errors.ts';
import { Lexer, type Token } from './lexer.ts';

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

/** The parser's view of the tokens: looks ahead only as far as it is asked to. */
export class TokenReader {
  readonly #lexer: Lexer;
  readonly #ahead: Token[] = [];
  #expressionSize = 0;

  /** @throws SqlParseError STATEMENT_TOO_LONG */
  constructor(text: string, start = 0) {
    if (text.length > MAX_SQL_LENGTH) {
      throw new SqlParseError('STATEMENT_TOO_LONG', {
        column: MAX_SQL_LENGTH + 1,
        found: `${text.length} characters`,
        supported: `a statement has at most ${MAX_SQL_LENGTH}`,
      });
    }
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

  beginExpression(): void {
    this.#expressionSize = 0;
  }

  /** Counts an operator, a call or a parenthesis. @throws SqlParseError EXPRESSION_TOO_LARGE */
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

export function unexpected(token: Token, supported: string): SqlParseError {
  return new SqlParseError('UNEXPECTED_TOKEN', {
    column: token.start + 1,
    found: describeToken(token),
    supported,
  });
}

/** The refusal of something that AWS serves and this cloud does not serve yet. */
export function notServedYet(token: Token, feature: string, supported: string): SqlParseError {
  return new SqlParseError('NOT_SERVED_YET', {
    column: token.start + 1,
    found: `${describeToken(token)}: ${feature} not served yet`,
    supported,
  });
}

function describeToken(token: Token): string {
  if (token.kind === 'end') return 'the end of the text';
  if (token.kind === 'string') return `the string ${token.quote}${token.text}${token.quote}`;
  return `"${token.text}"`;
}
