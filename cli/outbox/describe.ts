import type { OutboxLine } from '../../local/outbox/index.ts';
import { visible } from '../terminal.ts';

/** What a record of each kind is for, in the order of a line; the rest of a record is shown by --json. */
const FIELDS = {
  kinesis: ['streamName', 'partitionKey', 'data'],
  'step-functions': ['stateMachineName', 'executionName', 'input'],
  timestream: ['databaseName', 'tableName', 'dimensions', 'records'],
  'open-search': ['index', 'id', 'document'],
  sms: ['phoneNumber', 'message'],
  email: ['address', 'subject', 'message'],
} as const satisfies Readonly<Record<OutboxLine['kind'], readonly string[]>>;

/** A record on one line for people: nothing in it can leave its line or steer the terminal. */
export function describeRecord({ kind, time, text }: OutboxLine): string {
  const record = readRecord(text);
  const shown = FIELDS[kind].map((field) => record[field]).map(asText);
  return visible([time, kind, ...shown.filter((part) => part !== '')].join(' '));
}

/** The fields of a record; none of one that is broken. */
export function readRecord(text: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
}

/** A field as it is shown: what is not there is nothing. */
export function asText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
