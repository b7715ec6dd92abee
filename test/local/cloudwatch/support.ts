import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCloudWatch, type AlarmTargets, type CloudWatch } from '../../../local/cloudwatch/index.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { REGION } from '../endpoint/support.ts';

export const ACCOUNT = '000000000000';
export const TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:shades`;
export const FUNCTION = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:move-shade`;

/** Midnight, which begins a minute. */
export const START_MS = new ManualClock().now();

/** PutMetricAlarm's parameters for an alarm that tests change. */
export const SHADE_ALARM = {
  AlarmName: 'shade',
  Namespace: 'Greenhouse',
  MetricName: 'ShadePosition',
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 3,
  Threshold: 0,
  ComparisonOperator: 'GreaterThanThreshold',
} as const;

type Event = Parameters<Parameters<CloudWatch['start']>[0] & object>[0];

/** CloudWatch in a folder of its own, on a clock that stands still, and all that its alarms did. */
export function openCloudWatch(changes: Partial<AlarmTargets> = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), 'cloudwatch-'));
  const clock = new ManualClock();
  const published: Parameters<AlarmTargets['publish']>[0][] = [];
  const invoked: { functionArn: string; event: unknown }[] = [];
  const events: Event[] = [];
  const logged: Record<string, unknown>[] = [];
  const open = () =>
    createCloudWatch({
      file: path.join(folder, 'cloudwatch.sqlite'),
      logFolder: path.join(folder, 'log-groups'),
      clock,
      accountId: ACCOUNT,
      region: REGION,
      targets: {
        publish: async (message) => void published.push(message),
        invokeAsync: async (functionArn, event) => void invoked.push({ functionArn, event }),
        ...changes,
      },
      log: (message, data) => logged.push({ message, ...data }),
    });
  let cloudwatch = open();
  return {
    folder,
    clock,
    published,
    invoked,
    events,
    logged,
    get cloudwatch(): CloudWatch {
      return cloudwatch;
    },
    start: () => cloudwatch.start((event) => events.push(event)),
    restart(): void {
      cloudwatch.close();
      cloudwatch = open();
    },
    /** Puts one value of the shade's position. */
    put(value: number, timestampMs = clock.now()): void {
      cloudwatch.putMetric({
        namespace: 'Greenhouse',
        name: 'ShadePosition',
        dimensions: {},
        value,
        unit: 'None',
        timestampMs,
      });
    },
    states: () =>
      Object.fromEntries(
        cloudwatch.listAlarms().map(({ definition, state }) => [definition.alarmName, state.value]),
      ),
    async close(): Promise<void> {
      await cloudwatch.drained();
      cloudwatch.close();
      rmSync(folder, { recursive: true });
    },
  };
}

export type TestCloudWatch = ReturnType<typeof openCloudWatch>;
