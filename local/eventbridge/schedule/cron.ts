import { invalid } from '../errors.ts';
import { readField, type FieldRange } from './cron-field.ts';
import { readDayOfMonth, readDayOfWeek, type DaysOfMonth } from './days.ts';

const MINUTES: FieldRange = { name: 'minutes', least: 0, most: 59 };
const HOURS: FieldRange = { name: 'hours', least: 0, most: 23 };
const MONTH: FieldRange = {
  name: 'month',
  least: 1,
  most: 12,
  names: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
};
const YEAR: FieldRange = { name: 'year', least: 1970, most: 2199 };

/** The instants of a cron expression, in UTC. */
export interface Cron {
  /** The first instant after `afterMs`, in milliseconds since the epoch; undefined when there is none any more. */
  next(afterMs: number): number | undefined;
}

/**
 * Reads the six fields of EventBridge's cron expressions: minutes, hours, day of the month, month, day of the
 * week, year.
 *
 * @param fields what stands between the brackets: `0 10 ? * MON-FRI *`.
 * @throws AwsApiError ValidationException that says which field is wrong, and why.
 */
export function readCron(fields: string): Cron {
  const parts = fields.trim().split(/\s+/);
  const [minuteText = '', hourText = '', dayText = '', monthText = '', weekdayText = '', yearText = ''] =
    parts;
  if (parts.length !== 6) {
    throw invalid(
      'Parameter ScheduleExpression is not valid: a cron expression has six fields (minutes, hours, day of the ' +
        `month, month, day of the week, year); this has ${fields.trim() === '' ? 0 : parts.length}.`,
    );
  }
  const minutes = readField(minuteText, MINUTES);
  const hours = readField(hourText, HOURS);
  const months = readField(monthText, MONTH);
  const years = readField(yearText, YEAR);
  const days = readDays(dayText, weekdayText);

  return {
    next(afterMs) {
      // Expressions know no seconds: the first candidate is the next whole minute.
      const from = new Date(Math.floor(afterMs / 60_000) * 60_000 + 60_000);
      const start = fieldsOf(from);
      for (const year of years) {
        if (year < start.year) continue;
        for (const month of months) {
          if (isBefore([year, month], [start.year, start.month])) continue;
          for (const day of days(year, month)) {
            if (isBefore([year, month, day], [start.year, start.month, start.day])) continue;
            const isFirstDay = Date.UTC(year, month - 1, day) === start.midnightMs;
            for (const hour of hours) {
              if (isFirstDay && hour < start.hour) continue;
              const isFirstHour = isFirstDay && hour === start.hour;
              const minute = minutes.find((one) => !isFirstHour || one >= start.minute);
              if (minute !== undefined) return Date.UTC(year, month - 1, day, hour, minute);
            }
          }
        }
      }
      return undefined;
    },
  };
}

function readDays(dayText: string, weekdayText: string): DaysOfMonth {
  if ((dayText === '?') === (weekdayText === '?')) {
    throw invalid(
      'Parameter ScheduleExpression is not valid: one of the day of the month and the day of the week has to be ?, ' +
        `and only one; they are "${dayText}" and "${weekdayText}".`,
    );
  }
  return dayText === '?' ? readDayOfWeek(weekdayText) : readDayOfMonth(dayText);
}

function fieldsOf(date: Date) {
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
  const midnightMs = Date.UTC(year, month - 1, day);
  return { year, month, day, hour: date.getUTCHours(), minute: date.getUTCMinutes(), midnightMs };
}

/** Compares dates by their parts, the largest first. */
function isBefore(one: readonly number[], other: readonly number[]): boolean {
  for (const [at, part] of one.entries()) {
    const against = other[at] ?? 0;
    if (part !== against) return part < against;
  }
  return false;
}
