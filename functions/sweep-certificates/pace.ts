/** Lets one call through at a time, and the next when its moment has come. */
export type Pace = () => Promise<void>;

/**
 * Spaces calls out evenly, so that a sweep leaves most of what AWS IoT's registry takes to the activation of devices
 * that are waiting at this moment. Nothing is saved up while nobody calls: there are no bursts.
 *
 * @param callsPerSecond more than 0
 */
export function createPace(
  callsPerSecond: number,
  { now, sleep }: { readonly now: () => number; readonly sleep: (ms: number) => Promise<void> },
): Pace {
  const intervalMs = 1_000 / callsPerSecond;
  let nextMs = Number.NEGATIVE_INFINITY;
  return async () => {
    const nowMs = now();
    const turnMs = Math.max(nowMs, nextMs);
    nextMs = turnMs + intervalMs;
    if (turnMs > nowMs) await sleep(Math.ceil(turnMs - nowMs));
  };
}
