import type { DatabaseSync } from 'node:sqlite';

/** How text messages are sent, and who wants none. */
export interface SmsStore {
  /** As they were set, by SNS's names. */
  attributes(): Readonly<Record<string, string>>;
  setAttribute(name: string, value: string): void;
  isOptedOut(phoneNumber: string): boolean;
  optOut(phoneNumber: string): void;
  optIn(phoneNumber: string): void;
  /** At most `limit` numbers behind one, in their order. */
  listOptedOut(after: string, limit: number): string[];
}

export function createSmsStore(sql: DatabaseSync): SmsStore {
  const attributes = sql.prepare('SELECT name, value FROM sms_attributes ORDER BY name');
  const setAttribute = sql.prepare(
    'INSERT INTO sms_attributes VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
  );
  const isOptedOut = sql.prepare('SELECT 1 FROM opted_out WHERE phone_number = ?');
  const optOut = sql.prepare('INSERT OR IGNORE INTO opted_out VALUES (?)');
  const optIn = sql.prepare('DELETE FROM opted_out WHERE phone_number = ?');
  const list = sql.prepare(
    'SELECT phone_number FROM opted_out WHERE phone_number > ? ORDER BY phone_number LIMIT ?',
  );
  return {
    attributes: () =>
      Object.fromEntries(attributes.all().map(({ name, value }) => [String(name), String(value)])),
    setAttribute: (name, value) => void setAttribute.run(name, value),
    isOptedOut: (phoneNumber) => isOptedOut.get(phoneNumber) !== undefined,
    optOut: (phoneNumber) => void optOut.run(phoneNumber),
    optIn: (phoneNumber) => void optIn.run(phoneNumber),
    listOptedOut: (after, limit) => list.all(after, limit).map((row) => String(row['phone_number'])),
  };
}
