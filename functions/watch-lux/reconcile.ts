import { isEnded, type Command } from '../../shared/greenhouse/command.ts';
import type { Effect } from './effect.ts';
import { newCommand, REMIND_AFTER_MS } from './movement.ts';
import type { ZoneConfig } from './zone-config.ts';
import type { OpenCommand, ZoneState } from './zone-state.ts';

/** An invocation of move-shade is over by then, whatever became of it. */
export const SENT_AT_MOST_MS = 90_000;

const FIRST_RETRY_MS = 30_000;
const LONGEST_RETRY_MS = 15 * 60_000;

/** Takes in what has become of the zone's newest command. Word of an older one, or of one that has ended, is old. */
export function takeCommand(state: ZoneState, command: Command): ZoneState {
  const { command: open } = state;
  if (open === undefined || open.sequence !== command.sequence || isEnded(open.status)) return state;
  const { remindAtMs, reminders } = open;
  const next: ZoneState = { ...state, command: { ...command, remindAtMs, reminders } };
  if (!isEnded(command.status)) return next;
  if (command.status !== 'ACKED') return { ...next, failures: state.failures + 1 };
  // With a sensor, it is the sensor that says whether a movement was made.
  return { ...next, assumed: command.target, failures: state.reported === undefined ? 0 : state.failures };
}

/** Takes in where the shade is, by somebody who has seen it. */
export function takePosition(state: ZoneState, reported: NonNullable<ZoneState['reported']>): ZoneState {
  const seen: ZoneState = { ...state, reported };
  if (reported.position === 'between') return seen;
  const isThere = reported.position === state.desired;
  return { ...seen, assumed: reported.position, failures: isThere ? 0 : state.failures };
}

/**
 * Compares what is desired with what is known, and acts on the difference; not on the change that made it. So a
 * command that got lost anywhere is sent again, as long as that is safe:
 *
 * - queued and not begun: published again, each time after twice as long, until it expires;
 * - sent and never ended: given up, outcome unknown;
 * - failed: a new command, each time after twice as long; but not where a person has to mend something first, and
 *   not where a code that toggles may have been emitted already;
 * - acknowledged, but seen elsewhere after its travel: a new command too.
 */
export function reconcile(
  state: ZoneState,
  config: ZoneConfig,
  nowMs: number,
): { readonly state: ZoneState; readonly effects: readonly Effect[] } {
  const { command } = state;
  if (command === undefined) return { state, effects: [] };
  switch (command.status) {
    case 'QUEUED':
      return remindOrGiveUp(state, command, nowMs);
    case 'SENT':
      if (nowMs - (command.sentAtMs ?? command.createdAtMs) < SENT_AT_MOST_MS) return { state, effects: [] };
      return giveUp(state, command, 'TIMED_OUT', nowMs);
    case 'ACKED':
      return isSeenElsewhere(state, command, config, nowMs)
        ? { state: failed(state, command, nowMs), effects: [] }
        : { state, effects: [] };
    case 'REJECTED':
    case 'TIMED_OUT':
    case 'SUPERSEDED':
    case 'EXPIRED':
    default:
      return sendAgain(state, command, config, nowMs);
  }
}

/** Whether the command that failed may be made again, by what is known of it. */
export function isRepeatable(state: ZoneState, command: OpenCommand, config: ZoneConfig): boolean {
  const endedAtMs = command.endedAtMs ?? command.createdAtMs;
  if (command.status === 'REJECTED') return config.changedAtMs > endedAtMs;
  if (command.emitted !== 'unknown' || command.idempotent === true) return true;
  // Somebody has seen the shade since: then nothing is unknown any more.
  const { reported } = state;
  return reported !== undefined && reported.position !== 'between' && reported.timeMs > endedAtMs;
}

function remindOrGiveUp(state: ZoneState, command: OpenCommand, nowMs: number) {
  if (nowMs >= command.expiresAtMs) return giveUp(state, command, 'EXPIRED', nowMs);
  if (nowMs < command.remindAtMs) return { state, effects: [] };
  const reminders = command.reminders + 1;
  const remindAtMs = nowMs + REMIND_AFTER_MS * 2 ** reminders;
  const { remindAtMs: _at, reminders: _count, status: _status, ...asked } = command;
  return {
    state: { ...state, command: { ...command, reminders, remindAtMs } },
    effects: [{ kind: 'command', command: asked } satisfies Effect],
  };
}

function giveUp(state: ZoneState, command: OpenCommand, status: 'EXPIRED' | 'TIMED_OUT', nowMs: number) {
  const emitted = status === 'EXPIRED' ? 'no' : 'unknown';
  const given: OpenCommand = { ...command, status, emitted, endedAtMs: nowMs };
  return {
    state: { ...state, command: given, failures: state.failures + 1 },
    effects: [{ kind: 'give-up', sequence: command.sequence, status } satisfies Effect],
  };
}

function isSeenElsewhere(
  state: ZoneState,
  command: OpenCommand,
  { settings }: ZoneConfig,
  nowMs: number,
): boolean {
  const { reported, desired } = state;
  const arrivedAtMs = (command.endedAtMs ?? nowMs) + settings.travelSeconds * 1000;
  return reported !== undefined && reported.timeMs >= arrivedAtMs && reported.position !== desired;
}

function failed(state: ZoneState, command: OpenCommand, nowMs: number): ZoneState {
  const message = `the shade was to be ${state.desired}, and was seen ${state.reported?.position ?? 'elsewhere'}`;
  const problem = { code: 'POSITION_DIFFERS', message };
  const ended: OpenCommand = { ...command, status: 'TIMED_OUT', emitted: 'no', endedAtMs: nowMs, problem };
  return { ...state, command: ended, failures: state.failures + 1 };
}

function sendAgain(state: ZoneState, command: OpenCommand, config: ZoneConfig, nowMs: number) {
  const nothing = { state, effects: [] };
  // Somebody has seen it arrive although nobody answered.
  const { reported } = state;
  if (reported?.position === state.desired && reported.timeMs > command.createdAtMs) return nothing;
  const endedAtMs = command.endedAtMs ?? command.createdAtMs;
  const waitMs = Math.min(FIRST_RETRY_MS * 2 ** Math.max(0, state.failures - 1), LONGEST_RETRY_MS);
  if (!isRepeatable(state, command, config) || nowMs < endedAtMs + waitMs) return nothing;
  const { reason, why, attempt } = command;
  const again = newCommand(state, { target: state.desired, reason, why, attempt: attempt + 1 }, nowMs);
  return { state: again.state, effects: [{ kind: 'command', command: again.command } satisfies Effect] };
}
