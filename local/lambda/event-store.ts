import { DatabaseSync, type StatementSync } from 'node:sqlite';

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

  /** @param file path of the database, or `:memory:`. */
  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    // A write that the process made outlives the process with synchronous = OFF; only a power cut may lose it.
    this.#database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = OFF;
      CREATE TABLE IF NOT EXISTS events (
        request_id TEXT PRIMARY KEY,
        function_name TEXT NOT NULL,
        payload TEXT NOT NULL,
        enqueued_at_ms INTEGER NOT NULL,
        attempts INTEGER NOT NULL
      ) WITHOUT ROWID;
    `);
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
