import type { SqlFunction } from './functions/function.ts';

export type BinaryOperator =
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '='
  | '<>'
  | '<'
  | '<='
  | '>'
  | '>='
  | 'AND'
  | 'OR';

export type Expression =
  /** `text` as it is written: the number that it stands for is made when it is compiled. */
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' }
  /** An attribute of the payload. */
  | { readonly kind: 'attribute'; readonly name: string }
  | { readonly kind: 'member'; readonly object: Expression; readonly name: string }
  | { readonly kind: 'unary'; readonly operator: '-' | 'NOT'; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'call';
      /** The function's name as it is written: it names an unaliased column. */
      readonly name: string;
      readonly definition: SqlFunction;
      readonly operands: readonly Expression[];
    };

export interface SelectItem {
  readonly value:
    | { readonly kind: 'wildcard' }
    | { readonly kind: 'expression'; readonly expression: Expression };
  /** `AS a.b.c` as its keys. */
  readonly alias?: readonly string[];
}

export interface Statement {
  readonly items: readonly SelectItem[];
  /** Absent for a rule that only Basic Ingest reaches. */
  readonly topicFilter?: string;
  readonly where?: Expression;
}

/** How tightly operators bind; a higher number binds tighter. Not documented by AWS beyond its examples. */
export const binaryPrecedence: { readonly [Operator in BinaryOperator]: number } = {
  OR: 1,
  AND: 2,
  '=': 4,
  '<>': 4,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '%': 6,
};

/** NOT takes in comparisons, and stops at AND and OR. */
export const NOT_PRECEDENCE = 3;
export const MINUS_PRECEDENCE = 7;

/** The key of a column: its alias, the last segment of its path, or its function; undefined when it has none. */
export function columnKey(item: SelectItem): readonly string[] | undefined {
  if (item.alias !== undefined || item.value.kind === 'wildcard') return item.alias;
  const { expression } = item.value;
  const isNamed =
    expression.kind === 'attribute' || expression.kind === 'member' || expression.kind === 'call';
  return isNamed ? [expression.name] : undefined;
}
