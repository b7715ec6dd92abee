/** Whether one code point belongs to a set. */
export type CodePointTest = (codePoint: number) => boolean;

/** How letters compare: `ascii` ignores the case of a to z only, as Java's `(?i)` does without `(?u)`. */
export type CaseRule = 'exact' | 'ascii' | 'unicode';

/** A place in the text that a pattern asks for without taking a character. */
export type Position =
  | 'start'
  | 'end'
  | 'endBeforeTerminator'
  | 'lineStart'
  | 'lineEnd'
  | 'previousEnd'
  | 'wordBoundary'
  | 'noWordBoundary';

export type QuantifierMode = 'greedy' | 'lazy' | 'possessive';

/** A Java regular expression as it was read. */
export type RegexNode =
  | { readonly kind: 'set'; readonly contains: CodePointTest }
  | { readonly kind: 'position'; readonly position: Position; readonly isUnixLines: boolean }
  | { readonly kind: 'sequence'; readonly items: readonly RegexNode[] }
  | { readonly kind: 'alternation'; readonly branches: readonly RegexNode[] }
  | { readonly kind: 'capture'; readonly group: number; readonly body: RegexNode }
  | { readonly kind: 'atomic'; readonly body: RegexNode }
  | RepeatNode
  | LookNode
  | { readonly kind: 'backreference'; readonly group: number; readonly caseRule: CaseRule };

export interface RepeatNode {
  readonly kind: 'repeat';
  readonly body: RegexNode;
  readonly min: number;
  /** Infinity without an upper bound. */
  readonly max: number;
  readonly mode: QuantifierMode;
}

export interface LookNode {
  readonly kind: 'look';
  readonly isBehind: boolean;
  readonly isNegative: boolean;
  readonly body: RegexNode;
}

/** A pattern that was read. */
export interface RegexSyntax {
  readonly root: RegexNode;
  /** Capturing groups, without the whole match. */
  readonly groupCount: number;
  readonly groupNames: ReadonlyMap<string, number>;
}

/** The text is no regular expression. It never leaves this folder. */
export class InvalidPattern extends Error {
  override readonly name = 'InvalidPattern' as const;
}
