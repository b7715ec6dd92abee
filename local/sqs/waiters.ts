import type { Clock, Timer } from '../clock.ts';

/** Those who wait for a message, by queue: what long polling sleeps on. */
export interface Waiters {
  /**
   * Sleeps until something may have changed in the queue: `wake` was called, one of the clocks has reached its
   * instant, or `signal` was aborted.
   */
  wait(queueId: number, until: Until, signal?: AbortSignal): Promise<void>;
  /** Wakes all who wait for a message in this queue. */
  wake(queueId: number): void;
  /** Wakes everybody; from now on nobody sleeps. */
  close(): void;
}

/** When a sleeper looks again at the latest. */
export interface Until {
  /** When the caller has waited long enough, by the clock that callers live in. */
  readonly deadlineMs: number;
  /** When the next message becomes visible, by the clock of the cloud, if one does. */
  readonly visibleAtMs?: number | undefined;
}

/**
 * @param clock the cloud's: messages become visible by it.
 * @param callersClock the one that callers live in: a cloud that stands still must not let them wait for ever.
 */
export function createWaiters(clock: Clock, callersClock: Clock): Waiters & { readonly closed: boolean } {
  const byQueue = new Map<number, Set<() => void>>();
  let closed = false;

  function wake(queueId: number): void {
    // The order of arrival is kept: who has waited longest looks first.
    for (const awaken of byQueue.get(queueId) ?? []) awaken();
  }

  return {
    get closed() {
      return closed;
    },
    wake,
    wait(queueId, { deadlineMs, visibleAtMs }, signal) {
      if (closed || signal?.aborted === true) return Promise.resolve();
      return new Promise((resolve) => {
        const sleepers = byQueue.get(queueId) ?? new Set();
        byQueue.set(queueId, sleepers);
        const awaken = (): void => {
          sleepers.delete(awaken);
          if (sleepers.size === 0 && byQueue.get(queueId) === sleepers) byQueue.delete(queueId);
          for (const timer of timers) timer.cancel();
          signal?.removeEventListener('abort', awaken);
          resolve();
        };
        const at = (one: Clock, instantMs: number): Timer =>
          one.schedule(Math.max(0, instantMs - one.now()), awaken);
        const timers = [
          at(callersClock, deadlineMs),
          ...(visibleAtMs === undefined ? [] : [at(clock, visibleAtMs)]),
        ];
        sleepers.add(awaken);
        signal?.addEventListener('abort', awaken);
      });
    },
    close() {
      closed = true;
      for (const queueId of byQueue.keys()) wake(queueId);
    },
  };
}
