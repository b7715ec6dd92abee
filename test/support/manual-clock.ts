import type { Clock, Timer } from '../../local/clock.ts';
import { TimerHeap } from '../../local/clock/timer-heap.ts';

/** A clock that stands still until it is told to advance. */
export class ManualClock implements Clock {
  #nowMs = Date.UTC(2026, 10, 21);
  readonly #timers = new TimerHeap();

  now(): number {
    return this.#nowMs;
  }

  schedule(delayMs: number, callback: () => void): Timer {
    return { cancel: this.#timers.add(this.#nowMs + delayMs, callback) };
  }

  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    while ((this.#timers.first()?.dueMs ?? Infinity) <= endMs) {
      const next = this.#timers.takeFirst();
      if (next === undefined) break;
      this.#nowMs = next.dueMs;
      next.callback();
    }
    this.#nowMs = endMs;
  }
}
