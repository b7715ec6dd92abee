import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { AwsApiError } from '../errors.ts';
import { AppendFile } from '../outbox/append-file.ts';

/** One event of a log group. */
export interface LogEvent {
  /** Milliseconds since the epoch. */
  readonly timestampMs: number;
  readonly message: string;
}

export interface LogGroups {
  /** @throws AwsApiError InvalidParameterException */
  ensure(name: string): void;
  /** Appends events to a group. @throws AwsApiError ResourceNotFoundException, InvalidParameterException */
  put(name: string, streamName: string, events: readonly LogEvent[]): void;
  close(): void;
}

/** The limits of PutLogEvents; each event counts with 26 bytes more than its message. */
const MAX_EVENTS = 10_000;
const MAX_BYTES = 1_048_576;
const EVENT_OVERHEAD_BYTES = 26;

const MAX_FILE_NAME = 200;

/** Log groups as files of JSON lines: `{timestamp, logStreamName, message}`. */
export function createLogGroups(folder: string): LogGroups {
  const files = new Map<string, AppendFile>();
  return {
    ensure(name) {
      if (!/^[.\-_/#A-Za-z0-9]{1,512}$/.test(name)) {
        throw invalid(
          `the log group name "${name.slice(0, 600)}" has other characters than letters, digits and .-_/#`,
        );
      }
      if (files.has(name)) return;
      mkdirSync(folder, { recursive: true });
      files.set(name, new AppendFile(path.join(folder, fileName(name))));
    },
    put(name, streamName, events) {
      const file = files.get(name);
      if (file === undefined) throw notFound(name, [...files.keys()]);
      if (events.length === 0 || events.length > MAX_EVENTS) {
        throw invalid(`there are 1 to ${MAX_EVENTS} events, not ${events.length}`);
      }
      let bytes = 0;
      for (const { message } of events) bytes += Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES;
      if (bytes > MAX_BYTES) throw invalid(`the events have ${bytes} bytes, and ${MAX_BYTES} are taken`);
      const lines = events.map(({ timestampMs, message }) =>
        JSON.stringify({ timestamp: timestampMs, logStreamName: streamName, message }),
      );
      file.append(`${lines.join('\n')}\n`);
    },
    close() {
      for (const file of files.values()) file.close();
    },
  };
}

/** Group names have slashes, and may be longer than names of files. */
export function fileName(name: string): string {
  const encoded = encodeURIComponent(name);
  if (encoded.length <= MAX_FILE_NAME) return `${encoded}.ndjson`;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 16);
  return `${encoded.slice(0, MAX_FILE_NAME)}-${hash}.ndjson`;
}

function invalid(why: string): AwsApiError {
  return new AwsApiError(400, 'InvalidParameterException', `The log events cannot be taken: ${why}.`);
}

function notFound(name: string, known: readonly string[]): AwsApiError {
  return new AwsApiError(
    400,
    'ResourceNotFoundException',
    `The specified log group does not exist: ${name}. The template has: ${known.join(', ') || 'none'}; add an ` +
      'AWS::Logs::LogGroup.',
  );
}
