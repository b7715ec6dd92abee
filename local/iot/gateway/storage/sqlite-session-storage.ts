import type { DatabaseSync } from 'node:sqlite';
import { errorText } from '../../../../shared/errors.ts';
import { ConfigurationError } from '../../../errors.ts';
import { inTransaction } from '../../../transaction.ts';
import { openVersionedFile } from '../../../versioned-file.ts';
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
        const code = 'SESSION_FILE_UNUSABLE';
        throw new ConfigurationError(unusableText(file, errorText(cause)), { code, data: { file }, cause });
      }
    },
    apply(changes) {
      inTransaction(database, () => {
        for (const change of changes) applyChange(change);
      });
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
  return openVersionedFile({
    file,
    schema,
    version: schemaVersion,
    // What the process has written outlives the process all the same; only a power cut may lose it.
    synchronous: 'OFF',
    code: 'SESSION_FILE_UNUSABLE',
    message: (reason) => unusableText(file, reason),
  });
}

function unusableText(file: string, reason: string): string {
  return (
    `MQTT sessions cannot be kept in ${file}: ${reason}. Check that the folder exists and may be written; the ` +
    'file may be deleted, its sessions and retained messages are lost then.'
  );
}
