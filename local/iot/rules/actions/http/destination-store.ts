import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { openVersionedFile } from '../../../../versioned-file.ts';

const destinationStatus = z.enum(['IN_PROGRESS', 'ENABLED', 'DISABLED', 'ERROR']);

export type DestinationStatus = z.output<typeof destinationStatus>;

/** A server that rules may post to once it has confirmed. */
export interface Destination {
  readonly arn: string;
  readonly confirmationUrl: string;
  readonly status: DestinationStatus;
  readonly statusReason: string;
  /** What it confirms with, and when that was made. Times are milliseconds since the epoch. */
  readonly token: string;
  readonly tokenAtMs: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export interface DestinationStore {
  find(arn: string): Destination | undefined;
  /** By the time they were made. Asked for every message, so they are held in memory. */
  list(): Destination[];
  save(destination: Destination): void;
  remove(arn: string): void;
  clear(): void;
  close(): void;
}

/** Moves with every change of the table below. */
const SCHEMA_VERSION = 1;

// Files from before there were versions have the table already.
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS destinations (
    arn TEXT PRIMARY KEY,
    confirmation_url TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL,
    status_reason TEXT NOT NULL,
    token TEXT NOT NULL,
    token_at_ms INTEGER NOT NULL,
    created_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** @throws ConfigurationError DESTINATION_FILE_UNUSABLE */
export function openDestinationStore(file: string): DestinationStore {
  const sql = open(file);
  const upsert = sql.prepare('INSERT OR REPLACE INTO destinations VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const remove = sql.prepare('DELETE FROM destinations WHERE arn = ?');
  const rows = sql.prepare('SELECT * FROM destinations ORDER BY created_at_ms, arn').all();
  const byArn = new Map(rows.map((row) => [String(row['arn']), readDestination(row)]));
  return {
    find: (arn) => byArn.get(arn),
    list: () => [...byArn.values()],
    save(destination) {
      const { arn, confirmationUrl, status, statusReason, token, tokenAtMs, createdAtMs, updatedAtMs } =
        destination;
      upsert.run(arn, confirmationUrl, status, statusReason, token, tokenAtMs, createdAtMs, updatedAtMs);
      byArn.set(arn, destination);
    },
    remove(arn) {
      remove.run(arn);
      byArn.delete(arn);
    },
    clear() {
      sql.exec('DELETE FROM destinations');
      byArn.clear();
    },
    close: () => sql.close(),
  };
}

function readDestination(row: Readonly<Record<string, unknown>>): Destination {
  return {
    arn: String(row['arn']),
    confirmationUrl: String(row['confirmation_url']),
    status: destinationStatus.parse(row['status']),
    statusReason: String(row['status_reason']),
    token: String(row['token']),
    tokenAtMs: Number(row['token_at_ms']),
    createdAtMs: Number(row['created_at_ms']),
    updatedAtMs: Number(row['updated_at_ms']),
  };
}

function open(file: string): DatabaseSync {
  return openVersionedFile({
    file,
    schema: SCHEMA,
    version: SCHEMA_VERSION,
    code: 'DESTINATION_FILE_UNUSABLE',
    message: (reason) =>
      `Topic rule destinations cannot be kept in ${file}: ${reason}. Check that the folder may be written; ` +
      'the file may be deleted, servers have to confirm again then.',
  });
}
