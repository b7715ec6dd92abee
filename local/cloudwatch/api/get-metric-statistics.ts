import { z } from 'zod';
import { cloudWatchError, invalid, METRIC_ERRORS, readInput } from '../errors.ts';
import { METRIC_UNITS } from '../metric.ts';
import type { PeriodSummary } from '../point-table.ts';
import {
  parsePercentile,
  parseStatistic,
  SERVED_STATISTICS,
  STATISTICS,
  type Statistic,
} from '../statistic.ts';
import { summariesByUnit } from '../statistics.ts';
import { dimensionList, dimensionsOf, type CloudWatchContext } from './context.ts';
import type { Operation } from './handler.ts';

const inputSchema = z.object({
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: dimensionList,
  StartTime: z.number(),
  EndTime: z.number(),
  Period: z.number().int('it is a whole number'),
  Statistics: z.array(z.enum(STATISTICS)).max(5, 'there are at most five').default([]),
  ExtendedStatistics: z.array(z.string()).max(10, 'there are at most ten').default([]),
  Unit: z.enum(METRIC_UNITS).optional(),
});

export function getMetricStatistics({ metrics }: CloudWatchContext): Record<string, Operation> {
  return {
    GetMetricStatistics(input) {
      const read = readInput(inputSchema, input, METRIC_ERRORS);
      const { Namespace, MetricName, Dimensions, Statistics, Unit } = read;
      const percentiles = read.ExtendedStatistics.map(readPercentile);
      if (Statistics.length === 0 && percentiles.length === 0) {
        throw cloudWatchError(
          'InvalidParameterCombination',
          'At least one of the parameters Statistics and ExtendedStatistics is needed.',
        );
      }
      const statistics = Statistics.flatMap((name) => parseStatistic(name) ?? []);
      const summaries = summariesByUnit(
        metrics,
        {
          namespace: Namespace,
          name: MetricName,
          dimensions: dimensionsOf(Dimensions),
          startMs: read.StartTime,
          endMs: read.EndTime,
          periodSeconds: read.Period,
          ...(Unit === undefined ? {} : { unit: Unit }),
        },
        { withDistribution: percentiles.length > 0 },
      );
      const Datapoints = summaries
        .map((summary) => datapoint(summary, statistics, percentiles))
        .sort((a, b) => a.Timestamp - b.Timestamp);
      return { Label: MetricName, Datapoints };
    },
  };
}

function readPercentile(name: string): Statistic {
  const read = parsePercentile(name);
  if (read !== undefined) return read;
  const why = `"${name.slice(0, 100)}" is not served: ${SERVED_STATISTICS}`;
  throw invalid('ExtendedStatistics', why, 'InvalidParameterValue');
}

function datapoint(
  summary: PeriodSummary & { readonly unit: string },
  statistics: readonly Statistic[],
  percentiles: readonly Statistic[],
): { readonly Timestamp: number; readonly [name: string]: unknown } {
  const values = (of: readonly Statistic[]): Record<string, number | undefined> =>
    Object.fromEntries(of.map(({ name, valueOf }) => [name, valueOf(summary)]));
  return {
    Timestamp: summary.startSecond * 1_000,
    Unit: summary.unit,
    ...values(statistics),
    ...(percentiles.length === 0 ? {} : { ExtendedStatistics: values(percentiles) }),
  };
}
