import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../clock.ts';
import { AppendFile } from './append-file.ts';
import { outboxFile, type OutboxKind } from './kinds.ts';

/** The largest record that is kept: no service behind the outbox takes a larger one. */
const MAX_RECORD_BYTES = 1024 * 1024;

/** What would have left for a service that is not part of this cloud. */
export interface Outbox {
  /**
   * Appends a record to the file of its kind, with the time and the kind in front.
   *
   * @throws RangeError for a record larger than 1 MiB, and what the file system says.
   */
  keep(kind: OutboxKind, record: Readonly<Record<string, unknown>>): void;
  close(): void;
}

/** Opens the outbox in a folder, which is made when it is not there: one file of JSON lines for each kind. */
export function openOutbox(folder: string, clock: Clock): Outbox {
  const files = new Map<OutboxKind, AppendFile>();

  function fileOf(kind: OutboxKind): AppendFile {
    const open = files.get(kind);
    if (open !== undefined) return open;
    mkdirSync(folder, { recursive: true });
    const file = new AppendFile(path.join(folder, outboxFile(kind)));
    files.set(kind, file);
    return file;
  }

  return {
    keep(kind, record) {
      const time = new Date(clock.now()).toISOString();
      const line = `${JSON.stringify({ time, kind, ...record })}\n`;
      if (Buffer.byteLength(line) > MAX_RECORD_BYTES) {
        throw new RangeError(
          `a record for ${kind} is larger than the ${MAX_RECORD_BYTES} bytes that are kept of one`,
        );
      }
      fileOf(kind).append(line);
    },
    close() {
      for (const file of files.values()) file.close();
    },
  };
}
