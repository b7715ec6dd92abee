import { type JsonNeeds, numberEnd, scanJson, stringEnd } from './json-scan.ts';
import { MAX_DEPTH, tooDeep } from './json-writer.ts';
import { ObjectBuilder } from './key-order.ts';
import { asDecimal, isDecimalNotation, numberFromText, type SqlValue } from './values.ts';
import type { SqlVersion } from './version.ts';

/**
 * Reads JSON with every digit of its numbers and its keys in their order. The version 2015-10-08 tells 5.0 from 5.
 *
 * @throws SyntaxError when the text is no JSON
 * @throws SqlEvaluationError VALUE_TOO_DEEP past 1,000 levels, NUMBER_OUT_OF_RANGE past an exponent of ±999
 */
export function readJson(text: string, version: SqlVersion): SqlValue {
  return readScannedJson(text, scanJson(text), version);
}

/** As `readJson`, for a text that was scanned already. */
export function readScannedJson(text: string, needs: JsonNeeds, version: SqlVersion): SqlValue {
  if (needs.depth > MAX_DEPTH) {
    JSON.parse(text);
    throw tooDeep();
  }
  const value: SqlValue = JSON.parse(text);
  const keepsWholeDecimals = version === '2015-10-08' && needs.hasWholeDecimals;
  if (!needs.isExact && !keepsWholeDecimals) return value;
  return new ValidJsonReader(text, version).read();
}

/** Reads a text that JSON.parse has found to be JSON, and of which the depth is known: it checks neither again. */
class ValidJsonReader {
  readonly #text: string;
  readonly #keepsWholeDecimals: boolean;
  #at = 0;

  constructor(text: string, version: SqlVersion) {
    this.#text = text;
    this.#keepsWholeDecimals = version === '2015-10-08';
  }

  read(): SqlValue {
    switch (this.#next()) {
      case '{':
        return this.#object();
      case '[':
        return this.#array();
      case '"':
        return this.#string();
      case 't':
        this.#at += 'true'.length;
        return true;
      case 'f':
        this.#at += 'false'.length;
        return false;
      case 'n':
        this.#at += 'null'.length;
        return null;
      default:
        return this.#number();
    }
  }

  /** The next character that is no space, which is not taken. */
  #next(): string {
    while (this.#text.charCodeAt(this.#at) <= 0x20) this.#at += 1;
    return this.#text.charAt(this.#at);
  }

  #object(): SqlValue {
    const members = new ObjectBuilder();
    do {
      this.#at += 1;
      if (this.#next() === '}') break;
      const key = this.#string();
      this.#next();
      this.#at += 1;
      members.set(key, this.read());
    } while (this.#next() === ',');
    this.#at += 1;
    return members.build();
  }

  #array(): SqlValue {
    const elements: SqlValue[] = [];
    do {
      this.#at += 1;
      if (this.#next() === ']') break;
      elements.push(this.read());
    } while (this.#next() === ',');
    this.#at += 1;
    return elements;
  }

  #string(): string {
    const start = this.#at;
    this.#at = stringEnd(this.#text, start + 1);
    const text = this.#text.slice(start + 1, this.#at - 1);
    return text.includes('\\') ? String(JSON.parse(this.#text.slice(start, this.#at))) : text;
  }

  #number(): SqlValue {
    const start = this.#at;
    this.#at = numberEnd(this.#text, start + 1);
    const text = this.#text.slice(start, this.#at);
    const number = numberFromText(text);
    return this.#keepsWholeDecimals && isDecimalNotation(text) ? asDecimal(number) : number;
  }
}
