import type { Emitted } from '../../shared/greenhouse/command.ts';
import type { SendOutcome } from '../../shared/greenhouse/repeater-client.ts';
import { meaningOf, retryOf } from '../../shared/greenhouse/repeater-errors.ts';

/** How the sending of a code ended, all tries taken together. */
export interface Emission {
  readonly result: 'acked' | 'rejected' | 'timed-out' | 'superseded';
  readonly emitted: Emitted;
  readonly tries: number;
  readonly problem?: { readonly code: string; readonly message: string };
}

export interface EmitOptions {
  readonly send: () => Promise<SendOutcome>;
  /** Whether the code does the same when it comes twice. */
  readonly idempotent: boolean;
  /** Whether no newer command has come meanwhile. */
  readonly isNewest: () => Promise<boolean>;
  /** A stopwatch: it goes on whatever the time of day is set to. */
  readonly elapsedMs: () => number;
  readonly pause: (ms: number) => Promise<void>;
  /** On the stopwatch; after this no new try is begun. */
  readonly deadlineMs: number;
}

/** A busy repeater is asked again after this: its makers ask for no less than 100 ms. */
const BUSY_PAUSE_MS = 250;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 4_000;

/** No deadline can make it more than this. */
const MAX_TRIES = 200;

/**
 * Sends a code until the repeater has taken it, or it is of no use any more.
 *
 * | outcome                  | sent again                                                      |
 * | ------------------------ | --------------------------------------------------------------- |
 * | busy                     | yes, until the deadline                                         |
 * | no connection            | yes, each pause twice the last, until the deadline              |
 * | no answer                | the same, if the code may come twice; else not: outcome unknown |
 * | transmission failed, 019 | once                                                            |
 * | any other error          | never: a person has to mend the code or the repeater            |
 */
export async function emit(options: EmitOptions): Promise<Emission> {
  const { send, idempotent, isNewest, elapsedMs, pause, deadlineMs } = options;
  let emitted: Emitted = 'no';
  let failedOnce = false;
  let pauseMs = FIRST_PAUSE_MS;
  for (let tries = 1; ; tries += 1) {
    const outcome = await send();
    if (outcome.kind === 'complete') return { result: 'acked', emitted: 'yes', tries };
    const problem = problemOf(outcome);
    if (outcome.kind === 'error') {
      const { family, code } = outcome.error;
      if (failedOnce || retryOf(family, code) === 'never') {
        return { result: 'rejected', emitted, tries, problem };
      }
      failedOnce = true;
    }
    if (outcome.kind === 'unanswered') {
      emitted = 'unknown';
      if (!idempotent) return { result: 'timed-out', emitted, tries, problem };
    }
    const waitMs = outcome.kind === 'busy' ? BUSY_PAUSE_MS : pauseMs;
    if (outcome.kind !== 'busy') pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    if (elapsedMs() + waitMs >= deadlineMs || tries >= MAX_TRIES) {
      return { result: 'timed-out', emitted, tries, problem };
    }
    await pause(waitMs);
    if (!(await isNewest())) return { result: 'superseded', emitted, tries };
  }
}

function problemOf(outcome: Exclude<SendOutcome, { kind: 'complete' }>): { code: string; message: string } {
  switch (outcome.kind) {
    case 'busy':
      return { code: 'REPEATER_BUSY', message: 'another client was sending on the connector all the time' };
    case 'unreachable':
      return { code: 'REPEATER_UNREACHABLE', message: `the repeater was not reached: ${outcome.problem}` };
    case 'unanswered':
      return { code: 'REPEATER_SILENT', message: `the repeater did not answer: ${outcome.problem}` };
    case 'error':
    default: {
      const { family, code } = outcome.error;
      return {
        code: `REPEATER_${code}`,
        message: `the repeater refused: ${meaningOf(family, code)} (${code})`,
      };
    }
  }
}
