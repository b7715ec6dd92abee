import { isTransient } from './transient.ts';

export interface RetryOptions {
  /** No try begins after this, in milliseconds since the epoch: it lies before the function's own time-out. */
  readonly deadlineMs: number;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Told of each try that failed and is made again. @default nobody */
  readonly onRetry?: (error: unknown) => void;
}

const FIRST_DELAY_MS = 100;

/** AWS IoT's registry takes 10 to 15 calls a second: whoever waits for longer than this waits in vain. */
const MAX_DELAY_MS = 3_000;

/** The deadline ends it sooner; this ends it also where time stands still. */
const MAX_TRIES = 50;

/**
 * Makes a call again while it fails for a reason that may pass: throttling, a fault of the service, a time-out,
 * somebody else's write at the same moment. The delays double and are drawn from the whole range (full jitter), so
 * that a thousand devices that were powered on together do not come back together.
 *
 * @throws what the last try threw
 */
export async function withRetries<Result>(
  call: () => Promise<Result>,
  options: RetryOptions,
): Promise<Result> {
  const { deadlineMs, now, sleep, random, onRetry } = options;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      const delayMs = Math.ceil(random() * Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1)));
      if (!isTransient(error) || attempt === MAX_TRIES || now() + delayMs >= deadlineMs) throw error;
      onRetry?.(error);
      await sleep(delayMs);
    }
  }
}
