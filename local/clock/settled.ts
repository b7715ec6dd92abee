import { setImmediate } from 'node:timers/promises';
import { systemClock, type Clock } from '../clock.ts';

/** Resolves when a part of the cloud has no work under way. */
export type Drained = () => Promise<void>;

/** A step of the clock waits this long at most for what it has set off, in real time. */
const MAX_SETTLE_MS = 60_000;

/** One part hands work to another for at most this many rounds. */
const MAX_ROUNDS = 1_000;

/**
 * Says when the whole cloud has come to rest: work goes from part to part (a rule invokes a function, which
 * publishes, which a rule takes), so it is at rest when twice, one after the other, no part had anything to wait for.
 * Once is not enough: a part that has just handed its last work on looks done, and the other was asked before.
 *
 * @returns a function that resolves then, or after a minute, or a thousand rounds: what hangs, or goes in circles, must
 *   not hold the clock for ever.
 */
export function settledWhen(
  parts: readonly Drained[],
  { system = systemClock, maxMs = MAX_SETTLE_MS }: { readonly system?: Clock; readonly maxMs?: number } = {},
): () => Promise<void> {
  return async () => {
    const limit = Promise.withResolvers<'late'>();
    const timer = system.schedule(maxMs, () => limit.resolve('late'));
    try {
      let wasAtRest = false;
      for (let round = 0; round < MAX_ROUNDS; round += 1) {
        // What was just set off may need a turn of the event loop to begin.
        await setImmediate();
        const outcome = await Promise.race([restOf(parts), limit.promise]);
        if (outcome === 'late' || (outcome === 'rested' && wasAtRest)) return;
        wasAtRest = outcome === 'rested';
      }
    } finally {
      timer.cancel();
    }
  };
}

/** Waits for every part; tells whether there was anything to wait for. */
async function restOf(parts: readonly Drained[]): Promise<'rested' | 'worked'> {
  let working = parts.length;
  const all = Promise.all(
    parts.map(async (drained) => {
      await drained();
      working -= 1;
    }),
  );
  // What fails meanwhile is thrown where it is waited for, below.
  all.catch(() => undefined);
  // A part at rest says so before the next turn.
  await setImmediate();
  if (working === 0) return 'rested';
  await all;
  return 'worked';
}
