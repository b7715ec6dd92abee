import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { openVersionedFile } from '../versioned-file.ts';

/** Moves with every change of the table below. */
const SCHEMA_VERSION = 1;

// Files from before there were versions have the table already.
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS events (
    request_id TEXT PRIMARY KEY,
    function_name TEXT NOT NULL,
    payload TEXT NOT NULL,
    enqueued_at_ms INTEGER NOT NULL,
    attempts INTEGER NOT NULL
  ) WITHOUT ROWID;
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** An asynchronous invocation that has not ended yet. */
export interface StoredEvent {
  readonly requestId: string;
  readonly functionName: string;
  readonly payload: string;
  readonly enqueuedAtMs: number;
  /** How often it was tried. */
  readonly attempts: number;
  /** Which invocations it would best share a container with; not kept. */
  readonly key?: string;
}

/** Where asynchronous invocations wait: what is in here survives the end of the cloud, however it ends. */
export class EventStore {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #delete: StatementSync;
  readonly #attempted: StatementSync;

  /**
   * @param file path of the database, or `:memory:`.
   * @throws ConfigurationError EVENT_STORE_UNUSABLE when the file cannot be opened or is of another version.
   */
  constructor(file: string) {
    this.#database = openVersionedFile({
      file,
      schema: SCHEMA,
      version: SCHEMA_VERSION,
      // A write that the process made outlives the process all the same; only a power cut may lose it.
      synchronous: 'OFF',
      code: 'EVENT_STORE_UNUSABLE',
      message: (reason) =>
        `Asynchronous invocations cannot be kept in ${file}: ${reason}. Check that the folder may be written; ` +
        'the file may be deleted, invocations that have not ended are lost then.',
    });
    this.#insert = this.#database.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?)');
    this.#delete = this.#database.prepare('DELETE FROM events WHERE request_id = ?');
    this.#attempted = this.#database.prepare('UPDATE events SET attempts = ? WHERE request_id = ?');
  }

  add(event: StoredEvent): void {
    const { requestId, functionName, payload, enqueuedAtMs, attempts } = event;
    this.#insert.run(requestId, functionName, payload, enqueuedAtMs, attempts);
  }

  attempted(requestId: string, attempts: number): void {
    this.#attempted.run(attempts, requestId);
  }

  remove(requestId: string): void {
    this.#delete.run(requestId);
  }

  /** What an earlier run of the cloud left behind, the oldest first. */
  remaining(): StoredEvent[] {
    const rows = this.#database.prepare('SELECT * FROM events ORDER BY enqueued_at_ms').all();
    return rows.map((row) => ({
      requestId: String(row['request_id']),
      functionName: String(row['function_name']),
      payload: String(row['payload']),
      enqueuedAtMs: Number(row['enqueued_at_ms']),
      attempts: Number(row['attempts']),
    }));
  }

  clear(): void {
    this.#database.exec('DELETE FROM events');
  }

  close(): void {
    this.#database.close();
  }
}
