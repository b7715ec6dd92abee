import { openVersionedFile } from '../../versioned-file.ts';

/** Moves with every change of the table below. */
const SCHEMA_VERSION = 1;

const SCHEMA = `
  CREATE TABLE settings (
    table_name TEXT PRIMARY KEY,
    attribute_name TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** A table whose items expire. */
export interface Setting {
  readonly tableName: string;
  readonly attributeName: string;
}

/** Which tables have a time to live, kept in one file. */
export interface SettingStore {
  all(): Setting[];
  find(tableName: string): Setting | undefined;
  save(setting: Setting): void;
  /** @returns whether there was one. */
  remove(tableName: string): boolean;
  reset(): void;
  close(): void;
}

/**
 * @param file in a folder that exists; `:memory:` keeps nothing.
 * @throws ConfigurationError TIME_TO_LIVE_FILE_UNUSABLE when the file cannot be opened or is of another version.
 */
export function openSettingStore(file: string): SettingStore {
  const sql = openVersionedFile({
    file,
    schema: SCHEMA,
    version: SCHEMA_VERSION,
    code: 'TIME_TO_LIVE_FILE_UNUSABLE',
    message: (reason) =>
      `It cannot be kept in ${file} which tables have a time to live: ${reason}. Check that the folder may be ` +
      'written; the file may be deleted, what UpdateTimeToLive has set is lost then.',
  });
  const all = sql.prepare('SELECT table_name, attribute_name FROM settings ORDER BY table_name');
  const find = sql.prepare('SELECT attribute_name FROM settings WHERE table_name = ?');
  const save = sql.prepare('INSERT OR REPLACE INTO settings VALUES (?, ?)');
  const remove = sql.prepare('DELETE FROM settings WHERE table_name = ?');
  return {
    all: () =>
      all.all().map((row) => ({
        tableName: String(row['table_name']),
        attributeName: String(row['attribute_name']),
      })),
    find(tableName) {
      const row = find.get(tableName);
      return row === undefined ? undefined : { tableName, attributeName: String(row['attribute_name']) };
    },
    save: ({ tableName, attributeName }) => void save.run(tableName, attributeName),
    remove: (tableName) => remove.run(tableName).changes > 0,
    reset: () => sql.exec('DELETE FROM settings'),
    close: () => sql.close(),
  };
}
