import type { DatabaseSync } from 'node:sqlite';
import { openVersionedFile } from '../versioned-file.ts';

/** Moves with every change of the tables below. */
const SCHEMA_VERSION = 2;

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
    distribution TEXT,
    PRIMARY KEY (metric_id, second, unit)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX points_by_age ON points (second);
  CREATE INDEX seconds_by_age ON points (second) WHERE second % 60 <> 0;
  CREATE TABLE alarms (
    name TEXT PRIMARY KEY,
    definition TEXT NOT NULL,
    is_declared INTEGER NOT NULL,
    tags TEXT NOT NULL,
    configured_at_ms INTEGER NOT NULL,
    state_value TEXT NOT NULL,
    state_reason TEXT NOT NULL,
    state_reason_data TEXT,
    state_updated_at_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE alarm_history (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    summary TEXT NOT NULL,
    data TEXT NOT NULL,
    at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX alarm_history_by_name ON alarm_history (name, seq);
  CREATE INDEX alarm_history_by_age ON alarm_history (at_ms);
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/**
 * Opens the file of metrics and alarms, or makes it. What was written outlives the process; a power cut may lose the
 * last moments.
 *
 * @throws ConfigurationError METRIC_FILE_UNUSABLE when it cannot be opened or is of another version.
 */
export function openDatabase(file: string): DatabaseSync {
  return openVersionedFile({
    file,
    schema: SCHEMA,
    version: SCHEMA_VERSION,
    code: 'METRIC_FILE_UNUSABLE',
    message: (reason) =>
      `Metrics and alarms cannot be kept in ${file}: ${reason}. Check that the folder may be written; the file may ` +
      'be deleted, its metrics and the alarms that were made by the API are lost then.',
  });
}
