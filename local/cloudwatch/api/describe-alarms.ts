import { z } from 'zod';
import { ALARM_STATES } from '../alarm-states.ts';
import { alarmArn, type Alarm, type AlarmPlace } from '../alarm/alarm.ts';
import { cloudWatchError, ALARM_ERRORS, readInput } from '../errors.ts';
import { dimensionsKey, METRIC_UNITS } from '../metric.ts';
import { parsePercentile, STATISTICS } from '../statistic.ts';
import {
  dimensionEntries,
  dimensionList,
  dimensionsOf,
  notServed,
  pageOf,
  readToken,
  type CloudWatchContext,
} from './context.ts';
import type { Operation } from './handler.ts';

const DEFAULT_PAGE = 50;

export const alarmTypes = z.array(z.enum(['MetricAlarm', 'CompositeAlarm'])).optional();
export const maxRecords = z
  .number()
  .int('it is a whole number')
  .min(1, 'it is at least 1')
  .max(100, 'it is at most 100');

const describeInput = z.object({
  AlarmNames: z.array(z.string()).max(100, 'there are at most 100').optional(),
  AlarmNamePrefix: z.string().optional(),
  AlarmTypes: alarmTypes,
  ChildrenOfAlarmName: notServed('composite alarms'),
  ParentsOfAlarmName: notServed('composite alarms'),
  StateValue: z.enum(ALARM_STATES).optional(),
  ActionPrefix: z.string().optional(),
  MaxRecords: maxRecords.default(DEFAULT_PAGE),
  NextToken: z.string().optional(),
});

const forMetricInput = z.object({
  MetricName: z.string(),
  Namespace: z.string(),
  Statistic: z.enum(STATISTICS).optional(),
  ExtendedStatistic: z.string().optional(),
  Dimensions: dimensionList,
  Period: z.number().optional(),
  Unit: z.enum(METRIC_UNITS).optional(),
});

/** What shows alarms. */
export function describeAlarms({ book, place }: CloudWatchContext): Record<string, Operation> {
  return {
    DescribeAlarms(input) {
      const read = readInput(describeInput, input, ALARM_ERRORS);
      const { AlarmNames, AlarmNamePrefix, AlarmTypes = ['MetricAlarm'], StateValue, ActionPrefix } = read;
      if (AlarmNames !== undefined && AlarmNamePrefix !== undefined) {
        const message = 'Only one of the parameters AlarmNames and AlarmNamePrefix can be there.';
        throw cloudWatchError('InvalidParameterCombination', message);
      }
      const after = readToken(read.NextToken) ?? '';
      // Whoever asks for composite alarms only is told that there is none.
      const alarms = AlarmTypes.includes('MetricAlarm') ? book.list() : [];
      const found = alarms.filter(
        ({ definition, state }) =>
          definition.alarmName > after &&
          (AlarmNames === undefined || AlarmNames.includes(definition.alarmName)) &&
          (AlarmNamePrefix === undefined || definition.alarmName.startsWith(AlarmNamePrefix)) &&
          (StateValue === undefined || state.value === StateValue) &&
          (ActionPrefix === undefined || hasAction(definition, ActionPrefix)),
      );
      const { page, ...next } = pageOf(found, read.MaxRecords, ({ definition }) => definition.alarmName);
      return { MetricAlarms: page.map((alarm) => render(alarm, place)), CompositeAlarms: [], ...next };
    },
    DescribeAlarmsForMetric(input) {
      const read = readInput(forMetricInput, input, ALARM_ERRORS);
      const { Namespace, MetricName, Statistic, ExtendedStatistic, Dimensions, Period, Unit } = read;
      const key = dimensionsKey(dimensionsOf(Dimensions));
      const statistic = Statistic ?? ExtendedStatistic;
      const found = book
        .list()
        .filter(
          ({ definition }) =>
            definition.metric.namespace === Namespace &&
            definition.metric.name === MetricName &&
            dimensionsKey(definition.metric.dimensions) === key &&
            (statistic === undefined || definition.statistic === statistic) &&
            (Period === undefined || definition.periodSeconds === Period) &&
            (Unit === undefined || definition.unit === Unit),
        );
      return { MetricAlarms: found.map((alarm) => render(alarm, place)) };
    },
  };
}

function hasAction(
  { okActions, alarmActions, insufficientDataActions }: Alarm['definition'],
  prefix: string,
): boolean {
  return [...okActions, ...alarmActions, ...insufficientDataActions].some((arn) => arn.startsWith(prefix));
}

function render({ definition, state, configuredAtMs }: Alarm, place: AlarmPlace): object {
  const { alarmName, metric, statistic } = definition;
  const isPercentile = parsePercentile(statistic) !== undefined;
  return {
    AlarmName: alarmName,
    AlarmArn: alarmArn(place, alarmName),
    AlarmDescription: definition.description,
    AlarmConfigurationUpdatedTimestamp: configuredAtMs,
    ActionsEnabled: definition.actionsEnabled,
    OKActions: definition.okActions,
    AlarmActions: definition.alarmActions,
    InsufficientDataActions: definition.insufficientDataActions,
    StateValue: state.value,
    StateReason: state.reason,
    StateReasonData: state.reasonData,
    StateUpdatedTimestamp: state.updatedAtMs,
    StateTransitionedTimestamp: state.updatedAtMs,
    MetricName: metric.name,
    Namespace: metric.namespace,
    ...(isPercentile ? { ExtendedStatistic: statistic } : { Statistic: statistic }),
    Dimensions: dimensionEntries(metric.dimensions),
    Period: definition.periodSeconds,
    Unit: definition.unit,
    EvaluationPeriods: definition.evaluationPeriods,
    DatapointsToAlarm: definition.datapointsToAlarm,
    Threshold: definition.threshold,
    ComparisonOperator: definition.comparisonOperator,
    TreatMissingData: definition.treatMissingData,
    EvaluateLowSampleCountPercentile: definition.evaluateLowSampleCountPercentile,
  };
}
