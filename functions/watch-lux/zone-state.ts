import type { CommandProgress, CommandStatus, NewCommand } from '../../shared/greenhouse/command.ts';
import type { Position } from '../../shared/greenhouse/position.ts';
import type { Effect } from './effect.ts';
import type { Hazard } from './hazard.ts';

/** Who decides where the shade is, in the order of precedence. */
export const MODES = ['safety', 'hold', 'night', 'light'] as const;
export type Mode = (typeof MODES)[number];

/** DARK asks for an open shade, BRIGHT for a drawn one, IN_BAND for neither. */
export type Band = 'DARK' | 'IN_BAND' | 'BRIGHT';

export interface ProbeReading {
  /** The reading's own time, milliseconds since the epoch. */
  readonly timeMs: number;
  readonly lux: number;
}

/** What the light asks for, and since when it does. */
export interface Candidate {
  readonly target: Position;
  /** The time of the reading that began it. */
  readonly sinceMs: number;
}

/** The newest command, as far as this zone has heard of it. */
export interface OpenCommand extends NewCommand, CommandProgress {
  readonly status: CommandStatus;
  /** When it is published again, if nobody has taken it up by then. */
  readonly remindAtMs: number;
  readonly reminders: number;
}

/** Something that is wrong, until it is not. */
export interface Trouble {
  readonly sinceMs: number;
  /** Whether people know of it: only then they are told that it is over. */
  readonly told: boolean;
}

/** When something was last told, and how often since then it was not. */
export interface Told {
  readonly atMs: number;
  readonly suppressed: number;
}

/** What is known of one zone: the content of its item in the table of zones. */
export interface ZoneState {
  readonly zone: string;
  /** Grows by one with every write: the condition of every write. */
  readonly version: number;
  readonly startedAtMs: number;
  /** The last reading of each probe. */
  readonly probes: Readonly<Record<string, ProbeReading>>;
  /** What the fresh probes say together; absent when none is fresh. */
  readonly light?: { readonly lux: number; readonly band: Band };
  readonly candidate?: Candidate;
  /** By `<kind>/<device>`. */
  readonly hazards: Readonly<Record<string, Hazard>>;
  /** A person's wish; it ends by itself. */
  readonly hold?: { readonly position: Position | 'stay'; readonly untilMs: number };
  /** When the last wish was received, also one that ended a hold. */
  readonly holdReceivedAtMs?: number;
  readonly mode: Mode;
  readonly desired: Position;
  /** Where the shade is, by all that is known. */
  readonly assumed: Position;
  /** What a sensor or a person has said last of where it is. */
  readonly reported?: { readonly position: Position | 'between'; readonly timeMs: number };
  /** The movements of the last 24 hours, oldest first. */
  readonly moveTimesMs: readonly number[];
  readonly lastMoveAtMs?: number;
  /** The last number that a command was given. */
  readonly sequence: number;
  readonly command?: OpenCommand;
  /** Commands in a row that did not reach the shade. */
  readonly failures: number;
  readonly troubles: Readonly<Record<string, Trouble>>;
  readonly told: Readonly<Record<string, Told>>;
  /** What the last invocations had to do after their write: a retry of one does the same again. */
  readonly recent: readonly { readonly requestId: string; readonly effects: readonly Effect[] }[];
}

/** A zone of which nothing is known yet. */
export function newZone(zone: string, safePosition: Position, nowMs: number): ZoneState {
  return {
    zone,
    version: 0,
    startedAtMs: nowMs,
    probes: {},
    hazards: {},
    mode: 'light',
    desired: safePosition,
    assumed: safePosition,
    moveTimesMs: [],
    sequence: 0,
    failures: 0,
    troubles: {},
    told: {},
    recent: [],
  };
}

/** A copy without one of what may be missing. */
export function without(state: ZoneState, key: 'light' | 'candidate' | 'hold'): ZoneState {
  const { light, candidate, hold, ...rest } = state;
  return {
    ...rest,
    ...(key === 'light' || light === undefined ? {} : { light }),
    ...(key === 'candidate' || candidate === undefined ? {} : { candidate }),
    ...(key === 'hold' || hold === undefined ? {} : { hold }),
  };
}
