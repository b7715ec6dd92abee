import type { Position } from '../../shared/greenhouse/position.ts';
import { dwellMs, heardAtMs, isRipe } from './light.ts';
import { lockOf } from './safety.ts';
import { isNight } from './sun.ts';
import type { ZoneSettings } from './zone-settings.ts';
import type { Mode, ZoneState } from './zone-state.ts';

/** Where the shade shall be, who says so, and why. */
export interface Wish {
  readonly mode: Mode;
  /** undefined: where it is. */
  readonly target: Position | undefined;
  /** One word: `light`, `silence`, `night`, `hold`, `wind`, `frost`, `fire`. */
  readonly reason: string;
  readonly why: string;
}

type Programme = (
  state: ZoneState,
  settings: ZoneSettings,
  times: { readonly nowMs: number; readonly lightMs: number },
) => Wish | undefined;

/**
 * Who is asked where the shade shall be; the first that has an opinion is obeyed.
 *
 * Safety comes first because it protects people and the greenhouse; a person's hold comes before what a
 * programme thinks; the night before the light, because light at night is a lamp's.
 */
const PROGRAMMES: readonly Programme[] = [safety, hold, night, light];

/**
 * @param times `nowMs` is the clock's; `lightMs` the instant up to which the light is known, in the probes' time
 */
export function wishOf(state: ZoneState, settings: ZoneSettings, times: Parameters<Programme>[2]): Wish {
  for (const programme of PROGRAMMES) {
    const wish = programme(state, settings, times);
    if (wish !== undefined) return wish;
  }
  return { mode: 'light', target: undefined, reason: 'light', why: 'nothing asks for a movement' };
}

function safety(state: ZoneState, { safePosition }: ZoneSettings): Wish | undefined {
  const lock = lockOf(state);
  if (lock === undefined) return undefined;
  const { danger, hazard, device } = lock;
  const seen = hazard.dangerSinceMs === undefined ? 'not yet over' : 'going on';
  switch (danger) {
    case 'fire':
      return {
        mode: 'safety',
        target: safePosition,
        reason: 'fire',
        why: `fire, told by ${device}, ${seen}`,
      };
    case 'wind': {
      const why = `wind, ${hazard.value} m/s at ${device}, ${seen}`;
      return { mode: 'safety', target: safePosition, reason: 'wind', why };
    }
    // What is frozen tears when it moves.
    case 'frost':
    default: {
      const why = `frost, ${hazard.value} °C at ${device}, ${seen}`;
      return { mode: 'safety', target: undefined, reason: 'frost', why };
    }
  }
}

function hold({ hold }: ZoneState, _settings: ZoneSettings, { nowMs }: { nowMs: number }): Wish | undefined {
  if (hold === undefined || nowMs >= hold.untilMs) return undefined;
  const target = hold.position === 'stay' ? undefined : hold.position;
  const why = `held ${hold.position === 'stay' ? 'where it is' : hold.position} by hand until ${iso(hold.untilMs)}`;
  return { mode: 'hold', target, reason: 'hold', why };
}

function night(_state: ZoneState, { night }: ZoneSettings, { nowMs }: { nowMs: number }): Wish | undefined {
  if (night === undefined) return undefined;
  const offsets = {
    sunsetOffsetMs: night.sunsetOffsetMinutes * 60_000,
    sunriseOffsetMs: night.sunriseOffsetMinutes * 60_000,
  };
  if (!isNight(nowMs, night, offsets)) return undefined;
  return { mode: 'night', target: night.position, reason: 'night', why: 'the sun has set' };
}

function light(
  state: ZoneState,
  settings: ZoneSettings,
  { nowMs, lightMs }: { nowMs: number; lightMs: number },
): Wish | undefined {
  const { candidate, light } = state;
  if (light === undefined) {
    const silentSinceMs = heardAtMs(state) ?? state.startedAtMs;
    const isSilent = nowMs - silentSinceMs > settings.staleAfterSeconds * 1000;
    if (!isSilent || settings.whenSilent === 'hold') return undefined;
    const why = `no probe was heard since ${iso(silentSinceMs)}`;
    return { mode: 'light', target: settings.safePosition, reason: 'silence', why };
  }
  if (candidate === undefined || !isRipe(state, settings, lightMs)) return undefined;
  const edge =
    candidate.target === 'shaded'
      ? `at ${settings.shadeFromLux} or more`
      : `at ${settings.reopenToLux} or less`;
  const minutes = Math.round(dwellMs(candidate.target, settings) / 6_000) / 10;
  const why = `${Math.round(light.lux)} lux, ${edge}, since ${iso(candidate.sinceMs)} (${minutes} min are asked for)`;
  return { mode: 'light', target: candidate.target, reason: 'light', why };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
