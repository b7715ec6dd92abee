import { SqlParseError } from './errors.ts';

export type Token =
  | { readonly kind: 'word'; readonly text: string; readonly start: number; readonly end: number }
  | { readonly kind: 'number'; readonly text: string; readonly start: number; readonly end: number }
  /** `@name`; its text is without the @, and empty when no name follows. */
  | { readonly kind: 'variable'; readonly text: string; readonly start: number; readonly end: number }
  | {
      readonly kind: 'string';
      /** What stands between the quotes. */
      readonly text: string;
      readonly quote: "'" | '"';
      readonly start: number;
      readonly end: number;
    }
  | { readonly kind: 'symbol'; readonly text: string; readonly start: number; readonly end: number }
  | { readonly kind: 'end'; readonly text: ''; readonly start: number; readonly end: number };

const SINGLE_SYMBOLS = '(),.*+-/%=<>{}[]:';

/**
 * Cuts SQL into tokens, one call at a time: in a substitution template the SQL ends where the parser says so,
 * and what follows is not SQL. Offsets count from 0.
 */
export class Lexer {
  readonly #text: string;
  #at: number;

  constructor(text: string, start = 0) {
    this.#text = text;
    this.#at = start;
  }

  /** @throws SqlParseError */
  next(): Token {
    while (isSpace(this.#code(0))) this.#at += 1;
    const start = this.#at;
    const code = this.#code(0);
    if (code === -1) return { kind: 'end', text: '', start, end: start };
    if (isLetter(code)) return this.#word(start);
    if (isDigit(code)) return this.#number(start);
    if (code === 0x27 || code === 0x22) return this.#string(start, code === 0x27 ? "'" : '"');
    return code === 0x40 ? this.#variable(start) : this.#symbol(start);
  }

  /** The UTF-16 code at an offset from here; -1 past the end. */
  #code(offset: number): number {
    const at = this.#at + offset;
    return at < this.#text.length ? this.#text.charCodeAt(at) : -1;
  }

  #word(start: number): Token & { kind: 'word' } {
    while (isLetter(this.#code(0)) || isDigit(this.#code(0))) this.#at += 1;
    return { kind: 'word', text: this.#text.slice(start, this.#at), start, end: this.#at };
  }

  #variable(start: number): Token {
    this.#at += 1;
    return { ...this.#word(start + 1), kind: 'variable', start };
  }

  #number(start: number): Token {
    this.#digits();
    let isWhole = true;
    if (this.#code(0) === 0x2e) {
      this.#at += 1;
      isWhole = this.#digits();
    }
    if (isWhole && (this.#code(0) === 0x45 || this.#code(0) === 0x65)) {
      this.#at += 1;
      if (this.#code(0) === 0x2b || this.#code(0) === 0x2d) this.#at += 1;
      isWhole = this.#digits();
    }
    if (!isWhole || isLetter(this.#code(0))) {
      while (isLetter(this.#code(0)) || isDigit(this.#code(0)) || this.#code(0) === 0x2e) this.#at += 1;
      throw new SqlParseError('MALFORMED_NUMBER', {
        column: start + 1,
        found: `"${this.#text.slice(start, this.#at)}"`,
        supported:
          'numbers look like 15, 1.5 or 1E3, and the keys of a path begin with a letter or an underscore',
      });
    }
    return { kind: 'number', text: this.#text.slice(start, this.#at), start, end: this.#at };
  }

  #digits(): boolean {
    const start = this.#at;
    while (isDigit(this.#code(0))) this.#at += 1;
    return this.#at > start;
  }

  /** AWS documents no escape inside a string: a string ends at its own quote, a backslash is a backslash. */
  #string(start: number, quote: "'" | '"'): Token {
    const end = this.#text.indexOf(quote, start + 1);
    if (end === -1) {
      throw new SqlParseError('UNTERMINATED_STRING', {
        column: start + 1,
        found: `a string that begins with ${quote} and does not end`,
        supported: `close it with ${quote}`,
      });
    }
    this.#at = end + 1;
    return { kind: 'string', text: this.#text.slice(start + 1, end), quote, start, end: this.#at };
  }

  #symbol(start: number): Token {
    const pair = this.#text.slice(start, start + 2);
    if (pair === '--' || pair === '/*') {
      throw new SqlParseError('COMMENT', {
        column: start + 1,
        found: `"${pair}"`,
        supported: 'AWS IoT SQL has no comments; write a double minus with a space: "- -"',
      });
    }
    const length = pair === '<=' || pair === '>=' || pair === '<>' ? 2 : 1;
    const text = pair.slice(0, length);
    if (length === 1 && !SINGLE_SYMBOLS.includes(text)) {
      const character = String.fromCodePoint(this.#text.codePointAt(start) ?? 0);
      throw new SqlParseError('UNEXPECTED_CHARACTER', {
        column: start + 1,
        found: JSON.stringify(character),
        supported: 'this character can only stand inside a string',
      });
    }
    this.#at = start + length;
    return { kind: 'symbol', text, start, end: this.#at };
  }
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isLetter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f;
}
