import { DatabaseSync } from 'node:sqlite';
import { errorText } from '../../../../shared/errors.ts';
import { ConfigurationError } from '../../../errors.ts';
import { prepareChanges } from './apply-change.ts';
import { loadState } from './load-state.ts';
import type { SessionStorage } from './session-storage.ts';

/** Moves with every change of the tables below, and of what the files beside this one write. */
const schemaVersion = 1;

const schema = `
  CREATE TABLE sessions (
    client_id TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    session_identifier TEXT NOT NULL,
    expiry_seconds INTEGER NOT NULL,
    disconnected_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE subscriptions (
    client_id TEXT NOT NULL,
    filter TEXT NOT NULL,
    qos INTEGER NOT NULL,
    no_local INTEGER NOT NULL,
    retain_as_published INTEGER NOT NULL,
    PRIMARY KEY (client_id, filter)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE messages (
    owner_kind TEXT NOT NULL,
    owner TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    topic TEXT NOT NULL,
    payload BLOB NOT NULL,
    detail TEXT NOT NULL,
    retain INTEGER NOT NULL,
    expires_at INTEGER,
    shared_filter TEXT,
    PRIMARY KEY (owner_kind, owner, sequence)
  ) STRICT;
  CREATE TABLE retained (
    topic TEXT PRIMARY KEY,
    payload BLOB NOT NULL,
    detail TEXT NOT NULL,
    modified_at INTEGER NOT NULL,
    expires_at INTEGER
  ) STRICT;
  PRAGMA user_version = ${schemaVersion};
`;

/**
 * Keeps sessions in a SQLite file.
 *
 * @param file path of the database, or `:memory:`
 * @throws ConfigurationError when the file cannot be opened or is of another version
 */
export function openSessionStorage(file: string): SessionStorage {
  const database = open(file);
  const applyChange = prepareChanges(database);
  return {
    load() {
      try {
        return loadState(database);
      } catch (cause) {
        throw unusable(file, cause);
      }
    },
    apply(changes) {
      database.exec('BEGIN IMMEDIATE');
      try {
        for (const change of changes) applyChange(change);
        database.exec('COMMIT');
      } catch (thrown) {
        database.exec('ROLLBACK');
        throw thrown;
      }
    },
    clear() {
      for (const table of ['sessions', 'subscriptions', 'messages', 'retained']) {
        database.exec(`DELETE FROM ${table}`);
      }
    },
    close: () => database.close(),
  };
}

function open(file: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  let version: number;
  try {
    database = new DatabaseSync(file, { timeout: 5_000 });
    // What the process has written outlives the process with synchronous = OFF; only a power cut may lose it.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;');
    version = Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
    if (version === 0) database.exec(`BEGIN; ${schema} COMMIT;`);
  } catch (cause) {
    database?.close();
    throw unusable(file, cause);
  }
  if (version === 0 || version === schemaVersion) return database;
  database.close();
  throw new ConfigurationError(
    `${file} was written by another version of this program (${version}, not ${schemaVersion}). Delete it to ` +
      'begin without MQTT sessions and retained messages, or use that version.',
    { code: 'SESSION_FILE_VERSION', data: { file, version } },
  );
}

function unusable(file: string, cause: unknown): ConfigurationError {
  return new ConfigurationError(
    `MQTT sessions cannot be kept in ${file}: ${errorText(cause)}. Check that the folder exists and may be ` +
      'written; a broken file may be deleted, its sessions and retained messages are lost then.',
    { code: 'SESSION_FILE_UNUSABLE', data: { file }, cause },
  );
}
