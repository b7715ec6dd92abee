/** Counts requests per key and second. */
export interface Throttle {
  /** Counts one request; false when it is one too many in this second. */
  take(key: string): boolean;
}

/**
 * Lets at most `perSecond` requests through for each key; undefined lets everything through.
 *
 * @param nowMs milliseconds since the epoch
 */
export function createThrottle(perSecond: number | undefined, nowMs: () => number): Throttle {
  if (perSecond === undefined) return { take: () => true };
  const counts = new Map<string, number>();
  let second = 0;
  return {
    take(key) {
      const current = Math.floor(nowMs() / 1000);
      // What was counted in another second is of no use: the map never holds more than one second's keys.
      if (current !== second) counts.clear();
      second = current;
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      return count <= perSecond;
    },
  };
}
