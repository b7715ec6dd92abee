import {
  CreateTopicCommand,
  DeleteTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListSubscriptionsCommand,
  ListTagsForResourceCommand,
  ListTopicsCommand,
  PublishBatchCommand,
  SetTopicAttributesCommand,
  TagResourceCommand,
  UnsubscribeCommand,
  UntagResourceCommand,
  type PublishCommandInput,
} from '@aws-sdk/client-sns';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { REGION } from '../endpoint/support.ts';
import { startSnsUser } from './client.ts';
import { ACCOUNT, startSns } from './support.ts';

let user: Awaited<ReturnType<typeof startSnsUser>>;
beforeAll(async () => {
  user = await startSnsUser();
});
afterAll(() => user.close());

test('A topic is made once, described, tagged and deleted.', async () => {
  const { client } = user.running;
  const create = new CreateTopicCommand({
    Name: 'alarms',
    Attributes: { DisplayName: 'Alarms' },
    Tags: [{ Key: 'team', Value: 'green' }],
  });
  const { TopicArn } = await client.send(create);
  expect(TopicArn).toBe(`arn:aws:sns:${REGION}:${ACCOUNT}:alarms`);
  expect((await client.send(create)).TopicArn).toBe(TopicArn);
  await client.send(
    new SetTopicAttributesCommand({ TopicArn, AttributeName: 'DisplayName', AttributeValue: 'Wärme <&>' }),
  );
  const { Attributes } = await client.send(new GetTopicAttributesCommand({ TopicArn }));
  expect(Attributes).toMatchObject({
    TopicArn,
    Owner: ACCOUNT,
    DisplayName: 'Wärme <&>',
    SubscriptionsConfirmed: '0',
    SubscriptionsPending: '0',
    Policy: expect.stringContaining('__default_policy_ID'),
  });
  await client.send(new TagResourceCommand({ ResourceArn: TopicArn, Tags: [{ Key: 'a', Value: 'b' }] }));
  await client.send(new UntagResourceCommand({ ResourceArn: TopicArn, TagKeys: ['team'] }));
  const { Tags } = await client.send(new ListTagsForResourceCommand({ ResourceArn: TopicArn }));
  expect(Tags).toEqual([{ Key: 'a', Value: 'b' }]);
  await client.send(new DeleteTopicCommand({ TopicArn }));
  await client.send(new DeleteTopicCommand({ TopicArn }));
  await expect(client.send(new GetTopicAttributesCommand({ TopicArn }))).rejects.toMatchObject({
    name: 'NotFoundException',
    message: `Topic does not exist: ${TopicArn}`,
  });
});

test('Subscriptions are found, described, listed and ended.', async () => {
  const topicArn = await user.newTopic();
  const raw = { RawMessageDelivery: 'true' };
  const { queueArn, subscriptionArn, receive } = await user.subscribedQueue(topicArn, raw);
  for (const attributes of [raw, {}]) {
    expect(await user.subscribe(topicArn, 'sqs', queueArn, attributes)).toBe(subscriptionArn);
  }
  await expect(user.subscribe(topicArn, 'sqs', queueArn, { RawMessageDelivery: 'false' })).rejects.toThrow(
    'Invalid parameter: Attributes Reason: Subscription already exists with different attributes',
  );
  const { Attributes } = await user.running.client.send(
    new GetSubscriptionAttributesCommand({ SubscriptionArn: subscriptionArn }),
  );
  expect(Attributes).toMatchObject({
    TopicArn: topicArn,
    Protocol: 'sqs',
    Endpoint: queueArn,
    RawMessageDelivery: 'true',
    PendingConfirmation: 'false',
  });
  const listed = await user.running.client.send(new ListSubscriptionsByTopicCommand({ TopicArn: topicArn }));
  const entry = {
    SubscriptionArn: subscriptionArn,
    Owner: ACCOUNT,
    Protocol: 'sqs',
    Endpoint: queueArn,
    TopicArn: topicArn,
  };
  expect(listed.Subscriptions).toEqual([entry]);
  const all = await user.running.client.send(new ListSubscriptionsCommand({}));
  expect(all.Subscriptions).toContainEqual(entry);
  await user.running.client.send(new UnsubscribeCommand({ SubscriptionArn: subscriptionArn }));
  await user.publish(topicArn, {});
  expect(await receive()).toEqual([]);
});

