/** A piece of a wildcard pattern: text as it is, or what `*` and `?` stand for. */
export type PatternPart = { readonly literal: string } | 'any' | 'one';

export interface Bound {
  readonly value: string;
  readonly isInclusive: boolean;
}

/** What a value must be. Texts are normalised: lower case, words one space apart. */
export type ValueTest =
  /** `field:*` */
  | { readonly kind: 'any' }
  /** One word. */
  | { readonly kind: 'text'; readonly text: string }
  /** Several words, one after the other. */
  | { readonly kind: 'phrase'; readonly text: string }
  | { readonly kind: 'pattern'; readonly parts: readonly PatternPart[] }
  /** A side without a bound is open. */
  | { readonly kind: 'range'; readonly from: Bound | undefined; readonly to: Bound | undefined };

export interface Match {
  readonly kind: 'match';
  /** Undefined searches every field. */
  readonly field: string | undefined;
  readonly test: ValueTest;
}

/** A search of AWS IoT's fleet indexing, parsed. */
export type Query =
  | { readonly kind: 'and'; readonly of: readonly Query[] }
  | { readonly kind: 'or'; readonly of: readonly Query[] }
  | { readonly kind: 'not'; readonly of: Query }
  | Match;

/** Every match in a query. */
export function matchesIn(query: Query): Match[] {
  switch (query.kind) {
    case 'and':
    case 'or':
      return query.of.flatMap(matchesIn);
    case 'not':
      return matchesIn(query.of);
    case 'match':
    default:
      return [query];
  }
}
