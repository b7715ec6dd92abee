import type { RegistryDatabase } from '../database.ts';
import type { Sql } from './compile.ts';

/** GetStatistics of numbers; of other values only their count is known. */
export interface Statistics {
  readonly count: number;
  readonly average?: number;
  readonly sum?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly sumOfSquares?: number;
  readonly variance?: number;
  readonly stdDeviation?: number;
}

export interface Percentile {
  /** 0 to 100. */
  readonly percent: number;
  readonly value: number;
}

export interface Bucket {
  /** In lower case. */
  readonly keyValue: string;
  readonly count: number;
}

/** Aggregations of one field over the documents that match. */
export interface Aggregations {
  statistics(): Statistics;
  /** How many different values there are. */
  cardinality(): number;
  /** Between two numbers the value is interpolated. None of no numbers. */
  percentiles(percents: readonly number[]): Percentile[];
  /** The most frequent values first, then by value. */
  buckets(maxBuckets: number): { readonly totalCount: number; readonly buckets: readonly Bucket[] };
}

/**
 * @param fields the ids of the field and of no other.
 * @param matching selects the documents' ids.
 */
export function createAggregations(
  database: RegistryDatabase,
  fields: readonly number[],
  matching: Sql,
): Aggregations {
  const within = `field IN (SELECT value FROM json_each(?)) AND document IN (${matching.text})`;
  const values = [JSON.stringify(fields), ...matching.values];
  const countValues = (): number =>
    Number(
      database
        .prepare(`SELECT count(DISTINCT document) AS n FROM search_terms WHERE is_whole = 1 AND ${within}`)
        .get(...values)?.['n'],
    );

  return {
    statistics() {
      const row = database
        .prepare(
          `SELECT count(*) AS count, avg(number) AS average, sum(number) AS sum, min(number) AS minimum,
             max(number) AS maximum, sum(number * number) AS squares,
             avg(number * number) - avg(number) * avg(number) AS variance
           FROM search_numbers WHERE ${within}`,
        )
        .get(...values);
      const count = Number(row?.['count'] ?? 0);
      if (row === undefined || count === 0) return { count: countValues() };
      // Rounding may push the variance of equal numbers below nothing.
      const variance = Math.max(0, Number(row['variance']));
      return {
        count,
        average: Number(row['average']),
        sum: Number(row['sum']),
        minimum: Number(row['minimum']),
        maximum: Number(row['maximum']),
        sumOfSquares: Number(row['squares']),
        variance,
        stdDeviation: Math.sqrt(variance),
      };
    },
    cardinality: () =>
      Number(
        database
          .prepare(`SELECT count(DISTINCT value) AS n FROM search_terms WHERE is_whole = 1 AND ${within}`)
          .get(...values)?.['n'],
      ),
    percentiles(percents) {
      const numbers = database
        .prepare(`SELECT number FROM search_numbers WHERE ${within} ORDER BY number`)
        .all(...values)
        .map(({ number }) => Number(number));
      if (numbers.length === 0) return [];
      return percents.map((percent) => ({ percent, value: percentileOf(numbers, percent) }));
    },
    buckets(maxBuckets) {
      const rows = database
        .prepare(
          `SELECT value, count(*) AS count FROM search_terms WHERE is_whole = 1 AND ${within}
           GROUP BY value ORDER BY count DESC, value LIMIT ?`,
        )
        .all(...values, maxBuckets);
      const buckets = rows.map(({ value, count }) => ({ keyValue: String(value), count: Number(count) }));
      return { totalCount: countValues(), buckets };
    },
  };
}

function percentileOf(sorted: readonly number[], percent: number): number {
  const rank = (percent / 100) * (sorted.length - 1);
  const below = sorted[Math.floor(rank)] ?? Number.NaN;
  const above = sorted[Math.ceil(rank)] ?? Number.NaN;
  return below + (above - below) * (rank - Math.floor(rank));
}
