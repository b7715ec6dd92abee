import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { GlasshouseError } from '../../shared/errors.ts';
import { commandSchema } from '../../shared/greenhouse/command-item.ts';
import { POSITIONS } from '../../shared/greenhouse/position.ts';
import { once } from '../../shared/once.ts';
import type { ZoneConfig } from './zone-config.ts';
import { zoneSettingsSchema } from './zone-settings.ts';
import { MODES, type ZoneState } from './zone-state.ts';

/**
 * A zone's item in the table of zones:
 *
 *     zone       S   its name
 *     version    N   grows with every write, of a reading or of the settings
 *     settings   S   JSON, as in zone-settings.ts; written by a change of settings only
 *     settingsChangedAt  N   milliseconds: when the change was received
 *     state      S   JSON, as in zone-state.ts; absent before the first input
 *
 * Both are text: nobody reads a part of them, and as maps they would be twice as much to write.
 */
export type Item = Record<string, AttributeValue>;

/** What stands in an item. */
export interface Zone {
  readonly version: number;
  readonly config: ZoneConfig;
  readonly state: ZoneState | undefined;
}

/** An item in the table of zones that watch-lux did not write, or not like this. */
export class ZoneItemError extends GlasshouseError {
  override readonly name = 'ZoneItemError' as const;
}

/** The version stands in an attribute of its own. */
export function encodeState({ version: _version, ...state }: ZoneState): AttributeValue {
  return { S: JSON.stringify(state) };
}

/**
 * @returns undefined for an item without settings: a zone that nobody has set up
 * @throws ZoneItemError when the item is not one of ours; a person has to look at it.
 */
export function decodeZone(item: Item): Zone | undefined {
  if (item['settings'] === undefined) return undefined;
  const parsed = z.safeParse(itemSchema(), {
    version: Number(item['version']?.N),
    changedAtMs: Number(item['settingsChangedAt']?.N ?? 0),
    settings: parseJson(item['settings'].S),
    ...(item['state'] === undefined ? {} : { state: parseJson(item['state'].S) }),
  });
  if (!parsed.success) {
    const zone = item['zone']?.S;
    throw new ZoneItemError(
      `the item of zone "${String(zone)}" cannot be read at ${parsed.error.issues[0]?.path.join('.') ?? 'its root'}: mend or delete it`,
      { code: 'ZONE_UNREADABLE', retryable: false, data: { zone }, cause: parsed.error },
    );
  }
  const { version, settings, changedAtMs, state } = parsed.data;
  return { version, config: { settings, changedAtMs }, state: state && { ...state, version } };
}

const itemSchema = once(() =>
  z.object({
    version: z.int(),
    changedAtMs: z.number(),
    settings: zoneSettingsSchema(),
    state: z.optional(stateSchema()),
  }),
);

const stateSchema = once(() => {
  const time = z.number();
  const position = z.enum(POSITIONS);
  const maybe = z.exactOptional;
  const command = z.extend(commandSchema(), { remindAtMs: time, reminders: z.int() });
  const newCommand = z.pick(commandSchema(), {
    zone: true,
    sequence: true,
    target: true,
    reason: true,
    why: true,
    attempt: true,
    createdAtMs: true,
    expiresAtMs: true,
  });
  const notice = z.object({
    kind: z.enum(['moved', 'failed', 'silent', 'locked', 'limit', 'hold', 'recovered']),
    about: z.string(),
    text: z.string(),
    suppressed: z.int(),
  });
  const effect = z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('command'), command: newCommand }),
    z.object({ kind: z.literal('give-up'), sequence: z.int(), status: z.enum(['EXPIRED', 'TIMED_OUT']) }),
    z.object({ kind: z.literal('notice'), notice }),
  ]);
  return z.object({
    zone: z.string(),
    startedAtMs: time,
    probes: z.record(z.string(), z.object({ timeMs: time, lux: z.number() })),
    light: maybe(z.object({ lux: z.number(), band: z.enum(['DARK', 'IN_BAND', 'BRIGHT']) })),
    candidate: maybe(z.object({ target: position, sinceMs: time })),
    hazards: z.record(
      z.string(),
      z.object({
        timeMs: time,
        value: z.number(),
        dangerSinceMs: maybe(time),
        calmSinceMs: maybe(time),
        lockedAtMs: maybe(time),
      }),
    ),
    hold: maybe(z.object({ position: z.enum([...POSITIONS, 'stay']), untilMs: time })),
    holdReceivedAtMs: maybe(time),
    mode: z.enum(MODES),
    desired: position,
    assumed: position,
    reported: maybe(z.object({ position: z.enum([...POSITIONS, 'between']), timeMs: time })),
    moveTimesMs: z.array(time),
    lastMoveAtMs: maybe(time),
    sequence: z.int(),
    command: maybe(command),
    failures: z.int(),
    troubles: z.record(z.string(), z.object({ sinceMs: time, told: z.boolean() })),
    told: z.record(z.string(), z.object({ atMs: time, suppressed: z.int() })),
    recent: z.array(z.object({ requestId: z.string(), effects: z.array(effect) })),
  });
});

/** What is not JSON becomes null, which the schema refuses. */
function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return null;
  }
}
