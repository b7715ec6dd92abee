import { expect, test } from 'vitest';
import { planTemplate } from '../../../local/template/plan.ts';
import { testTemplate } from '../../support/cloud.ts';

const place = {
  partition: 'aws',
  region: 'eu-west-1',
  accountId: '000000000000',
  stack: 'test-dev',
  endpointUrl: 'http://127.0.0.1:4566',
} as const;

function plan(resources: Readonly<Record<string, { Type: string; Properties: object }>>) {
  return planTemplate(testTemplate({ resources }), place);
}

test('Topics, subscriptions and policies are planned with the names that they refer to each other by.', () => {
  const { creations, references } = plan({
    Alarms: {
      Type: 'AWS::SNS::Topic',
      Properties: { DisplayName: 'Alarms', Subscription: [{ Protocol: 'email', Endpoint: 'a@example.com' }] },
    },
    Q: { Type: 'AWS::SQS::Queue', Properties: {} },
    ToQueue: {
      Type: 'AWS::SNS::Subscription',
      Properties: {
        TopicArn: { Ref: 'Alarms' },
        Protocol: 'sqs',
        Endpoint: { 'Fn::GetAtt': ['Q', 'Arn'] },
        RawMessageDelivery: true,
        RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': 'Q.Arn' } },
      },
    },
    MayPublish: {
      Type: 'AWS::SNS::TopicPolicy',
      Properties: { Topics: [{ Ref: 'Alarms' }], PolicyDocument: { Statement: [] } },
    },
    MaySend: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: { Queues: [{ Ref: 'Q' }], PolicyDocument: { Statement: [] } },
    },
  });
  const topicArn = 'arn:aws:sns:eu-west-1:000000000000:test-dev-Alarms';
  const queueArn = 'arn:aws:sqs:eu-west-1:000000000000:test-dev-Q';
  const queueUrl = 'http://127.0.0.1:4566/000000000000/test-dev-Q';
  expect(references['Alarms']).toBe(topicArn);
  expect(creations).toEqual([
    {
      kind: 'topic',
      name: 'test-dev-Alarms',
      attributes: { DisplayName: 'Alarms' },
      tags: {},
      subscriptions: [{ protocol: 'email', endpoint: 'a@example.com' }],
    },
    { kind: 'queue', name: 'test-dev-Q', attributes: {} },
    {
      kind: 'subscription',
      topicArn,
      protocol: 'sqs',
      endpoint: queueArn,
      attributes: { RawMessageDelivery: 'true', RedrivePolicy: `{"deadLetterTargetArn":"${queueArn}"}` },
    },
    { kind: 'topic-policy', topicArns: [topicArn], document: { Statement: [] } },
    { kind: 'queue-policy', queueUrls: [queueUrl], document: { Statement: [] } },
  ]);
});

test('Delivery streams, log groups and rule destinations are planned.', () => {
  const { creations, references } = plan({
    Lake: { Type: 'AWS::S3::Bucket', Properties: {} },
    Stream: {
      Type: 'AWS::KinesisFirehose::DeliveryStream',
      Properties: {
        DeliveryStreamType: 'DirectPut',
        ExtendedS3DestinationConfiguration: {
          BucketARN: { 'Fn::GetAtt': ['Lake', 'Arn'] },
          RoleARN: 'role',
          Prefix: 'raw/',
          CompressionFormat: 'GZIP',
          BufferingHints: { IntervalInSeconds: 60 },
        },
      },
    },
    Plain: {
      Type: 'AWS::KinesisFirehose::DeliveryStream',
      Properties: { S3DestinationConfiguration: { BucketARN: 'arn:aws:s3:::other', RoleARN: 'role' } },
    },
    Devices: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/devices', RetentionInDays: 30 } },
    Hook: {
      Type: 'AWS::IoT::TopicRuleDestination',
      Properties: { HttpUrlProperties: { ConfirmationUrl: 'http://127.0.0.1:8080/' } },
    },
  });
  expect(references).toMatchObject({ Stream: 'test-dev-Stream', Devices: '/devices' });
  expect(creations).toEqual([
    { kind: 'bucket', name: 'test-dev-lake' },
    {
      kind: 'delivery-stream',
      name: 'test-dev-Stream',
      bucket: 'test-dev-lake',
      prefix: 'raw/',
      isCompressed: true,
      intervalSeconds: 60,
      sizeMib: 5,
    },
    {
      kind: 'delivery-stream',
      name: 'test-dev-Plain',
      bucket: 'other',
      prefix: '',
      isCompressed: false,
      intervalSeconds: 300,
      sizeMib: 5,
    },
    { kind: 'log-group', name: '/devices' },
    { kind: 'rule-destination', confirmationUrl: 'http://127.0.0.1:8080/' },
  ]);
});

test.each<[string, string, object, string]>([
  ['AWS::SNS::Topic', 'FIFO', { FifoTopic: true }, 'FifoTopic'],
  [
    'AWS::SNS::Subscription',
    'a stream of Firehose',
    { TopicArn: 't', Protocol: 'firehose', Endpoint: 'e', SubscriptionRoleArn: 'r' },
    'SubscriptionRoleArn',
  ],
  ['AWS::KinesisFirehose::DeliveryStream', 'no destination in S3', {}, 'it needs a destination in S3'],
  [
    'AWS::KinesisFirehose::DeliveryStream',
    'a transformation',
    {
      ExtendedS3DestinationConfiguration: {
        BucketARN: 'arn:aws:s3:::b',
        RoleARN: 'r',
        ProcessingConfiguration: { Enabled: true },
      },
    },
    'ProcessingConfiguration',
  ],
  [
    'AWS::KinesisFirehose::DeliveryStream',
    'a dynamic prefix',
    {
      S3DestinationConfiguration: { BucketARN: 'arn:aws:s3:::b', RoleARN: 'r', Prefix: '!{timestamp:yyyy}/' },
    },
    'a dynamic prefix',
  ],
  [
    'AWS::KinesisFirehose::DeliveryStream',
    'a stream as its source',
    { DeliveryStreamType: 'KinesisStreamAsSource' },
    'DeliveryStreamType',
  ],
  ['AWS::IoT::TopicRuleDestination', 'a VPC', { VpcProperties: {} }, 'VpcProperties'],
])('%s with %s is refused by name.', (Type, _what, Properties, words) => {
  expect(() => plan({ Mine: { Type, Properties } })).toThrow(words);
  expect(() => plan({ Mine: { Type, Properties } })).toThrow(`resource "Mine" (${Type})`);
});
