import { invalid } from '../errors.ts';
import { readCron } from './cron.ts';

/** When something happens, in milliseconds since the epoch. */
export interface Schedule {
  /**
   * The first instant after `afterMs`; undefined when there is none any more.
   *
   * @param anchorMs when a rate began, which it counts from; a cron expression has no beginning. @default 0
   */
  next(afterMs: number, anchorMs?: number): number | undefined;
}

const UNITS_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** The longest that EventBridge takes is 256 characters. */
const MAX_LENGTH = 256;

/**
 * Reads a schedule expression: `rate(5 minutes)` or `cron(0 10 ? * MON-FRI *)`, in UTC.
 *
 * @throws AwsApiError ValidationException that says what is wrong.
 */
export function readSchedule(expression: string): Schedule {
  if (expression.length > MAX_LENGTH) throw notValid('it is longer than 256 characters');
  const [, kind, content = ''] = /^(rate|cron)\((.*)\)$/s.exec(expression) ?? [];
  if (kind === 'cron') return readCron(content);
  if (kind === 'rate') return readRate(content);
  throw notValid(`"${expression.slice(0, 100)}" is neither rate(5 minutes) nor cron(0 10 ? * MON-FRI *)`);
}

/** When an expression is next due: see Schedule. @throws AwsApiError ValidationException */
export function nextFireTime(expression: string, afterMs: number, anchorMs = 0): number | undefined {
  return readSchedule(expression).next(afterMs, anchorMs);
}

function readRate(content: string): Schedule {
  const [, countText = '', unit = '', plural] =
    /^\s*(\d{1,9}) +(minute|hour|day)(s?)\s*$/.exec(content) ?? [];
  const unitMs = UNITS_MS[unit];
  const count = Number(countText);
  if (unitMs === undefined || count < 1) {
    throw notValid(
      `"rate(${content.slice(0, 100)})" is not a whole number from 1 on, and minutes, hours or days`,
    );
  }
  if ((count === 1) !== (plural === '')) {
    throw notValid(`it has to be rate(${count} ${count === 1 ? unit : `${unit}s`})`);
  }
  const periodMs = count * unitMs;
  return {
    next(afterMs, anchorMs = 0) {
      const passed = Math.max(0, Math.floor((afterMs - anchorMs) / periodMs));
      return anchorMs + (passed + 1) * periodMs;
    },
  };
}

function notValid(why: string): Error {
  return invalid(`Parameter ScheduleExpression is not valid: ${why}.`);
}
