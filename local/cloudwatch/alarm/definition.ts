import { z } from 'zod';
import { ALARM_ERRORS, cloudWatchError, invalid, readInput } from '../errors.ts';
import { checkMetric, METRIC_UNITS, type Metric, type MetricUnit } from '../metric.ts';
import { parsePercentile, SERVED_STATISTICS, STATISTICS } from '../statistic.ts';
import { readAction } from './action-arn.ts';
import { BAND_OPERATORS, COMPARISON_OPERATORS, type ComparisonOperator } from './comparison.ts';
import { TREATMENTS, type Treatment } from './evaluate.ts';

/** What somebody wants to be alarmed of. */
export interface AlarmDefinition {
  readonly alarmName: string;
  readonly description?: string;
  readonly actionsEnabled: boolean;
  /** ARNs of topics and functions. */
  readonly okActions: readonly string[];
  readonly alarmActions: readonly string[];
  readonly insufficientDataActions: readonly string[];
  readonly metric: Metric;
  /** `Sum`, or a percentile: `p99.9`. */
  readonly statistic: string;
  /** 10, 20, 30, or a multiple of 60. */
  readonly periodSeconds: number;
  /** @default data points of every unit together */
  readonly unit?: MetricUnit;
  readonly evaluationPeriods: number;
  /** @default all of the evaluation periods */
  readonly datapointsToAlarm?: number;
  readonly comparisonOperator: ComparisonOperator;
  readonly threshold: number;
  /** @default missing */
  readonly treatMissingData?: Treatment;
  /** Of a percentile: whether few samples change the state. @default evaluate */
  readonly evaluateLowSampleCountPercentile?: 'evaluate' | 'ignore';
}

const DAY_SECONDS = 86_400;
const WEEK_SECONDS = 7 * DAY_SECONDS;

const notServed = (what: string) => z.never({ error: `${what} are not served here` }).optional();

const actions = z
  .array(
    z.string().superRefine((arn, context) => {
      const read = readAction(arn);
      if (typeof read === 'string') context.addIssue({ code: 'custom', message: read });
    }),
  )
  .max(5, 'there are at most five')
  .default([]);

const comparison = z.string().superRefine((operator, context) => {
  if (COMPARISON_OPERATORS.some((one) => one === operator)) return;
  const message = BAND_OPERATORS.includes(operator)
    ? `${operator} compares with a band of anomaly detection, which is not served here`
    : `"${operator.slice(0, 100)}" is none of ${COMPARISON_OPERATORS.join(', ')}`;
  context.addIssue({ code: 'custom', message });
});

const periods = z.number().int('it is a whole number').min(1, 'it is at least 1');

/** PutMetricAlarm's parameters, which are also the properties of AWS::CloudWatch::Alarm. */
const schema = z.object({
  AlarmName: z.string().min(1, 'it has 1 to 255 characters').max(255, 'it has 1 to 255 characters'),
  AlarmDescription: z.string().max(1_024, 'it has at most 1024 characters').optional(),
  ActionsEnabled: z.boolean().default(true),
  OKActions: actions,
  AlarmActions: actions,
  InsufficientDataActions: actions,
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.string() })).default([]),
  Statistic: z.enum(STATISTICS).optional(),
  ExtendedStatistic: z.string().optional(),
  Period: z.number(),
  Unit: z.enum(METRIC_UNITS).optional(),
  EvaluationPeriods: periods,
  DatapointsToAlarm: periods.optional(),
  ComparisonOperator: comparison,
  Threshold: z.number(),
  TreatMissingData: z.enum(TREATMENTS).optional(),
  EvaluateLowSampleCountPercentile: z.enum(['evaluate', 'ignore']).optional(),
  Metrics: notServed('alarms on metric math, Metrics Insights and several metrics'),
  ThresholdMetricId: notServed('alarms on a band of anomaly detection'),
  EvaluationCriteria: notServed('alarms on PromQL'),
  EvaluationInterval: notServed(
    'other intervals than of each minute, or of ten seconds for periods below a minute,',
  ),
  EvaluationWindow: notServed('other windows than the sliding one'),
  WarmUpConfiguration: notServed('warm-up periods'),
});

