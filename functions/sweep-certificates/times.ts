/** For the last unit of work, and for telling and noting what a page has found. */
const STOP_BEFORE_END_MS = 60_000;

/** For the last write, after the last call that is made again. */
const RESERVE_MS = 5_000;

/** Clocks of two machines differ by less. */
const CLOCK_SKEW_MS = 30_000;

/** The times of an invocation, all in milliseconds since the epoch. */
export interface InvocationTimes {
  /** Nothing new is begun from then on. */
  readonly stopAtMs: number;
  /** No call is made again from then on. */
  readonly deadlineMs: number;
  /** Lambda has ended the invocation by then, whatever it did. */
  readonly leaseUntilMs: number;
}

/** Divides up what is left of an invocation. However short it is, half of it is for work. */
export function timesOf(nowMs: number, remainingMs: number): InvocationTimes {
  return {
    stopAtMs: nowMs + Math.max(remainingMs - STOP_BEFORE_END_MS, remainingMs / 2),
    deadlineMs: nowMs + Math.max(remainingMs - RESERVE_MS, remainingMs / 2),
    leaseUntilMs: nowMs + remainingMs + CLOCK_SKEW_MS,
  };
}
