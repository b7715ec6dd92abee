import { parseEventTime } from '../../shared/event-time.ts';
import { RejectedInputError } from '../../shared/rejections.ts';
import { MAX_MAGNITUDE } from './pewma.ts';

/** Where a reading holds what. */
export interface ReadingShape {
  /** The attribute that names the device. */
  readonly keyAttribute: string;
  /** The attributes that are scored, each for itself. */
  readonly dataColumns: readonly string[];
  /**
   * The attribute that holds the reading's own time, or undefined when readings carry none: they are then
   * taken in the order in which they arrive.
   */
  readonly eventTimeAttribute?: string;
}

/** A reading that can be scored. */
export interface Reading {
  readonly key: string;
  /** Milliseconds since the epoch; undefined when the shape has no event time. */
  readonly timeMs?: number;
  readonly values: Readonly<Record<string, number>>;
  /** The message as it came: the result carries it along. */
  readonly message: Readonly<Record<string, unknown>>;
}

/** DynamoDB's limit for a partition key, in bytes of UTF-8. */
export const MAX_KEY_BYTES = 2048;

/** What is closer to zero than this is scored as zero: DynamoDB cannot hold it. */
const MIN_MAGNITUDE = 1e-120;

/** A device whose clock runs ahead by more than this would make every honest reading after it late. */
export const MAX_AHEAD_MS = 24 * 60 * 60 * 1000;

/**
 * Reads a message of the rule as a reading.
 *
 * @throws RejectedInputError with the code NOT_AN_OBJECT, KEY_MISSING, KEY_NOT_TEXT, KEY_TOO_LONG,
 *   COLUMN_MISSING, COLUMN_NOT_A_NUMBER, COLUMN_OUT_OF_RANGE, TIME_MISSING, TIME_UNREADABLE or TIME_AHEAD.
 */
export function parseReading(message: unknown, shape: ReadingShape, nowMs: number): Reading {
  if (!isObject(message)) {
    throw new RejectedInputError('NOT_AN_OBJECT', `a reading is a JSON object, this is ${kindOf(message)}`);
  }
  const key = readKey(message, shape.keyAttribute);
  const timeMs = readTime(message, shape.eventTimeAttribute, nowMs);
  const values: Record<string, number> = Object.create(null);
  for (const column of shape.dataColumns) values[column] = readValue(message, column);
  return { key, values, message, ...(timeMs === undefined ? {} : { timeMs }) };
}

function readKey(message: Record<string, unknown>, attribute: string): string {
  const value = own(message, attribute);
  if (value === undefined || value === null || value === '') {
    throw new RejectedInputError('KEY_MISSING', `the key "${attribute}" is missing or empty`, attribute);
  }
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw new RejectedInputError(
      'KEY_NOT_TEXT',
      `the key "${attribute}" must be text or a number, it is ${kindOf(value)}`,
      attribute,
    );
  }
  const key = String(value);
  const bytes = Buffer.byteLength(key);
  if (bytes > MAX_KEY_BYTES) {
    throw new RejectedInputError(
      'KEY_TOO_LONG',
      `the key "${attribute}" has ${bytes} bytes, a table key can have ${MAX_KEY_BYTES}`,
      attribute,
    );
  }
  return key;
}

function readTime(
  message: Record<string, unknown>,
  attribute: string | undefined,
  nowMs: number,
): number | undefined {
  if (attribute === undefined) return undefined;
  const value = own(message, attribute);
  if (value === undefined || value === null || value === '') {
    throw new RejectedInputError('TIME_MISSING', `the event time "${attribute}" is missing`, attribute);
  }
  const timeMs = parseEventTime(value);
  if (timeMs === undefined) {
    throw new RejectedInputError(
      'TIME_UNREADABLE',
      `the event time "${attribute}" is neither ISO 8601, nor YYYY-MM-DD hh:mm:ss, nor epoch seconds or milliseconds`,
      attribute,
    );
  }
  if (timeMs > nowMs + MAX_AHEAD_MS) {
    throw new RejectedInputError(
      'TIME_AHEAD',
      `the event time "${attribute}" is more than a day ahead of the clock: scoring it would make every honest reading after it late`,
      attribute,
    );
  }
  return timeMs;
}

function readValue(message: Record<string, unknown>, column: string): number {
  const value = own(message, column);
  if (value === undefined) {
    throw new RejectedInputError('COLUMN_MISSING', `the column "${column}" is missing`, column);
  }
  if (typeof value !== 'number' || Number.isNaN(value)) {
    throw new RejectedInputError(
      'COLUMN_NOT_A_NUMBER',
      `the column "${column}" must be a number, it is ${kindOf(value)}`,
      column,
    );
  }
  if (!(Math.abs(value) <= MAX_MAGNITUDE)) {
    throw new RejectedInputError(
      'COLUMN_OUT_OF_RANGE',
      `the column "${column}" is beyond ±${MAX_MAGNITUDE}`,
      column,
    );
  }
  return Math.abs(value) < MIN_MAGNITUDE ? 0 : value;
}

/** Only what the sender wrote: a column named `constructor` is missing, not inherited. */
function own(message: Record<string, unknown>, attribute: string): unknown {
  return Object.hasOwn(message, attribute) ? message[attribute] : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'number') return Number.isNaN(value) ? 'not a number' : 'a number';
  return value === undefined ? 'nothing' : typeof value === 'string' ? 'text' : `a ${typeof value}`;
}
