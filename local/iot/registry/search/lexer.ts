import { invalidQuery } from './invalid-query.ts';
import type { PatternPart } from './query.ts';

export type Symbol = '(' | ')' | '[' | ']' | '{' | '}' | ':' | '>' | '>=' | '<' | '<=' | '-';

/** `at` counts characters from 0. */
export type Token =
  | { readonly kind: 'symbol'; readonly symbol: Symbol; readonly at: number }
  | { readonly kind: 'operator'; readonly operator: 'AND' | 'OR' | 'NOT' | 'TO'; readonly at: number }
  /** Without quotes: what was escaped is literal, `*` and `?` are not. */
  | { readonly kind: 'word'; readonly parts: readonly PatternPart[]; readonly at: number }
  | { readonly kind: 'string'; readonly text: string; readonly at: number }
  | { readonly kind: 'end'; readonly at: number };

const ONE_CHARACTER: readonly Symbol[] = ['(', ')', '[', ']', '{', '}', ':'];
const OPERATORS = ['AND', 'OR', 'NOT', 'TO'] as const;

/** What AWS keeps for itself; a query holds them only in quotes or after a backslash. */
const RESERVED = new Set("`@#%/';,!&|~^=+".split(''));
const ENDS_WORD = new Set('()[]{}:<>"'.split(''));

/**
 * Splits a query into tokens.
 *
 * @throws AwsApiError `InvalidQueryException` that names the place.
 */
export function tokenise(query: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < query.length) {
    const character = query.charAt(at);
    if (/\s/.test(character)) {
      at += 1;
      continue;
    }
    const token = readToken(query, at, tokens.at(-1));
    tokens.push(token.token);
    at = token.end;
  }
  tokens.push({ kind: 'end', at });
  return tokens;
}

interface ReadToken {
  readonly token: Token;
  readonly end: number;
}

function readToken(query: string, at: number, previous: Token | undefined): ReadToken {
  const character = query.charAt(at);
  const single = ONE_CHARACTER.find((symbol) => symbol === character);
  if (single !== undefined) return { token: { kind: 'symbol', symbol: single, at }, end: at + 1 };
  if (character === '>' || character === '<') {
    const symbol = query.charAt(at + 1) === '=' ? (`${character}=` as const) : character;
    return { token: { kind: 'symbol', symbol, at }, end: at + symbol.length };
  }
  if (character === '"') return readString(query, at);
  if (character === '-' && !isBeforeValue(previous)) {
    return { token: { kind: 'symbol', symbol: '-', at }, end: at + 1 };
  }
  return readWord(query, at);
}

/** After these a hyphen begins a negative number, and does not exclude. */
function isBeforeValue(previous: Token | undefined): boolean {
  if (previous?.kind === 'operator') return previous.operator === 'TO';
  return previous?.kind === 'symbol' && ![')', '(', '-', ']', '}'].includes(previous.symbol);
}

function readString(query: string, start: number): ReadToken {
  let text = '';
  for (let at = start + 1; at < query.length; at += 1) {
    const character = query.charAt(at);
    if (character === '"') return { token: { kind: 'string', text, at: start }, end: at + 1 };
    if (character === '\\') at += 1;
    text += query.charAt(at);
  }
  throw invalidQuery(start, 'the quotation mark is not closed');
}

function readWord(query: string, start: number): ReadToken {
  const parts: PatternPart[] = [];
  let literal = '';
  let isEscaped = false;
  let at = start;
  const flush = (): void => {
    if (literal !== '') parts.push({ literal });
    literal = '';
  };
  for (; at < query.length; at += 1) {
    const character = query.charAt(at);
    if (/\s/.test(character) || ENDS_WORD.has(character)) break;
    if (character === '\\') {
      at += 1;
      if (at >= query.length) throw invalidQuery(at - 1, 'a backslash must be followed by a character');
      isEscaped = true;
      literal += query.charAt(at);
    } else if (character === '*' || character === '?') {
      flush();
      parts.push(character === '*' ? 'any' : 'one');
    } else if (RESERVED.has(character)) {
      throw invalidQuery(at, `${character} is a special character: write it in quotes or after a backslash`);
    } else {
      literal += character;
    }
  }
  flush();
  const text = query.slice(start, at);
  const operator = isEscaped ? undefined : OPERATORS.find((known) => known === text);
  if (operator !== undefined) return { token: { kind: 'operator', operator, at: start }, end: at };
  return { token: { kind: 'word', parts, at: start }, end: at };
}
