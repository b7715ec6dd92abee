import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { errorText } from '../../../shared/errors.ts';
import { ConfigurationError } from '../../errors.ts';
import { inTransaction } from '../../transaction.ts';

/** The tables of one part of the registry. */
export interface TableSet {
  /** Unique in the file: `things`, `certificates`. */
  readonly name: string;
  /** Moves with every change of `schema`. */
  readonly version: number;
  /** `CREATE TABLE …; CREATE INDEX …;` */
  readonly schema: string;
}

export interface RegistryDatabase {
  /** A prepared statement, made once for each text. Its texts are constants: no value is ever written into one. */
  statement(sql: string): StatementSync;
  /** Prepares a text that is made for one call, and keeps nothing of it. */
  prepare(sql: string): StatementSync;
  /** Runs `work` in one transaction: all of it happens, or nothing. Within another it joins that one. */
  transaction<Result>(work: () => Result): Result;
  /**
   * Does something that cannot be taken back, such as telling others: at once or, within a transaction, when that
   * one has come to its good end; never when it fails.
   */
  afterCommit(act: () => void): void;
  /** Empties every table at once, whatever is in it. */
  reset(): void;
  /**
   * Calls those who keep something of the tables in memory, after a reset and after a transaction that was taken
   * back: they must read it again.
   */
  onReset(forget: () => void): void;
  close(): void;
}

/** Which table sets a file holds, and in which version. */
const VERSIONS = `CREATE TABLE IF NOT EXISTS table_sets (name TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT`;

/**
 * Opens the registry's file, or makes it. What is written survives the end of this process in any way (WAL,
 * synchronous NORMAL); only a power cut can take back the last moments, never break the file.
 *
 * Foreign keys are not used: SQLite empties a table in one step only when no other table refers to it.
 *
 * @param file in a folder that exists; `:memory:` keeps nothing.
 * @throws ConfigurationError REGISTRY_FILE_UNUSABLE, or REGISTRY_FILE_VERSION when another version of this
 *   program wrote it.
 */
export function openRegistryDatabase(file: string, tableSets: readonly TableSet[]): RegistryDatabase {
  const sql = open(file, tableSets);
  const statements = new Map<string, StatementSync>();
  const forgetters: (() => void)[] = [];
  let isInTransaction = false;
  let acts: (() => void)[] = [];

  function statement(text: string): StatementSync {
    let prepared = statements.get(text);
    if (prepared === undefined) {
      prepared = sql.prepare(text);
      statements.set(text, prepared);
    }
    return prepared;
  }

  function transaction<Result>(work: () => Result): Result {
    if (isInTransaction) return work();
    const result = run(work);
    for (const act of acts.splice(0)) act();
    return result;
  }

  function run<Result>(work: () => Result): Result {
    statement('BEGIN IMMEDIATE').run();
    isInTransaction = true;
    try {
      const result = work();
      statement('COMMIT').run();
      return result;
    } catch (thrown) {
      statement('ROLLBACK').run();
      acts = [];
      for (const forget of forgetters) forget();
      throw thrown;
    } finally {
      isInTransaction = false;
    }
  }

  return {
    statement,
    prepare: (text) => sql.prepare(text),
    transaction,
    afterCommit(act) {
      if (isInTransaction) acts.push(act);
      else act();
    },
    reset() {
      transaction(() => {
        for (const table of tables(sql)) sql.exec(`DELETE FROM "${table}"`);
      });
      for (const forget of forgetters) forget();
    },
    onReset(forget) {
      forgetters.push(forget);
    },
    close: () => sql.close(),
  };
}

function tables(sql: DatabaseSync): string[] {
  const rows = sql
    .prepare(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'table_sets' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
    )
    .all();
  return rows.map(({ name }) => String(name));
}

function open(file: string, tableSets: readonly TableSet[]): DatabaseSync {
  let sql: DatabaseSync | undefined;
  try {
    sql = new DatabaseSync(file, { timeout: 5_000 });
    sql.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = OFF;');
    // A fleet's file is larger than SQLite's own cache: read where the system keeps it, a thing costs half as much.
    sql.exec(`PRAGMA mmap_size = ${256 * 1024 * 1024};`);
    sql.exec(VERSIONS);
    for (const tableSet of tableSets) ensureTables(sql, file, tableSet);
    return sql;
  } catch (cause) {
    sql?.close();
    if (cause instanceof ConfigurationError) throw cause;
    throw new ConfigurationError(
      `The registry cannot be kept in ${file}: ${errorText(cause)}. Check that the folder exists and may be ` +
        'written; a broken file may be deleted, its things are lost then.',
      { code: 'REGISTRY_FILE_UNUSABLE', data: { file }, cause },
    );
  }
}

function ensureTables(sql: DatabaseSync, file: string, { name, version, schema }: TableSet): void {
  const found = sql.prepare('SELECT version FROM table_sets WHERE name = ?').get(name)?.['version'];
  if (found === version) return;
  if (found !== undefined) {
    throw new ConfigurationError(
      `${file} was written by another version of this program (${name} ${String(found)}, not ${version}). ` +
        'Delete it to begin with an empty registry, or use that version.',
      { code: 'REGISTRY_FILE_VERSION', data: { file, name, version: found } },
    );
  }
  inTransaction(sql, () => {
    sql.exec(schema);
    sql.prepare('INSERT INTO table_sets (name, version) VALUES (?, ?)').run(name, version);
  });
}
