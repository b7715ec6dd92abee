import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type LogEntry, TraceLog } from '../../../../local/iot/trace/index.ts';
import { compileRule } from '../../../../local/iot/rules/sql/compile-rule.ts';
import { valueResult } from '../../../../local/iot/rules/sql/result.ts';
import type { RuleTraceEvent } from '../../../../local/iot/rules/trace.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { contextOf, messageOn } from '../rules/message.ts';

const accountId = '000000000000';
const { publisher } = messageOn('a/b', '');
const trace = {
  ruleName: 'R',
  ruleArn: 'arn:R',
  topic: 'a/b',
  traceId: 't1',
  publisher,
  atMs: Date.UTC(2026, 0, 31, 10, 0, 0, 7),
};
const end = { isErrorAction: false, durationMs: 1.23456 };
const failure = { failedAction: 'LambdaAction', failedResource: 'arn:f', errorMessage: 'no such function' };

function logOf(options: Partial<ConstructorParameters<typeof TraceLog>[0]> = {}) {
  return new TraceLog({ clock: new ManualClock(), accountId, ...options });
}

function entriesOf(event: RuleTraceEvent): readonly LogEntry[] {
  const log = logOf();
  log.recordRule(event);
  return log.read({ limit: 10 }).entries;
}

function match(payload: unknown, result?: Parameters<typeof valueResult>[0]): RuleTraceEvent {
  const sql = compileRule("SELECT x FROM 'a/b' WHERE x > 1 AND x < 9", '2016-03-23');
  const context = contextOf(payload);
  const evaluation = result === undefined ? { sql, context } : { sql, context, result: valueResult(result) };
  const hasPassed = result !== undefined;
  const actions = hasPassed ? ['LambdaAction', 'S3Action'] : [];
  return { eventType: 'RuleMatch', ...trace, hasPassed, actions, durationMs: 0.5, evaluation };
}

const common = {
  timestamp: '2026-01-31 10:00:00.007',
  logLevel: 'INFO',
  traceId: 't1',
  accountId,
  status: 'Success',
  protocol: 'MQTT',
  clientId: 'device-1',
  topicName: 'a/b',
  ruleName: 'R',
  principalId: 'certificate-1',
  sourceIp: '127.0.0.1',
};

test('A match is told with the SELECT result, and with the start of each action.', () => {
  expect(entriesOf(match({ x: 1 }, { x: 1 }))).toEqual([
    {
      ...common,
      eventType: 'RuleMatch',
      glasshouse: { sequence: 1, hasPassed: true, durationMs: 0.5, result: { x: 1 } },
    },
    {
      ...common,
      eventType: 'StartingRuleExecution',
      logLevel: 'DEBUG',
      ruleAction: 'LambdaAction',
      glasshouse: { sequence: 1 },
    },
    {
      ...common,
      eventType: 'StartingRuleExecution',
      logLevel: 'DEBUG',
      ruleAction: 'S3Action',
      glasshouse: { sequence: 1 },
    },
  ]);
});

test('A message that WHERE keeps out is told with its payload and the reason.', () => {
  expect(entriesOf(match({ x: 1 }))).toEqual([
    {
      ...common,
      eventType: 'RuleMatch',
      details: 'WHERE is not true, no action runs: x > 1 is false (x = 1)',
      glasshouse: { sequence: 1, hasPassed: false, durationMs: 0.5, payload: { x: 1 } },
    },
  ]);
});

test.each<[what: string, payload: unknown, told: object]>([
  ['JSON with spaces is JSON', '{ "a b" : [ 1, "c  d" ] }', { payload: { 'a b': [1, 'c  d'] } }],
  ['A number that JSON would change stays text', '{"x":5.0}', { payloadText: '{"x":5.0}' }],
  ['Text is text', 'not JSON', { payloadText: 'not JSON' }],
  ['Bytes are base64', new Uint8Array([255, 0]), { payloadBase64: '/wA=' }],
  ['What is long is a length', 'x'.repeat(9_000), { payloadBytes: 9_000 }],
])('%s.', (_what, payload, told) => {
  expect(entriesOf(match(payload))[0]?.glasshouse).toMatchObject(told);
});

