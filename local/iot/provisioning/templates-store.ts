import type { RegistryDatabase, TableSet } from '../registry/database.ts';
import { orNull, type Row, textOrUndefined } from '../registry/row.ts';

/** What provisioning templates keep in the registry's file. */
export const provisioningTables: TableSet = {
  name: 'provisioning',
  version: 1,
  schema: `
    CREATE TABLE provisioning_templates (
      name TEXT PRIMARY KEY,
      description TEXT,
      is_enabled INTEGER NOT NULL,
      role_arn TEXT NOT NULL,
      default_version INTEGER NOT NULL,
      next_version INTEGER NOT NULL,
      created_at INTEGER NOT NULL,
      modified_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE provisioning_template_versions (
      template TEXT NOT NULL,
      version INTEGER NOT NULL,
      body TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      PRIMARY KEY (template, version)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE template_iot_resources (
      place INTEGER PRIMARY KEY AUTOINCREMENT,
      kind TEXT NOT NULL,
      name TEXT NOT NULL,
      content TEXT NOT NULL,
      UNIQUE (kind, name)
    ) STRICT;
  `,
};

/** A provisioning template without its versions. All times are milliseconds since the epoch. */
export interface TemplateRecord {
  readonly name: string;
  readonly description: string | undefined;
  readonly isEnabled: boolean;
  readonly roleArn: string;
  readonly defaultVersion: number;
  readonly nextVersion: number;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
}

export interface TemplateVersionRecord {
  readonly version: number;
  readonly body: string;
  readonly createdAtMs: number;
}

/** The provisioning templates as they are kept. */
export interface TemplateStore {
  find(name: string): TemplateRecord | undefined;
  /** By name, those after `after`. */
  list(after: string, limit: number): TemplateRecord[];
  /** Writes a template, new or in place of the one of its name. */
  put(template: TemplateRecord): void;
  /** Removes a template with its versions. */
  remove(name: string): void;
  versions(name: string): TemplateVersionRecord[];
  putVersion(name: string, version: TemplateVersionRecord): void;
  removeVersion(name: string, version: number): void;
}

/** Works with the tables of a file that has `provisioningTables`. */
export function templateStore(database: RegistryDatabase): TemplateStore {
  return {
    find(name) {
      const row = database.statement('SELECT * FROM provisioning_templates WHERE name = ?').get(name);
      return row === undefined ? undefined : toRecord(row);
    },
    list: (after, limit) =>
      database
        .statement('SELECT * FROM provisioning_templates WHERE name > ? ORDER BY name LIMIT ?')
        .all(after, limit)
        .map(toRecord),
    put(template) {
      const { name, description, isEnabled, roleArn, defaultVersion, nextVersion } = template;
      database
        .statement(`INSERT OR REPLACE INTO provisioning_templates VALUES (?, ?, ?, ?, ?, ?, ?, ?)`)
        .run(
          name,
          orNull(description),
          Number(isEnabled),
          roleArn,
          defaultVersion,
          nextVersion,
          template.createdAtMs,
          template.modifiedAtMs,
        );
    },
    remove(name) {
      database.transaction(() => {
        database.statement('DELETE FROM provisioning_template_versions WHERE template = ?').run(name);
        database.statement('DELETE FROM provisioning_templates WHERE name = ?').run(name);
      });
    },
    versions: (name) =>
      database
        .statement('SELECT * FROM provisioning_template_versions WHERE template = ? ORDER BY version')
        .all(name)
        .map((row) => ({
          version: Number(row['version']),
          body: String(row['body']),
          createdAtMs: Number(row['created_at']),
        })),
    putVersion(name, { version, body, createdAtMs }) {
      database
        .statement('INSERT INTO provisioning_template_versions VALUES (?, ?, ?, ?)')
        .run(name, version, body, createdAtMs);
    },
    removeVersion(name, version) {
      database
        .statement('DELETE FROM provisioning_template_versions WHERE template = ? AND version = ?')
        .run(name, version);
    },
  };
}

function toRecord(row: Row): TemplateRecord {
  return {
    name: String(row['name']),
    description: textOrUndefined(row['description']),
    isEnabled: row['is_enabled'] === 1,
    roleArn: String(row['role_arn']),
    defaultVersion: Number(row['default_version']),
    nextVersion: Number(row['next_version']),
    createdAtMs: Number(row['created_at']),
    modifiedAtMs: Number(row['modified_at']),
  };
}
