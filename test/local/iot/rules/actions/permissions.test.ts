import { expect, test } from 'vitest';
import { createAuthoriser } from '../../../../../local/iam/index.ts';
import { actionBench, ROLE } from './bench.ts';

const RoleArn = ROLE;
const FUNCTION = 'arn:aws:lambda:eu-west-1:000000000000:function:score';
const at = (service: string) => `arn:aws:${service}:eu-west-1:000000000000:`;

const trustPolicy = {
  Version: '2012-10-17',
  Statement: {
    Effect: 'Allow',
    Principal: { Service: 'iot.amazonaws.com' },
    Action: 'sts:AssumeRole',
    Condition: {
      StringEquals: { 'aws:SourceAccount': '000000000000' },
      ArnLike: { 'aws:SourceArn': 'arn:aws:iot:*:000000000000:rule/Rule' },
    },
  },
};

/** An authoriser with one role that allows what is given, and nothing besides. */
function allowing(statements: readonly { readonly Action: string; readonly Resource: string }[]) {
  const document = {
    Version: '2012-10-17',
    Statement: statements.map((statement) => ({ Effect: 'Allow', ...statement })),
  };
  return createAuthoriser({
    roles: [
      {
        name: 'rules',
        arn: ROLE,
        trustPolicy,
        policies: [{ name: 'rule', document }],
        foreignPolicyArns: [],
        hasPermissionsBoundary: false,
      },
    ],
    permissions: [],
    resourcePolicies: [],
    accountId: '000000000000',
    region: 'eu-west-1',
  });
}

test.each<[string, object, string[], string]>([
  ['Republish', { Topic: '$$aws/x', RoleArn }, ['iot:Publish'], `${at('iot')}topic/$aws/x`],
  ['S3', { BucketName: 'b', Key: 'k/${x}', RoleArn }, ['s3:PutObject'], 'arn:aws:s3:::b/k/1'],
  [
    'S3',
    { BucketName: 'b', Key: 'k', CannedAcl: 'private', RoleArn },
    ['s3:PutObject', 's3:PutObjectAcl'],
    'arn:aws:s3:::b/k',
  ],
  ['Sqs', { QueueUrl: 'http://127.0.0.1/000000000000/q', RoleArn }, ['sqs:SendMessage'], `${at('sqs')}q`],
  ['DynamoDBv2', { PutItem: { TableName: 't' }, RoleArn }, ['dynamodb:PutItem'], `${at('dynamodb')}table/t`],
  [
    'DynamoDB',
    { TableName: 't', HashKeyField: 'k', HashKeyValue: 'v', Operation: 'UPDATE', RoleArn },
    ['dynamodb:UpdateItem'],
    `${at('dynamodb')}table/t`,
  ],
  ['Sns', { TargetArn: `${at('sns')}t`, RoleArn }, ['sns:Publish'], `${at('sns')}t`],
  [
    'CloudwatchMetric',
    { MetricNamespace: 'n', MetricName: 'm', MetricValue: '1', MetricUnit: 'None', RoleArn },
    ['cloudwatch:PutMetricData'],
    '*',
  ],
  [
    'CloudwatchAlarm',
    { AlarmName: 'hot', StateReason: 'r', StateValue: 'OK', RoleArn },
    ['cloudwatch:SetAlarmState'],
    `${at('cloudwatch')}alarm:hot`,
  ],
  [
    'CloudwatchLogs',
    { LogGroupName: 'g', RoleArn },
    ['logs:DescribeLogStreams', 'logs:CreateLogStream', 'logs:PutLogEvents'],
    `${at('logs')}log-group:g:*`,
  ],
  [
    'Kinesis',
    { StreamName: 's', PartitionKey: 'k', RoleArn },
    ['kinesis:PutRecord'],
    `${at('kinesis')}stream/s`,
  ],
  [
    'Firehose',
    { DeliveryStreamName: 's', RoleArn },
    ['firehose:PutRecord'],
    `${at('firehose')}deliverystream/s`,
  ],
  [
    'Firehose',
    { DeliveryStreamName: 's', BatchMode: true, RoleArn },
    ['firehose:PutRecordBatch'],
    `${at('firehose')}deliverystream/s`,
  ],
  [
    'StepFunctions',
    { StateMachineName: 'm', RoleArn },
    ['states:StartExecution'],
    `${at('states')}stateMachine:m`,
  ],
  [
    'Timestream',
    { DatabaseName: 'd', TableName: 't', Dimensions: [{ Name: 'n', Value: 'v' }], RoleArn },
    ['timestream:DescribeEndpoints', 'timestream:WriteRecords'],
    '*',
  ],
  [
    'OpenSearch',
    {
      Endpoint: 'https://search-green-house-abcdefghijklmnopqrstuvwx12.eu-west-1.es.amazonaws.com',
      Index: 'i',
      Type: '_doc',
      Id: '1',
      RoleArn,
    },
    ['es:ESHttpPut'],
    `${at('es')}domain/green-house/*`,
  ],
])('%s with %j needs %j, and each of them.', async (name, settings, needed, Resource) => {
  const run = async (actions: readonly string[]) => {
    const authoriser = allowing(actions.map((Action) => ({ Action, Resource })));
    const bench = actionBench([{ [name]: settings }], { authoriser });
    return { failures: await bench.send({ x: 1 }), calls: bench.calls };
  };
  const allowed = await run(needed);
  expect(allowed.failures).toEqual([]);
  expect(allowed.calls).toHaveLength(1);
  for (const missing of needed) {
    const { failures, calls } = await run(needed.filter((action) => action !== missing));
    expect(calls).toEqual([]);
    expect(failures).toMatchObject([{ failedAction: `${name}Action` }]);
    expect(failures[0]?.errorMessage).toContain(
      `User: arn:aws:sts::000000000000:assumed-role/rules is not authorized to perform: ${missing} on resource: `,
    );
    expect(failures[0]?.errorMessage).toContain(
      `Add to the role "rules": {"Effect":"Allow","Action":"${missing}"`,
    );
  }
});

