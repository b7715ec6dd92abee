import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { openVersionedFile } from '../../versioned-file.ts';
import { documentJson, type Sections, type ShadowDocument, type ShadowRecord } from './document.ts';
import { memberOf, parseJson, stringifyJson, type JsonValue } from './json.ts';
import { nonEmpty } from './merge.ts';
import type { ShadowId } from './names.ts';

/** Moves with every change of the table below. */
const SCHEMA_VERSION = 1;

/** How long the version of a deleted shadow is kept: 48 hours. */
const KEPT_AFTER_DELETE_SECONDS = 48 * 60 * 60;

/**
 * A row is a shadow, or the memory of one:
 *
 *   document  deleted_at
 *   JSON      null        a shadow
 *   null      seconds     deleted then; the row goes when KEPT_AFTER_DELETE_SECONDS are over
 *
 * The classic shadow has the empty name.
 */
const SCHEMA = `
  CREATE TABLE shadows (
    thing TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    document TEXT,
    deleted_at INTEGER,
    PRIMARY KEY (thing, name)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX shadows_by_deletion ON shadows (deleted_at) WHERE deleted_at IS NOT NULL;
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** Where shadows are kept. */
export interface ShadowStore {
  find(id: ShadowId, nowSeconds: number): ShadowRecord | undefined;
  put(id: ShadowId, document: ShadowDocument): void;
  /** Forgets a shadow and keeps its version for a while. */
  remove(id: ShadowId, version: number, nowSeconds: number): void;
  /** Names of a thing's named shadows, in their order, after the name `after`. */
  names(thingName: string, after: string, limit: number): string[];
  /** Every shadow there is. */
  all(): IterableIterator<ShadowId & { readonly document: ShadowDocument }>;
  /** Forgets every shadow, with its version. */
  clear(): void;
  close(): void;
}

/**
 * @param file in a folder that exists; `:memory:` keeps nothing.
 * @throws ConfigurationError SHADOW_FILE_UNUSABLE when the file cannot be opened or is of another version.
 */
export function openShadowStore(file: string): ShadowStore {
  const sql = open(file);
  const find = sql.prepare('SELECT version, document, deleted_at FROM shadows WHERE thing = ? AND name = ?');
  const put = sql.prepare(
    'INSERT INTO shadows (thing, name, version, document) VALUES (?, ?, ?, ?) ' +
      'ON CONFLICT (thing, name) DO UPDATE SET version = excluded.version, document = excluded.document, deleted_at = NULL',
  );
  const remove = sql.prepare(
    'UPDATE shadows SET version = ?, document = NULL, deleted_at = ? WHERE thing = ? AND name = ?',
  );
  const forget = sql.prepare('DELETE FROM shadows WHERE deleted_at <= ?');
  const names = sql.prepare(
    `SELECT name FROM shadows WHERE thing = ? AND name > ? AND document IS NOT NULL ORDER BY name LIMIT ?`,
  );
  const all = sql.prepare('SELECT thing, name, document FROM shadows WHERE document IS NOT NULL');

  return {
    find({ thingName, shadowName = '' }, nowSeconds) {
      const row = find.get(thingName, shadowName);
      if (row === undefined) return undefined;
      const deletedAt = row['deleted_at'];
      if (deletedAt !== null && Number(deletedAt) + KEPT_AFTER_DELETE_SECONDS <= nowSeconds) return undefined;
      return { version: Number(row['version']), document: readDocument(row['document']) };
    },
    put({ thingName, shadowName = '' }, document) {
      put.run(thingName, shadowName, document.version, stringifyJson(documentJson(document)));
    },
    remove({ thingName, shadowName = '' }, version, nowSeconds) {
      remove.run(version, nowSeconds, thingName, shadowName);
      forget.run(nowSeconds - KEPT_AFTER_DELETE_SECONDS);
    },
    names(thingName, after, limit) {
      return names.all(thingName, after, limit).map((row) => String(row['name']));
    },
    *all() {
      for (const row of all.iterate()) {
        const document = readDocument(row['document']);
        if (document === undefined) continue;
        const shadowName = String(row['name']);
        const thingName = String(row['thing']);
        yield { thingName, ...(shadowName === '' ? {} : { shadowName }), document };
      }
    },
    clear: () => sql.exec('DELETE FROM shadows'),
    close: () => sql.close(),
  };
}

function open(file: string): DatabaseSync {
  return openVersionedFile({
    file,
    schema: SCHEMA,
    version: SCHEMA_VERSION,
    code: 'SHADOW_FILE_UNUSABLE',
    message: (reason) =>
      `The shadows cannot be kept in ${file}: ${reason}. Check that the folder exists and may be written; ` +
      'the file may be deleted, its shadows are lost then.',
  });
}

/** Reads what `put` has written. */
function readDocument(text: SQLOutputValue | undefined): ShadowDocument | undefined {
  if (typeof text !== 'string') return undefined;
  const json = parseJson(text);
  return {
    state: readSections(memberOf(json, 'state')),
    metadata: readSections(memberOf(json, 'metadata')),
    version: Number(memberOf(json, 'version')),
  };
}

function readSections(json: JsonValue | undefined): Sections {
  const desired = nonEmpty(memberOf(json, 'desired'));
  const reported = nonEmpty(memberOf(json, 'reported'));
  return { ...(desired === undefined ? {} : { desired }), ...(reported === undefined ? {} : { reported }) };
}
