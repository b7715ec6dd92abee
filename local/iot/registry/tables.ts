import type { TableSet } from './database.ts';

/**
 * Things, their types and groups. Rows refer to each other by integer ids, which also number the documents of the
 * search index (search/tables.ts).
 */
export const registryTables: TableSet = {
  name: 'registry',
  version: 1,
  schema: `
    CREATE TABLE things (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      thing_id TEXT NOT NULL,
      type_name TEXT,
      billing_group TEXT,
      attributes TEXT NOT NULL,
      version INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX things_by_type ON things (type_name, name) WHERE type_name IS NOT NULL;
    CREATE INDEX things_by_billing_group ON things (billing_group, name) WHERE billing_group IS NOT NULL;

    CREATE TABLE thing_types (
      name TEXT PRIMARY KEY,
      type_id TEXT NOT NULL,
      description TEXT,
      searchable_attributes TEXT NOT NULL,
      mqtt5_configuration TEXT,
      created_at INTEGER NOT NULL,
      deprecated_at INTEGER
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE thing_groups (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      group_id TEXT NOT NULL,
      parent_id INTEGER,
      description TEXT,
      attributes TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      version INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX thing_groups_by_parent ON thing_groups (parent_id, name);

    CREATE TABLE group_members (
      thing INTEGER NOT NULL,
      thing_group INTEGER NOT NULL,
      PRIMARY KEY (thing, thing_group)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX group_members_by_group ON group_members (thing_group, thing);

    CREATE TABLE billing_groups (
      name TEXT PRIMARY KEY,
      group_id TEXT NOT NULL,
      description TEXT,
      created_at INTEGER NOT NULL,
      version INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE thing_principals (
      thing INTEGER NOT NULL,
      principal TEXT NOT NULL,
      is_exclusive INTEGER NOT NULL,
      PRIMARY KEY (thing, principal)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX thing_principals_by_principal ON thing_principals (principal, thing);

    CREATE TABLE tags (
      arn TEXT NOT NULL,
      key TEXT NOT NULL,
      value TEXT NOT NULL,
      PRIMARY KEY (arn, key)
    ) STRICT, WITHOUT ROWID;
  `,
};
