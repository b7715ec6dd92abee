import { errorText } from '../../../../shared/errors.ts';
import type { Expression } from '../sql/ast.ts';
import { boundedError } from '../sql/bounded.ts';
import { compileExpression, newCompilation } from '../sql/compile-expression.ts';
import type { MessageContext } from '../sql/context.ts';
import { printExpression } from '../sql/printer.ts';
import type { Switches } from '../sql/switches.ts';
import type { SqlValue } from '../sql/values.ts';
import type { SqlVersion } from '../sql/version.ts';
import { partsOf } from '../sql/walk.ts';
import { valueText } from './value-text.ts';

/** What the same SQL can mean different things under. */
export interface Dialect {
  readonly version: SqlVersion;
  readonly switches: Switches;
}

/** What an expression comes to for one message. */
export type Outcome =
  | { readonly kind: 'value'; readonly value: SqlValue }
  /** Evaluating it fails, and with it the rule. */
  | { readonly kind: 'failure'; readonly message: string };

/** An expression with its value, and the values that this came from. */
export interface ExplainedExpression {
  /** As SQL writes it, with no more parentheses than it needs. */
  readonly sql: string;
  readonly outcome: Outcome;
  /** What it is made of; literals are left out, their value is what is written. */
  readonly parts: readonly ExplainedExpression[];
}

/** An expression of a rule has at most some thousand parts; nobody reads more than these. */
const MAX_PARTS = 200;

/**
 * Evaluates an expression and everything that it is made of, each for itself. What changes from call to call
 * (`newuuid()`, `rand()`) changes here too, and a function that asks another service fails.
 */
export function explainExpression(
  expression: Expression,
  context: MessageContext,
  dialect: Dialect,
): ExplainedExpression {
  let left = MAX_PARTS;
  const explain = (one: Expression): ExplainedExpression => {
    const parts: ExplainedExpression[] = [];
    for (const part of partsOf(one)) {
      if (isLiteral(part) || left <= 0) continue;
      left -= 1;
      parts.push(explain(part));
    }
    return { sql: printExpression(one), outcome: evaluate(one, context, dialect), parts };
  };
  return explain(expression);
}

/** The value of one expression, or why there is none. */
export function evaluate(expression: Expression, context: MessageContext, dialect: Dialect): Outcome {
  try {
    const compilation = newCompilation(dialect);
    return { kind: 'value', value: compileExpression(expression, compilation)(context) };
  } catch (thrown) {
    return { kind: 'failure', message: errorText(boundedError(thrown)) };
  }
}

export function outcomeText(outcome: Outcome): string {
  return outcome.kind === 'value' ? valueText(outcome.value) : `fails: ${outcome.message}`;
}

/** What stands for itself: there is nothing to explain. */
export function isLiteral({ kind }: Expression): boolean {
  return kind === 'number' || kind === 'string' || kind === 'boolean' || kind === 'null';
}
