import type { SQLOutputValue } from 'node:sqlite';
import type { SeqPage } from './certificates-store.ts';
import type { RegistryDatabase, TableSet } from './database.ts';

/** A target is the ARN of a certificate or of a thing group. */
export const policyTables: TableSet = {
  name: 'policies',
  version: 1,
  schema: `
    CREATE TABLE policies (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL UNIQUE,
      default_version INTEGER NOT NULL,
      next_version INTEGER NOT NULL,
      created_at INTEGER NOT NULL,
      modified_at INTEGER NOT NULL,
      generation_id TEXT NOT NULL
    ) STRICT;
    CREATE TABLE policy_versions (
      policy_seq INTEGER NOT NULL,
      version INTEGER NOT NULL,
      document TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      PRIMARY KEY (policy_seq, version)
    ) STRICT;
    CREATE TABLE policy_attachments (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      policy_seq INTEGER NOT NULL,
      target TEXT NOT NULL,
      UNIQUE (policy_seq, target)
    ) STRICT;
    CREATE INDEX policy_attachments_by_target ON policy_attachments (target, seq);
  `,
};

/** A policy of the registry, without its versions. All times are milliseconds since the epoch. */
export interface PolicyRecord {
  readonly seq: number;
  readonly name: string;
  readonly defaultVersion: number;
  readonly nextVersion: number;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
  readonly generationId: string;
}

export interface PolicyVersionRecord {
  readonly version: number;
  readonly document: string;
  readonly createdAtMs: number;
}

/** A policy with its place in the list of one target, or a target with its place in that of one policy. */
export interface Attachment {
  readonly seq: number;
  readonly policyName: string;
  readonly target: string;
}

export interface PolicyStore {
  insert(name: string, document: string, generationId: string, nowMs: number): void;
  find(name: string): PolicyRecord | undefined;
  list(page: SeqPage): PolicyRecord[];
  remove(policy: PolicyRecord): void;
  versions(policy: PolicyRecord): PolicyVersionRecord[];
  version(policy: PolicyRecord, version: number): PolicyVersionRecord | undefined;
  /** Adds the version `policy.nextVersion`. */
  insertVersion(policy: PolicyRecord, document: string, nowMs: number): void;
  setDefaultVersion(policy: PolicyRecord, version: number, nowMs: number): void;
  removeVersion(policy: PolicyRecord, version: number): void;
  attach(policy: PolicyRecord, target: string): void;
  detach(policy: PolicyRecord, target: string): void;
  detachAll(target: string): void;
  targetsOf(policyName: string, page: SeqPage): Attachment[];
  policiesOf(target: string, page: SeqPage): Attachment[];
  /** The names and default documents of a target's policies, in the order of attachment. */
  documentsOf(target: string): { readonly policyName: string; readonly policyDocument: string }[];
}

