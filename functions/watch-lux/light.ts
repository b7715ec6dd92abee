import type { Position } from '../../shared/greenhouse/position.ts';
import type { ZoneSettings } from './zone-settings.ts';
import { without, type Band, type ZoneState } from './zone-state.ts';

/**
 * Which band a light level is in. Both edges belong to the outer bands, so no level is in none.
 *
 *     DARK ◀── reopenToLux ── IN_BAND ── shadeFromLux ──▶ BRIGHT
 */
export function bandOf(lux: number, { shadeFromLux, reopenToLux }: ZoneSettings): Band {
  if (lux >= shadeFromLux) return 'BRIGHT';
  return lux <= reopenToLux ? 'DARK' : 'IN_BAND';
}

/** What a band asks for; undefined: that nothing changes. */
export function askedBy(band: Band): Position | undefined {
  if (band === 'IN_BAND') return undefined;
  return band === 'BRIGHT' ? 'shaded' : 'open';
}

/** What several probes say together. `values` has at least one. */
export function aggregateOf(values: readonly number[], aggregate: ZoneSettings['aggregate']): number {
  const sorted = values.toSorted((a, b) => a - b);
  switch (aggregate) {
    case 'max':
      return sorted.at(-1) ?? 0;
    case 'mean':
      return sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
    case 'median':
    default: {
      const middle = sorted.length >> 1;
      const upper = sorted[middle] ?? 0;
      return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
    }
  }
}

/** When any probe of the zone was heard last. */
export function heardAtMs(state: ZoneState): number | undefined {
  const times = Object.values(state.probes).map(({ timeMs }) => timeMs);
  return times.length === 0 ? undefined : Math.max(...times);
}

/**
 * Looks at the light as of `atMs`, and at what it asks for:
 *
 * - a level outside of the band that asks for another position begins a candidate, or lets it go on;
 * - one that asks for the present position ends it;
 * - one in the band lets a candidate go on, for light that flickers about a threshold is not darkness, but never
 *   begins one; nor does the shade move while the light is in the band (see `isRipe`);
 * - silence ends it: what nobody has seen has not lasted.
 */
export function evaluateLight(state: ZoneState, settings: ZoneSettings, atMs: number): ZoneState {
  const staleMs = settings.staleAfterSeconds * 1000;
  const fresh = settings.probes.flatMap((probe) => {
    const reading = state.probes[probe];
    return reading !== undefined && atMs - reading.timeMs <= staleMs ? [reading.lux] : [];
  });
  if (fresh.length === 0) return without(without(state, 'light'), 'candidate');
  const lux = aggregateOf(fresh, settings.aggregate);
  const band = bandOf(lux, settings);
  const lit: ZoneState = { ...state, light: { lux, band } };
  const asked = askedBy(band);
  if (asked === state.desired || state.candidate?.target === state.desired) {
    const cleared = without(lit, 'candidate');
    return asked === undefined || asked === state.desired
      ? cleared
      : { ...cleared, candidate: { target: asked, sinceMs: atMs } };
  }
  if (asked === undefined || state.candidate !== undefined) return lit;
  return { ...lit, candidate: { target: asked, sinceMs: atMs } };
}

/** How long a candidate has to last, in milliseconds. */
export function dwellMs(target: Position, settings: ZoneSettings): number {
  return (target === 'shaded' ? settings.shadeDwellSeconds : settings.reopenDwellSeconds) * 1000;
}

/** Whether the candidate has lasted, and the light asks for it at this very moment. */
export function isRipe({ candidate, light }: ZoneState, settings: ZoneSettings, atMs: number): boolean {
  if (candidate === undefined || light === undefined) return false;
  return (
    askedBy(light.band) === candidate.target &&
    atMs - candidate.sinceMs >= dwellMs(candidate.target, settings)
  );
}
