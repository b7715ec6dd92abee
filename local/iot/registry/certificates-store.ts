import type { SQLOutputValue } from 'node:sqlite';
import { ConfigurationError } from '../../errors.ts';
import type { RegistryDatabase, TableSet } from './database.ts';
import { isCertificateStatus, type CertificateStatus } from './certificate-status.ts';

/** How the account of a certificate is found: by its CA, or by the server name that a device asks for. */
export type CertificateMode = 'DEFAULT' | 'SNI_ONLY';

/** `seq` is the order of registration: lists are by it. */
export const certificateTables: TableSet = {
  name: 'certificates',
  version: 1,
  schema: `
    CREATE TABLE certificates (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      certificate_id TEXT NOT NULL UNIQUE,
      ca_certificate_id TEXT,
      status TEXT NOT NULL,
      mode TEXT NOT NULL,
      pem TEXT NOT NULL,
      not_before INTEGER NOT NULL,
      not_after INTEGER NOT NULL,
      created_at INTEGER NOT NULL,
      modified_at INTEGER NOT NULL,
      version INTEGER NOT NULL DEFAULT 1,
      generation_id TEXT NOT NULL
    ) STRICT;
    CREATE INDEX certificates_by_ca ON certificates (ca_certificate_id, seq);
  `,
};

/** A certificate of the registry. All times are milliseconds since the epoch. */
export interface CertificateRecord {
  readonly seq: number;
  readonly certificateId: string;
  readonly caCertificateId: string | undefined;
  readonly status: CertificateStatus;
  readonly mode: CertificateMode;
  readonly pem: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
  /** AWS's `customerVersion`: 1, and one more with each change. */
  readonly version: number;
  readonly generationId: string;
}

export type NewCertificateRecord = Omit<CertificateRecord, 'seq' | 'version' | 'modifiedAtMs'>;

/** One page of a list by registration: after `after`, in either direction. */
export interface SeqPage {
  readonly after: number | undefined;
  readonly limit: number;
  readonly ascending: boolean;
}

export interface CertificateStore {
  insert(certificate: NewCertificateRecord): void;
  find(certificateId: string): CertificateRecord | undefined;
  setStatus(certificateId: string, status: CertificateStatus, nowMs: number): void;
  remove(certificateId: string): void;
  list(page: SeqPage, caCertificateId?: string): CertificateRecord[];
}

/** The certificates of devices as they are kept. */
export function createCertificateStore(database: RegistryDatabase): CertificateStore {
  const insert = database.statement(`
    INSERT INTO certificates (certificate_id, ca_certificate_id, status, mode, pem, not_before, not_after,
      created_at, modified_at, generation_id)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9)`);
  const find = database.statement('SELECT * FROM certificates WHERE certificate_id = ?');
  const setStatus = database.statement(`
    UPDATE certificates SET status = ?2, modified_at = ?3, version = version + 1 WHERE certificate_id = ?1`);
  const remove = database.statement('DELETE FROM certificates WHERE certificate_id = ?');
  const listAscending = database.statement(`
    SELECT * FROM certificates WHERE seq > ?1 AND (?3 IS NULL OR ca_certificate_id = ?3)
    ORDER BY seq LIMIT ?2`);
  const listDescending = database.statement(`
    SELECT * FROM certificates WHERE seq < ?1 AND (?3 IS NULL OR ca_certificate_id = ?3)
    ORDER BY seq DESC LIMIT ?2`);

  return {
    insert(record) {
      insert.run(
        record.certificateId,
        record.caCertificateId ?? null,
        record.status,
        record.mode,
        record.pem,
        record.notBeforeMs,
        record.notAfterMs,
        record.createdAtMs,
        record.generationId,
      );
    },
    find(certificateId) {
      const row = find.get(certificateId);
      return row === undefined ? undefined : toRecord(row);
    },
    setStatus(certificateId, status, nowMs) {
      setStatus.run(certificateId, status, nowMs);
    },
    remove(certificateId) {
      remove.run(certificateId);
    },
    list({ after, limit, ascending }, caCertificateId) {
      const rows = ascending
        ? listAscending.all(after ?? 0, limit, caCertificateId ?? null)
        : listDescending.all(after ?? Number.MAX_SAFE_INTEGER, limit, caCertificateId ?? null);
      return rows.map(toRecord);
    },
  };
}

function toRecord(row: Record<string, SQLOutputValue>): CertificateRecord {
  const certificateId = String(row['certificate_id']);
  const status = String(row['status']);
  if (!isCertificateStatus(status)) {
    throw new ConfigurationError(`The certificate ${certificateId} is kept with the status ${status}.`, {
      code: 'REGISTRY_FILE_BROKEN',
      data: { certificateId, status },
    });
  }
  const ca = row['ca_certificate_id'];
  return {
    seq: Number(row['seq']),
    certificateId,
    caCertificateId: typeof ca === 'string' ? ca : undefined,
    status,
    mode: row['mode'] === 'SNI_ONLY' ? 'SNI_ONLY' : 'DEFAULT',
    pem: String(row['pem']),
    notBeforeMs: Number(row['not_before']),
    notAfterMs: Number(row['not_after']),
    createdAtMs: Number(row['created_at']),
    modifiedAtMs: Number(row['modified_at']),
    version: Number(row['version']),
    generationId: String(row['generation_id']),
  };
}
