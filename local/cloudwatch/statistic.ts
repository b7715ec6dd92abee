import { percentileOf } from './distribution.ts';
import type { Summary } from './summary.ts';

export const STATISTICS = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'] as const;

export type StatisticName = (typeof STATISTICS)[number];

/** A statistic that a metric can be asked for. */
export interface Statistic {
  /** `Sum`, `p99.9` */
  readonly name: string;
  /** Of a percentile. */
  readonly percent?: number;
  /** Undefined where it cannot be told, as a percentile of which only sums are known. */
  readonly valueOf: (summary: Summary) => number | undefined;
}

const VALUES: Readonly<Record<StatisticName, (summary: Summary) => number>> = {
  SampleCount: ({ sampleCount }) => sampleCount,
  Average: ({ sum, sampleCount }) => sum / sampleCount,
  Sum: ({ sum }) => sum,
  Minimum: ({ minimum }) => minimum,
  Maximum: ({ maximum }) => maximum,
};

/** `p0` to `p100`, with at most ten digits behind the point. */
const PERCENTILE = /^p(100|\d{1,2}(?:\.\d{1,10})?)$/;

/** Reads the name of a statistic; undefined for one that is not served, such as trimmed means (`tm90`). */
export function parseStatistic(name: string): Statistic | undefined {
  const known = STATISTICS.find((one) => one === name);
  if (known !== undefined) return { name: known, valueOf: VALUES[known] };
  return parsePercentile(name);
}

/** Reads `p99.9`. */
export function parsePercentile(name: string): (Statistic & { readonly percent: number }) | undefined {
  const digits = PERCENTILE.exec(name)?.[1];
  if (digits === undefined) return undefined;
  const percent = Number(digits);
  return {
    name,
    percent,
    valueOf: ({ distribution }) =>
      distribution === undefined ? undefined : percentileOf(distribution, percent),
  };
}

/** Said of a statistic that cannot be read. */
export const SERVED_STATISTICS = `${STATISTICS.join(', ')} and percentiles p0 to p100 are served`;