/** Policies, their versions, and what they are attached to. */
export function createPolicyStore(database: RegistryDatabase): PolicyStore {
  const insert = database.statement(`
    INSERT INTO policies (name, default_version, next_version, created_at, modified_at, generation_id)
    VALUES (?1, 1, 2, ?2, ?2, ?3) RETURNING seq`);
  const find = database.statement('SELECT * FROM policies WHERE name = ?');
  const list = byPage(database, 'SELECT * FROM policies WHERE', 'seq');
  const removals = ['policy_attachments', 'policy_versions'].map((table) =>
    database.statement(`DELETE FROM ${table} WHERE policy_seq = ?`),
  );
  const remove = database.statement('DELETE FROM policies WHERE seq = ?');
  const versions = database.statement(
    'SELECT * FROM policy_versions WHERE policy_seq = ? ORDER BY version DESC',
  );
  const version = database.statement('SELECT * FROM policy_versions WHERE policy_seq = ? AND version = ?');
  const insertVersion = database.statement('INSERT INTO policy_versions VALUES (?, ?, ?, ?)');
  const countVersion = database.statement(
    'UPDATE policies SET next_version = next_version + 1, modified_at = ?2 WHERE seq = ?1',
  );
  const setDefault = database.statement(
    'UPDATE policies SET default_version = ?2, modified_at = ?3 WHERE seq = ?1',
  );
  const removeVersion = database.statement(
    'DELETE FROM policy_versions WHERE policy_seq = ? AND version = ?',
  );
  const attach = database.statement(
    'INSERT OR IGNORE INTO policy_attachments (policy_seq, target) VALUES (?, ?)',
  );
  const detach = database.statement('DELETE FROM policy_attachments WHERE policy_seq = ? AND target = ?');
  const detachAll = database.statement('DELETE FROM policy_attachments WHERE target = ?');
  const attachments = `
    SELECT a.seq, p.name, a.target FROM policy_attachments a JOIN policies p ON p.seq = a.policy_seq WHERE`;
  const targetsOf = byPage(database, `${attachments} p.name = ?3 AND`, 'a.seq');
  const policiesOf = byPage(database, `${attachments} a.target = ?3 AND`, 'a.seq');
  const documentsOf = database.statement(`
    SELECT p.name, v.document FROM policy_attachments a
    JOIN policies p ON p.seq = a.policy_seq
    JOIN policy_versions v ON v.policy_seq = p.seq AND v.version = p.default_version
    WHERE a.target = ? ORDER BY a.seq`);

  return {
    insert(name, document, generationId, nowMs) {
      const seq = Number(insert.get(name, nowMs, generationId)?.['seq']);
      insertVersion.run(seq, 1, document, nowMs);
    },
    find(name) {
      const row = find.get(name);
      return row === undefined ? undefined : toPolicy(row);
    },
    list: (page) => list(page).map(toPolicy),
    remove({ seq }) {
      for (const removal of removals) removal.run(seq);
      remove.run(seq);
    },
    versions: ({ seq }) => versions.all(seq).map(toVersion),
    version({ seq }, number) {
      const row = version.get(seq, number);
      return row === undefined ? undefined : toVersion(row);
    },
    insertVersion({ seq, nextVersion }, document, nowMs) {
      insertVersion.run(seq, nextVersion, document, nowMs);
      countVersion.run(seq, nowMs);
    },
    setDefaultVersion({ seq }, number, nowMs) {
      setDefault.run(seq, number, nowMs);
    },
    removeVersion({ seq }, number) {
      removeVersion.run(seq, number);
    },
    attach({ seq }, target) {
      attach.run(seq, target);
    },
    detach({ seq }, target) {
      detach.run(seq, target);
    },
    detachAll(target) {
      detachAll.run(target);
    },
    targetsOf: (policyName, page) => targetsOf(page, policyName).map(toAttachment),
    policiesOf: (target, page) => policiesOf(page, target).map(toAttachment),
    documentsOf: (target) =>
      documentsOf.all(target).map((row) => ({
        policyName: String(row['name']),
        policyDocument: String(row['document']),
      })),
  };
}

/** A select by pages in either direction of `column`; what it asks for besides is `?3`. */
function byPage(database: RegistryDatabase, select: string, column: string) {
  const ascending = database.statement(`${select} ${column} > ?1 ORDER BY ${column} LIMIT ?2`);
  const descending = database.statement(`${select} ${column} < ?1 ORDER BY ${column} DESC LIMIT ?2`);
  return ({ after, limit, ascending: isAscending }: SeqPage, ...rest: string[]) =>
    isAscending
      ? ascending.all(after ?? 0, limit, ...rest)
      : descending.all(after ?? Number.MAX_SAFE_INTEGER, limit, ...rest);
}

type Row = Record<string, SQLOutputValue>;

function toPolicy(row: Row): PolicyRecord {
  return {
    seq: Number(row['seq']),
    name: String(row['name']),
    defaultVersion: Number(row['default_version']),
    nextVersion: Number(row['next_version']),
    createdAtMs: Number(row['created_at']),
    modifiedAtMs: Number(row['modified_at']),
    generationId: String(row['generation_id']),
  };
}

function toVersion(row: Row): PolicyVersionRecord {
  return {
    version: Number(row['version']),
    document: String(row['document']),
    createdAtMs: Number(row['created_at']),
  };
}

function toAttachment(row: Row): Attachment {
  return { seq: Number(row['seq']), policyName: String(row['name']), target: String(row['target']) };
}
