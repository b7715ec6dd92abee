import { expect, test } from 'vitest';
import { alarmPermissions } from '../../../local/cloud/alarm-permissions.ts';
import { readAlarm } from '../../../local/cloudwatch/index.ts';
import type { Plan } from '../../../local/template/plan.ts';

const PLACE = { accountId: '000000000000', region: 'eu-west-1' };
const TOPIC = 'arn:aws:sns:eu-west-1:000000000000:shades';
const FUNCTION = 'arn:aws:lambda:eu-west-1:000000000000:function:move-shade';
const ALARM = 'arn:aws:cloudwatch:eu-west-1:000000000000:alarm:shade';

const definition = readAlarm({
  AlarmName: 'shade',
  Namespace: 'Greenhouse',
  MetricName: 'ShadePosition',
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 0,
  ComparisonOperator: 'GreaterThanThreshold',
  AlarmActions: [TOPIC, FUNCTION],
});

function permissionsOf(...creations: Plan['creations']) {
  const plan = {
    creations: [{ kind: 'alarm', definition } as const, ...creations],
    functions: [],
    references: {},
  };
  return alarmPermissions({ ...PLACE, plan });
}

const publish = { kind: 'sns', arn: TOPIC, alarmArn: ALARM } as const;
const invoke = { kind: 'lambda', arn: FUNCTION, alarmArn: ALARM } as const;

const policy = (statement: object, topicArn = TOPIC) =>
  ({
    kind: 'topic-policy',
    topicArns: [topicArn],
    document: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sns:Publish', Resource: topicArn, ...statement }],
    },
  }) as const;

test('A topic without a policy takes what the alarms of its account publish.', () => {
  expect(() => permissionsOf()(publish)).not.toThrow();
});

test('A topic whose policy lets only others in hears of no alarm, and the refusal says what is missing.', () => {
  const refuse = permissionsOf(policy({ Principal: { Service: 'codepipeline.amazonaws.com' } }));
  expect(() => refuse(publish)).toThrow(
    `cloudwatch.amazonaws.com is not authorized to perform: sns:Publish on resource: ${TOPIC} for ${ALARM} because no ` +
      'resource-based policy allows the sns:Publish action. Add to its policy: {"Effect":"Allow",',
  );
});

test('A topic whose policy lets CloudWatch in hears of the alarms that it names.', () => {
  const statement = {
    Principal: { Service: 'cloudwatch.amazonaws.com' },
    Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:cloudwatch:*:*:alarm:sha*' } },
  };
  const authorise = permissionsOf(policy(statement));
  expect(() => authorise(publish)).not.toThrow();
  expect(() => authorise({ ...publish, alarmArn: ALARM.replace('shade', 'awning') })).toThrow('sns:Publish');
});

test('The policy of a topic that no alarm publishes to is not read: it may say what cannot be evaluated here.', () => {
  const strange = { Principal: '*', Condition: { NumericEquals: { 'aws:MultiFactorAuthAge': 1 } } };
  expect(() => permissionsOf(policy(strange, `${TOPIC}-2`))).not.toThrow();
  expect(() => permissionsOf(policy(strange))).toThrow('NumericEquals');
});

test('A function is invoked with a permission for the service of alarms, and not with one for others.', () => {
  const permission = (principal: string) =>
    ({
      kind: 'lambda-permission',
      functionName: 'move-shade',
      action: 'lambda:InvokeFunction',
      principal,
      sourceArn: ALARM,
    }) as const;
  expect(() => permissionsOf(permission('lambda.alarms.cloudwatch.amazonaws.com'))(invoke)).not.toThrow();
  expect(() => permissionsOf(permission('events.amazonaws.com'))(invoke)).toThrow(
    'lambda.alarms.cloudwatch.amazonaws.com is not authorized to perform: lambda:InvokeFunction',
  );
  expect(() => permissionsOf()(invoke)).toThrow('Add an AWS::Lambda::Permission');
});
