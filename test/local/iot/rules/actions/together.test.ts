import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../../../../local/clock.ts';
import { createCloudWatch, readAlarm } from '../../../../../local/cloudwatch/index.ts';
import { authoriserOf } from '../../../../../local/iam/index.ts';
import {
  createRulesEngine,
  readTopicRule,
  type RuleTraceEvent,
} from '../../../../../local/iot/rules/index.ts';
import { createDeliveryStreams, createOutboxReader, openOutbox } from '../../../../../local/outbox/index.ts';
import { createS3 } from '../../../../../local/s3/index.ts';
import { createSns } from '../../../../../local/sns/index.ts';
import { createSqs } from '../../../../../local/sqs/index.ts';
import { planTemplate, type Plan } from '../../../../../local/template/plan.ts';
import { testTemplate } from '../../../../support/cloud.ts';
import { CREDENTIALS, startEndpoint } from '../../../endpoint/support.ts';
import { messageOn } from '../message.ts';

const REGION = 'eu-west-1';
const ACCOUNT = '000000000000';
const BASE_URL = 'http://127.0.0.1:4566';

const rule = (name: string, action: object) => ({
  Type: 'AWS::IoT::TopicRule',
  Properties: {
    RuleName: name,
    TopicRulePayload: {
      Sql: `SELECT * FROM 'in/${name}'`,
      AwsIotSqlVersion: '2016-03-23',
      Actions: [action],
      ErrorAction: { CloudwatchLogs: { LogGroupName: { Ref: 'Failures' }, RoleArn } },
    },
  },
});

const RoleArn = { 'Fn::GetAtt': ['Role', 'Arn'] };

/** A service with a rule for each kind of action whose service runs here whole. */
const resources = {
  Role: {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Statement: { Effect: 'Allow', Principal: { Service: 'iot.amazonaws.com' }, Action: 'sts:AssumeRole' },
      },
      Policies: [
        {
          PolicyName: 'rules',
          PolicyDocument: {
            Statement: [
              { Effect: 'Allow', Action: 'sns:Publish', Resource: { Ref: 'Alarms' } },
              {
                Effect: 'Allow',
                Action: 'firehose:PutRecord',
                Resource: { 'Fn::GetAtt': ['Stream', 'Arn'] },
              },
              {
                Effect: 'Allow',
                Action: ['cloudwatch:PutMetricData', 'cloudwatch:SetAlarmState'],
                Resource: '*',
              },
              { Effect: 'Allow', Action: 'logs:*', Resource: { 'Fn::GetAtt': ['Failures', 'Arn'] } },
              { Effect: 'Allow', Action: 'kinesis:PutRecord', Resource: '*:stream/allowed' },
            ],
          },
        },
      ],
    },
  },
  Alarms: { Type: 'AWS::SNS::Topic', Properties: {} },
  Inbox: { Type: 'AWS::SQS::Queue', Properties: {} },
  Lake: { Type: 'AWS::S3::Bucket', Properties: {} },
  Failures: { Type: 'AWS::Logs::LogGroup', Properties: {} },
  Stream: {
    Type: 'AWS::KinesisFirehose::DeliveryStream',
    Properties: {
      S3DestinationConfiguration: {
        BucketARN: { 'Fn::GetAtt': ['Lake', 'Arn'] },
        RoleARN: 'role',
        BufferingHints: { IntervalInSeconds: 0 },
      },
    },
  },
  Subscription: {
    Type: 'AWS::SNS::Subscription',
    Properties: {
      TopicArn: { Ref: 'Alarms' },
      Protocol: 'sqs',
      Endpoint: { 'Fn::GetAtt': ['Inbox', 'Arn'] },
      RawMessageDelivery: true,
    },
  },
  InboxPolicy: {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [{ Ref: 'Inbox' }],
      PolicyDocument: {
        Statement: {
          Effect: 'Allow',
          Principal: { Service: 'sns.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: '*',
          Condition: { ArnEquals: { 'aws:SourceArn': { Ref: 'Alarms' } } },
        },
      },
    },
  },
  Notify: rule('notify', { Sns: { TargetArn: { Ref: 'Alarms' }, RoleArn } }),
  Deliver: rule('deliver', { Firehose: { DeliveryStreamName: { Ref: 'Stream' }, Separator: '\n', RoleArn } }),
  Measure: rule('measure', {
    CloudwatchMetric: {
      MetricNamespace: 'Plant',
      MetricName: 'Lux',
      MetricValue: '${lux}',
      MetricUnit: 'None',
      RoleArn,
    },
  }),
  Alarm: rule('alarm', {
    CloudwatchAlarm: { AlarmName: 'hot', StateReason: '${lux} lux', StateValue: 'ALARM', RoleArn },
  }),
  Stream1: rule('stream', { Kinesis: { StreamName: '${to}', PartitionKey: 'k', RoleArn } }),
};

