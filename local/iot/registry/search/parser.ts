import { iotError } from '../errors.ts';
import { invalidQuery } from './invalid-query.ts';
import { tokenise, type Symbol, type Token } from './lexer.ts';
import type { Bound, PatternPart, Query, ValueTest } from './query.ts';
import { normaliseText } from './terms.ts';

export interface QueryLimits {
  /** Matches in one query. */
  readonly queryTerms: number;
  /** Characters. */
  readonly queryLength: number;
}

/** AWS takes one leading wildcard in a query, and only a short query with it. */
const MAX_LEADING_WILDCARDS = 1;
const MAX_LENGTH_WITH_LEADING_WILDCARD = 100;
const MAX_DEPTH = 20;

/**
 * Parses a search of fleet indexing:
 *
 *   query   = or                               words side by side are joined by AND
 *   or      = and (OR and)*
 *   and     = unary (AND? unary)*
 *   unary   = (NOT | -) unary | '(' or ')' | match
 *   match   = field ':' group | field ('>' | '>=' | '<' | '<=') value | value
 *   group   = '(' or of values ')' | range | comparison | value
 *   range   = ('[' | '{') value TO value (']' | '}')     square brackets include their bound, * is open
 *
 * @throws AwsApiError `InvalidQueryException` that names the place, also for a query that is too large.
 */
