import type { RegistryDatabase, TableSet } from './database.ts';
import type { Row } from './row.ts';

/** The row of a thing group that is dynamic has one of the same id in here. */
export const dynamicQueryTables: TableSet = {
  name: 'dynamic-thing-groups',
  version: 1,
  schema: `
    CREATE TABLE dynamic_thing_groups (
      id INTEGER PRIMARY KEY,
      index_name TEXT NOT NULL,
      query_string TEXT NOT NULL,
      query_version TEXT NOT NULL
    ) STRICT;
  `,
};

/** What makes a thing a member of a dynamic group. */
export interface DynamicQuery {
  readonly indexName: string;
  readonly queryString: string;
  readonly queryVersion: string;
}

/** The queries of dynamic thing groups, by the ids of the groups' rows. */
export interface DynamicQueries {
  /** Undefined for a static group. */
  of(groupId: number): DynamicQuery | undefined;
  put(groupId: number, query: DynamicQuery): void;
  remove(groupId: number): void;
  /** By group id: the oldest first. */
  all(): { readonly groupId: number; readonly query: DynamicQuery }[];
}

export function createDynamicQueries(database: RegistryDatabase): DynamicQueries {
  return {
    of(groupId) {
      const row = database.statement('SELECT * FROM dynamic_thing_groups WHERE id = ?').get(groupId);
      return row === undefined ? undefined : toQuery(row);
    },
    put(groupId, { indexName, queryString, queryVersion }) {
      database
        .statement(
          `INSERT OR REPLACE INTO dynamic_thing_groups (id, index_name, query_string, query_version)
           VALUES (?, ?, ?, ?)`,
        )
        .run(groupId, indexName, queryString, queryVersion);
    },
    remove(groupId) {
      database.statement('DELETE FROM dynamic_thing_groups WHERE id = ?').run(groupId);
    },
    all: () =>
      database
        .statement('SELECT * FROM dynamic_thing_groups ORDER BY id')
        .all()
        .map((row) => ({ groupId: Number(row['id']), query: toQuery(row) })),
  };
}

/** Whether both groups are static, or dynamic with the same query. */
export function isSameQuery(one: DynamicQuery | undefined, other: DynamicQuery | undefined): boolean {
  return (
    one?.indexName === other?.indexName &&
    one?.queryString === other?.queryString &&
    one?.queryVersion === other?.queryVersion
  );
}

function toQuery(row: Row): DynamicQuery {
  return {
    indexName: String(row['index_name']),
    queryString: String(row['query_string']),
    queryVersion: String(row['query_version']),
  };
}
