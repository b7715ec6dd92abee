import { expect, test } from 'vitest';
import { planTemplate } from '../../../local/template/plan.ts';
import { subscription } from '../../../local/template/resource-types/subscription.ts';
import { topicInlinePolicy } from '../../../local/template/resource-types/topic-inline-policy.ts';
import { topic } from '../../../local/template/resource-types/topic.ts';
import { testTemplate } from '../../support/cloud.ts';

const PLACE = {
  partition: 'aws',
  region: 'eu-west-1',
  accountId: '000000000000',
  stack: 'test-dev',
  endpointUrl: 'http://127.0.0.1:4566',
} as const;
const arn = (service: string, name: string): string => `arn:aws:${service}:eu-west-1:000000000000:${name}`;

function planned(
  functions: Readonly<Record<string, readonly unknown[]>>,
  resources: Readonly<Record<string, unknown>> = {},
) {
  const defined = Object.entries(functions).map(([key, events]) => [key, { handler: 'a.b', events }]);
  return planTemplate(testTemplate({ functions: Object.fromEntries(defined), resources }), PLACE).creations;
}

const letIn = (functionName: string, topicArn: string) => ({
  kind: 'lambda-permission',
  functionName: arn('lambda', `function:test-dev-${functionName}`),
  action: 'lambda:InvokeFunction',
  principal: 'sns.amazonaws.com',
  sourceArn: topicArn,
});

const subscribed = (functionName: string, topicArn: string, attributes = {}) => ({
  kind: 'subscription',
  topicArn,
  protocol: 'lambda',
  endpoint: arn('lambda', `function:test-dev-${functionName}`),
  attributes,
});

test('An sns event with a name becomes a topic, a subscription, and the permission to.', () => {
  expect(planned({ 'do-it': [{ sns: 'hot-days' }] })).toEqual([
    { kind: 'topic', name: 'hot-days', attributes: {}, tags: {}, subscriptions: [] },
    subscribed('do-it', arn('sns', 'hot-days')),
    letIn('do-it', arn('sns', 'hot-days')),
  ]);
});

test('Functions may listen to one topic, which the first of them makes.', () => {
  const creations = planned({
    one: [{ sns: { topicName: 'hot', displayName: 'Hot' } }],
    two: [{ sns: { topicName: 'hot', filterPolicy: { a: ['b'] }, filterPolicyScope: 'MessageBody' } }],
  });
  expect(creations).toEqual([
    { kind: 'topic', name: 'hot', attributes: { DisplayName: 'Hot' }, tags: {}, subscriptions: [] },
    subscribed('one', arn('sns', 'hot')),
    letIn('one', arn('sns', 'hot')),
    subscribed('two', arn('sns', 'hot'), { FilterPolicy: '{"a":["b"]}', FilterPolicyScope: 'MessageBody' }),
    letIn('two', arn('sns', 'hot')),
  ]);
});

test('An sns event with an ARN listens to a topic that is there, and its dead letters may be sent to a queue.', () => {
  const Dead = { Type: 'AWS::SQS::Queue', Properties: {} };
  const Hot = { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'hot' } };
  const deadArn = arn('sqs', 'test-dev-Dead');
  const creations = planned(
    {
      one: [{ sns: arn('sns', 'elsewhere') }],
      two: [
        { sns: { arn: { Ref: 'Hot' }, topicName: 'hot', redrivePolicy: { deadLetterTargetRef: 'Dead' } } },
      ],
      three: [{ sns: { arn: arn('sns', 'hot'), redrivePolicy: { deadLetterTargetArn: deadArn } } }],
    },
    { Dead, Hot },
  );
  const redrive = { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: deadArn }) };
  const policy = (id: string, queue: string) => ({
    kind: 'queue-policy',
    queueUrls: [queue],
    document: {
      Version: '2012-10-17',
      Id: id,
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'sns.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: deadArn,
          Condition: { ArnEquals: { 'aws:SourceArn': arn('sns', 'hot') } },
        },
      ],
    },
  });
  expect(creations.slice(2)).toEqual([
    subscribed('one', arn('sns', 'elsewhere')),
    letIn('one', arn('sns', 'elsewhere')),
    subscribed('two', arn('sns', 'hot'), redrive),
    letIn('two', arn('sns', 'hot')),
    policy('HotToTwoDLQPolicy', 'http://127.0.0.1:4566/000000000000/test-dev-Dead'),
    subscribed('three', arn('sns', 'hot'), redrive),
    letIn('three', arn('sns', 'hot')),
    policy('HotToThreeDLQPolicy', 'test-dev-Dead'),
  ]);
});

test.each<[unknown, string]>([
  [{}, 'it has neither an arn nor a topicName'],
  ['a b', 'it has 1 to 256 letters'],
  [{ arn: { Ref: 'x' } }, 'a topicName is needed'],
  [{ topicName: 'a', batch: 1 }, 'batch'],
  [{ topicName: 'a', filterPolicyScope: 'Body' }, 'filterPolicyScope'],
  [{ topicName: 'a', redrivePolicy: {} }, 'it names one queue'],
  [
    { topicName: 'a', redrivePolicy: { deadLetterTargetImport: { arn: 'a', url: 'b' } } },
    'deadLetterTargetImport',
  ],
])('The sns event %j is refused.', (event, reason) => {
  expect(() => planned({ 'do-it': [{ sns: event }] })).toThrow(reason);
  expect(() => planned({ 'do-it': [{ sns: event }] })).toThrow('function "do-it" has an event "sns"');
});