/** The parameters that an alarm may have; a template may have these and no others. */
export const ALARM_PARAMETERS: readonly string[] = Object.keys(schema.shape);

/**
 * Reads an alarm by the names of the API. What AWS knows and this cloud cannot do is refused by name.
 *
 * @throws AwsApiError ValidationError, InvalidParameterCombination
 */
export function readAlarm(input: unknown): AlarmDefinition {
  const read = readInput(schema, input, ALARM_ERRORS);
  const metric = metricOf(read);
  checkPeriods(read);
  const { AlarmDescription, Unit, DatapointsToAlarm, TreatMissingData, EvaluateLowSampleCountPercentile } =
    read;
  return {
    alarmName: read.AlarmName,
    actionsEnabled: read.ActionsEnabled,
    okActions: read.OKActions,
    alarmActions: read.AlarmActions,
    insufficientDataActions: read.InsufficientDataActions,
    metric,
    statistic: readStatistic(read),
    periodSeconds: read.Period,
    evaluationPeriods: read.EvaluationPeriods,
    comparisonOperator: operatorOf(read.ComparisonOperator),
    threshold: read.Threshold,
    ...(AlarmDescription === undefined ? {} : { description: AlarmDescription }),
    ...(Unit === undefined ? {} : { unit: Unit }),
    ...(DatapointsToAlarm === undefined ? {} : { datapointsToAlarm: DatapointsToAlarm }),
    ...(TreatMissingData === undefined ? {} : { treatMissingData: TreatMissingData }),
    ...(EvaluateLowSampleCountPercentile === undefined
      ? {}
      : { evaluateLowSampleCountPercentile: EvaluateLowSampleCountPercentile }),
  };
}

type Read = z.output<typeof schema>;

function metricOf({ Namespace, MetricName, Dimensions }: Read): Metric {
  const dimensions = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]));
  const metric = { namespace: Namespace, name: MetricName, dimensions };
  checkMetric(metric);
  if (Object.keys(dimensions).length === Dimensions.length) return metric;
  throw invalid('Dimensions', 'the same name is there twice', 'ValidationError');
}

function readStatistic({ Statistic, ExtendedStatistic }: Read): string {
  if ((Statistic === undefined) === (ExtendedStatistic === undefined)) {
    throw cloudWatchError(
      'InvalidParameterCombination',
      'One of the parameters Statistic and ExtendedStatistic is needed, and not both.',
    );
  }
  if (Statistic !== undefined) return Statistic;
  const read = parsePercentile(ExtendedStatistic ?? '');
  if (read !== undefined) return read.name;
  const why = `"${(ExtendedStatistic ?? '').slice(0, 100)}" is not served: ${SERVED_STATISTICS}`;
  throw invalid('ExtendedStatistic', why, 'ValidationError');
}

function checkPeriods({ Period, EvaluationPeriods, DatapointsToAlarm = 1 }: Read): void {
  if (![10, 20, 30].includes(Period) && !(Period > 0 && Period % 60 === 0)) {
    throw invalid('Period', `${Period} is not 10, 20, 30 or a multiple of 60 seconds`, 'ValidationError');
  }
  const limit = Period < 3_600 ? DAY_SECONDS : WEEK_SECONDS;
  if (Period * EvaluationPeriods > limit) {
    const why = `with a Period of ${Period} it makes more than ${limit} seconds`;
    throw invalid('EvaluationPeriods', why, 'ValidationError');
  }
  if (DatapointsToAlarm > EvaluationPeriods) {
    const why = `${DatapointsToAlarm} are more than the ${EvaluationPeriods} EvaluationPeriods`;
    throw invalid('DatapointsToAlarm', why, 'ValidationError');
  }
}

function operatorOf(name: string): ComparisonOperator {
  const operator = COMPARISON_OPERATORS.find((one) => one === name);
  if (operator === undefined) throw invalid('ComparisonOperator', 'it is not known', 'ValidationError');
  return operator;
}
