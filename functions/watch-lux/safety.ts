import type { Input } from './input.ts';
import { passTime, readHazard, type Hazard, type HazardRule } from './hazard.ts';
import type { ZoneSettings } from './zone-settings.ts';
import type { ZoneState } from './zone-state.ts';

/** Dangers, the gravest first. */
export const DANGERS = ['fire', 'wind', 'frost'] as const;
export type Danger = (typeof DANGERS)[number];

/** So many devices may report dangers to a zone: a bound for its item. */
export const MAX_HAZARDS = 24;

/** The rule of a danger; undefined where the zone does not watch it. Fire is always watched. */
export function ruleOf(danger: Danger, settings: ZoneSettings): HazardRule | undefined {
  const { wind, frost, fireReleaseAfterSeconds, stationStaleAfterSeconds } = settings;
  const freshForMs = stationStaleAfterSeconds * 1000;
  switch (danger) {
    case 'fire':
      return {
        isDangerous: (value) => value > 0,
        isHarmless: (value) => value === 0,
        lockAfterMs: 0,
        releaseAfterMs: fireReleaseAfterSeconds * 1000,
        freshForMs,
      };
    case 'wind':
      if (wind === undefined) return undefined;
      return {
        isDangerous: (value) => value >= wind.lockFromMetersPerSecond,
        isHarmless: (value) => value < wind.releaseBelowMetersPerSecond,
        lockAfterMs: wind.lockAfterSeconds * 1000,
        releaseAfterMs: wind.releaseAfterSeconds * 1000,
        freshForMs,
      };
    case 'frost':
    default:
      if (frost === undefined) return undefined;
      return {
        isDangerous: (value) => value <= frost.lockToCelsius,
        isHarmless: (value) => value > frost.releaseAboveCelsius,
        lockAfterMs: 0,
        releaseAfterMs: frost.releaseAfterSeconds * 1000,
        freshForMs,
      };
  }
}

/** What a station's message says of each danger. */
export function valuesOf(input: Extract<Input, { kind: 'safety' }>): [Danger, number][] {
  const { windMetersPerSecond: wind, temperatureCelsius: temperature, fire } = input;
  return [
    ...(fire === undefined ? [] : [['fire', fire ? 1 : 0] satisfies [Danger, number]]),
    ...(wind === undefined ? [] : [['wind', wind] satisfies [Danger, number]]),
    ...(temperature === undefined ? [] : [['frost', temperature] satisfies [Danger, number]]),
  ];
}

/** Takes a station's message in; of what the zone does not watch nothing is kept. */
export function takeSafety(
  state: ZoneState,
  input: Extract<Input, { kind: 'safety' }>,
  settings: ZoneSettings,
): ZoneState {
  const hazards = { ...state.hazards };
  for (const [danger, value] of valuesOf(input)) {
    const rule = ruleOf(danger, settings);
    const key = `${danger}/${input.device}`;
    if (rule === undefined || (hazards[key] === undefined && Object.keys(hazards).length >= MAX_HAZARDS))
      continue;
    hazards[key] = readHazard(hazards[key], { timeMs: input.timeMs, value }, rule);
  }
  return { ...state, hazards };
}

/** Locks and releases every danger as of `atMs`; what the settings watch no longer is forgotten. */
export function watchDangers(state: ZoneState, settings: ZoneSettings, atMs: number): ZoneState {
  const hazards: Record<string, Hazard> = {};
  for (const [key, hazard] of Object.entries(state.hazards)) {
    const rule = ruleOf(dangerOf(key), settings);
    if (rule !== undefined) hazards[key] = passTime(hazard, rule, atMs);
  }
  return { ...state, hazards };
}

/** The gravest danger that locks, with the reading that did it. */
export function lockOf(state: ZoneState): { danger: Danger; hazard: Hazard; device: string } | undefined {
  for (const danger of DANGERS) {
    for (const [key, hazard] of Object.entries(state.hazards)) {
      if (dangerOf(key) !== danger || hazard.lockedAtMs === undefined) continue;
      return { danger, hazard, device: key.slice(danger.length + 1) };
    }
  }
  return undefined;
}

export function dangerOf(key: string): Danger {
  return DANGERS.find((danger) => key.startsWith(`${danger}/`)) ?? 'fire';
}
