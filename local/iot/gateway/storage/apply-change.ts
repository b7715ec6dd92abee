import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { Change } from './session-storage.ts';
import { writeMessageDetail } from './stored-message.ts';

const statements = {
  session: 'INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?, ?)',
  subscription: 'INSERT OR REPLACE INTO subscriptions VALUES (?, ?, ?, ?, ?)',
  message: 'INSERT OR REPLACE INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  retained: 'INSERT OR REPLACE INTO retained VALUES (?, ?, ?, ?, ?)',
  sessionGone: 'DELETE FROM sessions WHERE client_id = ?',
  allUnsubscribed: 'DELETE FROM subscriptions WHERE client_id = ?',
  unsubscribed: 'DELETE FROM subscriptions WHERE client_id = ? AND filter = ?',
  messageGone: 'DELETE FROM messages WHERE owner_kind = ? AND owner = ? AND sequence = ?',
  allMessagesGone: 'DELETE FROM messages WHERE owner_kind = ? AND owner = ?',
  retainedGone: 'DELETE FROM retained WHERE topic = ?',
} as const;

type Run = (statement: keyof typeof statements, ...values: SQLInputValue[]) => void;

/** Gets ready to write changes into the tables of sqlite-session-storage.ts. */
export function prepareChanges(database: DatabaseSync): (change: Change) => void {
  const prepared = new Map(
    Object.entries(statements).map(([name, sql]) => [name, database.prepare(sql)] as const),
  );
  const run: Run = (statement, ...values) => void prepared.get(statement)?.run(...values);
  return (change) => write(run, change);
}

function write(run: Run, change: Change): void {
  switch (change.kind) {
    case 'session': {
      const { clientId, version, sessionIdentifier, expirySeconds, disconnectedAtMs } = change.session;
      run('session', clientId, version, sessionIdentifier, expirySeconds, disconnectedAtMs ?? null);
      break;
    }
    case 'session-gone':
      run('sessionGone', change.clientId);
      run('allUnsubscribed', change.clientId);
      run('allMessagesGone', 'client', change.clientId);
      break;
    case 'subscription': {
      const { clientId, filter, qos, noLocal, retainAsPublished } = change.subscription;
      run('subscription', clientId, filter, qos, Number(noLocal), Number(retainAsPublished));
      break;
    }
    case 'unsubscribed':
      run('unsubscribed', change.clientId, change.filter);
      break;
    case 'message': {
      const { owner, sequence, message, retain, expiresAtMs, sharedFilter } = change.message;
      const { topic, payload } = message;
      const place = [owner.kind, owner.name, sequence] as const;
      const rest = [Number(retain), expiresAtMs ?? null, sharedFilter ?? null] as const;
      run('message', ...place, topic, payload, writeMessageDetail(message), ...rest);
      break;
    }
    case 'message-gone':
      run('messageGone', change.owner.kind, change.owner.name, change.sequence);
      break;
    case 'group-gone':
      run('allMessagesGone', 'group', change.sharedFilter);
      break;
    case 'retained': {
      const { message, modifiedAtMs, expiresAtMs } = change.retained;
      const { topic, payload } = message;
      run('retained', topic, payload, writeMessageDetail(message), modifiedAtMs, expiresAtMs ?? null);
      break;
    }
    case 'retained-gone':
      run('retainedGone', change.topic);
      break;
  }
}
