import { InvalidPattern } from './syntax.ts';

/** The characters of a pattern, read one code point at a time; `(?x)` makes it pass over spaces and comments. */
export class PatternSource {
  readonly #text: string;
  #at = 0;
  skipsComments = false;

  constructor(text: string) {
    this.#text = withoutQuotes(text);
  }

  /** The next character; empty at the end. */
  peek(): string {
    if (this.skipsComments) this.#skipComments();
    return this.#characterAt(this.#at);
  }

  /** The character right behind the next one; empty at the end. */
  peekSecond(): string {
    const first = this.peek();
    return this.#characterAt(this.#at + first.length);
  }

  /** Takes the next character. */
  take(): string {
    const character = this.peek();
    this.#at += character.length;
    return character;
  }

  /** Takes `text` when it stands here. */
  takeIf(text: string): boolean {
    this.peek();
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  /** Takes what matches here, up to `maxLength` characters; spaces and comments count. */
  takeWhile(matches: RegExp, maxLength: number): string {
    let end = this.#at;
    while (end < this.#text.length && end - this.#at < maxLength && matches.test(this.#text.charAt(end)))
      end += 1;
    const taken = this.#text.slice(this.#at, end);
    this.#at = end;
    return taken;
  }

  /** Takes a character as it stands, also a space under `(?x)`. */
  takeRaw(): string {
    const character = this.#characterAt(this.#at);
    this.#at += character.length;
    return character;
  }

  /** @throws InvalidPattern */
  expect(text: string): void {
    if (!this.takeIf(text)) throw new InvalidPattern(`expected ${text} at ${this.#at}`);
  }

  #characterAt(at: number): string {
    const codePoint = this.#text.codePointAt(at);
    return codePoint === undefined ? '' : String.fromCodePoint(codePoint);
  }

  #skipComments(): void {
    for (;;) {
      const character = this.#text.charAt(this.#at);
      if (character === '#') this.#skipLine();
      else if (character === '' || !' \t\n\v\f\r'.includes(character)) return;
      else this.#at += 1;
    }
  }

  #skipLine(): void {
    while (this.#at < this.#text.length && !'\n\r\u0085\u2028\u2029'.includes(this.#text.charAt(this.#at))) {
      this.#at += 1;
    }
  }
}

/** Writes what stands between `\Q` and `\E` with a backslash before each character that could mean something. */
function withoutQuotes(text: string): string {
  let result = '';
  let at = 0;
  while (at < text.length) {
    const backslash = text.indexOf('\\', at);
    if (backslash === -1) return result + text.slice(at);
    if (text.charAt(backslash + 1) !== 'Q') {
      result += text.slice(at, backslash + 2);
      at = backslash + 2;
      continue;
    }
    const end = text.indexOf('\\E', backslash + 2);
    const quoted = text.slice(backslash + 2, end === -1 ? text.length : end);
    result += text.slice(at, backslash) + quoted.replace(/[^a-zA-Z]/gu, escaped);
    at = end === -1 ? text.length : end + 2;
  }
  return result;
}

/** A digit would join a backreference before it. */
function escaped(character: string): string {
  return character >= '0' && character <= '9' ? `\\x3${character}` : `\\${character}`;
}
