const grouped = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 6 });
const whole = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });

/** A measured value: six digits, in powers of ten where it would be too long to read. */
export function formatValue(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e9 || size < 1e-4)) return value.toExponential(3);
  return grouped.format(value);
}

export function formatCount(count: number): string {
  return whole.format(count);
}

/** `1 reading`, `2 readings`. */
export function formatCounted(count: number, one: string, many: string): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** `2026-11-21 10:00:00`, with milliseconds where there are any; UTC. */
export function formatTime(epochMs: number): string {
  const text = isoText(epochMs);
  return text.replace('T', ' ').replace(/(\.000)?Z$/, '');
}

const DAY_MS = 86_400_000;

/**
 * Labels of a time axis: the time of day where the marks are less than a day apart, and under it the date
 * where it changes; otherwise the date, and under it the year.
 */
export function timeLabels(splits: readonly number[], stepMs: number): string[] {
  const isTimeOfDay = stepMs < DAY_MS;
  const digits = stepMs < 1000 ? 12 : stepMs < 60_000 ? 8 : 5;
  let previous = '';
  return splits.map((split) => {
    const [date = '', time = ''] = isoText(split).replace('Z', '').split('T');
    const under = isTimeOfDay ? date : date.slice(0, -6);
    const label = isTimeOfDay ? time.slice(0, digits) : date.slice(-5);
    const text = under === previous ? label : `${label}\n${under}`;
    previous = under;
    return text;
  });
}

/** The last instant that a date can hold; an axis may reach past it. */
const LAST_MS = 8.64e15;

function isoText(epochMs: number): string {
  return new Date(Math.min(LAST_MS, Math.max(-LAST_MS, Math.round(epochMs)))).toISOString();
}
