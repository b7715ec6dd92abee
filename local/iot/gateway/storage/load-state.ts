import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { z } from 'zod';
import type { StoredState } from './session-storage.ts';
import { readMessage } from './stored-message.ts';

type Row = Record<string, SQLOutputValue>;

const version = z.literal([4, 5]);
const qos = z.literal([0, 1]);
const ownerKind = z.enum(['client', 'group']);
const bytes = z.instanceof(Uint8Array);

/**
 * Reads what the tables of sqlite-session-storage.ts hold.
 *
 * @throws ZodError or SyntaxError for what apply-change.ts has not written
 */
export function loadState(database: DatabaseSync): StoredState {
  const all = (sql: string): Row[] => database.prepare(sql).all();
  return {
    sessions: all('SELECT * FROM sessions').map((row) => ({
      clientId: String(row['client_id']),
      version: version.parse(row['version']),
      sessionIdentifier: String(row['session_identifier']),
      expirySeconds: Number(row['expiry_seconds']),
      disconnectedAtMs: optionalNumber(row['disconnected_at']),
    })),
    subscriptions: all('SELECT * FROM subscriptions').map((row) => ({
      clientId: String(row['client_id']),
      filter: String(row['filter']),
      qos: qos.parse(row['qos']),
      noLocal: row['no_local'] === 1,
      retainAsPublished: row['retain_as_published'] === 1,
    })),
    messages: all('SELECT * FROM messages ORDER BY sequence').map((row) => ({
      owner: { kind: ownerKind.parse(row['owner_kind']), name: String(row['owner']) },
      sequence: Number(row['sequence']),
      message: messageOf(row),
      retain: row['retain'] === 1,
      expiresAtMs: optionalNumber(row['expires_at']),
      sharedFilter: row['shared_filter'] === null ? undefined : String(row['shared_filter']),
    })),
    retained: all('SELECT * FROM retained').map((row) => ({
      message: messageOf(row),
      modifiedAtMs: Number(row['modified_at']),
      expiresAtMs: optionalNumber(row['expires_at']),
    })),
  };
}

function messageOf(row: Row) {
  return readMessage(String(row['topic']), bytes.parse(row['payload']), String(row['detail']));
}

function optionalNumber(value: SQLOutputValue | undefined): number | undefined {
  return value === null || value === undefined ? undefined : Number(value);
}