test.each<[string, RuleTraceEvent, object[]]>([
  [
    'An action that ran',
    { eventType: 'ActionSuccess', ...trace, ...end, action: 'RepublishAction', resource: 'c' },
    [
      {
        eventType: 'RuleExecution',
        status: 'Success',
        ruleAction: 'RepublishAction',
        resources: { RepublishTopic: 'c' },
      },
    ],
  ],
  [
    'An action that failed',
    { eventType: 'ActionFailure', ...trace, ...end, ...failure },
    [
      {
        eventType: 'RuleExecution',
        logLevel: 'ERROR',
        status: 'Failure',
        ruleAction: 'LambdaAction',
        resources: { Resource: 'arn:f' },
        reason: 'ActionFailed',
        details: 'no such function',
        glasshouse: { isErrorAction: false, durationMs: 1.235 },
      },
    ],
  ],
  [
    'An error action that failed',
    {
      eventType: 'ErrorActionFailure',
      ...trace,
      ...end,
      ...failure,
      isErrorAction: true,
      failures: [],
      base64OriginalPayload: '',
    },
    [{ eventType: 'RuleExecution', status: 'Failure', reason: 'ErrorActionFailed' }],
  ],
  [
    'SQL that failed',
    {
      eventType: 'RuleFailure',
      ...trace,
      code: 'PAYLOAD_NOT_JSON',
      errorMessage: 'the payload is not JSON',
      durationMs: 1,
    },
    [
      { eventType: 'RuleMatch', status: 'Success' },
      {
        eventType: 'RuleExecution',
        logLevel: 'ERROR',
        reason: 'PAYLOAD_NOT_JSON',
        details: 'the payload is not JSON; no action ran, the error action neither',
      },
    ],
  ],
  [
    'A rule that is not there',
    { eventType: 'RuleNotFound', ...trace },
    [{ eventType: 'RuleNotFound', logLevel: 'ERROR', status: 'Failure', reason: 'RuleNotFound' }],
  ],
  [
    'A function that answered',
    {
      eventType: 'FunctionExecution',
      ...trace,
      functionName: 'aws_lambda',
      resources: { FunctionArn: 'f' },
      durationMs: 1,
    },
    [
      {
        eventType: 'FunctionExecution',
        logLevel: 'DEBUG',
        status: 'Success',
        clientId: 'N/A',
        ruleAction: 'aws_lambda',
        resources: { FunctionArn: 'f' },
      },
    ],
  ],
  [
    'A function that failed',
    {
      eventType: 'FunctionExecution',
      ...trace,
      functionName: 'aws_lambda',
      resources: {},
      errorMessage: 'late',
      durationMs: 1,
    },
    [{ logLevel: 'ERROR', status: 'Failure', details: 'late' }],
  ],
])('%s is told in the fields of AWSIotLogsV2.', (_what, event, told) => {
  expect(entriesOf(event)).toMatchObject(told);
});

test('A payload that is not JSON is told to a rule that looks into it.', () => {
  const [entry] = entriesOf(match('not JSON', {}));
  expect(entry?.details).toBe('the payload is not JSON, so its attributes are Undefined');
  expect(entriesOf(match('not JSON'))[0]?.details).toBe(
    'WHERE is not true, no action runs: x > 1 is Undefined (x = Undefined); x < 9 is Undefined (x = Undefined); ' +
      'the payload is not JSON, so its attributes are Undefined',
  );
});

test('Who publishes for a rule has no protocol and no client id.', () => {
  const [entry] = entriesOf({ eventType: 'RuleNotFound', ...trace, publisher: { protocol: 'RULE' } });
  expect(entry).toMatchObject({ clientId: 'N/A' });
  expect(entry).not.toHaveProperty('protocol');
});

test('What others record has the time of the clock.', () => {
  const log = logOf();
  log.record({ logLevel: 'INFO', status: 'Success', eventType: 'Connect', protocol: 'MQTT', clientId: 'c' });
  expect(log.read({ limit: 1 }).entries).toEqual([
    {
      timestamp: '2026-11-21 00:00:00.000',
      logLevel: 'INFO',
      accountId,
      status: 'Success',
      eventType: 'Connect',
      protocol: 'MQTT',
      clientId: 'c',
      glasshouse: { sequence: 1 },
    },
  ]);
});

