import { isDeepStrictEqual } from 'node:util';
import type { Effect } from './effect.ts';
import type { Input } from './input.ts';
import { evaluateLight, heardAtMs } from './light.ts';
import { moveIfDue } from './movement.ts';
import { wishOf } from './programme.ts';
import { reconcile, takeCommand, takePosition } from './reconcile.ts';
import { takeSafety, watchDangers } from './safety.ts';
import { findTroubles, tell, tellTroubles } from './troubles.ts';
import type { ZoneConfig } from './zone-config.ts';
import { without, type ZoneState } from './zone-state.ts';

/** What one input does to a zone. */
export interface Decision {
  /** `late`: it is not newer than what is known, so nothing was decided. */
  readonly kind: 'decided' | 'late';
  readonly state: ZoneState;
  readonly effects: readonly Effect[];
  /** Whether there is anything to write. */
  readonly changed: boolean;
}

/**
 * Decides what one input does to a zone. Pure: the same arguments give the same decision, so an invocation that
 * is replayed, or that lost a race and starts again from the fresh state, ends where it should.
 *
 * The steps, each on what the one before has left:
 *
 * 1. take the input in, or pass it over when it is late;
 * 2. lock and release dangers: they may overrule all that follows;
 * 3. look at the light, also when nothing asks for it, so that a dwell goes on under a lock or a hold;
 * 4. ask who decides, and move if the shade may move;
 * 5. at a tick, compare the desired with the known position, and command again what got lost: only then has the
 *    caller looked what has become of the open command;
 * 6. tell people what began and what is over.
 *
 * @param now the clock, in milliseconds since the epoch
 */
export function decide(config: ZoneConfig, state: ZoneState, input: Input, now: number): Decision {
  const { settings } = config;
  const taken = take(config, state, input, now);
  if (taken === undefined) return { kind: 'late', state, effects: [], changed: false };
  const lightMs = Math.max(input.kind === 'lux' ? input.timeMs : now, heardAtMs(taken) ?? 0);

  const watched = watchDangers(expireHold(taken, now), settings, now);
  const lit = evaluateLight(watched, settings, lightMs);
  const wish = wishOf(lit, settings, { nowMs: now, lightMs });
  const movement = moveIfDue(lit, wish, settings, now);
  const effects: Effect[] = [];
  let next = movement.state;
  if (movement.command !== undefined) {
    effects.push({ kind: 'command', command: movement.command });
    const text = `zone ${state.zone}: the shade moves to ${movement.command.target}: ${wish.why}`;
    const telling = tell(next, { kind: 'moved', about: wish.reason, text }, config, now);
    next = telling.state;
    effects.push(...telling.effects);
  }
  const reconciled = input.kind === 'tick' ? reconcile(next, config, now) : { state: next, effects: [] };
  effects.push(...reconciled.effects);
  const troubles = findTroubles(reconciled.state, config, now, movement.blocked === 'limit');
  const told = tellTroubles(reconciled.state, troubles, config, now);
  effects.push(...told.effects);
  return { kind: 'decided', state: told.state, effects, changed: !isDeepStrictEqual(told.state, state) };
}

/** The state with the input in it; undefined when it comes too late to count. */
function take({ settings }: ZoneConfig, state: ZoneState, input: Input, now: number): ZoneState | undefined {
  switch (input.kind) {
    case 'lux': {
      const { device, timeMs, lux } = input;
      const staleMs = settings.staleAfterSeconds * 1000;
      const last = state.probes[device];
      if ((last !== undefined && timeMs <= last.timeMs) || now - timeMs > staleMs) return undefined;
      // What nobody has seen has not lasted: a silence ends a candidate also when nobody looked meanwhile.
      const heardMs = heardAtMs(state);
      const wasSilent = heardMs !== undefined && timeMs - heardMs > staleMs;
      const before = wasSilent ? without(state, 'candidate') : state;
      const known = Object.entries(before.probes).filter(([probe]) => settings.probes.includes(probe));
      return { ...before, probes: { ...Object.fromEntries(known), [device]: { timeMs, lux } } };
    }
    case 'safety':
      return takeSafety(state, input, settings);
    case 'hold': {
      if (input.receivedAtMs <= (state.holdReceivedAtMs ?? Number.NEGATIVE_INFINITY)) return undefined;
      const ended = { ...without(state, 'hold'), holdReceivedAtMs: input.receivedAtMs };
      if (input.position === null) return ended;
      const untilMs = input.receivedAtMs + input.minutes * 60_000;
      return { ...ended, hold: { position: input.position, untilMs } };
    }
    case 'position': {
      const { timeMs, position } = input;
      if (timeMs <= (state.reported?.timeMs ?? Number.NEGATIVE_INFINITY)) return undefined;
      return takePosition(state, { timeMs, position });
    }
    case 'command':
      return takeCommand(state, input.command);
    case 'tick':
    default:
      return input.command === undefined ? state : takeCommand(state, input.command);
  }
}

function expireHold(state: ZoneState, now: number): ZoneState {
  return state.hold !== undefined && now >= state.hold.untilMs ? without(state, 'hold') : state;
}
