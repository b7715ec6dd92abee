import {
  AddPermissionCommand,
  CreateTopicCommand,
  GetSMSSandboxAccountStatusCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListPlatformApplicationsCommand,
  ListTagsForResourceCommand,
  PublishBatchCommand,
  PublishCommand,
  RemovePermissionCommand,
  SetSubscriptionAttributesCommand,
  SetTopicAttributesCommand,
  TagResourceCommand,
  UnsubscribeCommand,
  type MessageAttributeValue,
} from '@aws-sdk/client-sns';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { authorization, REGION } from '../endpoint/support.ts';
import { startSnsUser } from './client.ts';
import { ACCOUNT } from './support.ts';

let user: Awaited<ReturnType<typeof startSnsUser>>;
beforeAll(async () => {
  user = await startSnsUser();
});
afterAll(() => user.close());

function set(SubscriptionArn: string, AttributeName: string, AttributeValue: string) {
  return user.running.client.send(
    new SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName, AttributeValue }),
  );
}

async function get(SubscriptionArn: string): Promise<Record<string, string>> {
  const command = new GetSubscriptionAttributesCommand({ SubscriptionArn });
  return (await user.running.client.send(command)).Attributes ?? {};
}

function setTopic(TopicArn: string, AttributeName: string, AttributeValue: string) {
  return user.running.client.send(new SetTopicAttributesCommand({ TopicArn, AttributeName, AttributeValue }));
}

test('A filter policy is set, told with its scope, acts, and is taken away by an empty text.', async () => {
  const topicArn = await user.newTopic();
  const { subscriptionArn, receive } = await user.subscribedQueue(topicArn, { RawMessageDelivery: 'TRUE' });
  await set(subscriptionArn, 'FilterPolicyScope', 'MessageBody');
  expect(await get(subscriptionArn)).toMatchObject({ RawMessageDelivery: 'true', Protocol: 'sqs' });
  expect(await get(subscriptionArn)).not.toHaveProperty('FilterPolicyScope');
  const policy = JSON.stringify({ reading: { lux: [{ numeric: ['>', 100] }] } });
  await set(subscriptionArn, 'FilterPolicy', policy);
  expect(await get(subscriptionArn)).toMatchObject({
    FilterPolicy: policy,
    FilterPolicyScope: 'MessageBody',
  });
  for (const lux of [99, 101])
    await user.publish(topicArn, { Message: JSON.stringify({ reading: { lux } }) });
  await user.publish(topicArn, { Message: 'no JSON' });
  expect((await receive()).map(({ Body }) => Body)).toEqual(['{"reading":{"lux":101}}']);
  expect(user.running.counted(topicArn)).toEqual({
    NumberOfMessagesPublished: 3,
    NumberOfNotificationsDelivered: 1,
    NumberOfNotificationsFilteredOut: 2,
    'NumberOfNotificationsFilteredOut-MessageBody': 1,
    'NumberOfNotificationsFilteredOut-InvalidMessageBody': 1,
  });
  await expect(set(subscriptionArn, 'FilterPolicyScope', 'MessageAttributes')).rejects.toThrow(
    'Invalid parameter: Filter policy scope MessageAttributes does not support nested filter policy',
  );
  await set(subscriptionArn, 'FilterPolicy', '');
  expect(await get(subscriptionArn)).not.toHaveProperty('FilterPolicy');
  await user.publish(topicArn, { Message: 'no JSON' });
  expect(await receive()).toHaveLength(1);
});

test('Attributes of a message decide who gets it, in a batch as well.', async () => {
  const topicArn = await user.newTopic();
  const all = await user.subscribedQueue(topicArn, { RawMessageDelivery: 'true' });
  const hot = await user.subscribedQueue(topicArn, {
    RawMessageDelivery: 'true',
    FilterPolicy: JSON.stringify({ temperature: [{ numeric: ['>', 30] }] }),
  });
  const entry = (Id: string, MessageAttributes: Record<string, MessageAttributeValue>) => ({
    Id,
    Message: Id,
    MessageAttributes,
  });
  const celsius = (StringValue: string) => ({ temperature: { DataType: 'Number', StringValue } });
  const { Successful } = await user.running.client.send(
    new PublishBatchCommand({
      TopicArn: topicArn,
      PublishBatchRequestEntries: [
        entry('cool', celsius('21.5')),
        entry('hot', celsius('3.1e1')),
        entry('nothing', {}),
        entry('broken', { list: { DataType: 'String.Array', StringValue: '[' } }),
      ],
    }),
  );
  expect(Successful).toHaveLength(4);
  expect(await all.receive()).toHaveLength(4);
  expect((await hot.receive()).map(({ Body }) => Body)).toEqual(['hot']);
  expect(user.running.counted(topicArn)).toMatchObject({
    'NumberOfNotificationsFilteredOut-MessageAttributes': 1,
    'NumberOfNotificationsFilteredOut-NoMessageAttributes': 1,
    'NumberOfNotificationsFilteredOut-InvalidAttributes': 1,
    NumberOfNotificationsFilteredOut: 3,
    NumberOfNotificationsDelivered: 5,
  });
  const sizes = user.running.metrics.filter(({ name }) => name === 'PublishSize').slice(-4);
  // Name, type and value of the attribute count with the text.
  expect(sizes.map(({ value, unit }) => [value, unit])).toEqual([
    [4 + 11 + 6 + 4, 'Bytes'],
    [3 + 11 + 6 + 5, 'Bytes'],
    [7, 'Bytes'],
    [6 + 4 + 12 + 1, 'Bytes'],
  ]);
});

