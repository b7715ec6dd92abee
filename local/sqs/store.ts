import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { inTransaction } from '../transaction.ts';
import { openVersionedFile } from '../versioned-file.ts';
import type { QueueAttributes } from './queue-attributes.ts';

/** Moves with every change of the tables below. */
const SCHEMA_VERSION = 1;

/**
 * A message is in one of three states, told by two columns and the time:
 *
 *   visible    visible_at <= now
 *   delayed    visible_at >  now, receipt null      it has not been received since it came to this queue
 *   in flight  visible_at >  now, receipt not null
 *
 * `receipt` changes with every receive: only the last receiver can delete a message.
 */
const SCHEMA = `
  CREATE TABLE queues (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    attributes TEXT NOT NULL,
    tags TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    modified_at INTEGER NOT NULL,
    purged_at INTEGER
  ) STRICT;
  CREATE TABLE messages (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    queue_id INTEGER NOT NULL REFERENCES queues (id) ON DELETE CASCADE,
    message_id TEXT NOT NULL,
    body TEXT NOT NULL,
    attributes TEXT NOT NULL,
    system_attributes TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    visible_at INTEGER NOT NULL,
    receive_count INTEGER NOT NULL DEFAULT 0,
    first_received_at INTEGER,
    received_at INTEGER,
    receipt TEXT
  ) STRICT;
  CREATE INDEX messages_by_visibility ON messages (queue_id, visible_at, seq);
  CREATE INDEX messages_by_age ON messages (queue_id, sent_at);
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

export interface Queue {
  readonly id: number;
  readonly name: string;
  readonly attributes: QueueAttributes;
  readonly tags: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch, as all times here. */
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly purgedAt: number | undefined;
}

export interface Database {
  readonly sql: DatabaseSync;
  /** Runs `work` in one transaction: all of it happens, or nothing. */
  transaction<Result>(work: () => Result): Result;
  close(): void;
}

/**
 * @param file in a folder that exists; `:memory:` keeps nothing.
 * @throws ConfigurationError QUEUE_FILE_UNUSABLE when the file cannot be opened or is of another version.
 */
export function openDatabase(file: string): Database {
  const sql = openVersionedFile({
    file,
    schema: SCHEMA,
    version: SCHEMA_VERSION,
    code: 'QUEUE_FILE_UNUSABLE',
    message: (reason) =>
      `The queues cannot be kept in ${file}: ${reason}. Check that the folder exists and may be written; ` +
      'the file may be deleted, its messages are lost then.',
  });
  return {
    sql,
    transaction: (work) => inTransaction(sql, work),
    close: () => sql.close(),
  };
}

/** The queues themselves: what they are called and how they are set. */
export function createQueueStore({ sql }: Database) {
  const insert = sql.prepare(
    'INSERT INTO queues (name, attributes, tags, created_at, modified_at) VALUES (?, ?, ?, ?, ?)',
  );
  const byName = sql.prepare('SELECT * FROM queues WHERE name = ?');
  const list = sql.prepare(
    'SELECT * FROM queues WHERE substr(name, 1, length(?1)) = ?1 AND name > ?2 ORDER BY name LIMIT ?3',
  );
  const setAttributes = sql.prepare('UPDATE queues SET attributes = ?, modified_at = ? WHERE id = ?');
  const setTags = sql.prepare('UPDATE queues SET tags = ? WHERE id = ?');
  const remove = sql.prepare('DELETE FROM queues WHERE id = ?');
  const purge = sql.prepare('DELETE FROM messages WHERE queue_id = ?');
  const setPurged = sql.prepare('UPDATE queues SET purged_at = ? WHERE id = ?');

  return {
    create(name: string, attributes: QueueAttributes, tags: Queue['tags'], now: number): void {
      insert.run(name, JSON.stringify(attributes), JSON.stringify(tags), now, now);
    },
    find(name: string): Queue | undefined {
      const row = byName.get(name);
      return row === undefined ? undefined : toQueue(row);
    },
    /** Queues whose name begins with `prefix`, by name, after the name `after`. */
    list(prefix: string, after: string, limit: number): Queue[] {
      return list.all(prefix, after, limit).map(toQueue);
    },
    setAttributes(id: number, attributes: QueueAttributes, now: number): void {
      setAttributes.run(JSON.stringify(attributes), now, id);
    },
    setTags(id: number, tags: Queue['tags']): void {
      setTags.run(JSON.stringify(tags), id);
    },
    /** Deletes the queue and all that is in it. */
    remove(id: number): void {
      remove.run(id);
    },
    purge(id: number, now: number): void {
      purge.run(id);
      setPurged.run(now, id);
    },
  };
}

export type QueueStore = ReturnType<typeof createQueueStore>;

function toQueue(row: Record<string, SQLOutputValue>): Queue {
  const purgedAt = row['purged_at'];
  return {
    id: Number(row['id']),
    name: String(row['name']),
    attributes: readTexts(row['attributes']),
    tags: readTexts(row['tags']),
    createdAt: Number(row['created_at']),
    modifiedAt: Number(row['modified_at']),
    purgedAt: typeof purgedAt === 'number' ? purgedAt : undefined,
  };
}

/** Reads a JSON object of texts that this file has written. */
export function readTexts(json: SQLOutputValue | undefined): Record<string, string> {
  const value: unknown = JSON.parse(String(json));
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)]));
}