export function parseQuery(query: string, limits: QueryLimits): Query {
  if (query.length > limits.queryLength) {
    throw iotError('InvalidQueryException', `A query has at most ${limits.queryLength} characters`);
  }
  return new Parser(query, limits).parse();
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #limits: QueryLimits;
  readonly #length: number;
  #position = 0;
  #depth = 0;
  #terms = 0;
  #leadingWildcards = 0;

  constructor(query: string, limits: QueryLimits) {
    this.#tokens = tokenise(query);
    this.#limits = limits;
    this.#length = query.length;
  }

  parse(): Query {
    if (this.#peek().kind === 'end') throw invalidQuery(0, 'it is empty');
    const query = this.#or(undefined);
    const { kind, at } = this.#peek();
    if (kind !== 'end') throw invalidQuery(at, 'it should end here');
    return query;
  }

  /** @param field of the group that this stands in. */
  #or(field: string | undefined): Query {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw invalidQuery(this.#peek().at, `more than ${MAX_DEPTH} levels`);
    const alternatives = [this.#and(field)];
    while (this.#takeOperator('OR')) alternatives.push(this.#and(field));
    this.#depth -= 1;
    const [only] = alternatives;
    return only !== undefined && alternatives.length === 1 ? only : { kind: 'or', of: alternatives };
  }

  #and(field: string | undefined): Query {
    const all = [this.#unary(field)];
    for (;;) {
      if (this.#takeOperator('AND') || this.#isAtOperand()) all.push(this.#unary(field));
      else break;
    }
    const [only] = all;
    return only !== undefined && all.length === 1 ? only : { kind: 'and', of: all };
  }

  #unary(field: string | undefined): Query {
    let isNegated = false;
    while (this.#takeOperator('NOT') || this.#takeSymbol('-')) isNegated = !isNegated;
    const query = this.#takeSymbol('(') ? this.#parenthesised(field) : this.#match(field);
    return isNegated ? { kind: 'not', of: query } : query;
  }

  #parenthesised(field: string | undefined): Query {
    const query = this.#or(field);
    if (!this.#takeSymbol(')')) throw invalidQuery(this.#peek().at, 'a closing parenthesis is missing');
    return query;
  }

  #match(group: string | undefined): Query {
    const token = this.#next();
    const isNamed = token.kind === 'word' || token.kind === 'string';
    if (isNamed && group === undefined) {
      if (this.#takeSymbol(':')) return this.#fieldGroup(fieldName(token));
      const comparison = this.#takeComparison();
      if (comparison !== undefined) return this.#comparison(fieldName(token), comparison);
    }
    if (group !== undefined) {
      this.#position -= 1;
      return this.#value(group);
    }
    if (!isNamed) throw invalidQuery(token.at, 'a field or a value should stand here');
    return this.#term(undefined, this.#testOf(token), token.at);
  }

  #fieldGroup(field: string): Query {
    return this.#takeSymbol('(') ? this.#parenthesised(field) : this.#value(field);
  }

  #value(field: string): Query {
    const comparison = this.#takeComparison();
    if (comparison !== undefined) return this.#comparison(field, comparison);
    const token = this.#next();
    if (token.kind === 'symbol' && (token.symbol === '[' || token.symbol === '{')) {
      return this.#range(field, token.symbol === '[', token.at);
    }
    return this.#term(field, this.#testOf(token), token.at);
  }

  #comparison(field: string, symbol: Symbol): Query {
    const token = this.#next();
    const bound = boundOf(token, symbol.endsWith('='));
    if (bound === undefined) throw invalidQuery(token.at, 'a comparison needs a value');
    const test: ValueTest = symbol.startsWith('>')
      ? { kind: 'range', from: bound, to: undefined }
      : { kind: 'range', from: undefined, to: bound };
    return this.#term(field, test, token.at);
  }

  #range(field: string, isFromInclusive: boolean, at: number): Query {
    const from = boundOf(this.#next(), isFromInclusive);
    if (!this.#takeOperator('TO')) throw invalidQuery(this.#peek().at, 'TO should stand here');
    const toToken = this.#next();
    const end = this.#next();
    const isClosed = end.kind === 'symbol' && (end.symbol === ']' || end.symbol === '}');
    if (!isClosed) throw invalidQuery(end.at, 'a range ends with ] or }');
    const to = boundOf(toToken, end.symbol === ']');
    if (from === undefined && to === undefined) return this.#term(field, { kind: 'any' }, at);
    return this.#term(field, { kind: 'range', from, to }, at);
  }

  #term(field: string | undefined, test: ValueTest, at: number): Query {
    this.#terms += 1;
    if (this.#terms > this.#limits.queryTerms) {
      throw invalidQuery(at, `it has more than ${this.#limits.queryTerms} terms`);
    }
    return { kind: 'match', field, test };
  }

  #testOf(token: Token): ValueTest {
    if (token.kind === 'string') return textTest(token.text, token.at);
    if (token.kind !== 'word') throw invalidQuery(token.at, 'a value should stand here');
    const { parts, at } = token;
    const literal = literalOf(parts);
    if (literal !== undefined) return textTest(literal, at);
    if (parts.every((part) => part === 'any')) return { kind: 'any' };
    if (parts[0] === 'any' || parts[0] === 'one') this.#countLeadingWildcard(at);
    const lowered = parts.map((part) =>
      typeof part === 'string' ? part : { literal: part.literal.toLowerCase() },
    );
    return { kind: 'pattern', parts: lowered };
  }

  #countLeadingWildcard(at: number): void {
    this.#leadingWildcards += 1;
    if (this.#leadingWildcards > MAX_LEADING_WILDCARDS) {
      throw invalidQuery(at, 'only one term of a query may begin with a wildcard');
    }
    if (this.#length > MAX_LENGTH_WITH_LEADING_WILDCARD) {
      throw invalidQuery(
        at,
        `a query with a leading wildcard has at most ${MAX_LENGTH_WITH_LEADING_WILDCARD} characters`,
      );
    }
  }

  #isAtOperand(): boolean {
    const token = this.#peek();
    if (token.kind === 'word' || token.kind === 'string') return true;
    if (token.kind === 'operator') return token.operator === 'NOT';
    return token.kind === 'symbol' && !['}', ']', ')', ':'].includes(token.symbol);
  }

  #peek(): Token {
    return this.#tokens[this.#position] ?? { kind: 'end', at: this.#length };
  }

  #next(): Token {
    const token = this.#peek();
    this.#position += 1;
    return token;
  }

  #takeSymbol(symbol: Symbol): boolean {
    const token = this.#peek();
    if (token.kind !== 'symbol' || token.symbol !== symbol) return false;
    this.#position += 1;
    return true;
  }

  #takeOperator(operator: 'AND' | 'OR' | 'NOT' | 'TO'): boolean {
    const token = this.#peek();
    if (token.kind !== 'operator' || token.operator !== operator) return false;
    this.#position += 1;
    return true;
  }

  #takeComparison(): Symbol | undefined {
    return (['>=', '<=', '>', '<'] as const).find((symbol) => this.#takeSymbol(symbol));
  }
}

function literalOf(parts: readonly PatternPart[]): string | undefined {
  const [only] = parts;
  return parts.length === 1 && typeof only === 'object' ? only.literal : undefined;
}

function fieldName(token: Token): string {
  const name = token.kind === 'word' ? literalOf(token.parts) : undefined;
  if (name === undefined) throw invalidQuery(token.at, 'the name of a field should stand here');
  return name;
}

/** Undefined is an open bound: `*`. */
function boundOf(token: Token, isInclusive: boolean): Bound | undefined {
  if (token.kind === 'string') return { value: normaliseText(token.text), isInclusive };
  if (token.kind !== 'word') throw invalidQuery(token.at, 'the bound of a range should stand here');
  if (token.parts.length === 1 && token.parts[0] === 'any') return undefined;
  const literal = literalOf(token.parts);
  if (literal === undefined) throw invalidQuery(token.at, 'the bound of a range has no wildcards');
  return { value: normaliseText(literal), isInclusive };
}

function textTest(given: string, at: number): ValueTest {
  const text = normaliseText(given);
  if (text === '') throw invalidQuery(at, 'there is nothing in the quotes');
  return text.includes(' ') ? { kind: 'phrase', text } : { kind: 'text', text };
}
