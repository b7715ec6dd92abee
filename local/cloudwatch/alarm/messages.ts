import { parsePercentile } from '../statistic.ts';
import { alarmArn, metricIdOf, type Alarm, type AlarmPlace, type AlarmState } from './alarm.ts';
import { instantText } from './java-text.ts';
import { regionName } from './region-names.ts';

/** SNS takes so many characters for a subject, printable ones of ASCII. */
const MAX_SUBJECT = 100;

/** `ALARM: "shade" in EU (Ireland)` */
export function notificationSubject({ definition, state }: Alarm, { region }: AlarmPlace): string {
  return `${state.value}: "${definition.alarmName}" in ${regionName(region)}`
    .replaceAll(/[^\x20-\x7e]/g, '?')
    .slice(0, MAX_SUBJECT);
}

/** What a topic is told of an alarm that has come into another state: JSON in the form of CloudWatch. */
export function notificationMessage(
  { definition, state, configuredAtMs }: Alarm,
  previous: AlarmState,
  place: AlarmPlace,
): string {
  const { alarmName, description, okActions, alarmActions, insufficientDataActions } = definition;
  return JSON.stringify({
    AlarmName: alarmName,
    AlarmDescription: description ?? null,
    AWSAccountId: place.accountId,
    AlarmConfigurationUpdatedTimestamp: instantText(configuredAtMs),
    NewStateValue: state.value,
    NewStateReason: state.reason,
    StateChangeTime: instantText(state.updatedAtMs),
    Region: regionName(place.region),
    AlarmArn: alarmArn(place, alarmName),
    OldStateValue: previous.value,
    OKActions: okActions,
    AlarmActions: alarmActions,
    InsufficientDataActions: insufficientDataActions,
    Trigger: trigger(definition),
  });
}

function trigger({ metric, statistic, unit, ...definition }: Alarm['definition']): object {
  const isPercentile = parsePercentile(statistic) !== undefined;
  const { datapointsToAlarm, comparisonOperator, threshold, treatMissingData } = definition;
  return {
    MetricName: metric.name,
    Namespace: metric.namespace,
    ...(isPercentile
      ? { StatisticType: 'ExtendedStatistic', ExtendedStatistic: statistic }
      : { StatisticType: 'Statistic', Statistic: upperCase(statistic) }),
    Unit: unit ?? null,
    Dimensions: Object.entries(metric.dimensions).map(([name, value]) => ({ value, name })),
    Period: definition.periodSeconds,
    EvaluationPeriods: definition.evaluationPeriods,
    ...(datapointsToAlarm === undefined ? {} : { DatapointsToAlarm: datapointsToAlarm }),
    ComparisonOperator: comparisonOperator,
    Threshold: threshold,
    TreatMissingData: treatMissingData ?? 'missing',
    EvaluateLowSampleCountPercentile: definition.evaluateLowSampleCountPercentile ?? '',
  };
}

/** `SampleCount` is SAMPLE_COUNT there. */
function upperCase(statistic: string): string {
  return statistic.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
}

/** What a function is invoked with. */
export function lambdaEvent(alarm: Alarm, previous: AlarmState, place: AlarmPlace): object {
  const { definition, state } = alarm;
  return {
    source: 'aws.cloudwatch',
    alarmArn: alarmArn(place, definition.alarmName),
    accountId: place.accountId,
    time: instantText(state.updatedAtMs),
    region: place.region,
    alarmData: stateChangeEvent(alarm, previous, place),
  };
}

/** The detail of the event of EventBridge. */
export function stateChangeEvent(
  { definition, state }: Alarm,
  previous: AlarmState,
  place: AlarmPlace,
): Readonly<Record<string, unknown>> {
  const { alarmName, description, metric, periodSeconds, statistic, unit } = definition;
  return {
    alarmName,
    state: stateDetail(state),
    previousState: stateDetail(previous),
    configuration: {
      ...(description === undefined ? {} : { description }),
      metrics: [
        {
          id: metricIdOf(place, alarmName),
          metricStat: {
            metric: { namespace: metric.namespace, name: metric.name, dimensions: metric.dimensions },
            period: periodSeconds,
            stat: statistic,
            ...(unit === undefined ? {} : { unit }),
          },
          returnData: true,
        },
      ],
    },
  };
}

function stateDetail({ value, reason, reasonData, updatedAtMs }: AlarmState): object {
  return {
    value,
    reason,
    ...(reasonData === undefined ? {} : { reasonData }),
    timestamp: instantText(updatedAtMs),
  };
}
