import type { Clock } from '../../clock.ts';

/** A clock that begins at `startMs` when it is made, and from there runs `speed` times as fast as `clock`. */
export function fastClock(clock: Clock, speed: number, startMs: number = clock.now()): Clock {
  const realStartMs = clock.now();
  return {
    now: () => startMs + (clock.now() - realStartMs) * speed,
    schedule: (delayMs, callback) => clock.schedule(delayMs / speed, callback),
  };
}
