import { expect, test } from 'vitest';
import { createAdjustableClock } from '../../../../local/clock/index.ts';
import { problemOf, type RuleMetric, startRuleTrace } from '../../../../local/iot/trace/index.ts';
import type { RuleTraceEvent } from '../../../../local/iot/rules/trace.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const trace = {
  ruleName: 'R',
  ruleArn: 'arn:R',
  topic: 'a',
  traceId: 't',
  publisher: { protocol: 'MQTT' },
  atMs: 0,
} as const;
const end = { isErrorAction: false, durationMs: 1 };
const notFound: RuleTraceEvent = { eventType: 'RuleNotFound', ...trace };

test('What was counted is handed over once a minute, and at the end.', () => {
  const clock = new ManualClock();
  const put: RuleMetric[] = [];
  const rules = startRuleTrace({ clock, accountId: '000000000000', putMetric: (metric) => put.push(metric) });
  rules.take(notFound);
  rules.take(notFound);
  clock.advance(59_999);
  expect(put).toEqual([]);
  clock.advance(1);
  expect(put.map(({ name, value }) => [name, value])).toEqual([['RuleNotFound', 2]]);
  clock.advance(120_000);
  rules.take(notFound);
  clock.advance(60_000);
  rules.take(notFound);
  rules.stop();
  clock.advance(600_000);
  expect(put.map(({ value }) => value)).toEqual([2, 1, 1]);
  expect(rules.log.read({ limit: 9 }).entries).toHaveLength(4);
  expect(rules.log.isClosed).toBe(true);
});

test('A year in which no rule does anything passes without a timer.', async () => {
  const clock = createAdjustableClock();
  clock.setSpeed(0);
  const rules = startRuleTrace({ clock, accountId: '000000000000', putMetric: () => undefined });
  rules.take(notFound);
  expect(await clock.advance(365 * 86_400_000)).toBe(1);
  rules.stop();
});

test('Without a CloudWatch nothing is handed over.', () => {
  const clock = new ManualClock();
  const rules = startRuleTrace({ clock, accountId: '000000000000' });
  rules.take(notFound);
  clock.advance(120_000);
  rules.stop();
  expect(rules.metrics.snapshot()).toEqual({ 'RuleNotFound/R': 1 });
});

test.each<[RuleTraceEvent, string | undefined]>([
  [{ eventType: 'RuleMatch', ...trace, hasPassed: true, actions: [], durationMs: 1 }, undefined],
  [{ eventType: 'ActionSuccess', ...trace, ...end, action: 'SqsAction', resource: 'q' }, undefined],
  [
    {
      eventType: 'FunctionExecution',
      ...trace,
      functionName: 'f',
      resources: {},
      errorMessage: 'no',
      durationMs: 1,
    },
    undefined,
  ],
  [notFound, 'rule R, message on "a": RuleNotFound: there is no such rule, or it is disabled'],
  [
    { eventType: 'RuleFailure', ...trace, errorMessage: 'no', durationMs: 1 },
    'rule R, message on "a": RuleFailure: no',
  ],
  [
    {
      eventType: 'ActionFailure',
      ...trace,
      ...end,
      failedAction: 'SqsAction',
      failedResource: 'q',
      errorMessage: 'no',
    },
    'rule R, message on "a": ActionFailure: no',
  ],
])('What went wrong is told: %j.', (event, told) => {
  expect(problemOf(event)).toBe(told);
});
