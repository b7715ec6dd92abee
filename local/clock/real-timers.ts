import { systemClock, type Clock } from '../clock.ts';

/**
 * A clock whose time is the cloud's and whose waits are the machine's: for what waits for somebody that is not in
 * the cloud and lives in real time. A device sends its keep-alive every real minute, a function works for real
 * seconds, and both would be too late in a cloud whose hours take a second.
 */
export function withRealTimers(clock: Clock, system: Clock = systemClock): Clock {
  return {
    now: () => clock.now(),
    schedule: (delayMs, callback) => system.schedule(delayMs, callback),
  };
}