test('An endpoint that is none of OpenSearch Service has no domain that could be allowed.', async () => {
  const authoriser = allowing([{ Action: '*', Resource: '*' }]);
  const settings = { Endpoint: 'http://127.0.0.1:9200', Index: 'i', Type: 't', Id: '1', RoleArn };
  expect(await actionBench([{ OpenSearch: settings }], { authoriser }).send({})).toMatchObject([
    { errorMessage: expect.stringContaining('is none of Amazon OpenSearch Service') },
  ]);
});

test('A function that AWS IoT may not invoke is not invoked, and the permission that is missing is written out.', async () => {
  const bench = actionBench([{ Lambda: { FunctionArn: FUNCTION } }], { authoriser: allowing([]) });
  const [failure] = await bench.send({});
  expect(bench.calls).toEqual([]);
  expect(failure?.failedAction).toBe('LambdaAction');
  expect(failure?.errorMessage).toContain(
    `is not authorized to perform: lambda:InvokeFunction on resource: ${FUNCTION}`,
  );
  expect(failure?.errorMessage).toContain('"SourceArn":"arn:aws:iot:eu-west-1:000000000000:rule/Rule"');
});

test('An error action needs its own permission.', async () => {
  const bench = actionBench(
    [{ Lambda: { FunctionArn: FUNCTION } }],
    { authoriser: allowing([{ Action: 'sqs:SendMessage', Resource: `${at('sqs')}errors` }]) },
    { errorAction: { Sqs: { QueueUrl: 'http://127.0.0.1/000000000000/errors', RoleArn } } },
  );
  await bench.send({});
  expect(bench.calls.map(({ service }) => service)).toEqual(['sendMessage']);
});
