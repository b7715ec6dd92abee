import { cloudWatchError, invalid } from './errors.ts';
import type { Metric, MetricUnit } from './metric.ts';
import type { MetricStore } from './metric-store.ts';
import type { PeriodSummary } from './point-table.ts';

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

/** Statistics in the order of time. @throws AwsApiError InvalidParameterValue, InvalidParameterCombination */
export function readStatistics(metrics: MetricStore, query: StatisticsQuery): Datapoint[] {
  return summariesByUnit(metrics, query, { withDistribution: false, maxPeriods: MAX_DATAPOINTS })
    .map(({ unit, startSecond, sampleCount, sum, minimum, maximum }): Datapoint => ({
      timestampMs: startSecond * 1_000,
      unit,
      sampleCount,
      sum,
      minimum,
      maximum,
      average: sum / sampleCount,
    }))
    .sort((a, b) => a.timestampMs - b.timestampMs);
}

/** Periods of a metric, those of each unit apart. @throws AwsApiError as above */
export function summariesByUnit(
  metrics: MetricStore,
  { startMs, endMs, periodSeconds, unit, ...metric }: StatisticsQuery,
  options: { readonly withDistribution: boolean; readonly maxPeriods?: number },
): (PeriodSummary & { readonly unit: string })[] {
  const { withDistribution, maxPeriods = MAX_DATAPOINTS } = options;
  const time = periodsOf(startMs, endMs, periodSeconds);
  if ((time.endSecond - time.startSecond) / periodSeconds > maxPeriods) {
    throw cloudWatchError(
      'InvalidParameterCombination',
      `The time between start and end holds more than ${maxPeriods} periods of ${periodSeconds} seconds: ask ` +
        'for a shorter time or a longer period.',
    );
  }
  const units = unit === undefined ? metrics.units(metric, time.startSecond, time.endSecond) : [unit];
  return units.flatMap((one) =>
    metrics
      .summaries({ ...metric, ...time, unit: one, withDistribution })
      .map((summary) => ({ ...summary, unit: one })),
  );
}

/** The whole periods that some time lies in. @throws AwsApiError InvalidParameterValue */
export function periodsOf(
  startMs: number,
  endMs: number,
  periodSeconds: number,
): { readonly startSecond: number; readonly endSecond: number; readonly periodSeconds: number } {
  const isPeriod =
    [1, 5, 10, 20, 30].includes(periodSeconds) || (periodSeconds > 0 && periodSeconds % 60 === 0);
  if (!isPeriod) {
    const why = `${periodSeconds} is not 1, 5, 10, 20, 30 or a multiple of 60 seconds`;
    throw invalid('Period', why, 'InvalidParameterValue');
  }
  if (!(startMs < endMs)) {
    throw invalid('StartTime', 'it must lie before EndTime', 'InvalidParameterValue');
  }
  const startSecond = Math.floor(startMs / 1_000 / periodSeconds) * periodSeconds;
  return { startSecond, endSecond: Math.ceil(endMs / 1_000), periodSeconds };
}
