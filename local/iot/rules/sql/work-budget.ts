import { SqlEvaluationError } from './errors.ts';

/** Steps of one evaluation: elements that are looked at, keys that are copied, 64 characters that are worked on. */
const MAX_STEPS = 250_000;

const CHARACTERS_PER_STEP = 64;

/**
 * Keeps an evaluation from running for hours: nested queries inside nested queries multiply what they look at.
 * Evaluations are synchronous, so one budget serves all messages of a rule.
 */
export class WorkBudget {
  #steps = 0;

  /** Said before each evaluation from the beginning. */
  begin(): void {
    this.#steps = 0;
  }

  /** Counts elements or keys. @throws SqlEvaluationError TOO_MUCH_WORK */
  spend(steps: number): void {
    this.#steps += steps;
    if (this.#steps <= MAX_STEPS) return;
    throw new SqlEvaluationError(
      'TOO_MUCH_WORK',
      `the evaluation takes more than ${MAX_STEPS} steps: nest fewer queries, or send less`,
    );
  }

  /** Counts a text that is worked on; short ones cost nothing. @throws SqlEvaluationError TOO_MUCH_WORK */
  spendText(length: number): void {
    if (length >= CHARACTERS_PER_STEP) this.spend(Math.floor(length / CHARACTERS_PER_STEP));
  }
}
