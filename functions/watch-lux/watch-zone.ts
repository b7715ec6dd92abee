import { GlasshouseError } from '../../shared/errors.ts';
import { RejectedInputError } from '../../shared/rejections.ts';
import { decide } from './decide.ts';
import type { Effect } from './effect.ts';
import type { Input } from './input.ts';
import { MAX_HAZARDS } from './safety.ts';
import type { Zone } from './zone-item.ts';
import { newZone, type ZoneState } from './zone-state.ts';
import type { ZoneStore } from './zone-store.ts';

/** So many other invocations wrote to the same zone that this one found no gap: try it later. */
export class ZoneContentionError extends GlasshouseError {
  override readonly name = 'ZoneContentionError' as const;
}

/** Every round some invocation wins. More than this at one zone is a fault elsewhere. */
const MAX_ROUNDS = 40;

/** Lambda tries an invocation again within minutes: so many others may come between. */
const MAX_RECENT = 8;

/** What one input did to a zone, after it was stored. */
export interface Watched {
  /** `repeated`: the same invocation had decided before, and has the same left to do. */
  readonly kind: 'decided' | 'late' | 'repeated';
  readonly zone: Zone;
  readonly state: ZoneState;
  readonly effects: readonly Effect[];
}

export interface WatchZoneOptions {
  readonly store: ZoneStore;
  readonly requestId: string;
  readonly now: () => number;
  /** The zone as it was read from the table only just now, where it was. */
  readonly current?: Zone;
  /** Called for each write that another came before. */
  readonly onConflict?: () => void;
}

/**
 * Lets a zone hear of an input, and keeps what was decided before anything is done. The write carries the version
 * that the decision was made on; when that has moved, the decision is made again on the fresh state, so no update
 * is lost. What it would not write is held against the table first, for a container's memory may be behind.
 *
 * The usual cost is one write and no read.
 *
 * @throws RejectedInputError ZONE_UNKNOWN, PROBE_UNKNOWN or STATIONS_TOO_MANY; ZoneContentionError
 */
export async function watchZone(name: string, input: Input, options: WatchZoneOptions): Promise<Watched> {
  const { store, requestId, now, current, onConflict } = options;
  const believed = current ?? store.remembered(name);
  let isCurrent = current !== undefined || believed === undefined;
  let zone = believed ?? (await store.load(name));
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const problem = problemOf(name, zone, input);
    if (zone !== undefined && problem === undefined) {
      const before = zone.state ?? newZone(name, zone.config.settings.safePosition, now());
      const done = before.recent.find((one) => one.requestId === requestId);
      if (done !== undefined) return { kind: 'repeated', zone, state: before, effects: done.effects };
      const decision = decide(zone.config, before, input, now());
      if (decision.changed) {
        const next = remembering(decision.state, zone.version + 1, requestId, decision.effects);
        const outcome = await store.save(zone, next);
        if (outcome.saved) return { kind: 'decided', zone, state: next, effects: decision.effects };
        onConflict?.();
        zone = outcome.fresh;
        isCurrent = true;
        continue;
      }
      if (isCurrent) return { kind: decision.kind, zone, state: before, effects: decision.effects };
    } else if (isCurrent && problem !== undefined) {
      throw problem;
    }
    zone = await store.load(name);
    isCurrent = true;
  }
  throw new ZoneContentionError(`zone "${name}" was written to ${MAX_ROUNDS} times while one input waited`, {
    code: 'ZONE_CONTENDED',
    retryable: true,
    data: { zone: name },
  });
}

function remembering(
  state: ZoneState,
  version: number,
  requestId: string,
  effects: readonly Effect[],
): ZoneState {
  const recent = effects.length === 0 ? state.recent : [...state.recent, { requestId, effects }];
  return { ...state, version, recent: recent.slice(-MAX_RECENT) };
}

/** Why a zone can make nothing of an input. */
function problemOf(name: string, zone: Zone | undefined, input: Input): RejectedInputError | undefined {
  if (zone === undefined) {
    const advice = `publish its settings on greenhouse/${name}/control/settings first`;
    return new RejectedInputError('ZONE_UNKNOWN', `there is no zone "${name}": ${advice}`, 'zone');
  }
  const { config, state } = zone;
  if (input.kind === 'lux' && !config.settings.probes.includes(input.device)) {
    const known = config.settings.probes.join(', ');
    const message = `zone "${name}" has no probe "${input.device}"; its probes are ${known}`;
    return new RejectedInputError('PROBE_UNKNOWN', message, 'device');
  }
  if (input.kind !== 'safety') return undefined;
  const stations = Object.keys(state?.hazards ?? {});
  const isKnown = stations.some((key) => key.endsWith(`/${input.device}`));
  if (isKnown || stations.length + 3 <= MAX_HAZARDS) return undefined;
  const message = `zone "${name}" hears of dangers from too many devices; "${input.device}" is one more`;
  return new RejectedInputError('STATIONS_TOO_MANY', message, 'device');
}
