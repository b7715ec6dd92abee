import type { DatabaseSync } from 'node:sqlite';
import type { Clock, Timer } from '../clock.ts';
import { AwsApiError } from '../errors.ts';
import { checkDatum, dimensionsKey, type Metric, type MetricDatum, type MetricUnit } from './metric.ts';

/** Data points are gathered this long before they are written: rules put one for every message. */
const FLUSH_MS = 1_000;

/** More different seconds and metrics than this are not gathered: they are written at once. */
const MAX_GATHERED = 10_000;

/** CloudWatch keeps data points with a period of a minute for 15 days. */
const RETENTION_SECONDS = 15 * 24 * 3_600;

/** CloudWatch bills each metric; here a dimension with too many values would only fill the disk. */
const MAX_METRICS = 10_000;

/** The most data points of one answer, as in GetMetricStatistics. */
const MAX_DATAPOINTS = 1_440;

export interface StatisticsQuery extends Metric {
  /** Only data points of this unit. @default every unit, each in data points of its own */
  readonly unit?: MetricUnit;
  /** From here on; rounded down to the period. Milliseconds since the epoch. */
  readonly startMs: number;
  /** Up to here, itself not included. */
  readonly endMs: number;
  /** 1, 5, 10, 20, 30, or a multiple of 60. */
  readonly periodSeconds: number;
}

/** The statistics of one period in which there was data; a period without any is missing, not zero. */
export interface Datapoint {
  /** Where the period begins. */
  readonly timestampMs: number;
  readonly unit: string;
  readonly sampleCount: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly average: number;
}

/** Metrics by the second: sums, extremes and counts, which any longer period can be made of. */
export interface MetricStore {
  /** Puts one data point. @throws AwsApiError InvalidParameterValue, LimitExceeded */
  put(datum: MetricDatum): void;
  /** The metrics that have data, by namespace and name. */
  list(filter?: { readonly namespace?: string; readonly name?: string }): Metric[];
  /** Statistics in the order of time. @throws AwsApiError InvalidParameterValue, InvalidParameterCombination */
  statistics(query: StatisticsQuery): Datapoint[];
  /** Writes what was gathered. */
  flush(): void;
  /** Forgets all metrics. */
  clear(): void;
}

interface Gathered {
  readonly metricId: number;
  readonly unit: string;
  readonly second: number;
  sampleCount: number;
  sum: number;
  minimum: number;
  maximum: number;
}

