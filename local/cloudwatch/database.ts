import { DatabaseSync } from 'node:sqlite';
import { errorText } from '../../shared/errors.ts';
import { ConfigurationError } from '../errors.ts';

/** Moves with every change of the tables below. */
const SCHEMA_VERSION = 1;

const SCHEMA = `
  CREATE TABLE metrics (
    id INTEGER PRIMARY KEY,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    dimensions TEXT NOT NULL,
    UNIQUE (namespace, name, dimensions)
  ) STRICT;
  CREATE TABLE points (
    metric_id INTEGER NOT NULL REFERENCES metrics (id),
    unit TEXT NOT NULL,
    second INTEGER NOT NULL,
    sample_count REAL NOT NULL,
    sum REAL NOT NULL,
    minimum REAL NOT NULL,
    maximum REAL NOT NULL,
    PRIMARY KEY (metric_id, second, unit)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX points_by_age ON points (second);
  CREATE TABLE alarms (
    name TEXT PRIMARY KEY,
    state_value TEXT NOT NULL,
    state_reason TEXT NOT NULL,
    updated_at_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE alarm_history (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    old_value TEXT,
    new_value TEXT NOT NULL,
    reason TEXT NOT NULL,
    at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX alarm_history_by_name ON alarm_history (name, seq);
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/**
 * Opens the file, or makes it. What was written outlives the process; a power cut may lose the last moments.
 *
 * @throws ConfigurationError METRIC_FILE_UNUSABLE when it cannot be opened or is of another version.
 */
export function openDatabase(file: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { timeout: 5_000 });
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;');
    const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
    if (version === 0) database.exec(`BEGIN; ${SCHEMA} COMMIT;`);
    else if (version !== SCHEMA_VERSION)
      throw new Error(`it is of version ${version}, not ${SCHEMA_VERSION}`);
    return database;
  } catch (cause) {
    database?.close();
    throw new ConfigurationError(
      `Metrics and alarms cannot be kept in ${file}: ${errorText(cause)}. Check that the folder may be written; ` +
        'the file may be deleted, its metrics are lost then.',
      { code: 'METRIC_FILE_UNUSABLE', data: { file }, cause },
    );
  }
}