test.each<[string, string, string]>([
  ['FilterPolicy', '{', 'FilterPolicy: failed to parse JSON.'],
  ['FilterPolicy', '{"a":"b"}', 'FilterPolicy: "a" must be an object or an array'],
  [
    'FilterPolicyScope',
    'x',
    'FilterPolicyScope: Invalid value [x]. Please use either MessageBody or MessageAttributes',
  ],
  ['RawMessageDelivery', 'yes', 'RawMessageDelivery: Invalid value [yes]. Must be true or false.'],
  ['RedrivePolicy', '{', 'RedrivePolicy: failed to parse JSON.'],
  ['RedrivePolicy', '{"deadLetterTargetArn":"q"}', 'RedrivePolicy: deadLetterTargetArn is an invalid arn'],
  [
    'RedrivePolicy',
    `{"deadLetterTargetArn":"arn:aws:sqs:${REGION}:${ACCOUNT}:q.fifo"}`,
    'RedrivePolicy: must use a standard queue',
  ],
  ['DeliveryPolicy', '{}', 'DeliveryPolicy: Delivery protocol [sqs] does not support a delivery policy.'],
  ['SubscriptionRoleArn', 'arn', 'SubscriptionRoleArn: it belongs to subscriptions of Firehose'],
  ['ReplayPolicy', '{}', 'ReplayPolicy: it belongs to FIFO topics'],
  ['Colour', 'red', 'AttributeName: served are DeliveryPolicy, FilterPolicy, FilterPolicyScope'],
])('A subscription whose %s is %j is refused, when it is made and later.', async (name, value, reason) => {
  const topicArn = await user.newTopic();
  const { subscriptionArn } = await user.subscribedQueue(topicArn);
  await expect(set(subscriptionArn, name, value)).rejects.toThrow(`Invalid parameter: ${reason}`);
  await expect(user.subscribedQueue(topicArn, { [name]: value })).rejects.toThrow(
    `Invalid parameter: Attributes Reason: ${reason}`,
  );
});

test('Only queues and servers take a message raw; a bad delivery policy of a server is refused.', async () => {
  const topicArn = await user.newTopic();
  await expect(
    user.subscribe(topicArn, 'sms', '+41790000000', { RawMessageDelivery: 'true' }),
  ).rejects.toThrow('RawMessageDelivery: Delivery protocol [sms] does not support raw message delivery.');
  const DeliveryPolicy = '{"healthyRetryPolicy":{"tries":1}}';
  await expect(user.subscribe(topicArn, 'http', 'http://127.0.0.1:1/', { DeliveryPolicy })).rejects.toThrow(
    'Attributes Reason: DeliveryPolicy: Unexpected JSON member: tries',
  );
});

test('A topic has at most 200 filter policies.', async () => {
  const topicArn = await user.newTopic();
  const FilterPolicy = '{"a":["b"]}';
  for (let n = 0; n < 200; n += 1) {
    user.running.sns.ensureSubscription({
      topicArn,
      protocol: 'sms',
      endpoint: `+4179${n}`,
      attributes: { FilterPolicy },
    });
  }
  const last = await user.subscribe(topicArn, 'sms', '+41791000');
  for (const attempt of [
    () => user.subscribe(topicArn, 'sms', '+41791001', { FilterPolicy }),
    () => set(last, 'FilterPolicy', FilterPolicy),
  ]) {
    await expect(attempt()).rejects.toMatchObject({ name: 'FilterPolicyLimitExceededException' });
  }
  await user.subscribe(topicArn, 'sms', '+41790', { FilterPolicy });
});

