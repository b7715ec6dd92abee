import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';

export const HISTORY_TYPES = ['ConfigurationUpdate', 'StateUpdate', 'Action'] as const;

export type HistoryType = (typeof HISTORY_TYPES)[number];

/** Something that happened to an alarm. */
export interface HistoryItem {
  /** Later ones have greater numbers. */
  readonly number: number;
  readonly alarmName: string;
  readonly type: HistoryType;
  /** One line. */
  readonly summary: string;
  /** JSON. */
  readonly data: string;
  readonly atMs: number;
}

export interface HistoryQuery {
  readonly alarmName?: string;
  readonly type?: HistoryType;
  /** Milliseconds since the epoch; both are included. */
  readonly startMs?: number;
  readonly endMs?: number;
  /** @default false: the newest first */
  readonly isAscending?: boolean;
  /** Goes on behind this item. */
  readonly after?: number;
  readonly limit: number;
}

/** What happened to alarms, also to those that are gone. */
export interface AlarmHistory {
  add(item: Omit<HistoryItem, 'number'>): void;
  list(query: HistoryQuery): HistoryItem[];
  clear(): void;
}

/** Items that are kept of each alarm, and how long. CloudWatch keeps them for 30 days. */
const MAX_ITEMS = 1_000;
const KEPT_MS = 30 * 24 * 3_600_000;

const MAX_SUMMARY = 255;

const typeSchema = z.enum(HISTORY_TYPES);

/** Keeps it in a database that `openDatabase` has opened. */
export function openAlarmHistory(database: DatabaseSync): AlarmHistory {
  const insert = database.prepare(
    'INSERT INTO alarm_history (name, type, summary, data, at_ms) VALUES (?, ?, ?, ?, ?)',
  );
  const expire = database.prepare('DELETE FROM alarm_history WHERE at_ms < ?');
  const forget = database.prepare(
    `DELETE FROM alarm_history WHERE name = ?1 AND seq <=
       (SELECT seq FROM alarm_history WHERE name = ?1 ORDER BY seq DESC LIMIT 1 OFFSET ${MAX_ITEMS})`,
  );
  const conditions = `(?1 IS NULL OR name = ?1) AND type = coalesce(?2, type) AND at_ms BETWEEN ?3 AND ?4`;
  const ascending = database.prepare(
    `SELECT * FROM alarm_history WHERE ${conditions} AND (?5 IS NULL OR seq > ?5) ORDER BY seq LIMIT ?6`,
  );
  const descending = database.prepare(
    `SELECT * FROM alarm_history WHERE ${conditions} AND (?5 IS NULL OR seq < ?5) ORDER BY seq DESC LIMIT ?6`,
  );

  return {
    add({ alarmName, type, summary, data, atMs }) {
      insert.run(alarmName, type, summary.slice(0, MAX_SUMMARY), data, atMs);
      forget.run(alarmName);
      expire.run(atMs - KEPT_MS);
    },
    list({ alarmName, type, startMs = 0, endMs = Number.MAX_SAFE_INTEGER, isAscending, after, limit }) {
      const statement = isAscending === true ? ascending : descending;
      return statement
        .all(alarmName ?? null, type ?? null, startMs, endMs, after ?? null, limit)
        .map((row) => ({
          number: Number(row['seq']),
          alarmName: String(row['name']),
          type: typeSchema.parse(row['type']),
          summary: String(row['summary']),
          data: String(row['data']),
          atMs: Number(row['at_ms']),
        }));
    },
    clear: () => database.exec('DELETE FROM alarm_history'),
  };
}
