import type { Expression } from './ast.ts';
import type { MessageContext } from './context.ts';
import type { Semantics } from './operators.ts';
import type { SqlValue } from './values.ts';

/** Where a nested query stands at run time. */
export interface Frame {
  readonly element: SqlValue;
  readonly outer: Frame | undefined;
}

/** Evaluates an expression for a message. `frame` is undefined outside nested queries. @throws SqlEvaluationError */
export type Evaluate = (context: MessageContext, frame?: Frame) => SqlValue;

/** The nested query that an expression stands in, as known when it is compiled. */
export interface QueryScope {
  readonly alias: string | undefined;
  readonly outer: QueryScope | undefined;
}

/** What all parts of one rule or template are compiled with. */
export interface Compilation extends Semantics {
  /** Undefined outside nested queries. */
  readonly scope: QueryScope | undefined;
  /** Compiles an expression: each file compiles one kind, and is given the others. */
  compile(expression: Expression, compilation: Compilation): Evaluate;
}
