/** The operators that a list of a pattern may hold. */
export type Operator =
  | 'anything-but'
  | 'cidr'
  | 'equals-ignore-case'
  | 'exists'
  | 'numeric'
  | 'prefix'
  | 'suffix'
  | 'wildcard';

/** The operators of texts that `anything-but` turns round. */
export type TextOperator = 'equals-ignore-case' | 'prefix' | 'suffix' | 'wildcard';

/** What the services that match with patterns differ in. */
export interface PatternDialect {
  readonly operators: readonly Operator[];
  readonly anythingBut: readonly TextOperator[];
  /** Whether `prefix` and `suffix` take `{"equals-ignore-case": "a"}`. */
  readonly foldsAffixes: boolean;
  /** Whether `cidr` takes an address without a mask. */
  readonly takesSingleAddress: boolean;
  /** Numbers are compared up to this size on either side of 0, and none beyond. */
  readonly greatestNumber: number;
  /** How many digits after the point count. @default all of them */
  readonly decimals?: number;
}
