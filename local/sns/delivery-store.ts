import type { DatabaseSync } from 'node:sqlite';
import { notificationSchema, type Notification } from './notification.ts';

/** A delivery that is still to be made. */
export interface StoredDelivery {
  readonly id: number;
  readonly subscriptionArn: string;
  readonly notification: Notification;
  /** How many tries have followed the first one. */
  readonly retries: number;
  readonly dueAtMs: number;
}

/** Deliveries that are still to be made: they outlive the cloud, and go with their subscription. */
export interface DeliveryStore {
  /** @returns its id. */
  add(delivery: Omit<StoredDelivery, 'id'>): number;
  postpone(id: number, retries: number, dueAtMs: number): void;
  find(id: number): StoredDelivery | undefined;
  remove(id: number): void;
  /** In the order in which they are due. */
  list(): { readonly id: number; readonly dueAtMs: number }[];
  count(): number;
}

export function createDeliveryStore(sql: DatabaseSync): DeliveryStore {
  const insert = sql.prepare(
    'INSERT INTO deliveries (subscription_arn, notification, retries, due_at_ms) VALUES (?, ?, ?, ?)',
  );
  const update = sql.prepare('UPDATE deliveries SET retries = ?, due_at_ms = ? WHERE id = ?');
  const byId = sql.prepare('SELECT * FROM deliveries WHERE id = ?');
  const remove = sql.prepare('DELETE FROM deliveries WHERE id = ?');
  const list = sql.prepare('SELECT id, due_at_ms FROM deliveries ORDER BY due_at_ms, id');
  const count = sql.prepare('SELECT count(*) AS count FROM deliveries');
  return {
    add({ subscriptionArn, notification, retries, dueAtMs }) {
      const { lastInsertRowid } = insert.run(subscriptionArn, JSON.stringify(notification), retries, dueAtMs);
      return Number(lastInsertRowid);
    },
    postpone: (id, retries, dueAtMs) => void update.run(retries, dueAtMs, id),
    find(id) {
      const row = byId.get(id);
      if (row === undefined) return undefined;
      return {
        id,
        subscriptionArn: String(row['subscription_arn']),
        notification: notificationSchema.parse(JSON.parse(String(row['notification']))),
        retries: Number(row['retries']),
        dueAtMs: Number(row['due_at_ms']),
      };
    },
    remove: (id) => void remove.run(id),
    list: () => list.all().map((row) => ({ id: Number(row['id']), dueAtMs: Number(row['due_at_ms']) })),
    count: () => Number(count.get()?.['count']),
  };
}
