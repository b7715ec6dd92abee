import type { FieldName } from './parsed-fields.ts';

type Values = ReadonlyMap<FieldName, number>;

/** The fields of which a time of day is made. */
export const TIME_FIELDS: readonly FieldName[] = [
  'halfDay',
  'hour',
  'clockHour',
  'hourOfHalfDay',
  'clockHourOfHalfDay',
  'minute',
  'second',
  'nano',
  'milliOfDay',
  'nanoOfDay',
];

const MS_PER_DAY = 86_400_000;

/**
 * The milliseconds since midnight that fields stand for, without parts of them; 24:00 is the whole day. Undefined when
 * they contradict one another, or leave out an hour, or a minute before a second.
 */
export function resolveTime(values: Values): number | undefined {
  const times = [fromHours(values), fromDayFraction(values)].filter((time) => time !== 'absent');
  const [time] = times;
  return times.every((other) => other === time) ? time : undefined;
}

type Time = number | undefined | 'absent';

function fromHours(values: Values): Time {
  const parts: readonly FieldName[] = TIME_FIELDS.slice(0, TIME_FIELDS.indexOf('milliOfDay'));
  const hasParts = parts.some((name) => values.has(name));
  const hour = resolveHour(values);
  if (hour === undefined) return hasParts ? undefined : 'absent';
  const [minute, second, nano] = [values.get('minute'), values.get('second'), values.get('nano')];
  if (minute === undefined && (second !== undefined || nano !== undefined)) return undefined;
  if (second === undefined && nano !== undefined) return undefined;
  const ms = ((hour * 60 + (minute ?? 0)) * 60 + (second ?? 0)) * 1000 + Math.floor((nano ?? 0) / 1e6);
  const isBeyondMidnight = ms > MS_PER_DAY || (ms === MS_PER_DAY && nano !== undefined && nano > 0);
  return isBeyondMidnight ? undefined : ms;
}

function fromDayFraction(values: Values): Time {
  const [millis, nanos] = [values.get('milliOfDay'), values.get('nanoOfDay')];
  if (nanos === undefined) return millis ?? 'absent';
  const ms = Math.floor(nanos / 1e6);
  return millis === undefined || millis === ms ? ms : undefined;
}

/** Undefined when there is none, or two that differ. */
function resolveHour(values: Values): number | undefined {
  const clockHour = values.get('clockHour');
  const hours = [
    values.get('hour'),
    clockHour === undefined ? undefined : clockHour % 24,
    resolveHalfDay(values),
  ].filter((hour) => hour !== undefined);
  const [hour] = hours;
  return hours.every((other) => other === hour) ? hour : undefined;
}

/** Twelve o'clock is hour 0 of its half day. */
function resolveHalfDay(values: Values): number | undefined {
  const [halfDay, clockHour] = [values.get('halfDay'), values.get('clockHourOfHalfDay')];
  const hour = values.get('hourOfHalfDay') ?? (clockHour === undefined ? undefined : clockHour % 12);
  return halfDay === undefined || hour === undefined ? undefined : halfDay * 12 + hour;
}
