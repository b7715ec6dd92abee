/**
 * The one clock of the cloud. Everything in `local/` that asks for the time or waits does it here, so that
 * the whole cloud can be moved in time together.
 */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back once after `delayMs`; the timer does not keep the process alive. */
  schedule(delayMs: number, callback: () => void): Timer;
}

export interface Timer {
  cancel(): void;
}

/** Node's timers count in 32 bits: a longer wait would end at once. */
const MAX_WAIT_MS = 2_147_483_647;

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(delayMs, callback) {
    let handle: NodeJS.Timeout;
    const wait = (remainingMs: number): void => {
      const waitMs = Math.min(remainingMs, MAX_WAIT_MS);
      const next = (): void => wait(remainingMs - waitMs);
      handle = setTimeout(remainingMs > MAX_WAIT_MS ? next : callback, waitMs);
      handle.unref();
    };
    wait(delayMs);
    return { cancel: () => clearTimeout(handle) };
  },
};
