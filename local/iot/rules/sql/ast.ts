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
  | 'IN'
  | 'AND'
  | 'OR';

export type Expression =
  /** `text` as it is written: the number that it stands for is made when it is compiled. */
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' }
  /** An attribute of the payload; in a nested query, of its elements, or its alias. */
  | { readonly kind: 'attribute'; readonly name: string }
  /** `*`: the payload, or the element of a nested query. */
  | { readonly kind: 'wildcard' }
  /** `@name`, without its @. */
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'member'; readonly object: Expression; readonly name: string }
  | { readonly kind: 'unary'; readonly operator: '-' | 'NOT'; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'array'; readonly elements: readonly Expression[] }
  | { readonly kind: 'object'; readonly members: readonly ObjectMember[] }
  | {
      readonly kind: 'case';
      readonly value: Expression;
      /** At least one. */
      readonly branches: readonly CaseBranch[];
      readonly otherwise?: Expression;
    }
  | { readonly kind: 'query'; readonly query: NestedQuery }
  | { readonly kind: 'exists'; readonly query: NestedQuery }
  | CallExpression;

export interface CallExpression {
  readonly kind: 'call';
  /** The function's name as it is written: it names an unaliased column. */
  readonly name: string;
  readonly definition: SqlFunction;
  /** The type of `cast(value AS Type)` is the second one, a string. */
  readonly operands: readonly Expression[];
}

export interface ObjectMember {
  readonly key: string;
  readonly value: Expression;
}

export interface CaseBranch {
  readonly when: Expression;
  readonly result: Expression;
}

export interface SelectItem {
  /** A wildcard without an alias adds every attribute. */
  readonly expression: Expression;
  /** `AS a.b.c` as its keys. */
  readonly alias?: readonly string[];
}

/** What a SELECT gives. */
export interface Selection {
  /** `SELECT VALUE`: the value of the only item, instead of an Object. */
  readonly isValue: boolean;
  readonly items: readonly SelectItem[];
}

/** `SELECT … FROM source [AS alias] [WHERE …]` inside an expression. */
export interface NestedQuery {
  readonly selection: Selection;
  readonly source: Expression;
  readonly alias?: string;
  readonly where?: Expression;
}

/** `@name = value` in SET. */
export interface Assignment {
  readonly name: string;
  readonly value: Expression;
}

export interface Statement {
  readonly variables: readonly Assignment[];
  readonly selection: Selection;
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
  IN: 4,
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
export function columnKey({ alias, expression }: SelectItem): readonly string[] | undefined {
  if (alias !== undefined) return alias;
  return 'name' in expression ? [expression.name] : undefined;
}
