import type { TableSet } from '../database.ts';

/**
 * An inverted index: which documents hold a value in a field. A document is a thing or a thing group, by the
 * integer id of its row; texts are in lower case, since a search does not tell cases apart. Numbers stand in both
 * tables: as text for terms, as numbers for ranges.
 */
export const searchTables: TableSet = {
  name: 'search',
  version: 1,
  schema: `
    CREATE TABLE search_fields (
      id INTEGER PRIMARY KEY,
      index_name TEXT NOT NULL,
      name TEXT NOT NULL,
      UNIQUE (index_name, name)
    ) STRICT;
    CREATE TABLE search_terms (
      field INTEGER NOT NULL,
      value TEXT NOT NULL,
      document INTEGER NOT NULL,
      is_whole INTEGER NOT NULL,
      PRIMARY KEY (field, value, document)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE search_numbers (
      field INTEGER NOT NULL,
      number REAL NOT NULL,
      document INTEGER NOT NULL,
      PRIMARY KEY (field, number, document)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE search_shadows (
      thing INTEGER NOT NULL,
      name TEXT NOT NULL,
      content TEXT NOT NULL,
      PRIMARY KEY (thing, name)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE search_connectivity (thing INTEGER PRIMARY KEY, content TEXT NOT NULL) STRICT;
    CREATE TABLE search_configuration (id INTEGER PRIMARY KEY CHECK (id = 1), content TEXT NOT NULL) STRICT;
  `,
};

/** For what is asked of one document at a time: whether it has a value of a kind in a field. */
export const searchIndices: TableSet = {
  name: 'search-indices',
  version: 1,
  schema: `
    CREATE INDEX search_terms_by_document ON search_terms (document, field, value);
    CREATE INDEX search_numbers_by_document ON search_numbers (document, field, number);
  `,
};