test('A query picks by topic filter, rule and trace.', () => {
  const log = logOf();
  for (const [topic, ruleName, traceId] of [
    ['a', 'R', '1'],
    ['a/b', 'R', '2'],
    ['a/b', 'S', '3'],
  ] as const) {
    log.recordRule({ eventType: 'RuleNotFound', ...trace, topic, ruleName, traceId });
  }
  log.record({ logLevel: 'INFO', status: 'Success', eventType: 'Connect' });
  const traces = (query: object) => log.read({ limit: 9, ...query }).entries.map(({ traceId }) => traceId);
  expect(traces({})).toEqual(['1', '2', '3', undefined]);
  expect(traces({ topicFilter: 'a/#' })).toEqual(['2', '3']);
  expect(traces({ ruleName: 'R' })).toEqual(['1', '2']);
  expect(traces({ traceId: '3', after: 0 })).toEqual(['3']);
  expect(traces({ ruleName: 'R', topicFilter: 'a/b', after: 0 })).toEqual(['2']);
});

test('Without a place to begin, the newest are read, in their order.', () => {
  const log = logOf();
  for (let count = 0; count < 5; count += 1) log.recordRule({ eventType: 'RuleNotFound', ...trace });
  const { entries, next } = log.read({ limit: 2 });
  expect(entries.map(({ glasshouse }) => glasshouse.sequence)).toEqual([4, 5]);
  expect(next).toBe(5);
});

test('Who reads in pages misses nothing that is kept, and is told how much is not.', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 7 }),
      fc.array(fc.oneof(fc.constant('record'), fc.constant('read')), { maxLength: 80 }),
      (maxRecords, limit, steps) => {
        const log = logOf({ maxRecords });
        const seen: number[] = [];
        let recorded = 0;
        let after = 0;
        let missedInAll = 0;
        const read = () => {
          const { entries, next, missed } = log.read({ after, limit });
          expect(entries.length).toBeLessThanOrEqual(limit);
          seen.push(...entries.map(({ glasshouse }) => glasshouse.sequence));
          after = next;
          missedInAll += missed;
        };
        for (const step of steps) {
          if (step === 'read') read();
          else {
            log.recordRule({ eventType: 'RuleNotFound', ...trace });
            recorded += 1;
          }
        }
        for (let rounds = 0; rounds <= recorded; rounds += 1) read();
        expect(seen.length + missedInAll).toBe(recorded);
        expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
      },
    ),
    { seed: 20261121 },
  );
});

test('Payloads are let go of when they hold too much, the oldest first; the records stay.', () => {
  const log = logOf({ maxHeldBytes: 100_000 });
  for (let count = 0; count < 20; count += 1) log.recordRule(match(new Uint8Array(10_000).fill(255)));
  const { entries } = log.read({ after: 0, limit: 100 });
  expect(entries).toHaveLength(20);
  expect(entries.map(({ glasshouse }) => Object.hasOwn(glasshouse, 'payloadBytes'))).toEqual(
    Array.from({ length: 20 }, (_, index) => index >= 10),
  );
});

test('Overwritten records hold nothing any more.', () => {
  const log = logOf({ maxRecords: 5, maxHeldBytes: 50_000 });
  for (let count = 0; count < 50; count += 1) log.recordRule(match(new Uint8Array(10_000).fill(255)));
  const { entries, missed } = log.read({ after: 0, limit: 100 });
  expect(missed).toBe(45);
  expect(entries.map(({ glasshouse }) => glasshouse['payloadBytes'])).toEqual(
    Array.from({ length: 5 }, () => 10_000),
  );
});

test('Who waits for more is woken by a record, and by the end.', async () => {
  const log = logOf();
  const first = log.changed(0);
  log.recordRule({ eventType: 'RuleNotFound', ...trace });
  await first;
  await log.changed(0);
  const second = log.changed(1);
  log.close();
  await second;
  expect(log.isClosed).toBe(true);
});
