import type { SQLOutputValue } from 'node:sqlite';
import { z } from 'zod';
import { readCertificates, type Certificate } from '../x509/certificate.ts';
import type { CertificateMode, SeqPage } from './certificates-store.ts';
import type { RegistryDatabase, TableSet } from './database.ts';

export const caTables: TableSet = {
  name: 'cas',
  version: 1,
  schema: `
    CREATE TABLE cas (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      certificate_id TEXT NOT NULL UNIQUE,
      is_active INTEGER NOT NULL,
      is_auto_registration INTEGER NOT NULL,
      mode TEXT NOT NULL,
      pem TEXT NOT NULL,
      subject_key TEXT NOT NULL,
      registration_config TEXT,
      created_at INTEGER NOT NULL,
      modified_at INTEGER NOT NULL,
      version INTEGER NOT NULL DEFAULT 1,
      generation_id TEXT NOT NULL
    ) STRICT;
    CREATE INDEX cas_by_subject ON cas (subject_key);
    CREATE TABLE registration_code (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      code TEXT NOT NULL
    ) STRICT;
  `,
};

/** What AWS IoT does with a device that a CA's certificates register: a provisioning template and its role. */
export const registrationConfigSchema = z.object({
  templateBody: z.string().max(10_240).optional(),
  templateName: z
    .string()
    .regex(/^[0-9A-Za-z_-]{1,36}$/)
    .optional(),
  roleArn: z.string().min(20).max(2_048).optional(),
});

export type RegistrationConfig = z.infer<typeof registrationConfigSchema>;

/** A CA of the registry. All times are milliseconds since the epoch. */
export interface CaRecord {
  readonly seq: number;
  readonly certificateId: string;
  readonly isActive: boolean;
  readonly isAutoRegistration: boolean;
  readonly mode: CertificateMode;
  readonly pem: string;
  readonly certificate: Certificate;
  readonly registrationConfig: RegistrationConfig | undefined;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
  readonly version: number;
  readonly generationId: string;
}

export type NewCaRecord = Omit<CaRecord, 'seq' | 'version' | 'modifiedAtMs'>;

export interface CaStore {
  insert(ca: NewCaRecord): void;
  find(certificateId: string): CaRecord | undefined;
  /** CAs with that subject, as `subjectKey` and `issuerKey` write it. */
  findBySubject(subjectKey: string): CaRecord[];
  /** Writes what can change: both states and the registration configuration. */
  update(ca: CaRecord, nowMs: number): void;
  remove(certificateId: string): void;
  /** With a template name, only the CAs whose devices that template provisions. */
  list(page: SeqPage, templateName?: string): CaRecord[];
  registrationCode(): string | undefined;
  /** Undefined deletes it. */
  setRegistrationCode(code: string | undefined): void;
}

/** The registered CAs, and the code that proves the ownership of the next one. */
export function createCaStore(database: RegistryDatabase): CaStore {
  const insert = database.statement(`
    INSERT INTO cas (certificate_id, is_active, is_auto_registration, mode, pem, subject_key,
      registration_config, created_at, modified_at, generation_id)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9)`);
  const find = database.statement('SELECT * FROM cas WHERE certificate_id = ?');
  const findBySubject = database.statement('SELECT * FROM cas WHERE subject_key = ? ORDER BY seq');
  const update = database.statement(`
    UPDATE cas SET is_active = ?2, is_auto_registration = ?3, registration_config = ?4, modified_at = ?5,
      version = version + 1
    WHERE certificate_id = ?1`);
  const remove = database.statement('DELETE FROM cas WHERE certificate_id = ?');
  const isOfTemplate = `(?3 IS NULL OR json_extract(registration_config, '$.templateName') = ?3)`;
  const listAscending = database.statement(
    `SELECT * FROM cas WHERE seq > ?1 AND ${isOfTemplate} ORDER BY seq LIMIT ?2`,
  );
  const listDescending = database.statement(
    `SELECT * FROM cas WHERE seq < ?1 AND ${isOfTemplate} ORDER BY seq DESC LIMIT ?2`,
  );
  const getCode = database.statement('SELECT code FROM registration_code');
  const setCode = database.statement('INSERT INTO registration_code VALUES (1, ?)');
  const deleteCode = database.statement('DELETE FROM registration_code');

  return {
    insert(ca) {
      insert.run(
        ca.certificateId,
        Number(ca.isActive),
        Number(ca.isAutoRegistration),
        ca.mode,
        ca.pem,
        ca.certificate.subjectKey,
        writeConfig(ca.registrationConfig),
        ca.createdAtMs,
        ca.generationId,
      );
    },
    find(certificateId) {
      const row = find.get(certificateId);
      return row === undefined ? undefined : toRecord(row);
    },
    findBySubject: (subjectKey) => findBySubject.all(subjectKey).map(toRecord),
    update({ certificateId, isActive, isAutoRegistration, registrationConfig }, nowMs) {
      const config = writeConfig(registrationConfig);
      update.run(certificateId, Number(isActive), Number(isAutoRegistration), config, nowMs);
    },
    remove(certificateId) {
      remove.run(certificateId);
    },
    list({ after, limit, ascending }, templateName) {
      const rows = ascending
        ? listAscending.all(after ?? 0, limit, templateName ?? null)
        : listDescending.all(after ?? Number.MAX_SAFE_INTEGER, limit, templateName ?? null);
      return rows.map(toRecord);
    },
    registrationCode() {
      const code = getCode.get()?.['code'];
      return typeof code === 'string' ? code : undefined;
    },
    setRegistrationCode(code) {
      deleteCode.run();
      if (code !== undefined) setCode.run(code);
    },
  };
}

function writeConfig(config: RegistrationConfig | undefined): string | null {
  return config === undefined ? null : JSON.stringify(config);
}

function toRecord(row: Record<string, SQLOutputValue>): CaRecord {
  const pem = String(row['pem']);
  const config = row['registration_config'];
  const [certificate] = readCertificates(pem);
  if (certificate === undefined) throw new TypeError('a PEM text that was read is never empty');
  return {
    seq: Number(row['seq']),
    certificateId: certificate.certificateId,
    isActive: row['is_active'] === 1,
    isAutoRegistration: row['is_auto_registration'] === 1,
    mode: row['mode'] === 'SNI_ONLY' ? 'SNI_ONLY' : 'DEFAULT',
    pem,
    certificate,
    registrationConfig:
      typeof config === 'string' ? registrationConfigSchema.parse(JSON.parse(config)) : undefined,
    createdAtMs: Number(row['created_at']),
    modifiedAtMs: Number(row['modified_at']),
    version: Number(row['version']),
    generationId: String(row['generation_id']),
  };
}
