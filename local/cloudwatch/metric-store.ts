import type { DatabaseSync } from 'node:sqlite';
import type { Clock, Timer } from '../clock.ts';
import { cloudWatchError } from './errors.ts';
import { dimensionsKey, type Metric, type MetricPoint } from './metric.ts';
import { pointTable, type PeriodSummary } from './point-table.ts';
import { SummaryBuilder } from './summary.ts';

/** Data points are gathered this long before they are written: rules put one for every message. */
const FLUSH_MS = 1_000;

/** More different moments and metrics than this are not gathered: they are written at once. */
const MAX_GATHERED = 10_000;

/** Seconds that are rolled up into minutes at once: what is left over waits for the next time. */
const MAX_ROLLED_UP = 2_000;
const TIDY_SECONDS = 60;

/** CloudWatch keeps seconds for three hours and minutes for 15 days; then it is all gone here. */
const SECONDS_KEPT = 3 * 3_600;
const MINUTES_KEPT = 15 * 24 * 3_600;

/** CloudWatch bills each metric; here a dimension with too many values would only fill the disk. */
const MAX_METRICS = 10_000;

/** What is asked of one metric. */
export interface SummariesQuery extends Metric {
  /** Only data points of this unit. @default those of all units together */
  readonly unit?: string;
  /** The first period begins here; a whole second since the epoch, as the others. */
  readonly startSecond: number;
  /** Up to here, itself not included. */
  readonly endSecond: number;
  readonly periodSeconds: number;
  /** Percentiles need the values and not only their sums, which takes longer. @default false */
  readonly withDistribution?: boolean;
}

/** Metrics by the second or the minute: sums, extremes and counts, which any longer period can be made of. */
export interface MetricStore {
  /** Puts what `pointOf` has checked. @throws AwsApiError LimitExceeded */
  put(point: MetricPoint): void;
  /** The metrics that have data, by namespace and name; only those with data since a second where one is given. */
  list(filter?: {
    readonly namespace?: string;
    readonly name?: string;
    readonly sinceSecond?: number;
  }): Metric[];
  /** The units of a metric in some time. */
  units(metric: Metric, startSecond: number, endSecond: number): string[];
  /** The periods in which there was data, in the order of time; one without any is missing, not zero. */
  summaries(query: SummariesQuery): PeriodSummary[];
  /** Writes what was gathered. */
  flush(): void;
  /** Forgets all metrics. */
  clear(): void;
}

interface Gathered {
  readonly metricId: number;
  readonly unit: string;
  readonly second: number;
  readonly samples: SummaryBuilder;
}

/** Keeps metrics in a database that `openDatabase` has opened. */
export function createMetricStore(database: DatabaseSync, clock: Clock): MetricStore {
  const points = pointTable(database);
  const insertMetric = database.prepare('INSERT INTO metrics (namespace, name, dimensions) VALUES (?, ?, ?)');
  const findMetric = database.prepare(
    'SELECT id FROM metrics WHERE namespace = ? AND name = ? AND dimensions = ?',
  );
  const countMetrics = database.prepare('SELECT count(*) AS count FROM metrics');
  const listMetrics = database.prepare(
    `SELECT namespace, name, dimensions FROM metrics
     WHERE namespace = coalesce(?1, namespace) AND name = coalesce(?2, name)
       AND (?3 IS NULL OR EXISTS (SELECT 1 FROM points WHERE metric_id = id AND second >= ?3))
     ORDER BY namespace, name, dimensions`,
  );
  const forgetEmpty = database.prepare(
    'DELETE FROM metrics WHERE NOT EXISTS (SELECT 1 FROM points WHERE metric_id = id)',
  );

  const gathered = new Map<string, Gathered>();
  const ids = new Map<string, number>();
  let timer: Timer | undefined;
  let tidiedAtSecond = 0;

  function idOf({ namespace, name, dimensions }: Metric): number {
    const key = dimensionsKey(dimensions);
    const cacheKey = `${namespace}\0${name}\0${key}`;
    const known = ids.get(cacheKey) ?? findMetric.get(namespace, name, key)?.['id'];
    const id = known === undefined ? insert(namespace, name, key) : Number(known);
    ids.set(cacheKey, id);
    return id;
  }

  function insert(namespace: string, name: string, key: string): number {
    if (Number(countMetrics.get()?.['count']) >= MAX_METRICS) {
      throw cloudWatchError(
        'LimitExceeded',
        `There are ${MAX_METRICS} metrics already, so ${namespace}/${name} with ${key} is not taken: does a ` +
          'dimension have too many values?',
      );
    }
    return Number(insertMetric.run(namespace, name, key).lastInsertRowid);
  }

  function flush(): void {
    timer?.cancel();
    timer = undefined;
    if (gathered.size === 0) return;
    const nowSecond = Math.floor(clock.now() / 1_000);
    const isTidied = nowSecond - tidiedAtSecond >= TIDY_SECONDS;
    database.exec('BEGIN');
    try {
      for (const { metricId, unit, second, samples } of gathered.values()) {
        points.add(metricId, unit, second, samples.build());
      }
      if (isTidied) tidy(nowSecond);
      database.exec('COMMIT');
    } catch (thrown) {
      database.exec('ROLLBACK');
      throw thrown;
    }
    gathered.clear();
    if (isTidied) tidiedAtSecond = nowSecond;
  }

  function tidy(nowSecond: number): void {
    points.rollUp(nowSecond - SECONDS_KEPT, MAX_ROLLED_UP);
    if (points.expire(nowSecond - MINUTES_KEPT) === 0) return;
    forgetEmpty.run();
    ids.clear();
  }

  return {
    put(point) {
      const { unit, timestampMs, resolutionSeconds, summary } = point;
      const metricId = idOf(point);
      const second = Math.floor(timestampMs / 1_000 / resolutionSeconds) * resolutionSeconds;
      const at = `${metricId} ${unit} ${second}`;
      const known = gathered.get(at);
      if (known !== undefined) {
        known.samples.add(summary);
        return;
      }
      const samples = new SummaryBuilder();
      samples.add(summary);
      gathered.set(at, { metricId, unit, second, samples });
      if (gathered.size >= MAX_GATHERED) flush();
      else timer ??= clock.schedule(FLUSH_MS, flush);
    },
    list({ namespace, name, sinceSecond } = {}) {
      flush();
      return listMetrics.all(namespace ?? null, name ?? null, sinceSecond ?? null).map((row) => ({
        namespace: String(row['namespace']),
        name: String(row['name']),
        dimensions: readDimensions(String(row['dimensions'])),
      }));
    },
    units({ namespace, name, dimensions }, startSecond, endSecond) {
      flush();
      const id = findMetric.get(namespace, name, dimensionsKey(dimensions))?.['id'];
      return id === undefined ? [] : points.units(Number(id), startSecond, endSecond);
    },
    summaries({ namespace, name, dimensions, ...query }) {
      flush();
      const id = findMetric.get(namespace, name, dimensionsKey(dimensions))?.['id'];
      return id === undefined ? [] : points.summaries(Number(id), query);
    },
    flush,
    clear() {
      gathered.clear();
      ids.clear();
      database.exec('DELETE FROM points; DELETE FROM metrics');
    },
  };
}

function readDimensions(text: string): Record<string, string> {
  const parsed: unknown = JSON.parse(text);
  const entries = typeof parsed === 'object' && parsed !== null ? Object.entries(parsed) : [];
  return Object.fromEntries(entries.map(([name, value]: [string, unknown]) => [name, String(value)]));
}