test('Everything that a subscription may say becomes its attributes.', () => {
  const creation = subscription.create(
    'Mine',
    { ref: 'x', attributes: {} },
    {
      TopicArn: arn('sns', 't'),
      Protocol: 'http',
      Endpoint: 'http://127.0.0.1:1/',
      RawMessageDelivery: 'true',
      FilterPolicy: { a: { b: ['c'] } },
      FilterPolicyScope: 'MessageBody',
      RedrivePolicy: `{"deadLetterTargetArn":"${arn('sqs', 'q')}"}`,
      DeliveryPolicy: { throttlePolicy: { maxReceivesPerSecond: 5 } },
      Region: 'eu-west-1',
    },
  );
  expect(creation).toMatchObject({
    attributes: {
      RawMessageDelivery: 'true',
      FilterPolicy: '{"a":{"b":["c"]}}',
      FilterPolicyScope: 'MessageBody',
      RedrivePolicy: `{"deadLetterTargetArn":"${arn('sqs', 'q')}"}`,
      DeliveryPolicy: '{"throttlePolicy":{"maxReceivesPerSecond":5}}',
    },
  });
});

test('A topic is made with its name, signature, key and tags; a policy may speak of one topic.', () => {
  const named = topic.name('Mine', {}, PLACE, (value) => value);
  expect(
    topic.create('Mine', named, {
      FifoTopic: 'false',
      SignatureVersion: 2,
      KmsMasterKeyId: 'alias/aws/sns',
      TracingConfig: 'Active',
      Tags: [{ Key: 'team', Value: 'green' }],
    }),
  ).toEqual({
    kind: 'topic',
    name: 'test-dev-Mine',
    attributes: { SignatureVersion: '2', KmsMasterKeyId: 'alias/aws/sns' },
    tags: { team: 'green' },
    subscriptions: [],
  });
  const properties = { TopicArn: arn('sns', 't'), PolicyDocument: { Statement: [] } };
  expect(topicInlinePolicy.create('Policy', { ref: 'x', attributes: {} }, properties)).toEqual({
    kind: 'topic-policy',
    topicArns: [arn('sns', 't')],
    document: { Statement: [] },
  });
});

const queue = { TopicArn: arn('sns', 't'), Protocol: 'sqs', Endpoint: arn('sqs', 'q') };

test.each<[string, Readonly<Record<string, unknown>>, string]>([
  ['AWS::SNS::Subscription', { ...queue, FilterPolicy: { a: 'b' } }, '"a" must be an object or an array'],
  [
    'AWS::SNS::Subscription',
    { ...queue, FilterPolicy: { a: { b: ['c'] } } },
    'does not support nested filter policy',
  ],
  [
    'AWS::SNS::Subscription',
    { ...queue, FilterPolicyScope: 'Body' },
    'FilterPolicyScope: Invalid value [Body]',
  ],
  ['AWS::SNS::Subscription', { ...queue, DeliveryPolicy: {} }, 'does not support a delivery policy'],
  ['AWS::SNS::Subscription', { ...queue, RedrivePolicy: {} }, 'deadLetterTargetArn is an invalid arn'],
  ['AWS::SNS::Subscription', { ...queue, SubscriptionRoleArn: 'r' }, 'SubscriptionRoleArn'],
  ['AWS::SNS::Subscription', { ...queue, ReplayPolicy: {} }, 'ReplayPolicy'],
  ['AWS::SNS::Subscription', { ...queue, Region: 'us-east-1' }, 'in another region'],
  [
    'AWS::SNS::Subscription',
    { ...queue, Protocol: 'http', Endpoint: 'http://example.com' },
    'is not this machine',
  ],
  ['AWS::SNS::Topic', { FifoTopic: true }, 'FifoTopic'],
  ['AWS::SNS::Topic', { TopicName: 'a.fifo' }, 'FIFO topics are not served'],
  ['AWS::SNS::Topic', { SignatureVersion: '3' }, 'it is 1 or 2'],
  ['AWS::SNS::Topic', { ContentBasedDeduplication: true }, 'ContentBasedDeduplication'],
  ['AWS::SNS::Topic', { ArchivePolicy: {} }, 'ArchivePolicy'],
  ['AWS::SNS::Topic', { DeliveryStatusLogging: [] }, 'DeliveryStatusLogging'],
  ['AWS::SNS::Topic', { Subscription: [{ Protocol: 'firehose', Endpoint: 'x' }] }, 'the protocol firehose'],
])('A resource of type %s like %j is refused by its name.', (Type, Properties, reason) => {
  expect(() => planned({}, { Mine: { Type, Properties } })).toThrow(reason);
  expect(() => planned({}, { Mine: { Type, Properties } })).toThrow(`resource "Mine" (${Type})`);
});
