import type { TimeZone } from './time-zone.ts';

/** What the letters of a java.time pattern stand for, each with the values that it can have. */
export const FIELD_RANGES = {
  /** 0 before the year 1, 1 after. */
  era: [0, 1],
  /** 0 is 1 BC. */
  year: [-271_820, 275_759],
  yearOfEra: [1, 275_759],
  quarter: [1, 4],
  month: [1, 12],
  day: [1, 31],
  dayOfYear: [1, 366],
  weekYear: [-271_820, 275_759],
  week: [1, 53],
  weekOfMonth: [0, 6],
  /** 1 for Sunday to 7 for Saturday. */
  dayInWeek: [1, 7],
  /** 1 for Monday to 7 for Sunday. */
  dayOfWeek: [1, 7],
  /** Days 1, 8, 15, … of a month are 1. */
  alignedDay: [1, 7],
  /** 0 for AM, 1 for PM. */
  halfDay: [0, 1],
  hour: [0, 24],
  /** 1 to 24; 0 is taken for 24. */
  clockHour: [0, 24],
  hourOfHalfDay: [0, 11],
  /** 1 to 12; 0 is taken for 12. */
  clockHourOfHalfDay: [0, 12],
  minute: [0, 59],
  second: [0, 59],
  nano: [0, 999_999_999],
  milliOfDay: [0, 86_399_999],
  nanoOfDay: [0, 86_399_999_999_999],
} as const satisfies Record<string, readonly [number, number]>;

export type FieldName = keyof typeof FIELD_RANGES;

/** What was read from a text. */
export interface ParsedFields {
  readonly values: Map<FieldName, number>;
  zone?: TimeZone;
  /** Milliseconds ahead of UTC. */
  offsetMs?: number;
}

/** Reads a piece of `text` at `at` into `fields`: where it ends, or undefined when it is not there. */
export type PieceReader = (text: string, at: number, fields: ParsedFields) => number | undefined;

export function copyOf(fields: ParsedFields): ParsedFields {
  return { ...fields, values: new Map(fields.values) };
}

/** Keeps a value; false when the field has another one already. */
export function keepValue({ values }: ParsedFields, name: FieldName, value: number): boolean {
  const known = values.get(name);
  if (known !== undefined && known !== value) return false;
  values.set(name, value);
  return true;
}
