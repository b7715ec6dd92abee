import type { Clock } from '../clock.ts';
import { createAlarmStates, type AlarmState, type AlarmTransition } from './alarm-states.ts';
import { openDatabase } from './database.ts';
import { createLogGroups, type LogEvent } from './log-groups.ts';
import type { Metric, MetricDatum } from './metric.ts';
import { createMetricStore, type Datapoint, type StatisticsQuery } from './metric-store.ts';

export interface CloudWatchOptions {
  /** Where metrics and alarms are kept, in a folder that exists; `:memory:` keeps them nowhere. */
  readonly file: string;
  /** Where log groups are kept, each in a file; it is made when there is something to keep. */
  readonly logFolder: string;
  readonly clock: Clock;
  /** Told when an alarm's state has become another one. @default no one is told */
  readonly onAlarm?: (transition: AlarmTransition) => void;
}

/** Amazon CloudWatch as far as rules write to it: metrics, the states of alarms, and log groups. */
export interface CloudWatch {
  /**
   * Puts one data point. Cheap enough for every message: points of one second are gathered in memory.
   *
   * @throws AwsApiError InvalidParameterValue, LimitExceeded
   */
  putMetric(datum: MetricDatum): void;
  /** The metrics that have data. */
  listMetrics(filter?: { readonly namespace?: string; readonly name?: string }): Metric[];
  /** Statistics by period, in the order of time. @throws AwsApiError InvalidParameterValue */
  getStatistics(query: StatisticsQuery): Datapoint[];
  /** @throws AwsApiError ValidationError */
  setAlarmState(state: {
    readonly alarmName: string;
    readonly stateValue: string;
    readonly stateReason: string;
  }): void;
  listAlarms(): AlarmState[];
  /** The last 100 changes of an alarm's state, the newest first. */
  alarmHistory(alarmName: string): AlarmTransition[];
  /** @throws AwsApiError InvalidParameterException */
  ensureLogGroup(name: string): void;
  /** @throws AwsApiError ResourceNotFoundException, InvalidParameterException */
  putLogEvents(put: {
    readonly logGroupName: string;
    readonly logStreamName: string;
    readonly events: readonly LogEvent[];
  }): void;
  /** Forgets metrics, alarms and their history; log groups stay. */
  reset(): void;
  close(): void;
}

/** @throws ConfigurationError METRIC_FILE_UNUSABLE */
export function createCloudWatch({ file, logFolder, clock, onAlarm }: CloudWatchOptions): CloudWatch {
  const database = openDatabase(file);
  const metrics = createMetricStore(database, clock);
  const alarms = createAlarmStates(database, clock, onAlarm ?? (() => undefined));
  const logGroups = createLogGroups(logFolder);
  return {
    putMetric: (datum) => metrics.put(datum),
    listMetrics: (filter) => metrics.list(filter),
    getStatistics: (query) => metrics.statistics(query),
    setAlarmState: ({ alarmName, stateValue, stateReason }) => alarms.set(alarmName, stateValue, stateReason),
    listAlarms: () => alarms.list(),
    alarmHistory: (alarmName) => alarms.history(alarmName),
    ensureLogGroup: (name) => logGroups.ensure(name),
    putLogEvents: ({ logGroupName, logStreamName, events }) =>
      logGroups.put(logGroupName, logStreamName, events),
    reset() {
      metrics.clear();
      database.exec('DELETE FROM alarms; DELETE FROM alarm_history');
    },
    close() {
      metrics.flush();
      logGroups.close();
      database.close();
    },
  };
}
