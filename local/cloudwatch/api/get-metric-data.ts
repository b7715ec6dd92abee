import { z } from 'zod';
import { cloudWatchError, invalid, METRIC_ERRORS, readInput } from '../errors.ts';
import { METRIC_UNITS } from '../metric.ts';
import type { MetricStore } from '../metric-store.ts';
import { parseStatistic, SERVED_STATISTICS } from '../statistic.ts';
import { periodsOf } from '../statistics.ts';
import {
  dimensionList,
  dimensionsOf,
  notServed,
  readToken,
  writeToken,
  type CloudWatchContext,
} from './context.ts';
import type { Operation } from './handler.ts';

/** The limits of GetMetricData. */
const MAX_QUERIES = 500;
const MAX_DATAPOINTS = 100_800;

const querySchema = z.object({
  Id: z
    .string()
    .regex(/^[a-z][A-Za-z0-9_]{0,254}$/, 'it begins with a small letter; letters, digits and _ follow'),
  MetricStat: z.object({
    Metric: z.object({ Namespace: z.string(), MetricName: z.string(), Dimensions: dimensionList }),
    Period: z.number().int('it is a whole number'),
    Stat: z.string(),
    Unit: z.enum(METRIC_UNITS).optional(),
  }),
  Expression: notServed('expressions of metric math, Metrics Insights and PromQL'),
  Label: z
    .string()
    .regex(/^(?!.*\$\{)/, 'dynamic labels, ${…}, are not served here')
    .optional(),
  ReturnData: z.boolean().default(true),
  Period: notServed('periods of expressions'),
  AccountId: notServed('linked accounts'),
});

const inputSchema = z.object({
  MetricDataQueries: z.array(querySchema).max(MAX_QUERIES, `there are at most ${MAX_QUERIES}`),
  StartTime: z.number(),
  EndTime: z.number(),
  NextToken: z.string().optional(),
  ScanBy: z.enum(['TimestampDescending', 'TimestampAscending']).default('TimestampDescending'),
  MaxDatapoints: z
    .number()
    .int('it is a whole number')
    .min(1, 'it is at least 1')
    .max(MAX_DATAPOINTS)
    .optional(),
  LabelOptions: notServed('options of labels'),
});

type Input = z.output<typeof inputSchema>;
type Query = z.output<typeof querySchema>;

interface Series {
  readonly id: string;
  readonly label: string;
  readonly points: readonly (readonly [timestampMs: number, value: number])[];
}

export function getMetricData({ metrics }: CloudWatchContext): Record<string, Operation> {
  return {
    GetMetricData(input) {
      const read = readInput(inputSchema, input, METRIC_ERRORS);
      const { MetricDataQueries: queries, MaxDatapoints = MAX_DATAPOINTS } = read;
      if (new Set(queries.map(({ Id }) => Id)).size < queries.length) {
        throw cloudWatchError('ValidationError', 'The Ids of the MetricDataQueries have to differ.');
      }
      const series = queries
        .filter(({ ReturnData }) => ReturnData)
        .map((query) => readSeries(metrics, query, read));
      return cut(series, Number(readToken(read.NextToken) ?? 0), MaxDatapoints);
    },
  };
}

function readSeries(metrics: MetricStore, { Id, Label, MetricStat }: Query, input: Input): Series {
  const { Metric, Period, Stat, Unit } = MetricStat;
  const statistic = parseStatistic(Stat);
  if (statistic === undefined) {
    const why = `"${Stat.slice(0, 100)}" is not served: ${SERVED_STATISTICS}`;
    throw invalid('Stat', why, 'ValidationError');
  }
  const time = periodsOf(input.StartTime, input.EndTime, Period);
  if ((time.endSecond - time.startSecond) / Period > MAX_DATAPOINTS) {
    throw cloudWatchError(
      'InvalidParameterCombination',
      `The time between start and end holds more than ${MAX_DATAPOINTS} periods of ${Period} seconds.`,
    );
  }
  const summaries = metrics.summaries({
    namespace: Metric.Namespace,
    name: Metric.MetricName,
    dimensions: dimensionsOf(Metric.Dimensions),
    ...time,
    ...(Unit === undefined ? {} : { unit: Unit }),
    withDistribution: statistic.percent !== undefined,
  });
  const points = summaries.flatMap((summary): [number, number][] => {
    const value = statistic.valueOf(summary);
    return value === undefined ? [] : [[summary.startSecond * 1_000, value]];
  });
  return {
    id: Id,
    label: Label ?? Metric.MetricName,
    points: input.ScanBy === 'TimestampAscending' ? points : points.toReversed(),
  };
}

/** So many data points of all series, one behind the other, from a place on. */
function cut(series: readonly Series[], from: number, limit: number): object {
  let place = 0;
  const MetricDataResults = series.map(({ id, label, points }) => {
    const start = Math.min(points.length, Math.max(0, from - place));
    const end = Math.min(points.length, Math.max(0, from + limit - place));
    place += points.length;
    const shown = points.slice(start, end);
    return {
      Id: id,
      Label: label,
      Timestamps: shown.map(([timestampMs]) => timestampMs),
      Values: shown.map(([, value]) => value),
      StatusCode: end < points.length ? 'PartialData' : 'Complete',
    };
  });
  return place > from + limit
    ? { MetricDataResults, NextToken: writeToken(String(from + limit)) }
    : { MetricDataResults };
}