test('Lists come in pages.', async () => {
  const other = await startSns();
  for (let n = 0; n < 150; n += 1) other.sns.ensureTopic(`t-${n}`);
  const first = await other.client.send(new ListTopicsCommand({}));
  const second = await other.client.send(new ListTopicsCommand({ NextToken: first.NextToken }));
  expect([first.Topics?.length, second.Topics?.length, second.NextToken]).toEqual([100, 50, undefined]);
  const arns = [...(first.Topics ?? []), ...(second.Topics ?? [])].map(({ TopicArn }) => TopicArn);
  expect(new Set(arns).size).toBe(150);
  await expect(other.client.send(new ListTopicsCommand({ NextToken: 'x' }))).rejects.toThrow('NextToken');
  await other.close();
});

test('A batch is published one by one; an entry that fails is told.', async () => {
  const topicArn = await user.newTopic();
  const { receive } = await user.subscribedQueue(topicArn, { RawMessageDelivery: 'true' });
  const batch = (PublishBatchRequestEntries: { Id: string; Message: string; Subject?: string }[]) =>
    user.running.client.send(new PublishBatchCommand({ TopicArn: topicArn, PublishBatchRequestEntries }));
  const { Successful, Failed } = await batch([
    { Id: 'a', Message: 'one' },
    { Id: 'b', Message: 'two', Subject: 'x\ny' },
    { Id: 'c', Message: 'three' },
  ]);
  expect(Successful?.map(({ Id }) => Id)).toEqual(['a', 'c']);
  expect(Failed).toMatchObject([{ Id: 'b', Code: 'InvalidParameter', SenderFault: true }]);
  expect((await receive()).map(({ Body }) => Body)).toEqual(['one', 'three']);
  await expect(batch([])).rejects.toMatchObject({ name: 'EmptyBatchRequestException' });
  await expect(
    batch([
      { Id: 'a', Message: 'x' },
      { Id: 'a', Message: 'y' },
    ]),
  ).rejects.toMatchObject({
    name: 'BatchEntryIdsNotDistinctException',
  });
  await expect(batch([{ Id: 'a b', Message: 'x' }])).rejects.toMatchObject({
    name: 'InvalidBatchEntryIdException',
  });
  const many = Array.from({ length: 11 }, (_, n) => ({ Id: String(n), Message: 'x' }));
  await expect(batch(many)).rejects.toMatchObject({ name: 'TooManyEntriesInBatchRequestException' });
  const long = 'x'.repeat(150_000);
  await expect(
    batch([
      { Id: 'a', Message: long },
      { Id: 'b', Message: long },
    ]),
  ).rejects.toMatchObject({
    name: 'BatchRequestTooLongException',
  });
});

test.each<[string, Partial<PublishCommandInput>, string]>([
  ['an empty message', { Message: '' }, 'Empty message'],
  ['a long message', { Message: 'x'.repeat(262_145) }, 'Message too long'],
  ['a subject with a line break', { Subject: 'a\nb' }, 'Subject'],
  ['another structure', { MessageStructure: 'xml' }, 'MessageStructure'],
  ['no JSON', { MessageStructure: 'json' }, 'JSON message body failed to parse'],
  ['no default', { MessageStructure: 'json', Message: '{"sms": "x"}' }, 'No default entry'],
  [
    'an empty attribute',
    { MessageAttributes: { a: { DataType: 'String', StringValue: '' } } },
    "The message attribute 'a' must contain non-empty message attribute value",
  ],
  [
    'an unknown type',
    { MessageAttributes: { a: { DataType: 'Float', StringValue: '1' } } },
    "The message attribute 'a' has an invalid message attribute type",
  ],
  ['a group', { MessageGroupId: 'g' }, 'FIFO topics, which are not served'],
])('A message with %s is refused.', async (_what, input, reason) => {
  const topicArn = await user.newTopic();
  await expect(user.publish(topicArn, input)).rejects.toThrow(reason);
});

