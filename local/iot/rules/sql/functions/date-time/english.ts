/** The words of Java's root and English locales, which patterns write and read. */

export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

/** Monday first. */
export const WEEKDAYS = [
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
  'Sunday',
] as const;

export const HALF_DAYS = ['AM', 'PM'] as const;

/** Before and after the year 1. */
export const ERAS = ['BC', 'AD'] as const;

export const LONG_ERAS = ['Before Christ', 'Anno Domini'] as const;

export const QUARTERS = ['1st quarter', '2nd quarter', '3rd quarter', '4th quarter'] as const;

/** The first three letters: the short form of months and weekdays. */
export function shortened(names: readonly string[]): readonly string[] {
  return names.map((name) => name.slice(0, 3));
}
