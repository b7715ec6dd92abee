import type { DatabaseSync } from 'node:sqlite';
import { openVersionedFile } from '../versioned-file.ts';

/** Moves with every change of the table below. */
const SCHEMA_VERSION = 1;

const SCHEMA = `
  CREATE TABLE parameters (
    name TEXT PRIMARY KEY,
    type TEXT NOT NULL,
    value TEXT NOT NULL,
    version INTEGER NOT NULL,
    modified_at_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

export const PARAMETER_TYPES = ['String', 'StringList', 'SecureString'] as const;
export type ParameterType = (typeof PARAMETER_TYPES)[number];

export interface Parameter {
  readonly name: string;
  readonly type: ParameterType;
  readonly value: string;
  /** From 1 on, one more with every change. */
  readonly version: number;
  readonly modifiedAtMs: number;
}

/** Parameters, kept in one file. */
export interface Store {
  find(name: string): Parameter | undefined;
  save(parameter: Parameter): void;
  /** @returns whether there was one. */
  remove(name: string): boolean;
  reset(): void;
  close(): void;
}

/**
 * @param file in a folder that exists; `:memory:` keeps nothing.
 * @throws ConfigurationError PARAMETER_FILE_UNUSABLE when the file cannot be opened or is of another version.
 */
export function openStore(file: string): Store {
  const sql = open(file);
  const find = sql.prepare('SELECT type, value, version, modified_at_ms FROM parameters WHERE name = ?');
  const save = sql.prepare('INSERT OR REPLACE INTO parameters VALUES (?, ?, ?, ?, ?)');
  const remove = sql.prepare('DELETE FROM parameters WHERE name = ?');
  return {
    find(name) {
      const row = find.get(name);
      const type = PARAMETER_TYPES.find((one) => one === row?.['type']);
      if (row === undefined || type === undefined) return undefined;
      return {
        name,
        type,
        value: String(row['value']),
        version: Number(row['version']),
        modifiedAtMs: Number(row['modified_at_ms']),
      };
    },
    save: ({ name, type, value, version, modifiedAtMs }) =>
      void save.run(name, type, value, version, modifiedAtMs),
    remove: (name) => remove.run(name).changes > 0,
    reset: () => sql.exec('DELETE FROM parameters'),
    close: () => sql.close(),
  };
}

function open(file: string): DatabaseSync {
  return openVersionedFile({
    file,
    schema: SCHEMA,
    version: SCHEMA_VERSION,
    code: 'PARAMETER_FILE_UNUSABLE',
    message: (reason) =>
      `Parameters cannot be kept in ${file}: ${reason}. Check that the folder may be written; ` +
      'the file may be deleted, its parameters are lost then.',
  });
}
