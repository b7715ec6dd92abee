export { createCloudWatch, type CloudWatch, type CloudWatchOptions } from './cloudwatch.ts';
export { METRIC_UNITS, type Metric, type MetricDatum, type MetricUnit } from './metric.ts';
export type { Datapoint, StatisticsQuery } from './metric-store.ts';
export { ALARM_STATES, type AlarmState, type AlarmStateValue, type AlarmTransition } from './alarm-states.ts';
export type { LogEvent } from './log-groups.ts';
