import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConfigurationError } from '../../local/errors.ts';
import { inTransaction } from '../../local/transaction.ts';
import { openVersionedFile } from '../../local/versioned-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-file-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (name: string, version = 1, synchronous?: 'OFF') =>
  openVersionedFile({
    file: path.join(folder, name),
    schema: `CREATE TABLE things (name TEXT PRIMARY KEY) STRICT; PRAGMA user_version = ${version};`,
    version,
    ...(synchronous === undefined ? {} : { synchronous }),
    code: 'THING_FILE_UNUSABLE',
    message: (reason) => `The things cannot be kept: ${reason}. Delete the file.`,
  });

const names = (sql: DatabaseSync) =>
  sql
    .prepare('SELECT name FROM things')
    .all()
    .map(({ name }) => name);

test('A file is made once, and has what was written when it is opened again.', () => {
  const first = open('a.sqlite');
  first.exec("INSERT INTO things VALUES ('lamp')");
  first.close();
  const again = open('a.sqlite');
  expect(names(again)).toEqual(['lamp']);
  again.close();
});

test.each([
  [undefined, 1],
  ['OFF', 0],
] as const)('Asked to be as safe as %s, it is.', (synchronous, expected) => {
  const sql = open('a.sqlite', 1, synchronous);
  expect(sql.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: expected });
  expect(sql.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
  sql.close();
});

test('A file of another version is refused, left as it is, and both versions are named.', () => {
  open('a.sqlite', 2).close();
  expect(() => open('a.sqlite', 1)).toThrow(
    expect.objectContaining({
      name: 'ConfigurationError',
      code: 'THING_FILE_UNUSABLE',
      message:
        'The things cannot be kept: it is of version 2 and not 1: another version of this program wrote it. Delete the file.',
    }),
  );
  expect(existsSync(path.join(folder, 'a.sqlite-wal'))).toBe(false);
  open('a.sqlite', 2).close();
});

test.each(['no/folder.sqlite', 'broken.sqlite'])('%s is refused with the cause.', (name) => {
  if (name.startsWith('broken')) writeFileSync(path.join(folder, name), 'x'.repeat(5_000));
  const thrown = ((): unknown => {
    try {
      return open(name);
    } catch (error) {
      return error;
    }
  })();
  expect(thrown).toBeInstanceOf(ConfigurationError);
  expect(thrown).toMatchObject({ code: 'THING_FILE_UNUSABLE', cause: expect.any(Error) });
});

test('A schema that fails leaves nothing behind.', () => {
  const file = path.join(folder, 'a.sqlite');
  const schema = 'CREATE TABLE things (name TEXT) STRICT; nonsense;';
  const broken = { file, schema, version: 1, code: 'THING_FILE_UNUSABLE', message: String };
  expect(() => openVersionedFile(broken)).toThrow('syntax error');
  const sql = open('a.sqlite');
  expect(names(sql)).toEqual([]);
  sql.close();
});

test('A transaction happens as a whole or not at all.', () => {
  const sql = open('a.sqlite');
  const insert = sql.prepare('INSERT INTO things VALUES (?)');
  expect(inTransaction(sql, () => insert.run('a').changes)).toBe(1);
  const failing = () =>
    inTransaction(sql, () => {
      insert.run('b');
      insert.run('a');
    });
  expect(failing).toThrow('UNIQUE');
  expect(names(sql)).toEqual(['a']);
  sql.close();
});