test('A topic for large messages takes them, and has no subscribers that could not.', async () => {
  const topicArn = await user.newTopic();
  const { receive } = await user.subscribedQueue(topicArn, { RawMessageDelivery: 'true' });
  await setTopic(topicArn, 'MaximumMessageSize', '1048576');
  await user.publish(topicArn, { Message: 'x'.repeat(500_000) });
  expect((await receive())[0]?.Body).toHaveLength(500_000);
  await expect(user.subscribe(topicArn, 'sms', '+41790000000')).rejects.toThrow('queues and functions only');
  const other = await user.newTopic();
  await user.subscribe(other, 'email', 'a@example.com');
  await expect(setTopic(other, 'MaximumMessageSize', '1048576')).rejects.toThrow(
    'of queues and functions only',
  );
  await setTopic(other, 'MaximumMessageSize', '1024');
  await expect(user.publish(other, { Message: 'x'.repeat(1_025) })).rejects.toThrow('Message too long');
});

test('What is set of a topic is told, and its delivery policy holds for its servers.', async () => {
  const topicArn = await user.newTopic();
  const DeliveryPolicy = JSON.stringify({ http: { defaultHealthyRetryPolicy: { numRetries: 7 } } });
  for (const [name, value] of Object.entries({
    DeliveryPolicy,
    KmsMasterKeyId: 'alias/aws/sns',
    SignatureVersion: '2',
  })) {
    await setTopic(topicArn, name, value);
  }
  const describe = async () =>
    (await user.running.client.send(new GetTopicAttributesCommand({ TopicArn: topicArn }))).Attributes ?? {};
  const attributes = await describe();
  expect(attributes).toMatchObject({
    DeliveryPolicy,
    KmsMasterKeyId: 'alias/aws/sns',
    SignatureVersion: '2',
  });
  expect(JSON.parse(attributes['EffectiveDeliveryPolicy'] ?? '')).toMatchObject({
    http: { defaultHealthyRetryPolicy: { numRetries: 7, minDelayTarget: 20 } },
  });
  const server = await user.subscribe(topicArn, 'http', 'http://127.0.0.1:1/');
  expect(JSON.parse((await get(server))['EffectiveDeliveryPolicy'] ?? '')).toMatchObject({
    healthyRetryPolicy: { numRetries: 7 },
    throttlePolicy: null,
    requestPolicy: { headerContentType: 'text/plain; charset=UTF-8' },
  });
  await setTopic(topicArn, 'DeliveryPolicy', '');
  expect(await describe()).not.toHaveProperty('DeliveryPolicy');
});

test('Permissions are written into the policy of a topic, and taken out of it.', async () => {
  const topicArn = await user.newTopic();
  const { client } = user.running;
  const policy = async (): Promise<{ Statement: object[] }> => {
    const { Attributes } = await client.send(new GetTopicAttributesCommand({ TopicArn: topicArn }));
    return JSON.parse(Attributes?.['Policy'] ?? '');
  };
  const add = (Label: string, ActionName: string[], AWSAccountId: string[]) =>
    client.send(new AddPermissionCommand({ TopicArn: topicArn, Label, ActionName, AWSAccountId }));
  await add('one', ['Publish'], ['111111111111']);
  await add('two', ['Publish', 'Subscribe'], ['111111111111', '222222222222']);
  expect((await policy()).Statement.slice(1)).toEqual([
    {
      Sid: 'one',
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::111111111111:root' },
      Action: 'SNS:Publish',
      Resource: topicArn,
    },
    expect.objectContaining({
      Principal: { AWS: ['arn:aws:iam::111111111111:root', 'arn:aws:iam::222222222222:root'] },
      Action: ['SNS:Publish', 'SNS:Subscribe'],
    }),
  ]);
  await expect(add('one', ['Publish'], ['111111111111'])).rejects.toThrow('Statement already exists');
  await expect(add('three', ['Fly'], ['111111111111'])).rejects.toThrow('Fly is none of AddPermission');
  await expect(add('three', ['Publish'], ['me'])).rejects.toThrow('it has twelve digits');
  await client.send(new RemovePermissionCommand({ TopicArn: topicArn, Label: 'one' }));
  await client.send(new RemovePermissionCommand({ TopicArn: topicArn, Label: 'one' }));
  expect((await policy()).Statement).toHaveLength(2);
});

