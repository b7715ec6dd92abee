import { isDeepStrictEqual } from 'node:util';
import type { ZoneState } from './zone-state.ts';

/**
 * Whether a zone has something to tell that cannot wait for the next tick: anything but the numbers of its probes.
 * So a zone with many probes publishes its state now and then, and at once when something happens.
 */
export function hasNews(before: ZoneState | undefined, after: ZoneState): boolean {
  return before === undefined || !isDeepStrictEqual(newsOf(before), newsOf(after));
}

function newsOf({ light, candidate, hazards, troubles, ...state }: ZoneState): unknown {
  const { mode, desired, assumed, reported, hold, command } = state;
  return {
    mode,
    desired,
    assumed,
    reported,
    hold,
    command,
    band: light?.band,
    candidate: candidate?.target,
    locks: Object.entries(hazards).flatMap(([key, { lockedAtMs }]) =>
      lockedAtMs === undefined ? [] : [key],
    ),
    troubles: Object.keys(troubles),
  };
}