const folder = mkdtempSync(path.join(tmpdir(), 'actions-'));
const place = {
  partition: 'aws',
  region: REGION,
  accountId: ACCOUNT,
  stack: 'test',
  endpointUrl: BASE_URL,
} as const;
const plan = planTemplate(testTemplate({ resources }), place);
const events: RuleTraceEvent[] = [];
const logged: unknown[] = [];
const log = (message: string, data: object): void => void logged.push({ message, ...data });
const clock = systemClock;

const authoriser = authoriserOf(plan.creations, place);
const hot = readAlarm({
  AlarmName: 'hot',
  Namespace: 'Greenhouse',
  MetricName: 'Lux',
  Statistic: 'Maximum',
  Period: 60,
  EvaluationPeriods: 1,
  ComparisonOperator: 'GreaterThanThreshold',
  Threshold: 35_000,
});
const sqs = createSqs({ file: ':memory:', clock, accountId: ACCOUNT, region: REGION, baseUrl: BASE_URL });
const s3 = createS3({ directory: path.join(folder, 's3'), clock, region: REGION });
const outbox = openOutbox(path.join(folder, 'outbox'), clock);
const cloudwatch = createCloudWatch({
  file: path.join(folder, 'cloudwatch.sqlite'),
  logFolder: path.join(folder, 'log-groups'),
  clock,
  ...place,
  log,
  targets: {
    publish: (message) => sns.publish(message),
    invokeAsync: () => Promise.reject(new Error('there is no function')),
  },
});
const streams = createDeliveryStreams({
  streams: pick('delivery-stream'),
  putObject: (object) => s3.putObject(object),
  clock,
  log,
});
const sns = createSns({
  file: ':memory:',
  clock,
  accountId: ACCOUNT,
  region: REGION,
  baseUrl: BASE_URL,
  log,
  targets: {
    sendMessage: (message) => sqs.sendMessage(message),
    invokeAsync: () => Promise.reject(new Error('there is no function')),
    keep: (kind, record) => outbox.keep(kind, record),
    authorise: ({ topicArn, endpoint }) =>
      authoriser.requireResource({
        servicePrincipal: 'sns.amazonaws.com',
        sourceArn: topicArn,
        action: 'sqs:SendMessage',
        resource: endpoint,
      }),
  },
});
const engine = createRulesEngine({
  rules: pick('topic-rule').map(({ name, payload }) => readTopicRule({ ruleName: name, payload })),
  clock,
  account: ACCOUNT,
  region: REGION,
  log: (event) => events.push(event),
  services: {
    invokeAsync: () => Promise.reject(new Error('there is no function')),
    publish: () => undefined,
    putObject: (object) => s3.putObject(object),
    sendMessage: async (message) => void (await sqs.sendMessage(message)),
    putItem: () => Promise.reject(new Error('there is no table')),
    authoriser,
    notify: async (notification) => void (await sns.publish(notification)),
    putMetric: (datum) => cloudwatch.putMetric(datum),
    setAlarmState: (state) => cloudwatch.setAlarmState(state),
    putLogEvents: (put) => cloudwatch.putLogEvents(put),
    putRecords: (name, records) => streams.putRecords(name, records),
    keep: (kind, record) => outbox.keep(kind, record),
  },
});

function pick<Kind extends Plan['creations'][number]['kind']>(kind: Kind) {
  return plan.creations.filter(
    (one): one is Extract<Plan['creations'][number], { kind: Kind }> => one.kind === kind,
  );
}

