/** A day of the ISO calendar, which counts back without an end. */
export interface CivilDate {
  /** 0 is 1 BC. */
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
}

/** A week of a week-based year. */
export interface WeekDate {
  readonly weekYear: number;
  /** 1 to 53. */
  readonly week: number;
}

/** How weeks are counted: the day that begins one, 1 for Monday, and how many days make the first week of a year. */
export interface WeekRule {
  readonly firstDay: number;
  readonly minimalDays: number;
}

export const ISO_WEEKS: WeekRule = { firstDay: 1, minimalDays: 4 };

/** Weeks of the United States: from Sunday, and the first one holds 1 January. */
export const US_WEEKS: WeekRule = { firstDay: 7, minimalDays: 1 };

const MS_PER_DAY = 86_400_000;

/** Days since 1970-01-01. A month or a day beyond its end goes on into the next. */
export function daysOf({ year, month, day }: CivilDate): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return Math.round(date.getTime() / MS_PER_DAY);
}

export function civilDateOf(days: number): CivilDate {
  const date = new Date(days * MS_PER_DAY);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** 1 for Monday to 7 for Sunday. */
export function dayOfWeek(days: number): number {
  return modulo(days + 3, 7) + 1;
}

export function dayOfYear(days: number): number {
  return days - daysOf({ year: civilDateOf(days).year, month: 1, day: 1 }) + 1;
}

export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Days of a month. */
export function monthLength(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** 1 for the first day of a week to 7 for its last. */
export function dayInWeek(days: number, { firstDay }: WeekRule): number {
  return modulo(dayOfWeek(days) - firstDay, 7) + 1;
}

export function weekDateOf(days: number, rule: WeekRule): WeekDate {
  let weekYear = civilDateOf(days).year;
  if (days >= firstWeekStart(weekYear + 1, rule)) weekYear += 1;
  else if (days < firstWeekStart(weekYear, rule)) weekYear -= 1;
  return { weekYear, week: Math.floor((days - firstWeekStart(weekYear, rule)) / 7) + 1 };
}

/** The day of a week; `day` counts from the first day of the week, which is 1. */
export function daysOfWeekDate({ weekYear, week }: WeekDate, day: number, rule: WeekRule): number {
  return firstWeekStart(weekYear, rule) + (week - 1) * 7 + day - 1;
}

/** The week of the month; days before the first week are in week 0. */
export function weekOfMonth(days: number, rule: WeekRule): number {
  const first = days - civilDateOf(days).day + 1;
  return Math.floor((days - firstWeekOf(first, rule)) / 7) + 1;
}

function firstWeekStart(year: number, rule: WeekRule): number {
  return firstWeekOf(daysOf({ year, month: 1, day: 1 }), rule);
}

/** Where the first week of a period begins that starts on the day `first`. */
function firstWeekOf(first: number, rule: WeekRule): number {
  const daysBefore = dayInWeek(first, rule) - 1;
  return 7 - daysBefore >= rule.minimalDays ? first - daysBefore : first - daysBefore + 7;
}

function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}
