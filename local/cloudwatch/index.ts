export { createCloudWatch, type CloudWatch, type CloudWatchOptions } from './cloudwatch.ts';
export { METRIC_UNITS, type Metric, type MetricDatum, type MetricUnit } from './metric.ts';
export type { Datapoint, StatisticsQuery } from './statistics.ts';
export { ALARM_STATES, type AlarmStateValue } from './alarm-states.ts';
export type { Alarm, AlarmState } from './alarm/alarm.ts';
export type { AlarmTargets, PutAlarmEvent } from './alarm/actions.ts';
export { ALARM_PARAMETERS, readAlarm, type AlarmDefinition } from './alarm/definition.ts';
export type { LogEvent } from './log-groups.ts';
