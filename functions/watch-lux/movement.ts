import { COMMAND_LIFE_MS, type NewCommand } from '../../shared/greenhouse/command.ts';
import type { Position } from '../../shared/greenhouse/position.ts';
import type { Wish } from './programme.ts';
import type { ZoneSettings } from './zone-settings.ts';
import { without, type OpenCommand, type ZoneState } from './zone-state.ts';

const DAY_MS = 86_400_000;

/** A queued command that nobody has begun after this is published again. */
export const REMIND_AFTER_MS = 30_000;

/** More movements than this are not remembered: no rule asks for more. */
const MAX_REMEMBERED_MOVES = 200;

export interface Movement {
  readonly state: ZoneState;
  /** undefined: the shade does not move. */
  readonly command?: NewCommand;
  /** What keeps it from moving. */
  readonly blocked?: 'interval' | 'limit';
}

/**
 * Moves the shade if it is wished elsewhere and may move. Safety always may; everything else keeps the minimum
 * interval; the light also keeps the day's limit, and only it, so that a shade is never out of its place for a
 * whole night, nor out of a person's hand, because the clouds were lively by day.
 */
export function moveIfDue(state: ZoneState, wish: Wish, settings: ZoneSettings, nowMs: number): Movement {
  const known: ZoneState = { ...state, mode: wish.mode, moveTimesMs: movesOfDay(state, nowMs) };
  const { target } = wish;
  if (target === undefined || target === state.desired) return { state: known };
  if (wish.mode !== 'safety') {
    if (nowMs < nextMoveAtMs(state, settings)) return { state: known, blocked: 'interval' };
    if (wish.mode === 'light' && known.moveTimesMs.length >= settings.maximumMovesPerDay) {
      return { state: known, blocked: 'limit' };
    }
  }
  const moved: ZoneState = {
    ...without(known, 'candidate'),
    desired: target,
    lastMoveAtMs: nowMs,
    moveTimesMs: [...known.moveTimesMs, nowMs].slice(-MAX_REMEMBERED_MOVES),
  };
  return newCommand(moved, { target, reason: wish.reason, why: wish.why, attempt: 1 }, nowMs);
}

/** From when on a movement that is not for safety may be made. */
export function nextMoveAtMs({ lastMoveAtMs }: ZoneState, settings: ZoneSettings): number {
  return lastMoveAtMs === undefined ? 0 : lastMoveAtMs + settings.minimumIntervalSeconds * 1000;
}

/** When the movements of the 24 hours before `nowMs` were. */
export function movesOfDay({ moveTimesMs }: ZoneState, nowMs: number): readonly number[] {
  return moveTimesMs.filter((timeMs) => nowMs - timeMs < DAY_MS);
}

/**
 * Makes a new command the zone's open one. Its number is also a time, in seconds, so that it grows on when a
 * zone's item was lost and the commands were not.
 */
export function newCommand(
  state: ZoneState,
  order: {
    readonly target: Position;
    readonly reason: string;
    readonly why: string;
    readonly attempt: number;
  },
  nowMs: number,
): { readonly state: ZoneState; readonly command: NewCommand } {
  const sequence = Math.max(state.sequence + 1, Math.floor(nowMs / 1000));
  const made: NewCommand = {
    zone: state.zone,
    ...order,
    sequence,
    createdAtMs: nowMs,
    expiresAtMs: nowMs + COMMAND_LIFE_MS,
  };
  const open: OpenCommand = {
    ...made,
    status: 'QUEUED',
    remindAtMs: nowMs + REMIND_AFTER_MS,
    reminders: 0,
  };
  return { state: { ...state, sequence, command: open }, command: made };
}