test('Tags belong to topics, each key once, and at most 50.', async () => {
  const TopicArn = await user.newTopic();
  const { client } = user.running;
  const tags = (count: number) => Array.from({ length: count }, (_, n) => ({ Key: `k${n}`, Value: 'v' }));
  await client.send(new TagResourceCommand({ ResourceArn: TopicArn, Tags: tags(50) }));
  await expect(
    client.send(new TagResourceCommand({ ResourceArn: TopicArn, Tags: [{ Key: 'one more', Value: 'v' }] })),
  ).rejects.toMatchObject({ name: 'TagLimitExceededException' });
  await expect(
    client.send(new TagResourceCommand({ ResourceArn: TopicArn, Tags: [...tags(1), ...tags(1)] })),
  ).rejects.toThrow('Duplicated keys are not allowed.');
  await expect(
    client.send(new ListTagsForResourceCommand({ ResourceArn: `${TopicArn}x` })),
  ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  const Name = 'tagged';
  await client.send(new CreateTopicCommand({ Name, Tags: tags(1) }));
  await expect(
    client.send(new CreateTopicCommand({ Name, Tags: [{ Key: 'k0', Value: 'other' }] })),
  ).rejects.toThrow('Topic already exists with different tags');
});

test.each<[string, Record<string, MessageAttributeValue>, string]>([
  ['', { '': { DataType: 'String', StringValue: 'x' } }, 'must not be empty'],
  ['.a', {}, "starting with character '.'"],
  ['a.', {}, "ending with character '.'"],
  ['a..b', {}, "can not have successive '.'"],
  ['a b', {}, "Invalid non-alphanumeric character '#x20' was found"],
  ['x'.repeat(257), {}, 'must be less than 256 bytes'],
  ['AWS.mine', {}, 'begins as the names of AWS do'],
  [
    'a',
    { a: { DataType: 'Number', StringValue: 'one' } },
    "Could not cast message attribute 'a' value to number",
  ],
  [
    'a',
    { a: { DataType: 'String', BinaryValue: new Uint8Array([1]) } },
    "with type 'String' must use field 'String'",
  ],
])('An attribute called %.20s like %j is refused.', async (name, given, reason) => {
  const attributes =
    Object.keys(given).length === 0 ? { [name]: { DataType: 'String', StringValue: 'x' } } : given;
  const topicArn = await user.newTopic();
  await expect(user.publish(topicArn, { MessageAttributes: attributes })).rejects.toMatchObject({
    name: 'InvalidParameterValueException',
    message: expect.stringContaining(reason),
  });
});

test('ARNs that cannot be are refused for what is wrong with them.', async () => {
  const publish = (TopicArn: string) => user.publish(TopicArn, {});
  await expect(publish('topic')).rejects.toThrow(
    'TopicArn Reason: An ARN must have at least 6 elements, not 1',
  );
  await expect(publish(`arn:aws:sns:mars-1:${ACCOUNT}:t`)).rejects.toThrow('are in eu-west-1, not in mars-1');
  await expect(publish(`arn:aws:sqs:${REGION}:${ACCOUNT}:t`)).rejects.toThrow('it is no ARN of a topic');
  const TargetArn = `arn:aws:sns:${REGION}:${ACCOUNT}:endpoint/GCM/app/1`;
  await expect(user.running.client.send(new PublishCommand({ TargetArn, Message: 'x' }))).rejects.toThrow(
    'push notifications to apps are not served',
  );
  const end = (SubscriptionArn: string) =>
    user.running.client.send(new UnsubscribeCommand({ SubscriptionArn }));
  await expect(end('mine')).rejects.toThrow('An ARN must have at least 6 elements, not 1');
  await expect(end(`arn:aws:sns:${REGION}:${ACCOUNT}:t`)).rejects.toThrow(
    'Invalid parameter: SubscriptionId',
  );
  await end(`arn:aws:sns:${REGION}:${ACCOUNT}:t:${ACCOUNT}`);
});

test('What is not served is refused by its name, and why.', async () => {
  const { client } = user.running;
  await expect(client.send(new ListPlatformApplicationsCommand({}))).rejects.toMatchObject({
    name: 'InvalidAction',
    message: expect.stringContaining(
      'ListPlatformApplications is not served here: push notifications to apps',
    ),
  });
  await expect(client.send(new GetSMSSandboxAccountStatusCommand({}))).rejects.toThrow('there is no sandbox');
  const answer = await fetch(user.running.url, {
    method: 'POST',
    headers: { ...authorization('sns'), 'content-type': 'application/x-www-form-urlencoded' },
    body: 'Action=Fly&Version=2010-03-31',
  });
  expect(answer.status).toBe(400);
  expect(await answer.text()).toMatch(
    /<Code>InvalidAction<\/Code><Message>The action Fly is not served here\. Served are: AddPermission/,
  );
});
