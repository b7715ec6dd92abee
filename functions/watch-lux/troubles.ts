import type { Effect, Notice, NoticeKind } from './effect.ts';
import { movesOfDay } from './movement.ts';
import { isRepeatable } from './reconcile.ts';
import { dangerOf, lockOf, ruleOf } from './safety.ts';
import type { ZoneConfig } from './zone-config.ts';
import type { Told, Trouble, ZoneState } from './zone-state.ts';

const DAY_MS = 86_400_000;

/** Something that is not as it should be, told once when it begins and once when it ends. */
interface Found {
  readonly kind: NoticeKind;
  readonly about: string;
  readonly text: string;
}

/** Everything that is wrong as of `nowMs`, by a key that stays the same as long as it is. */
export function findTroubles(
  state: ZoneState,
  config: ZoneConfig,
  nowMs: number,
  isLimited: boolean,
): ReadonlyMap<string, Found> {
  const found: Found[] = [
    ...silentProbes(state, config, nowMs),
    ...silentStations(state, config, nowMs),
    ...locked(state),
    ...held(state, nowMs),
    ...limited(state, config, nowMs, isLimited),
    ...failing(state, config),
  ];
  return new Map(found.map((one) => [`${one.kind}/${one.about}`, one]));
}

/**
 * Tells what has begun and what is over. What began while the same was told only just now is told later, if it
 * lasts; of what nobody was told, nobody is told that it is over.
 */
export function tellTroubles(
  state: ZoneState,
  found: ReadonlyMap<string, Found>,
  config: ZoneConfig,
  nowMs: number,
): { readonly state: ZoneState; readonly effects: readonly Effect[] } {
  const effects: Effect[] = [];
  const troubles: Record<string, Trouble> = {};
  let next = state;
  for (const [key, { kind, about, text }] of found) {
    const before = state.troubles[key];
    let told = before?.told ?? false;
    if (!told) {
      const telling = tell(next, { kind, about, text }, config, nowMs, before === undefined);
      next = telling.state;
      effects.push(...telling.effects);
      told = telling.effects.length > 0;
    }
    troubles[key] = { sinceMs: before?.sinceMs ?? nowMs, told };
  }
  for (const [key, { told, sinceMs }] of Object.entries(state.troubles)) {
    if (found.has(key) || !told) continue;
    const text = `zone ${state.zone}: over is what began on ${iso(sinceMs)}: ${key}`;
    effects.push({ kind: 'notice', notice: { kind: 'recovered', about: key, text, suppressed: 0 } });
  }
  return { state: { ...next, troubles }, effects };
}

/**
 * Tells people something of a zone, unless the same was told only just now; then it is counted.
 *
 * @param isNew whether it counts as suppressed when it is not told
 */
export function tell(
  state: ZoneState,
  { kind, about, text }: Omit<Notice, 'suppressed'>,
  { settings }: ZoneConfig,
  nowMs: number,
  isNew = true,
): { readonly state: ZoneState; readonly effects: readonly Effect[] } {
  const key = `${kind}/${about}`;
  const before = state.told[key];
  if (before !== undefined && nowMs - before.atMs < settings.noticeEverySeconds * 1000) {
    if (!isNew) return { state, effects: [] };
    const counted: Told = { ...before, suppressed: before.suppressed + 1 };
    return { state: { ...state, told: { ...state.told, [key]: counted } }, effects: [] };
  }
  // What was told long ago is forgotten, with a count of what was not told only after a day.
  const everyMs = settings.noticeEverySeconds * 1000;
  const kept = Object.entries(state.told).filter(
    ([, { atMs, suppressed }]) => nowMs - atMs < (suppressed === 0 ? everyMs : everyMs + DAY_MS),
  );
  const told = { ...Object.fromEntries(kept), [key]: { atMs: nowMs, suppressed: 0 } };
  const notice: Notice = { kind, about, text, suppressed: before?.suppressed ?? 0 };
  return { state: { ...state, told }, effects: [{ kind: 'notice', notice }] };
}

function silentProbes(state: ZoneState, { settings }: ZoneConfig, nowMs: number): Found[] {
  return settings.probes.flatMap((probe) => {
    const sinceMs = state.probes[probe]?.timeMs ?? state.startedAtMs;
    if (nowMs - sinceMs <= settings.staleAfterSeconds * 1000) return [];
    const text = `zone ${state.zone}: probe ${probe} was not heard since ${iso(sinceMs)}`;
    return [{ kind: 'silent', about: probe, text } satisfies Found];
  });
}

function silentStations(state: ZoneState, { settings }: ZoneConfig, nowMs: number): Found[] {
  return Object.entries(state.hazards).flatMap(([key, { timeMs }]) => {
    const rule = ruleOf(dangerOf(key), settings);
    // A fire detector speaks when there is a fire, and to end it.
    if (rule === undefined || dangerOf(key) === 'fire' || nowMs - timeMs <= rule.freshForMs) return [];
    const text = `zone ${state.zone}: nothing was heard of ${key} since ${iso(timeMs)}; a lock that it holds stays`;
    return [{ kind: 'silent', about: key, text } satisfies Found];
  });
}

function locked(state: ZoneState): Found[] {
  const lock = lockOf(state);
  if (lock === undefined) return [];
  const { danger, hazard, device } = lock;
  const text = `zone ${state.zone}: locked by ${danger} (${hazard.value} at ${device}), light and hold do not move the shade`;
  return [{ kind: 'locked', about: danger, text }];
}

function held({ zone, hold }: ZoneState, nowMs: number): Found[] {
  if (hold === undefined || nowMs >= hold.untilMs) return [];
  const text = `zone ${zone}: the shade is held by hand (${hold.position}) until ${iso(hold.untilMs)}`;
  return [{ kind: 'hold', about: hold.position, text }];
}

function limited(state: ZoneState, { settings }: ZoneConfig, nowMs: number, isLimited: boolean): Found[] {
  const count = movesOfDay(state, nowMs).length;
  const isStill = state.troubles['limit/moves'] !== undefined && count >= settings.maximumMovesPerDay;
  if (!isLimited && !isStill) return [];
  const text = `zone ${state.zone}: the light asks for a movement, and the shade has moved ${count} times in 24 hours, which is the limit`;
  return [{ kind: 'limit', about: 'moves', text }];
}

function failing(state: ZoneState, config: ZoneConfig): Found[] {
  const { command, failures, desired } = state;
  if (command === undefined || failures === 0) return [];
  const isFinal = isFailed(command.status) && !isRepeatable(state, command, config);
  // It is over when the shade has obeyed, not when it has been asked anew.
  const isStill = state.troubles['failed/command'] !== undefined;
  if (failures < config.settings.failuresBeforeNotice && !isFinal && !isStill) return [];
  const problem = command.problem?.message ?? `the command is ${command.status}`;
  const advice = isFinal
    ? 'it is not sent again: look at the shade, then publish its position or mend its settings'
    : 'it is sent again';
  const text = `zone ${state.zone}: the shade shall be ${desired}, and ${failures} commands in a row failed: ${problem}; ${advice}`;
  return [{ kind: 'failed', about: 'command', text }];
}

function isFailed(status: string): boolean {
  return status === 'REJECTED' || status === 'TIMED_OUT';
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
