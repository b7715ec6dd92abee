import { expect, test } from 'vitest';
import { type RuleMetric, RuleMetrics } from '../../../../local/iot/trace/index.ts';
import { compileRule } from '../../../../local/iot/rules/sql/compile-rule.ts';
import { contextOf } from '../rules/message.ts';
import type { RuleTraceEvent } from '../../../../local/iot/rules/trace.ts';

const trace = {
  ruleName: 'R',
  ruleArn: 'arn:R',
  topic: 'a',
  traceId: 't',
  publisher: { protocol: 'MQTT' },
  atMs: 0,
} as const;
const failure = { failedAction: 'S3Action', failedResource: 'b', errorMessage: 'no' };

const events: readonly RuleTraceEvent[] = [
  { eventType: 'RuleMatch', ...trace, hasPassed: true, actions: ['S3Action'], durationMs: 1 },
  { eventType: 'RuleMatch', ...trace, hasPassed: false, actions: [], durationMs: 1 },
  { eventType: 'RuleFailure', ...trace, code: 'PAYLOAD_NOT_JSON', errorMessage: '', durationMs: 1 },
  { eventType: 'RuleFailure', ...trace, code: 'DIVISION_BY_ZERO', errorMessage: '', durationMs: 1 },
  { eventType: 'RuleNotFound', ...trace, ruleName: 'Gone' },
  {
    eventType: 'ActionSuccess',
    ...trace,
    action: 'LambdaAction',
    resource: 'f',
    isErrorAction: false,
    durationMs: 1,
  },
  { eventType: 'ActionFailure', ...trace, ...failure, isErrorAction: false, durationMs: 1 },
  {
    eventType: 'ActionSuccess',
    ...trace,
    action: 'SqsAction',
    resource: 'q',
    isErrorAction: true,
    durationMs: 1,
  },
  {
    eventType: 'ErrorActionFailure',
    ...trace,
    ...failure,
    isErrorAction: true,
    durationMs: 1,
    failures: [],
    base64OriginalPayload: '',
  },
  { eventType: 'FunctionExecution', ...trace, functionName: 'aws_lambda', resources: {}, durationMs: 1 },
];

test('Events are counted as AWS counts them, and put with their dimensions.', () => {
  const metrics = new RuleMetrics();
  for (const event of events) metrics.take(event);
  expect(metrics.snapshot()).toEqual({
    'TopicMatch/R': 4,
    RulesExecuted: 1,
    'ParseError/R': 1,
    'RuleNotFound/Gone': 1,
    'Success/R/Lambda': 1,
    'Failure/R/S3': 1,
    'ErrorActionSuccess/R/Sqs': 1,
    'ErrorActionFailure/R/S3': 1,
  });
  const put: RuleMetric[] = [];
  metrics.handOver((metric) => put.push(metric), 1_000);
  const common = { namespace: 'AWS/IoT', unit: 'Count', timestampMs: 1_000 };
  expect(put).toContainEqual({ ...common, name: 'TopicMatch', dimensions: { RuleName: 'R' }, value: 4 });
  expect(put).toContainEqual({ ...common, name: 'RulesExecuted', dimensions: {}, value: 1 });
  expect(put).toContainEqual({
    ...common,
    name: 'Failure',
    dimensions: { RuleName: 'R', ActionType: 'S3' },
    value: 1,
  });
  expect(put).toHaveLength(8);
});

test.each([
  ["SELECT x FROM 'a'", 'not JSON', 1],
  ["SELECT x FROM 'a'", '{}', undefined],
  ["SELECT * FROM 'a'", 'not JSON', undefined],
  ["SELECT * FROM 'a' WHERE x = 1", 'not JSON', 1],
])('%s for %j: a ParseError is counted where the rule looks into the payload.', (text, payload, count) => {
  const metrics = new RuleMetrics();
  const evaluation = { sql: compileRule(text, '2016-03-23'), context: contextOf(payload) };
  metrics.take({ eventType: 'RuleMatch', ...trace, hasPassed: true, actions: [], durationMs: 1, evaluation });
  expect(metrics.snapshot()['ParseError/R']).toBe(count);
});

test('Each hand-over brings what is new, and nothing twice; the snapshot keeps the sum.', () => {
  const metrics = new RuleMetrics();
  const put: RuleMetric[] = [];
  const handOver = () => metrics.handOver((metric) => put.push(metric), 0);
  const notFound: RuleTraceEvent = { eventType: 'RuleNotFound', ...trace };
  metrics.take(notFound);
  metrics.take(notFound);
  handOver();
  handOver();
  metrics.take(notFound);
  handOver();
  expect(put.map(({ value }) => value)).toEqual([2, 1]);
  expect(metrics.snapshot()).toEqual({ 'RuleNotFound/R': 3 });
});

test('What cannot be the name of a rule is counted without it.', () => {
  const metrics = new RuleMetrics();
  for (const ruleName of ['', 'ü', 'x'.repeat(129)]) {
    metrics.take({ eventType: 'RuleNotFound', ...trace, ruleName });
  }
  expect(metrics.snapshot()).toEqual({ RuleNotFound: 3 });
});

test('Names that anybody can make up do not fill the memory.', () => {
  const metrics = new RuleMetrics();
  for (let count = 0; count < 25_000; count += 1) {
    metrics.take({ eventType: 'RuleNotFound', ...trace, ruleName: `Gone${count}` });
  }
  expect(Object.keys(metrics.snapshot())).toHaveLength(20_000);
});
