import type { Clock } from '../clock.ts';
import type { InvocationResult } from './container.ts';
import type { EventStore, StoredEvent } from './event-store.ts';

/** What asynchronous invocation needs to know of a function. */
export interface AsynchronousFunction {
  readonly name: string;
  readonly arn: string;
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeSeconds: number;
  readonly onFailureArn?: string;
}

export interface AsynchronousOptions {
  readonly store: EventStore;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Waits before the second and the third attempt. AWS: one minute, then two. */
  readonly retryDelaysSeconds: readonly number[];
  /** How many invocations may run at once in the cloud. */
  readonly maxConcurrency: number;
  readonly invoke: (
    functionName: string,
    requestId: string,
    payload: string,
    key?: string,
  ) => Promise<InvocationResult>;
  /** Puts a record of failure where a function's on-failure destination is. */
  readonly sendToDestination: (arn: string, record: string) => Promise<void>;
  readonly log: (message: string, data: Readonly<Record<string, unknown>>) => void;
}

/**
 * Lambda's asynchronous invocation: the event is kept, the caller does not wait, a failure is tried again
 * after one minute and after two more with the same request id, and what fails for good goes, with its
 * error, to the on-failure destination.
 *
 * Events keep no order, as on AWS: they start in the order in which they came, as many at once as there is
 * room for.
 */
export class AsynchronousInvocation {
  readonly #options: AsynchronousOptions;
  readonly #functions: ReadonlyMap<string, AsynchronousFunction>;
  readonly #waiting: StoredEvent[] = [];
  #next = 0;
  #running = 0;
  #delayed = 0;
  #stopped = false;
  /** Moves with each `clear`: what was begun before is not tried again. */
  #generation = 0;
  #idle: (() => void)[] = [];

  constructor(functions: readonly AsynchronousFunction[], options: AsynchronousOptions) {
    this.#options = options;
    this.#functions = new Map(functions.map((one) => [one.name, one]));
    for (const event of options.store.remaining()) {
      if (this.#functions.has(event.functionName)) this.#waiting.push(event);
      else options.log('an event waits for a function that is not in the template', { ...event });
    }
  }

  /** How many events have not ended: waiting, running, or delayed after a failure. */
  get pending(): number {
    return this.#waiting.length - this.#next + this.#running + this.#delayed;
  }

  /** Takes an event; it is kept when this returns. @returns the request id of the invocation. */
  enqueue(functionName: string, payload: string, key?: string): string {
    const { store, clock, newId } = this.#options;
    const event: StoredEvent = {
      requestId: newId(),
      functionName,
      payload,
      enqueuedAtMs: clock.now(),
      attempts: 0,
      ...(key === undefined ? {} : { key }),
    };
    store.add(event);
    this.#waiting.push(event);
    this.#start();
    return event.requestId;
  }

  /** Starts what an earlier run of the cloud left behind. */
  resume(): void {
    this.#start();
  }

  /** Resolves when nothing waits or runs; what is delayed after a failure is not waited for. */
  async drained(): Promise<void> {
    if (this.#running === 0 && this.#next === this.#waiting.length) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Forgets every event that waits or would be tried again. What runs goes on to its end. */
  clear(): void {
    this.#waiting.length = 0;
    this.#next = 0;
    this.#generation += 1;
    this.#delayed = 0;
    this.#options.store.clear();
  }

  /** Starts nothing more. What has not ended stays in the store. */
  stop(): void {
    this.#stopped = true;
  }

  #start(): void {
    while (!this.#stopped && this.#running < this.#options.maxConcurrency) {
      const event = this.#waiting[this.#next];
      if (event === undefined) break;
      this.#next += 1;
      if (this.#next > 1_024 && this.#next * 2 > this.#waiting.length) {
        this.#waiting.splice(0, this.#next);
        this.#next = 0;
      }
      this.#running += 1;
      void this.#attempt(event);
    }
    if (this.#running > 0 || this.#next < this.#waiting.length) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  async #attempt(event: StoredEvent): Promise<void> {
    const { invoke, store, log } = this.#options;
    const { functionName, requestId, payload, key } = event;
    const attempts = event.attempts + 1;
    const generation = this.#generation;
    try {
      const result = await invoke(functionName, requestId, payload, key);
      if (this.#stopped || generation !== this.#generation) return;
      if (result.ok) store.remove(requestId);
      else await this.#failed({ ...event, attempts }, result);
    } catch (error) {
      log('an asynchronous invocation could not be ended', { functionName, requestId, error });
    } finally {
      this.#running -= 1;
      this.#start();
    }
  }

  async #failed(event: StoredEvent, result: InvocationResult & { ok: false }): Promise<void> {
    const { store, clock, log, retryDelaysSeconds } = this.#options;
    const { functionName, requestId, attempts } = event;
    const definition = this.#functions.get(functionName);
    const retries = definition?.maximumRetryAttempts ?? 0;
    const delaySeconds = retryDelaysSeconds[attempts - 1] ?? retryDelaysSeconds.at(-1) ?? 0;
    const maximumAgeSeconds = definition?.maximumEventAgeSeconds ?? 0;
    const ageSeconds = (clock.now() - event.enqueuedAtMs) / 1_000 + delaySeconds;
    const { errorType, errorMessage } = result.error;
    if (attempts <= retries && ageSeconds <= maximumAgeSeconds) {
      store.attempted(requestId, attempts);
      log('an invocation failed and is tried again', {
        functionName,
        requestId,
        attempts,
        delaySeconds,
        errorType,
        errorMessage,
      });
      this.#delayed += 1;
      const generation = this.#generation;
      clock.schedule(delaySeconds * 1_000, () => {
        if (generation !== this.#generation) return;
        this.#delayed -= 1;
        this.#waiting.push(event);
        this.#start();
      });
      return;
    }
    const condition = attempts > retries ? 'RetriesExhausted' : 'EventAgeExceeded';
    const kept = definition?.onFailureArn;
    log('an invocation failed for good', {
      functionName,
      requestId,
      attempts,
      condition,
      errorType,
      errorMessage,
      keptIn: kept ?? 'nowhere: the function has no on-failure destination',
    });
    if (definition !== undefined && kept !== undefined) {
      await this.#options.sendToDestination(kept, failureRecord(definition, event, result, condition, clock));
    }
    store.remove(requestId);
  }
}

/** The record that Lambda sends to an on-failure destination. */
function failureRecord(
  definition: AsynchronousFunction,
  event: StoredEvent,
  result: InvocationResult & { ok: false },
  condition: string,
  clock: Clock,
): string {
  return JSON.stringify({
    version: '1.0',
    timestamp: new Date(clock.now()).toISOString(),
    requestContext: {
      requestId: event.requestId,
      functionArn: `${definition.arn}:$LATEST`,
      condition,
      approximateInvokeCount: event.attempts,
    },
    requestPayload: JSON.parse(event.payload),
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: result.error,
  });
}
