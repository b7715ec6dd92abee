import { z } from 'zod';
import { AwsApiError } from '../errors.ts';
import type { AdjustableClock } from './adjustable-clock.ts';
import { parseInstant } from './instant.ts';

/** What `POST /_glasshouse/clock` takes: one of the three. */
const changeSchema = z.union([
  z.strictObject({ advanceMs: z.number().int().min(0) }),
  z.strictObject({ advanceTo: z.string().transform(instant) }),
  z.strictObject({ speed: z.number() }),
]);

/** What the clock's paths of the own API answer. */
export interface ClockAnswer {
  /** The cloud's time, ISO 8601. */
  readonly now: string;
  readonly nowMs: number;
  /** How far the cloud is ahead of this machine. */
  readonly offsetMs: number;
  readonly speed: number;
  /** How many timers fired on the way. */
  readonly fired?: number;
}

export interface ClockApi {
  read(): ClockAnswer;
  /** @throws AwsApiError ValidationException for what is no change, or one that the clock refuses. */
  change(body: unknown): Promise<ClockAnswer>;
}

/**
 * The clock in the cloud's own API: `GET /_glasshouse/clock` and `POST` with `{"advanceMs"}`, `{"advanceTo"}` or
 * `{"speed"}`. The answer to an advance comes when everything that fell due on the way has been done.
 *
 * @param settled resolves when the cloud is at rest: see settled.ts.
 */
export function createClockApi(clock: AdjustableClock, settled: () => Promise<void>): ClockApi {
  function read(): ClockAnswer {
    const { nowMs, offsetMs, speed } = clock.read();
    return { now: new Date(nowMs).toISOString(), nowMs, offsetMs, speed };
  }
  return {
    read,
    async change(body) {
      const parsed = changeSchema.safeParse(body);
      if (!parsed.success) {
        throw new AwsApiError(
          400,
          'ValidationException',
          'the clock takes one of {"advanceMs": 60000}, {"advanceTo": "2026-06-01T12:00:00Z"} and {"speed": 60}',
        );
      }
      const change = parsed.data;
      if ('speed' in change) {
        clock.setSpeed(change.speed);
        return read();
      }
      const fired =
        'advanceMs' in change
          ? await clock.advance(change.advanceMs, settled)
          : await clock.advanceTo(change.advanceTo, settled);
      return { ...read(), fired };
    },
  };
}

function instant(text: string, context: z.RefinementCtx): number {
  const ms = parseInstant(text);
  if (ms !== undefined) return ms;
  context.addIssue({ code: 'custom', message: 'it is no instant' });
  return z.NEVER;
}
