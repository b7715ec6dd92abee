import type { MessageContext } from '../context.ts';
import { PendingCall } from './call-memo.ts';

/**
 * Evaluates from the beginning, and again each time an answer has come that was missing. It ends because every
 * round needs a new answer, and a message has no more than a hundred.
 *
 * @throws whatever `evaluate` throws, but for PendingCall
 */
export async function evaluateWithCalls<Result>(
  context: MessageContext,
  evaluate: () => Result | Promise<Result>,
): Promise<Result> {
  for (;;) {
    context.external?.beginEvaluation();
    try {
      return await evaluate();
    } catch (thrown) {
      if (!(thrown instanceof PendingCall)) throw thrown;
      await thrown.settled;
    }
  }
}
