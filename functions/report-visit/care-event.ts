import * as z from 'zod/mini';
import { parseEventTime } from '../../shared/event-time.ts';
import { CARE_EVENT_CODES, MAX_CARER, type CareEventKind } from '../../shared/household/care-button.ts';
import { once } from '../../shared/once.ts';
import { RejectedInputError } from '../../shared/rejections.ts';

/** What a button has reported. Device, time and number are those of its Sigfox message, and name it. */
export interface CareEvent {
  readonly device: string;
  readonly timeMs: number;
  readonly seqNumber?: number;
  readonly kind: CareEventKind;
  /** Number of the carer's badge; 0: none was shown. */
  readonly carer: number;
  readonly batteryMillivolts?: number;
}

/**
 * An event from further ahead would keep the honest ones after it from being told, and in the end from being taken.
 * Sigfox gives whole seconds by its own clock: a minute is more than the two clocks differ by.
 */
export const MAX_AHEAD_MS = 60_000;

const KINDS: ReadonlyMap<unknown, CareEventKind> = new Map(
  Object.entries(CARE_EVENT_CODES).map(([code, kind]) => [Number(code), kind]),
);

const eventSchema = once(() =>
  z.object({
    device: z.string().check(z.minLength(1), z.maxLength(8)),
    time: z.string(),
    seqNumber: z.exactOptional(z.int()),
    event: z.unknown(),
    carer: z._default(z.int().check(z.gte(0), z.lte(MAX_CARER)), 0),
    battery: z.exactOptional(z.number().check(z.gte(0), z.lte(100_000))),
  }),
);

/**
 * Reads what the rule on readings made of a button's message.
 *
 * @throws RejectedInputError READING_UNUSABLE with the field, TIME_UNREADABLE, TIME_AHEAD, or EVENT_UNKNOWN.
 */
export function readCareEvent(input: unknown, nowMs: number): CareEvent {
  const parsed = z.safeParse(eventSchema(), input);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue?.path.join('.') ?? '';
    const message = `the reading is none of a care button: ${issue?.message ?? 'wrong shape'}`;
    throw new RejectedInputError('READING_UNUSABLE', message, field);
  }
  const { device, time, seqNumber, event, carer, battery } = parsed.data;
  const timeMs = parseEventTime(time);
  if (timeMs === undefined) {
    throw new RejectedInputError('TIME_UNREADABLE', `the time "${time.slice(0, 40)}" is none`, 'time');
  }
  if (timeMs > nowMs + MAX_AHEAD_MS) {
    throw new RejectedInputError('TIME_AHEAD', 'the time is more than a minute ahead of the clock', 'time');
  }
  const kind = KINDS.get(event);
  if (kind === undefined) {
    const known = [...KINDS].map(([code, name]) => `${String(code)} (${name})`).join(', ');
    const given = event === undefined ? 'missing' : JSON.stringify(event);
    const message = `the button's event is ${given.slice(0, 40)}, and is one of ${known}`;
    throw new RejectedInputError('EVENT_UNKNOWN', message, 'event');
  }
  return {
    device,
    timeMs,
    ...(seqNumber === undefined ? {} : { seqNumber }),
    kind,
    carer,
    ...(battery === undefined ? {} : { batteryMillivolts: battery }),
  };
}
