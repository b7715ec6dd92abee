import * as z from 'zod/mini';
import { parseEventTime } from '../../shared/event-time.ts';
import { POSITIONS } from '../../shared/greenhouse/position.ts';
import { shadeSchema, type Shade } from '../../shared/greenhouse/shade.ts';
import { ZONE_NAME } from '../../shared/greenhouse/topics.ts';
import { once } from '../../shared/once.ts';
import { RejectedInputError } from '../../shared/rejections.ts';
import type { Input } from './input.ts';
import { MAX_LUX, zoneSettingsSchema, type ZoneSettings } from './zone-settings.ts';

/** What this function is called with. The rules and the schedule put `kind` in, so that no device can. */
export type Message =
  | { readonly kind: 'tick' }
  | { readonly kind: 'settings'; readonly zone: string; readonly change: SettingsChange }
  /** A command has come to an end: which, and nothing more; what became of it is in its table. */
  | { readonly kind: 'command'; readonly zone: string; readonly sequence: number }
  | { readonly kind: 'input'; readonly zone: string; readonly input: Input };

export interface SettingsChange {
  readonly settings: ZoneSettings;
  /** Left out, the shade stays as it is. */
  readonly shade?: Shade;
  readonly receivedAtMs: number;
}

/** A device whose clock runs ahead by more than this would make the other probes look silent. */
export const MAX_AHEAD_MS = 60_000;

const schemas = once(() => {
  const zone = z.string().check(z.regex(ZONE_NAME));
  const device = z.string().check(z.minLength(1), z.maxLength(128));
  const time = z.union([z.string(), z.number()]);
  const receivedAt = z.number();
  const anything = { zone, receivedAt };
  return z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('tick') }),
    z.object({
      kind: z.literal('lux'),
      ...anything,
      device,
      time,
      lux: z.number().check(z.gte(0), z.lte(MAX_LUX)),
    }),
    z.object({
      kind: z.literal('safety'),
      ...anything,
      device,
      time,
      windMetersPerSecond: z.exactOptional(z.number().check(z.gte(0), z.lte(120))),
      temperatureCelsius: z.exactOptional(z.number().check(z.gte(-90), z.lte(90))),
      fire: z.exactOptional(z.boolean()),
    }),
    z.object({
      kind: z.literal('hold'),
      ...anything,
      position: z.nullable(z.enum([...POSITIONS, 'stay'])),
      minutes: z._default(z.int().check(z.gte(1), z.lte(10_080)), 240),
    }),
    z.object({ kind: z.literal('position'), ...anything, time, position: z.enum([...POSITIONS, 'between']) }),
    z.object({ kind: z.literal('command'), zone, sequence: z.int().check(z.gte(1)) }),
    z.object({
      kind: z.literal('settings'),
      ...anything,
      settings: zoneSettingsSchema(),
      shade: z.exactOptional(shadeSchema()),
    }),
  ]);
});

/**
 * Reads what a rule or the schedule called with.
 *
 * @throws RejectedInputError MESSAGE_UNUSABLE with the field, SAFETY_EMPTY, TIME_UNREADABLE or TIME_AHEAD.
 */
export function parseMessage(message: unknown, nowMs: number): Message {
  const parsed = z.safeParse(schemas(), message);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue?.path.join('.') ?? '';
    const where = field === '' ? '' : ` at "${field}"`;
    throw new RejectedInputError(
      'MESSAGE_UNUSABLE',
      `the message cannot be used${where}: ${issue?.message}`,
      field,
    );
  }
  const { data } = parsed;
  switch (data.kind) {
    case 'tick':
      return { kind: 'tick' };
    case 'command':
      return { kind: 'command', zone: data.zone, sequence: data.sequence };
    case 'settings': {
      const { zone, settings, shade, receivedAt } = data;
      const change = { settings, receivedAtMs: receivedAt, ...(shade === undefined ? {} : { shade }) };
      return { kind: 'settings', zone, change };
    }
    case 'hold': {
      const { zone, position, minutes, receivedAt: receivedAtMs } = data;
      return { kind: 'input', zone, input: { kind: 'hold', position, minutes, receivedAtMs } };
    }
    case 'lux': {
      const { kind, zone, device, lux } = data;
      return { kind: 'input', zone, input: { kind, device, lux, timeMs: readTime(data.time, nowMs) } };
    }
    case 'position': {
      const { kind, zone, position } = data;
      return { kind: 'input', zone, input: { kind, position, timeMs: readTime(data.time, nowMs) } };
    }
    case 'safety':
    default: {
      const { zone, time, receivedAt: _receivedAt, ...said } = data;
      const { windMetersPerSecond, temperatureCelsius, fire } = said;
      if (windMetersPerSecond === undefined && temperatureCelsius === undefined && fire === undefined) {
        const message = 'the message says nothing of windMetersPerSecond, temperatureCelsius or fire';
        throw new RejectedInputError('SAFETY_EMPTY', message);
      }
      return { kind: 'input', zone, input: { ...said, timeMs: readTime(time, nowMs) } };
    }
  }
}

function readTime(value: string | number, nowMs: number): number {
  const timeMs = parseEventTime(value);
  if (timeMs === undefined) {
    throw new RejectedInputError(
      'TIME_UNREADABLE',
      'the "time" is neither ISO 8601, nor YYYY-MM-DD hh:mm:ss, nor epoch seconds or milliseconds',
      'time',
    );
  }
  if (timeMs <= nowMs + MAX_AHEAD_MS) return timeMs;
  throw new RejectedInputError('TIME_AHEAD', 'the "time" is more than a minute ahead of the clock', 'time');
}