/** Keeps metrics in a database that `openDatabase` has opened. */
export function createMetricStore(database: DatabaseSync, clock: Clock): MetricStore {
  const insertMetric = database.prepare('INSERT INTO metrics (namespace, name, dimensions) VALUES (?, ?, ?)');
  const findMetric = database.prepare(
    'SELECT id FROM metrics WHERE namespace = ? AND name = ? AND dimensions = ?',
  );
  const countMetrics = database.prepare('SELECT count(*) AS count FROM metrics');
  const listMetrics = database.prepare(
    `SELECT namespace, name, dimensions FROM metrics
     WHERE namespace = coalesce(?, namespace) AND name = coalesce(?, name) ORDER BY namespace, name, dimensions`,
  );
  const addPoint = database.prepare(
    `INSERT INTO points VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
       sample_count = sample_count + excluded.sample_count, sum = sum + excluded.sum,
       minimum = min(minimum, excluded.minimum), maximum = max(maximum, excluded.maximum)`,
  );
  const expire = database.prepare('DELETE FROM points WHERE second < ?');
  const summarise = database.prepare(
    `SELECT second - second % CAST(?1 AS INTEGER) AS start, unit, sum(sample_count) AS sample_count, sum(sum) AS sum,
       min(minimum) AS minimum, max(maximum) AS maximum
     FROM points WHERE metric_id = ?2 AND second >= ?3 AND second < ?4 AND unit = coalesce(?5, unit)
     GROUP BY start, unit ORDER BY start, unit`,
  );

  const gathered = new Map<string, Gathered>();
  const ids = new Map<string, number>();
  let timer: Timer | undefined;
  let expiredAtSecond = 0;

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
      throw new AwsApiError(
        400,
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
    database.exec('BEGIN');
    try {
      for (const { metricId, unit, second, sampleCount, sum, minimum, maximum } of gathered.values()) {
        addPoint.run(metricId, unit, second, sampleCount, sum, minimum, maximum);
      }
      if (nowSecond - expiredAtSecond >= 3_600) expire.run(nowSecond - RETENTION_SECONDS);
      database.exec('COMMIT');
    } catch (thrown) {
      database.exec('ROLLBACK');
      throw thrown;
    }
    if (nowSecond - expiredAtSecond >= 3_600) expiredAtSecond = nowSecond;
    gathered.clear();
  }

  return {
    put(datum) {
      const { value, unit, timestampMs } = datum;
      checkDatum(datum, clock.now());
      const metricId = idOf(datum);
      const second = Math.floor(timestampMs / 1_000);
      const at = `${metricId} ${unit} ${second}`;
      const known = gathered.get(at);
      if (known !== undefined) {
        known.sampleCount += 1;
        known.sum += value;
        known.minimum = Math.min(known.minimum, value);
        known.maximum = Math.max(known.maximum, value);
        return;
      }
      gathered.set(at, {
        metricId,
        unit,
        second,
        sampleCount: 1,
        sum: value,
        minimum: value,
        maximum: value,
      });
      if (gathered.size >= MAX_GATHERED) flush();
      else timer ??= clock.schedule(FLUSH_MS, flush);
    },
    list({ namespace, name } = {}) {
      flush();
      return listMetrics.all(namespace ?? null, name ?? null).map((row) => ({
        namespace: String(row['namespace']),
        name: String(row['name']),
        dimensions: readDimensions(String(row['dimensions'])),
      }));
    },
    statistics({ namespace, name, dimensions, unit, startMs, endMs, periodSeconds }) {
      flush();
      const start = checkPeriod(startMs, endMs, periodSeconds);
      const id = findMetric.get(namespace, name, dimensionsKey(dimensions))?.['id'];
      if (id === undefined || id === null) return [];
      const rows = summarise.all(periodSeconds, id, start, Math.ceil(endMs / 1_000), unit ?? null);
      return rows.map((row): Datapoint => {
        const sampleCount = Number(row['sample_count']);
        const sum = Number(row['sum']);
        return {
          timestampMs: Number(row['start']) * 1_000,
          unit: String(row['unit']),
          sampleCount,
          sum,
          minimum: Number(row['minimum']),
          maximum: Number(row['maximum']),
          average: sum / sampleCount,
        };
      });
    },
    flush,
    clear() {
      gathered.clear();
      ids.clear();
      database.exec('DELETE FROM points; DELETE FROM metrics');
    },
  };
}

/** The second in which the first period begins. */
function checkPeriod(startMs: number, endMs: number, periodSeconds: number): number {
  const isPeriod =
    [1, 5, 10, 20, 30].includes(periodSeconds) || (periodSeconds > 0 && periodSeconds % 60 === 0);
  if (!isPeriod) {
    throw new AwsApiError(
      400,
      'InvalidParameterValue',
      `The period ${periodSeconds} is not 1, 5, 10, 20, 30 or a multiple of 60 seconds.`,
    );
  }
  if (!(startMs < endMs)) {
    throw new AwsApiError(
      400,
      'InvalidParameterValue',
      'The start of the statistics must lie before their end.',
    );
  }
  const start = Math.floor(startMs / 1_000 / periodSeconds) * periodSeconds;
  if ((endMs / 1_000 - start) / periodSeconds > MAX_DATAPOINTS) {
    throw new AwsApiError(
      400,
      'InvalidParameterCombination',
      `The time between start and end holds more than ${MAX_DATAPOINTS} periods of ${periodSeconds} seconds: ask ` +
        'for a shorter time or a longer period.',
    );
  }
  return start;
}

function readDimensions(text: string): Record<string, string> {
  const parsed: unknown = JSON.parse(text);
  const entries = typeof parsed === 'object' && parsed !== null ? Object.entries(parsed) : [];
  return Object.fromEntries(entries.map(([name, value]: [string, unknown]) => [name, String(value)]));
}
