import { expect, test } from 'vitest';
import { alarm } from '../../../local/template/resource-types/alarm.ts';

const PLACE = {
  partition: 'aws',
  region: 'eu-west-1',
  accountId: '000000000000',
  stack: 'greenhouse-dev',
  endpointUrl: 'http://127.0.0.1:4566',
} as const;

const PROPERTIES = {
  Namespace: 'Greenhouse',
  MetricName: 'ShadePosition',
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 15,
  DatapointsToAlarm: 15,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  AlarmActions: ['arn:aws:sns:eu-west-1:000000000000:shades'],
};

const nameOf = (properties: object) => alarm.name('ShadeOpen', { ...properties }, PLACE, (value) => value);

const create = (changes: object = {}) => {
  const properties = { ...PROPERTIES, ...changes };
  return alarm.create('ShadeOpen', nameOf(properties), properties);
};

test('An alarm is called by its name, or by its stack and logical id; its ARN is an attribute.', () => {
  expect(nameOf({})).toEqual({
    ref: 'greenhouse-dev-ShadeOpen',
    attributes: { Arn: 'arn:aws:cloudwatch:eu-west-1:000000000000:alarm:greenhouse-dev-ShadeOpen' },
  });
  expect(nameOf({ AlarmName: 'open' }).ref).toBe('open');
});

test('An alarm is made as PutMetricAlarm would make it.', () => {
  expect(create({ AlarmName: 'open', Tags: [{ Key: 'a', Value: 'b' }] })).toEqual({
    kind: 'alarm',
    definition: {
      alarmName: 'open',
      actionsEnabled: true,
      okActions: [],
      alarmActions: PROPERTIES.AlarmActions,
      insufficientDataActions: [],
      metric: { namespace: 'Greenhouse', name: 'ShadePosition', dimensions: {} },
      statistic: 'Sum',
      periodSeconds: 60,
      evaluationPeriods: 15,
      datapointsToAlarm: 15,
      threshold: 1,
      comparisonOperator: 'GreaterThanOrEqualToThreshold',
    },
  });
});

test.each<[object, string]>([
  [{ Metrics: [] }, 'alarms on metric math, Metrics Insights and several metrics are not served here'],
  [{ WarmUpConfiguration: {} }, 'warm-up periods are not served here'],
  [{ EvaluationWindow: { WallClockWindow: {} } }, 'other windows than the sliding one are not served here'],
  [{ Shade: 1 }, 'Shade'],
  [{ AlarmActions: ['arn:aws:automate:eu-west-1:ec2:stop'] }, 'is one of EC2'],
  [{ Threshold: undefined }, 'The parameter Threshold is required'],
])('An alarm with %j is refused: %s.', (changes, message) => {
  expect(() => create(changes)).toThrow(
    expect.objectContaining({
      code: 'PROPERTY_NOT_SERVED',
      message: expect.stringMatching(/^resource "ShadeOpen" \(AWS::CloudWatch::Alarm\)/),
    }),
  );
  expect(() => create(changes)).toThrow(message);
});
