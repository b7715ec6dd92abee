import { errorText } from '../../../../../shared/errors.ts';
import { SqlEvaluationError } from '../errors.ts';

/** Thrown inside an evaluation that needs an answer which is under way; only the driver of evaluations catches it. */
export class PendingCall {
  /** Resolves, and never rejects, when the answer or its failure is known. */
  readonly settled: Promise<void>;

  constructor(settled: Promise<void>) {
    this.settled = settled;
  }
}

type Outcome<Answer> =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'failure'; readonly failure: SqlEvaluationError }
  | { readonly kind: 'pending'; readonly pending: PendingCall };

/** Different calls of other services for one message; a message that needs more fails. */
const MAX_CALLS = 100;

/**
 * Answers of other services. An evaluation stays synchronous: the first look at an answer starts its call and stops
 * the evaluation with a PendingCall; when the answer is there the evaluation is done again, and finds it here. A call
 * is told apart by where it is written and how often that place has been passed, not by its operands, which may
 * be different each time: `aws_lambda(…, newuuid())`.
 */
export class CallMemo<Answer> {
  readonly #outcomes = new Map<string, Outcome<Answer>>();
  readonly #passes = new Map<number, number>();

  /** Counts the passes of each place from the beginning. */
  beginEvaluation(): void {
    this.#passes.clear();
  }

  /**
   * The answer to the call at a place of the SQL. `call` starts it when it is new; `description` names it in errors.
   *
   * @throws PendingCall while the answer is under way
   * @throws SqlEvaluationError EXTERNAL_CALL_FAILED when the call was rejected, EXTERNAL_LIMIT_EXCEEDED past 100 calls
   */
  answer(siteId: number, description: string, call: () => Promise<Answer>): Answer {
    const pass = this.#passes.get(siteId) ?? 0;
    this.#passes.set(siteId, pass + 1);
    const key = `${siteId}/${pass}`;
    const outcome = this.#outcomes.get(key) ?? this.#start(key, description, call);
    if (outcome.kind === 'answer') return outcome.answer;
    throw outcome.kind === 'failure' ? outcome.failure : outcome.pending;
  }

  #start(key: string, description: string, call: () => Promise<Answer>): Outcome<Answer> {
    if (this.#outcomes.size >= MAX_CALLS) {
      throw new SqlEvaluationError(
        'EXTERNAL_LIMIT_EXCEEDED',
        `more than ${MAX_CALLS} calls of other services for one message: ${description} is not made`,
      );
    }
    const pending = new PendingCall(this.#settle(key, description, call));
    const outcome: Outcome<Answer> = { kind: 'pending', pending };
    this.#outcomes.set(key, outcome);
    return outcome;
  }

  async #settle(key: string, description: string, call: () => Promise<Answer>): Promise<void> {
    let outcome: Outcome<Answer>;
    try {
      outcome = { kind: 'answer', answer: await call() };
    } catch (thrown) {
      const failure = new SqlEvaluationError(
        'EXTERNAL_CALL_FAILED',
        `${description} failed: ${errorText(thrown)}`,
        thrown,
      );
      outcome = { kind: 'failure', failure };
    }
    this.#outcomes.set(key, outcome);
  }
}
