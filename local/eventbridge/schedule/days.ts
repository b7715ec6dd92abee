import { readField, readValue, wrong, type FieldRange } from './cron-field.ts';

/** The days of a month on which something happens: its numbers, ascending. */
export type DaysOfMonth = (year: number, month: number) => readonly number[];

const DAY_OF_MONTH: FieldRange = { name: 'day of the month', least: 1, most: 31 };
const DAY_OF_WEEK: FieldRange = {
  name: 'day of the week',
  least: 1,
  most: 7,
  names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'],
};

const SATURDAY = 7;
const SUNDAY = 1;

/**
 * Reads the day of the month: values, `L` (the last one), `15W` (the weekday that is nearest to the 15th, in the
 * same month; a month without that day is left out) and `LW` (the last weekday).
 *
 * @param text anything but `?`.
 * @throws AwsApiError ValidationException
 */
export function readDayOfMonth(text: string): DaysOfMonth {
  if (text === 'L') return (year, month) => [lengthOf(year, month)];
  if (text === 'LW') return (year, month) => [nearestWeekday(year, month, lengthOf(year, month))];
  if (text.endsWith('W')) {
    const wanted = readValue(text.slice(0, -1), text, DAY_OF_MONTH);
    return (year, month) => (wanted > lengthOf(year, month) ? [] : [nearestWeekday(year, month, wanted)]);
  }
  if (/[LW]/i.test(text)) throw wrong(text, DAY_OF_MONTH, 'L, LW and 15W stand alone');
  const values = readField(text, DAY_OF_MONTH);
  return (year, month) => values.filter((day) => day <= lengthOf(year, month));
}

/**
 * Reads the day of the week, where Sunday is 1: values, `L` (Saturday, the last one of the week), `6L` (the last
 * Friday of the month) and `3#2` (its second Tuesday).
 *
 * @param text anything but `?`.
 * @throws AwsApiError ValidationException
 */
export function readDayOfWeek(text: string): DaysOfMonth {
  if (text === 'L') return (year, month) => daysOn([SATURDAY], year, month);
  const [day = '', occurrence, ...more] = text.split('#');
  if (occurrence !== undefined) {
    if (more.length > 0 || /[,-]/.test(text)) throw wrong(text, DAY_OF_WEEK, 'a day with # stands alone');
    const wanted = readValue(day, text, DAY_OF_WEEK);
    const at = readValue(occurrence, text, { ...DAY_OF_WEEK, names: [], most: 5 });
    return (year, month) => daysOn([wanted], year, month).slice(at - 1, at);
  }
  if (/^(?:\d|[A-Z]{3})L$/i.test(text)) {
    const wanted = readValue(text.slice(0, -1), text, DAY_OF_WEEK);
    return (year, month) => daysOn([wanted], year, month).slice(-1);
  }
  const values = readField(text, DAY_OF_WEEK);
  return (year, month) => daysOn(values, year, month);
}

function daysOn(weekdays: readonly number[], year: number, month: number): number[] {
  const days: number[] = [];
  for (let day = 1; day <= lengthOf(year, month); day += 1) {
    if (weekdays.includes(weekdayOf(year, month, day))) days.push(day);
  }
  return days;
}

function nearestWeekday(year: number, month: number, day: number): number {
  const weekday = weekdayOf(year, month, day);
  if (weekday === SATURDAY) return day === 1 ? 3 : day - 1;
  if (weekday === SUNDAY) return day === lengthOf(year, month) ? day - 2 : day + 1;
  return day;
}

/** Sunday is 1. */
function weekdayOf(year: number, month: number, day: number): number {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;
}

/** How many days a month has; January is 1. */
function lengthOf(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}
