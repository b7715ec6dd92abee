import type { DatabaseSync } from 'node:sqlite';
import { readDistribution, writeDistribution } from './distribution.ts';
import { mergeSummaries, type Summary } from './summary.ts';

/** The samples of one period. */
export interface PeriodSummary extends Summary {
  /** Where the period begins: a second since the epoch. */
  readonly startSecond: number;
}

/** Periods of one metric. */
export interface PeriodQuery {
  readonly unit?: string;
  readonly startSecond: number;
  readonly endSecond: number;
  readonly periodSeconds: number;
  readonly withDistribution?: boolean;
}

/** The points of all metrics by their seconds. */
export interface PointTable {
  /** Adds to what is there of that second. */
  add(metricId: number, unit: string, second: number, summary: Summary): void;
  units(metricId: number, startSecond: number, endSecond: number): string[];
  summaries(metricId: number, query: PeriodQuery): PeriodSummary[];
  /** Makes minutes of at most so many seconds that lie before `beforeSecond`, the oldest first. */
  rollUp(beforeSecond: number, limit: number): void;
  /** Deletes what is older. @returns how many points that were */
  expire(beforeSecond: number): number;
}

type Row = Readonly<Record<string, unknown>>;

/** Works on a database that `openDatabase` has opened. */
export function pointTable(database: DatabaseSync): PointTable {
  const find = database.prepare('SELECT * FROM points WHERE metric_id = ? AND second = ? AND unit = ?');
  const replace = database.prepare('INSERT OR REPLACE INTO points VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const remove = database.prepare('DELETE FROM points WHERE metric_id = ? AND second = ? AND unit = ?');
  const expire = database.prepare('DELETE FROM points WHERE second < ?');
  const seconds = database.prepare(
    'SELECT * FROM points WHERE second % 60 <> 0 AND second < ? ORDER BY second LIMIT ?',
  );
  const units = database.prepare(
    'SELECT DISTINCT unit FROM points WHERE metric_id = ? AND second >= ? AND second < ? ORDER BY unit',
  );
  const all = database.prepare(
    `SELECT * FROM points WHERE metric_id = ? AND second >= ? AND second < ? AND unit = coalesce(?, unit)
     ORDER BY second`,
  );
  const sums = database.prepare(
    `SELECT second - (second - CAST(?2 AS INTEGER)) % CAST(?5 AS INTEGER) AS start,
       sum(sample_count) AS sample_count, sum(sum) AS sum, min(minimum) AS minimum, max(maximum) AS maximum
     FROM points WHERE metric_id = ?1 AND second >= ?2 AND second < ?3 AND unit = coalesce(?4, unit)
     GROUP BY start ORDER BY start`,
  );

  function add(metricId: number, unit: string, second: number, summary: Summary): void {
    const row = find.get(metricId, second, unit);
    const { sampleCount, sum, minimum, maximum, distribution } =
      row === undefined ? summary : mergeSummaries(summaryOfRow(row), summary);
    const text = writeDistribution(distribution);
    replace.run(metricId, unit, second, sampleCount, sum, minimum, maximum, text);
  }

  return {
    add,
    units: (metricId, startSecond, endSecond) =>
      units.all(metricId, startSecond, endSecond).map((row) => String(row['unit'])),
    summaries(metricId, { unit, startSecond, endSecond, periodSeconds, withDistribution = false }) {
      if (!withDistribution) {
        return sums.all(metricId, startSecond, endSecond, unit ?? null, periodSeconds).map((row) => ({
          ...summaryOfRow(row),
          startSecond: Number(row['start']),
        }));
      }
      const periods = new Map<number, Summary>();
      for (const row of all.iterate(metricId, startSecond, endSecond, unit ?? null)) {
        const second = Number(row['second']);
        const start = second - ((second - startSecond) % periodSeconds);
        const known = periods.get(start);
        periods.set(
          start,
          known === undefined ? summaryOfRow(row) : mergeSummaries(known, summaryOfRow(row)),
        );
      }
      return [...periods].map(([start, summary]) => ({ ...summary, startSecond: start }));
    },
    rollUp(beforeSecond, limit) {
      for (const row of seconds.all(beforeSecond, limit)) {
        const [metricId, unit, second] = [
          Number(row['metric_id']),
          String(row['unit']),
          Number(row['second']),
        ];
        add(metricId, unit, second - (second % 60), summaryOfRow(row));
        remove.run(metricId, second, unit);
      }
    },
    expire: (beforeSecond) => Number(expire.run(beforeSecond).changes),
  };
}

function summaryOfRow(row: Row): Summary {
  return {
    sampleCount: Number(row['sample_count']),
    sum: Number(row['sum']),
    minimum: Number(row['minimum']),
    maximum: Number(row['maximum']),
    distribution: readDistribution(row['distribution']),
  };
}
