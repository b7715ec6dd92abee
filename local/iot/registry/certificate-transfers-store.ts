import { z } from 'zod';
import type { RegistryDatabase, TableSet } from './database.ts';
import type { SeqPage } from './certificates-store.ts';
import { numberOrUndefined, type Row, textOrUndefined } from './row.ts';

const state = z.enum(['PENDING', 'ACCEPTED', 'REJECTED', 'CANCELLED']);
export type TransferState = z.infer<typeof state>;

/** The last transfer of each certificate; `seq` is the order of the transfers. */
export const transferTables: TableSet = {
  name: 'certificate-transfers',
  version: 1,
  schema: `
    CREATE TABLE certificate_transfers (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      certificate_id TEXT NOT NULL UNIQUE,
      from_account TEXT NOT NULL,
      to_account TEXT NOT NULL,
      message TEXT,
      state TEXT NOT NULL,
      started_at INTEGER NOT NULL,
      ended_at INTEGER,
      reject_reason TEXT
    ) STRICT;
  `,
};

/** Times are milliseconds since the epoch. */
export interface Transfer {
  readonly seq: number;
  readonly certificateId: string;
  readonly fromAccount: string;
  readonly toAccount: string;
  readonly message: string | undefined;
  readonly state: TransferState;
  readonly startedAtMs: number;
  readonly endedAtMs: number | undefined;
  readonly rejectReason: string | undefined;
}

export interface NewTransfer {
  readonly certificateId: string;
  readonly fromAccount: string;
  readonly toAccount: string;
  readonly message: string | undefined;
}

/** The last transfer of a certificate, however it ended. */
export function findTransfer(database: RegistryDatabase, certificateId: string): Transfer | undefined {
  const row = database
    .statement('SELECT * FROM certificate_transfers WHERE certificate_id = ?')
    .get(certificateId);
  return row === undefined ? undefined : toTransfer(row);
}

/** Takes the place of an earlier transfer of the certificate. */
export function insertTransfer(database: RegistryDatabase, transfer: NewTransfer, nowMs: number): void {
  database
    .statement(
      `INSERT OR REPLACE INTO certificate_transfers
         (certificate_id, from_account, to_account, message, state, started_at)
       VALUES (?, ?, ?, ?, 'PENDING', ?)`,
    )
    .run(transfer.certificateId, transfer.fromAccount, transfer.toAccount, transfer.message ?? null, nowMs);
}

export function endTransfer(
  database: RegistryDatabase,
  certificateId: string,
  end: {
    readonly state: TransferState;
    readonly nowMs: number;
    readonly rejectReason?: string | undefined;
  },
): void {
  database
    .statement(
      'UPDATE certificate_transfers SET state = ?, ended_at = ?, reject_reason = ? WHERE certificate_id = ?',
    )
    .run(end.state, end.nowMs, end.rejectReason ?? null, certificateId);
}

export function forgetTransfer(database: RegistryDatabase, certificateId: string): void {
  database.statement('DELETE FROM certificate_transfers WHERE certificate_id = ?').run(certificateId);
}

/** Those that nobody has answered yet. */
export function listPendingTransfers(
  database: RegistryDatabase,
  { after, limit, ascending }: SeqPage,
): Transfer[] {
  const rows = ascending
    ? database
        .statement(
          "SELECT * FROM certificate_transfers WHERE state = 'PENDING' AND seq > ? ORDER BY seq LIMIT ?",
        )
        .all(after ?? 0, limit)
    : database
        .statement(
          "SELECT * FROM certificate_transfers WHERE state = 'PENDING' AND seq < ? ORDER BY seq DESC LIMIT ?",
        )
        .all(after ?? Number.MAX_SAFE_INTEGER, limit);
  return rows.map(toTransfer);
}

function toTransfer(row: Row): Transfer {
  return {
    seq: Number(row['seq']),
    certificateId: String(row['certificate_id']),
    fromAccount: String(row['from_account']),
    toAccount: String(row['to_account']),
    message: textOrUndefined(row['message']),
    state: state.parse(row['state']),
    startedAtMs: Number(row['started_at']),
    endedAtMs: numberOrUndefined(row['ended_at']),
    rejectReason: textOrUndefined(row['reject_reason']),
  };
}