test.each<[string, string, object, string]>([
  ['sqs', 'queue', {}, 'SQS endpoint ARN'],
  ['lambda', 'function', {}, 'Lambda endpoint ARN'],
  ['http', 'http://example.com/', {}, 'is not this machine'],
  ['https', 'http://127.0.0.1/', {}, 'Endpoint must match the specified protocol'],
  ['sms', 'mum', {}, 'Invalid SMS endpoint: mum'],
  ['email', 'mum', {}, 'Email address is needed'],
  ['email', '', {}, 'no endpoint is given'],
  ['sqs', `arn:aws:sqs:${REGION}:${ACCOUNT}:q.fifo`, {}, 'FIFO SQS Queues can not be subscribed'],
  ['firehose', 'arn', {}, 'the protocol firehose is not served here'],
  ['application', 'arn', {}, 'the protocol application is not served here'],
  ['pigeon', 'arn', {}, 'Amazon SNS does not support this protocol string: pigeon'],
])('A subscription by %s to %s with %j is refused.', async (protocol, endpoint, attributes, reason) => {
  await expect(user.subscribe(await user.newTopic(), protocol, endpoint, attributes)).rejects.toThrow(reason);
});

test.each([
  { Name: 'a b' },
  { Name: 'a.fifo', Attributes: { FifoTopic: 'true' } },
  { Name: 'a', Attributes: { DeliveryPolicy: '{"https":{}}' } },
  { Name: 'a', Attributes: { Policy: '[]' } },
  { Name: 'a', Attributes: { Policy: '{' } },
  { Name: 'a', Attributes: { DisplayName: 'x'.repeat(101) } },
  { Name: 'a', Attributes: { SignatureVersion: '3' } },
  { Name: 'a', Attributes: { TracingConfig: 'Active' } },
  { Name: 'a', Attributes: { MaximumMessageSize: '2000000' } },
  { Name: 'a', Attributes: { LambdaSuccessFeedbackRoleArn: 'arn' } },
  {
    Name: 'a',
    Tags: [
      { Key: 'k', Value: '1' },
      { Key: 'k', Value: '2' },
    ],
  },
])('A topic like %j is refused.', async (input) => {
  await expect(user.running.client.send(new CreateTopicCommand(input))).rejects.toMatchObject({
    name: 'InvalidParameterException',
  });
});

test('Topics and subscriptions outlive a restart; what a template says is set again.', async () => {
  const other = await startSns();
  const topicArn = other.sns.ensureTopic('kept', { DisplayName: 'one' });
  const { queueArn } = other.sqs.ensureQueue('q');
  const wanted = { topicArn, protocol: 'sqs', endpoint: queueArn, attributes: {} };
  other.sns.ensureSubscription(wanted);
  other.restart();
  expect(other.sns.ensureTopic('kept', { DisplayName: 'two' })).toBe(topicArn);
  other.sns.ensureSubscription({ ...wanted, attributes: { RawMessageDelivery: 'true' } });
  const { Subscriptions } = await other.client.send(new ListSubscriptionsCommand({}));
  expect(Subscriptions).toHaveLength(1);
  const { Attributes } = await other.client.send(new GetTopicAttributesCommand({ TopicArn: topicArn }));
  expect(Attributes).toMatchObject({ DisplayName: 'two', SubscriptionsConfirmed: '1' });
  const { messageId } = await other.sns.publish({ topicArn, message: 'x' });
  expect(messageId).toMatch(/^[0-9a-f-]{36}$/);
  await expect(other.sns.publish({ topicArn: `${topicArn}2`, message: 'x' })).rejects.toMatchObject({
    code: 'NotFound',
  });
  await other.close();
});
