import type { Clock } from '../clock.ts';

/** Those who wait for a message, by queue: what long polling sleeps on. */
export interface Waiters {
  /**
   * Sleeps until something may have changed in the queue: `wake` was called, the clock reached `untilMs`, or
   * `signal` was aborted.
   */
  wait(queueId: number, untilMs: number, signal?: AbortSignal): Promise<void>;
  /** Wakes all who wait for a message in this queue. */
  wake(queueId: number): void;
  /** Wakes everybody; from now on nobody sleeps. */
  close(): void;
}

export function createWaiters(clock: Clock): Waiters & { readonly closed: boolean } {
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
    wait(queueId, untilMs, signal) {
      if (closed || signal?.aborted === true) return Promise.resolve();
      return new Promise((resolve) => {
        const sleepers = byQueue.get(queueId) ?? new Set();
        byQueue.set(queueId, sleepers);
        const awaken = (): void => {
          sleepers.delete(awaken);
          if (sleepers.size === 0 && byQueue.get(queueId) === sleepers) byQueue.delete(queueId);
          timer.cancel();
          signal?.removeEventListener('abort', awaken);
          resolve();
        };
        const timer = clock.schedule(Math.max(0, untilMs - clock.now()), awaken);
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
