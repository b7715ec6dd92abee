import {
  civilDateOf,
  dayInWeek,
  dayOfWeek,
  dayOfYear,
  daysOf,
  daysOfWeekDate,
  isLeapYear,
  monthLength,
  US_WEEKS,
  weekDateOf,
  weekOfMonth,
} from './calendar.ts';
import { FIELD_RANGES, type FieldName, type ParsedFields } from './parsed-fields.ts';
import { resolveTime, TIME_FIELDS } from './resolve-time.ts';
import { fixedZone, instantOfLocal } from './time-zone.ts';

type Values = ReadonlyMap<FieldName, number>;

const MS_PER_DAY = 86_400_000;

/** What a day has for each field: a text that says otherwise means no day. */
const dateFields: ReadonlyMap<FieldName, (days: number) => number> = new Map<
  FieldName,
  (days: number) => number
>([
  ['era', (days) => (civilDateOf(days).year > 0 ? 1 : 0)],
  ['year', (days) => civilDateOf(days).year],
  ['quarter', (days) => Math.ceil(civilDateOf(days).month / 3)],
  ['month', (days) => civilDateOf(days).month],
  ['day', (days) => civilDateOf(days).day],
  ['dayOfYear', dayOfYear],
  ['weekYear', (days) => weekDateOf(days, US_WEEKS).weekYear],
  ['week', (days) => weekDateOf(days, US_WEEKS).week],
  ['weekOfMonth', (days) => weekOfMonth(days, US_WEEKS)],
  ['dayInWeek', (days) => dayInWeek(days, US_WEEKS)],
  ['dayOfWeek', dayOfWeek],
  ['alignedDay', (days) => ((civilDateOf(days).day - 1) % 7) + 1],
]);

/**
 * The instant that fields stand for, in milliseconds since the epoch: the rules are those of java.time's resolver in
 * its smart style. Without a time it is midnight, without a zone UTC. Undefined when the fields contradict one another,
 * or do not make a day.
 */
export function instantOf({ values, zone, offsetMs }: ParsedFields): number | undefined {
  for (const [name, value] of values) {
    const [lowest, highest] = FIELD_RANGES[name];
    if (value < lowest || value > highest) return undefined;
  }
  const dated = withYear(values);
  const days = dated === undefined ? undefined : resolveDays(dated);
  if (days === undefined) return undefined;
  const hasTime = TIME_FIELDS.some((name) => values.has(name));
  const dayMs = hasTime ? resolveTime(values) : 0;
  if (dayMs === undefined) return undefined;
  const localMs = days * MS_PER_DAY + dayMs;
  if (offsetMs !== undefined) return localMs - offsetMs;
  return instantOfLocal(zone ?? fixedZone(0), localMs);
}

/** Turns the year of an era into a year; without an era it is one after Christ. */
function withYear(values: Values): Values | undefined {
  const yearOfEra = values.get('yearOfEra');
  if (yearOfEra === undefined) return values;
  const known = values.get('year');
  const isAfterChrist = values.has('era') ? values.get('era') === 1 : known === undefined || known > 0;
  const year = isAfterChrist ? yearOfEra : 1 - yearOfEra;
  if (known !== undefined && known !== year) return undefined;
  return new Map(values).set('year', year);
}

/** Days since 1970-01-01. */
function resolveDays(values: Values): number | undefined {
  const found =
    fromMonthAndDay(values) ?? fromDayOfYear(values) ?? fromWeek(values) ?? fromWeekOfMonth(values);
  if (found === undefined) return undefined;
  const isConsistent = [...dateFields].every(([name, valueOn]) => {
    const value = values.get(name);
    return value === undefined || found.taken.includes(name) || valueOn(found.days) === value;
  });
  return isConsistent ? found.days : undefined;
}

interface FoundDay {
  readonly days: number;
  /** The fields it was made of. */
  readonly taken: readonly FieldName[];
}

/** The 31st of a shorter month is its last day. */
function fromMonthAndDay(values: Values): FoundDay | undefined {
  const [year, month, day] = [values.get('year'), values.get('month'), values.get('day')];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const days = daysOf({ year, month, day: Math.min(day, monthLength(year, month)) });
  return { days, taken: ['year', 'month', 'day'] };
}

function fromDayOfYear(values: Values): FoundDay | undefined {
  const [year, day] = [values.get('year'), values.get('dayOfYear')];
  if (year === undefined || day === undefined || (day === 366 && !isLeapYear(year))) return undefined;
  return { days: daysOf({ year, month: 1, day }), taken: ['year', 'dayOfYear'] };
}

function fromWeek(values: Values): FoundDay | undefined {
  const [weekYear, week, day] = [values.get('weekYear'), values.get('week'), dayInUsWeek(values)];
  if (weekYear === undefined || week === undefined || day === undefined) return undefined;
  return { days: daysOfWeekDate({ weekYear, week }, day, US_WEEKS), taken: [] };
}

function fromWeekOfMonth(values: Values): FoundDay | undefined {
  const [year, month] = [values.get('year'), values.get('month')];
  const [week, day] = [values.get('weekOfMonth'), dayInUsWeek(values)];
  if (year === undefined || month === undefined || week === undefined || day === undefined) return undefined;
  const first = daysOf({ year, month, day: 1 });
  const days = first - dayInWeek(first, US_WEEKS) + 1 + (week - weekOfMonth(first, US_WEEKS)) * 7 + day - 1;
  return { days, taken: [] };
}

/** From `e` and `c` themselves, or from the weekday. */
function dayInUsWeek(values: Values): number | undefined {
  const dayOfWeek = values.get('dayOfWeek');
  return values.get('dayInWeek') ?? (dayOfWeek === undefined ? undefined : (dayOfWeek % 7) + 1);
}
