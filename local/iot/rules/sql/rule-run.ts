import type { Evaluate } from './compilation.ts';
import type { MessageContext, RuleScope } from './context.ts';
import { SqlEvaluationError } from './errors.ts';
import type { SqlValue } from './values.ts';
import type { SqlVersion } from './version.ts';

/** One run of a rule for one message: its SET variables are evaluated when they are first used, and once. */
export class RuleRun implements RuleScope {
  readonly version: SqlVersion;
  readonly #evaluators: ReadonlyMap<string, Evaluate>;
  readonly #values = new Map<string, SqlValue>();

  constructor(version: SqlVersion, evaluators: ReadonlyMap<string, Evaluate>) {
    this.version = version;
    this.#evaluators = evaluators;
  }

  variable(name: string, context: MessageContext): SqlValue {
    if (this.#values.has(name)) return this.#values.get(name);
    const evaluate = this.#evaluators.get(name);
    if (evaluate === undefined) {
      const known = [...this.#evaluators.keys()].map((variable) => `@${variable}`).join(', ');
      throw new SqlEvaluationError(
        'UNKNOWN_VARIABLE',
        `the rule's SET declares no variable @${name}; it declares: ${known || 'none'}`,
      );
    }
    const value = evaluate(context);
    this.#values.set(name, value);
    return value;
  }
}
