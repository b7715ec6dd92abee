import { systemClock, type Clock } from '../../../../../local/clock.ts';
import type { IotMessage } from '../../../../../local/iot/message.ts';
import {
  type ActionFailure,
  type ActionServices,
  createRulesEngine,
  readTopicRule,
} from '../../../../../local/iot/rules/index.ts';
import { messageOn } from '../message.ts';

export const NOW_MS = 1_700_000_000_000;
export const UUID = '00000000-0000-4000-8000-000000000000';
export const ROLE = 'arn:aws:iam::000000000000:role/rules';

export interface Call {
  readonly service: string;
  readonly value: unknown;
}

export interface ActionBench {
  /** What services were asked for, in order. */
  readonly calls: Call[];
  /** Sends a message on `a/b` to the rule, waits for its actions, and gives the failures. */
  send(payload: unknown, changes?: Partial<IotMessage>): Promise<ActionFailure[]>;
}

/** An engine with one rule, `Rule`, whose services write down what they are asked for unless they are given. */
export function actionBench(
  actions: readonly object[],
  services: Partial<ActionServices> = {},
  options: {
    readonly sql?: string;
    readonly errorAction?: object;
    readonly clock?: Clock;
    /** Services that the engine runs without. */
    readonly without?: readonly (keyof ActionServices)[];
  } = {},
): ActionBench {
  const { sql = "SELECT * FROM 'a/#'", errorAction, without = [] } = options;
  const { clock = { ...systemClock, now: () => NOW_MS } } = options;
  const calls: Call[] = [];
  let failures: ActionFailure[] = [];
  const note =
    (service: string) =>
    async (...values: readonly unknown[]): Promise<void> => {
      calls.push({ service, value: values.length === 1 ? values[0] : values });
    };
  const all: ActionServices = {
    invokeAsync: note('invokeAsync'),
    publish: (message) => void note('publish')(message),
    putObject: note('putObject'),
    sendMessage: note('sendMessage'),
    putItem: note('putItem'),
    callDynamoDb: note('callDynamoDb'),
    notify: note('notify'),
    putMetric: (datum) => void note('putMetric')(datum),
    setAlarmState: (state) => void note('setAlarmState')(state),
    putLogEvents: (put) => void note('putLogEvents')(put),
    putRecords: (name, records) =>
      void note('putRecords')(
        name,
        records.map((record) => Buffer.from(record).toString()),
      ),
    keep: (kind, record) => void note('keep')(kind, record),
    ...services,
  };
  const engine = createRulesEngine({
    rules: [
      readTopicRule({
        ruleName: 'Rule',
        payload: {
          Sql: sql,
          AwsIotSqlVersion: '2016-03-23',
          Actions: actions,
          ...(errorAction === undefined ? {} : { ErrorAction: errorAction }),
        },
      }),
    ],
    clock,
    account: '000000000000',
    region: 'eu-west-1',
    newUuid: () => UUID,
    log: (event) => {
      if (event.eventType !== 'ActionFailure') return;
      const { failedAction, failedResource, errorMessage } = event;
      failures.push({ failedAction, failedResource, errorMessage });
    },
    services: Object.assign({ ...all }, Object.fromEntries(without.map((name) => [name, undefined]))),
  });
  return {
    calls,
    async send(payload, changes = {}) {
      failures = [];
      engine.evaluate(messageOn('a/b', payload, changes));
      await engine.drained();
      return failures;
    },
  };
}
