import type { SQLOutputValue } from 'node:sqlite';
import { z } from 'zod';

export type Row = Readonly<Record<string, SQLOutputValue>>;

/** A column that may be NULL, as text. */
export function textOrUndefined(value: SQLOutputValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A column that may be NULL, as a number. */
export function numberOrUndefined(value: SQLOutputValue | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** What changes in a row is written as null where there is nothing. */
export function orNull<Value>(value: Value | undefined): Value | null {
  return value ?? null;
}

const texts = z.record(z.string(), z.string());
const list = z.array(z.string());

/** A JSON object of texts that the registry has written. */
export function readTexts(value: SQLOutputValue | undefined): Record<string, string> {
  return texts.parse(JSON.parse(String(value)));
}

/** A JSON list of texts that the registry has written. */
export function readTextList(value: SQLOutputValue | undefined): string[] {
  return list.parse(JSON.parse(String(value)));
}

/** Texts as JSON, in the order of their names: equal ones are written equally. */
export function writeTexts(values: Readonly<Record<string, string>>): string {
  const entries = Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(Object.fromEntries(entries));
}