beforeAll(async () => {
  for (const { name } of pick('queue')) sqs.ensureQueue(name);
  for (const { name } of pick('bucket')) await s3.ensureBucket(name);
  for (const { name } of pick('log-group')) cloudwatch.ensureLogGroup(name);
  cloudwatch.ensureAlarms([hot]);
  for (const { name, attributes } of pick('topic')) sns.ensureTopic(name, attributes);
  for (const subscription of pick('subscription')) sns.ensureSubscription(subscription);
});
afterAll(async () => {
  await streams.flush();
  await s3.close();
  await sns.drained();
  sns.close();
  sqs.close();
  cloudwatch.close();
  outbox.close();
  rmSync(folder, { recursive: true });
});

async function send(topic: string, payload: unknown): Promise<string[]> {
  events.length = 0;
  engine.evaluate(messageOn(topic, payload));
  await engine.drained();
  return events.flatMap((event) => ('errorMessage' in event ? [event.errorMessage ?? ''] : []));
}

test('A rule publishes to a topic, and the queue that it lets in has the message.', async () => {
  expect(await send('in/notify', { hot: true })).toEqual([]);
  expect(logged).toEqual([]);
  const endpoint = await startEndpoint({ sqs: sqs.handler });
  const client = new SQSClient({ endpoint: endpoint.url, region: REGION, credentials: CREDENTIALS });
  const QueueUrl = `${endpoint.url}/${ACCOUNT}/test-Inbox`;
  const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl }));
  expect(Messages.map(({ Body }) => Body)).toEqual(['{"hot":true}']);
  client.destroy();
  await endpoint.close();
});

test('Records of a rule become an object in the bucket of the stream.', async () => {
  expect(await send('in/deliver', { n: 1 })).toEqual([]);
  await streams.flush();
  const endpoint = await startEndpoint({ s3: s3.handler });
  const client = new S3Client({
    endpoint: endpoint.url,
    region: REGION,
    credentials: CREDENTIALS,
    forcePathStyle: true,
  });
  const Bucket = 'test-lake';
  const { Contents: [object, ...more] = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
  expect(more).toEqual([]);
  expect(object?.Key).toMatch(/^\d{4}(\/\d\d){3}\/test-Stream-1-[-\d]{19}-[-0-9a-f]{36}$/);
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: object?.Key }));
  expect(await Body?.transformToString()).toBe('{"n":1}\n');
  expect(logged).toEqual([]);
  client.destroy();
  await endpoint.close();
});

test('Metrics and alarms of rules are in CloudWatch.', async () => {
  expect(await send('in/measure', { lux: 35_000 })).toEqual([]);
  expect(await send('in/alarm', { lux: 35_001 })).toEqual([]);
  const now = clock.now();
  const metric = { namespace: 'Plant', name: 'Lux', dimensions: {} };
  expect(
    cloudwatch.getStatistics({ ...metric, startMs: now - 60_000, endMs: now + 60_000, periodSeconds: 60 }),
  ).toMatchObject([{ sum: 35_000 }]);
  expect(cloudwatch.listAlarms()).toMatchObject([
    { definition: { alarmName: 'hot' }, state: { value: 'ALARM', reason: '35001 lux' } },
  ]);
});

test('What the role does not allow fails, and the error action tells it in its log group.', async () => {
  expect(await send('in/stream', { to: 'allowed' })).toEqual([]);
  const [message] = await send('in/stream', { to: 'forbidden' });
  expect(message).toContain(
    `is not authorized to perform: kinesis:PutRecord on resource: arn:aws:kinesis:${REGION}:${ACCOUNT}:stream/forbidden`,
  );
  const kept = createOutboxReader(path.join(folder, 'outbox'), ['kinesis']).read();
  expect(kept.map(({ text }) => text)).toEqual([expect.stringContaining('"streamName":"allowed"')]);
  const [file = ''] = await readdir(path.join(folder, 'log-groups'));
  const line = (await readFile(path.join(folder, 'log-groups', file), 'utf8')).trim();
  expect(line).toContain('\\"failedAction\\":\\"KinesisAction\\",\\"failedResource\\":\\"forbidden\\"');
});
