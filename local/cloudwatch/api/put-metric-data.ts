import { z } from 'zod';
import { cloudWatchError, invalid, METRIC_ERRORS, readInput } from '../errors.ts';
import { checkMetric, checkTimestamp, checkValue, METRIC_UNITS, type MetricPoint } from '../metric.ts';
import { mergeSummaries, summaryOf, type Summary } from '../summary.ts';
import { dimensionList, dimensionsOf, notServed, type CloudWatchContext } from './context.ts';
import type { Operation } from './handler.ts';

/** The limits of PutMetricData. */
const MAX_METRICS = 1_000;
const MAX_VALUES = 150;

const datumSchema = z.object({
  MetricName: z.string(),
  Dimensions: dimensionList,
  Timestamp: z.number().optional(),
  Value: z.number().optional(),
  StatisticValues: z
    .object({ SampleCount: z.number(), Sum: z.number(), Minimum: z.number(), Maximum: z.number() })
    .optional(),
  Values: z.array(z.number()).max(MAX_VALUES, `there are at most ${MAX_VALUES}`).optional(),
  Counts: z.array(z.number()).optional(),
  Unit: z.enum(METRIC_UNITS).default('None'),
  StorageResolution: z.union([z.literal(1), z.literal(60)], { error: 'it is 1 or 60' }).default(60),
});

const inputSchema = z.object({
  Namespace: z.string(),
  MetricData: z.array(datumSchema).max(MAX_METRICS, `there are at most ${MAX_METRICS}`),
  EntityMetricData: notServed('metrics of entities'),
  StrictEntityValidation: notServed('metrics of entities'),
});

type Datum = z.output<typeof datumSchema>;

export function putMetricData({ metrics, clock }: CloudWatchContext): Record<string, Operation> {
  return {
    PutMetricData(input) {
      const { Namespace, MetricData } = readInput(inputSchema, input, METRIC_ERRORS);
      const nowMs = clock.now();
      const points = MetricData.map((datum, index) => {
        return pointOf(Namespace, datum, `MetricData.member.${index + 1}.`, nowMs);
      });
      for (const point of points) metrics.put(point);
      return {};
    },
  };
}

function pointOf(namespace: string, datum: Datum, at: string, nowMs: number): MetricPoint {
  const metric = { namespace, name: datum.MetricName, dimensions: dimensionsOf(datum.Dimensions) };
  checkMetric(metric, at);
  const timestampMs = datum.Timestamp ?? nowMs;
  checkTimestamp(timestampMs, nowMs, `${at}Timestamp`);
  return {
    ...metric,
    unit: datum.Unit,
    timestampMs,
    resolutionSeconds: datum.StorageResolution,
    summary: readSummary(datum, at),
  };
}

/** A value, many values with their counts, or what somebody has summed up. */
function readSummary({ Value, StatisticValues, Values, Counts }: Datum, at: string): Summary {
  const given = [Value, StatisticValues, Values].filter((one) => one !== undefined);
  if (given.length === 0) {
    throw cloudWatchError('MissingParameter', `One of ${at}Value, Values and StatisticValues is required.`);
  }
  if (given.length > 1) {
    const message = `Only one of ${at}Value, Values and StatisticValues can be there.`;
    throw cloudWatchError('InvalidParameterCombination', message);
  }
  if (Value !== undefined) {
    checkValue(Value, `${at}Value`);
    return summaryOf(Value, 1);
  }
  if (StatisticValues !== undefined) return readStatisticSet(StatisticValues, `${at}StatisticValues.`);
  return readValues(Values ?? [], Counts, at);
}

function readValues(values: readonly number[], counts: readonly number[] | undefined, at: string): Summary {
  if (counts !== undefined && counts.length !== values.length) {
    const message = `${at}Values and Counts have to be of the same length, not ${values.length} and ${counts.length}.`;
    throw cloudWatchError('InvalidParameterValue', message);
  }
  const summaries = values.map((value, index) => {
    const count = counts?.[index] ?? 1;
    checkValue(value, `${at}Values.member.${index + 1}`);
    if (!(Number.isFinite(count) && count > 0)) {
      throw invalid(`${at}Counts.member.${index + 1}`, 'it is more than 0', 'InvalidParameterValue');
    }
    return summaryOf(value, count);
  });
  const [first, ...rest] = summaries;
  if (first === undefined) throw cloudWatchError('MissingParameter', `${at}Values is empty.`);
  return rest.reduce(mergeSummaries, first);
}

/** The values behind a statistic set are known only when it is of one sample, or of one value. */
function readStatisticSet(
  { SampleCount, Sum, Minimum, Maximum }: NonNullable<Datum['StatisticValues']>,
  at: string,
): Summary {
  for (const [name, value] of Object.entries({ SampleCount, Sum, Minimum, Maximum })) {
    checkValue(value, at + name);
  }
  if (SampleCount <= 0) throw invalid(`${at}SampleCount`, 'it is more than 0', 'InvalidParameterValue');
  if (Minimum > Maximum) {
    throw invalid(`${at}Minimum`, 'it is greater than Maximum', 'InvalidParameterValue');
  }
  const isOneValue = Minimum === Maximum;
  return {
    sampleCount: SampleCount,
    sum: Sum,
    minimum: Minimum,
    maximum: Maximum,
    distribution: isOneValue ? new Map([[Minimum, SampleCount]]) : undefined,
  };
}
