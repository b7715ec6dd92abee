import type { Clock } from '../clock.ts';
import type { ServiceHandler } from '../endpoint/service.ts';
import { AlarmActions, type AlarmTargets, type PutAlarmEvent } from './alarm/actions.ts';
import type { Alarm } from './alarm/alarm.ts';
import { AlarmBook } from './alarm/book.ts';
import type { AlarmDefinition } from './alarm/definition.ts';
import { AlarmEvaluator } from './alarm/evaluator.ts';
import { createHandler } from './api/handler.ts';
import { operations } from './api/operations.ts';
import { openDatabase } from './database.ts';
import { createLogGroups, type LogEvent } from './log-groups.ts';
import { pointOf, type Metric, type MetricDatum } from './metric.ts';
import { createMetricStore } from './metric-store.ts';
import { readStatistics, type Datapoint, type StatisticsQuery } from './statistics.ts';

export interface CloudWatchOptions {
  /** Where metrics and alarms are kept, in a folder that exists; `:memory:` keeps them nowhere. */
  readonly file: string;
  /** Where log groups are kept, each in a file; it is made when there is something to keep. */
  readonly logFolder: string;
  /** Alarms are evaluated on it. */
  readonly clock: Clock;
  /** Twelve digits. */
  readonly accountId: string;
  readonly region: string;
  /** Where the actions of alarms go. */
  readonly targets: AlarmTargets;
  /** Told of actions that failed. */
  readonly log: (message: string, data: Readonly<Record<string, unknown>>) => void;
}

/** Amazon CloudWatch: metrics, alarms on one metric each, and log groups as far as rules write to them. */
export interface CloudWatch {
  /**
   * Puts one data point. Cheap enough for every message: points of one minute are gathered in memory.
   *
   * @throws AwsApiError InvalidParameterValue, LimitExceeded
   */
  putMetric(datum: MetricDatum): void;
  /** The metrics that have data. */
  listMetrics(filter?: { readonly namespace?: string; readonly name?: string }): Metric[];
  /** Statistics by period, in the order of time. @throws AwsApiError InvalidParameterValue */
  getStatistics(query: StatisticsQuery): Datapoint[];
  /**
   * Makes the alarms of a template. One that is there with the same definition keeps its state; one that an earlier
   * template had is deleted.
   */
  ensureAlarms(definitions: readonly AlarmDefinition[]): void;
  /** @throws AwsApiError ResourceNotFound, ValidationError */
  setAlarmState(state: {
    readonly alarmName: string;
    readonly stateValue: string;
    readonly stateReason: string;
  }): void;
  /** In the order of their names. */
  listAlarms(): Alarm[];
  /**
   * From now on alarms are evaluated. Call it when everything that their actions need has started.
   *
   * @param putEvent tells EventBridge of alarms that have come into another state. @default nobody is told
   */
  start(putEvent?: PutAlarmEvent): void;
  /** @throws AwsApiError InvalidParameterException */
  ensureLogGroup(name: string): void;
  /** @throws AwsApiError ResourceNotFoundException, InvalidParameterException */
  putLogEvents(put: {
    readonly logGroupName: string;
    readonly logStreamName: string;
    readonly events: readonly LogEvent[];
  }): void;
  /** Serves the signing name `monitoring`. */
  readonly handler: ServiceHandler;
  /** Resolves when no action of an alarm is under way. */
  drained(): Promise<void>;
  /** Forgets metrics, alarms and their history; log groups stay. Then the template's alarms can be made again. */
  reset(): void;
  /** Evaluates no alarm any more, and closes the file. Actions that are under way should be waited for before. */
  close(): void;
}

/** @throws ConfigurationError METRIC_FILE_UNUSABLE */
export function createCloudWatch(options: CloudWatchOptions): CloudWatch {
  const { file, logFolder, clock, accountId, region, targets, log } = options;
  const place = { accountId, region };
  const database = openDatabase(file);
  const metrics = createMetricStore(database, clock);
  const actions = new AlarmActions({ clock, place, targets, log });
  const book: AlarmBook = new AlarmBook(database, clock, {
    changed: (alarm, previous) => actions.start(alarm, previous, book.history),
    configured: () => evaluator.refresh(),
  });
  const evaluator = new AlarmEvaluator({ clock, metrics, book, log });
  const logGroups = createLogGroups(logFolder);
  return {
    putMetric: (datum) => metrics.put(pointOf(datum, clock.now())),
    listMetrics: (filter) => metrics.list(filter),
    getStatistics: (query) => readStatistics(metrics, query),
    ensureAlarms: (definitions) => book.declare(definitions),
    setAlarmState: ({ alarmName, stateValue, stateReason }) =>
      book.setState({ alarmName, value: stateValue, reason: stateReason }),
    listAlarms: () => book.list(),
    start(putEvent) {
      if (putEvent !== undefined) actions.connect(putEvent);
      evaluator.start();
    },
    ensureLogGroup: (name) => logGroups.ensure(name),
    putLogEvents: ({ logGroupName, logStreamName, events }) =>
      logGroups.put(logGroupName, logStreamName, events),
    handler: createHandler(operations({ metrics, book, clock, place })),
    drained: () => actions.drained(),
    reset() {
      metrics.clear();
      book.clear();
    },
    close() {
      evaluator.stop();
      metrics.flush();
      logGroups.close();
      database.close();
    },
  };
}
