import middyCore from '@middy/core';
import type { Context } from 'aws-lambda';
import { GlasshouseError } from './errors.ts';
import type { Counter } from './metrics.ts';
import { describeRejection, RejectedInputError, type Rejection } from './rejections.ts';

type Request = middyCore.Request<unknown, unknown>;

export interface HandlerOptions<Result> {
  /** The function's work. It throws RejectedInputError for input that can never work. */
  readonly run: (event: unknown, context: Context) => Promise<Result>;
  /** Keeps a rejection, or throws so that the invocation is tried again. */
  readonly reject: (rejection: Rejection) => Promise<void>;
  readonly counter: Counter;
  readonly now: () => number;
}

/**
 * Wraps a function's work in what every function does, the same way:
 *
 * - bad input goes to the rejections queue and the invocation ends well, so that Lambda does not retry it;
 * - everything else that is thrown is logged once, with its code, and thrown on: Lambda retries it and then
 *   keeps it in the failures queue;
 * - metrics leave with the invocation, whichever way it ends.
 */
export function createHandler<Result>(options: HandlerOptions<Result>) {
  const { run, reject, counter, now } = options;

  async function keepRejection(request: Request): Promise<unknown> {
    const { error, event, context } = request;
    if (!(error instanceof RejectedInputError)) return undefined;
    const { functionName, awsRequestId: requestId } = context;
    const rejection = describeRejection(error, event, { functionName, requestId, nowMs: now() });
    await reject(rejection);
    counter.count('InputRejected');
    console.warn({ message: 'input rejected', requestId, reason: rejection.reason });
    return { rejected: rejection.reason };
  }

  function logFailure(request: Request): void {
    const { error, context } = request;
    if (error === null || error === undefined || error instanceof RejectedInputError) return;
    const known = error instanceof GlasshouseError ? { code: error.code, retryable: error.retryable } : {};
    console.error({
      message: error.message,
      error: error.name,
      ...known,
      requestId: context.awsRequestId,
      stack: error.stack,
    });
  }

  // Middy runs onError from the last to the first, and no further than one that answers, as keepRejection does:
  // only requestEnd is run however an invocation ends.
  return middyCore<unknown, unknown>(run, { requestEnd: () => counter.flush() })
    .onError(keepRejection)
    .onError(logFailure);
}
