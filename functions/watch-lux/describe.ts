import { publishedCommand } from '../../shared/greenhouse/command.ts';
import { askedBy, dwellMs } from './light.ts';
import { movesOfDay, nextMoveAtMs } from './movement.ts';
import { wishOf } from './programme.ts';
import type { ZoneConfig } from './zone-config.ts';
import type { ZoneState } from './zone-state.ts';

/**
 * A zone's state as it is published on `greenhouse/<zone>/state`: for people, pages and other programs. Instants
 * are in ISO 8601; what does not apply is null.
 */
export function describeZone(state: ZoneState, config: ZoneConfig, nowMs: number): Record<string, unknown> {
  const { settings } = config;
  const { zone, mode, desired, assumed, reported, light, candidate, hold, command } = state;
  const nextMs = nextMoveAtMs(state, settings);
  return {
    zone,
    time: iso(nowMs),
    mode,
    why: wishOf(state, settings, { nowMs, lightMs: nowMs }).why,
    position: { desired, assumed, reported: reported?.position ?? null },
    light:
      light === undefined
        ? null
        : { ...light, shadeFromLux: settings.shadeFromLux, reopenToLux: settings.reopenToLux },
    candidate: candidate === undefined ? null : { target: candidate.target, since: iso(candidate.sinceMs) },
    secondsUntilMove: secondsUntilMove(state, config, nowMs),
    nextMoveAllowedAt: nextMs > nowMs ? iso(nextMs) : null,
    movesOfDay: movesOfDay(state, nowMs).length,
    maximumMovesPerDay: settings.maximumMovesPerDay,
    hold: hold === undefined ? null : { position: hold.position, until: iso(hold.untilMs) },
    locks: Object.entries(state.hazards).flatMap(([hazard, { lockedAtMs, value }]) =>
      lockedAtMs === undefined ? [] : [{ hazard, value, since: iso(lockedAtMs) }],
    ),
    troubles: Object.entries(state.troubles).map(([trouble, { sinceMs }]) => ({
      trouble,
      since: iso(sinceMs),
    })),
    command: command === undefined ? null : describeCommand(command),
    probes: Object.fromEntries(
      Object.entries(state.probes).map(([probe, { timeMs, lux }]) => [probe, { time: iso(timeMs), lux }]),
    ),
  };
}

/**
 * How long it is until the shade moves if everything stays as it is; null when it would not move.
 */
export function secondsUntilMove(state: ZoneState, { settings }: ZoneConfig, nowMs: number): number | null {
  const { candidate, light, desired } = state;
  const wish = wishOf(state, settings, { nowMs, lightMs: nowMs });
  const intervalMs = Math.max(0, nextMoveAtMs(state, settings) - nowMs);
  if (wish.target !== undefined && wish.target !== desired && wish.mode !== 'light')
    return seconds(intervalMs);
  if (wish.mode !== 'light' || candidate === undefined || light === undefined) return null;
  if (askedBy(light.band) !== candidate.target) return null;
  if (movesOfDay(state, nowMs).length >= settings.maximumMovesPerDay) return null;
  const dwellLeftMs = candidate.sinceMs + dwellMs(candidate.target, settings) - nowMs;
  return seconds(Math.max(0, dwellLeftMs, intervalMs));
}

function describeCommand(command: NonNullable<ZoneState['command']>): Record<string, unknown> {
  const { remindAtMs: _remindAtMs, reminders: _reminders, ...known } = command;
  return publishedCommand(known);
}

function seconds(ms: number): number {
  return Math.ceil(ms / 1000);
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
