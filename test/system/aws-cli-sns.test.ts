import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startSubscriber } from '../local/sns/support.ts';
import { AwsCommandLine } from './aws-command-line.ts';
import { ServiceCloud } from './cloud.ts';

let cloud: ServiceCloud;
let aws: AwsCommandLine;

beforeAll(async () => {
  cloud = await ServiceCloud.start();
  aws = new AwsCommandLine(cloud.running);
});

afterAll(async () => {
  aws.remove();
  await cloud.remove();
});

const sns = (...words: string[]) => aws.text('sns', ...words);
const refused = (...words: string[]) => aws.refusal('sns', ...words);

const topic = z.object({ TopicArn: z.string() });
const subscribed = z.object({ SubscriptionArn: z.string() });
const published = z.object({ MessageId: z.string() });
const described = z.object({ Attributes: z.record(z.string(), z.string()) });
const messages = z.object({ Messages: z.array(z.object({ Body: z.string() })) });

async function newTopic(name: string): Promise<string> {
  return (await aws.json(topic, 'sns', 'create-topic', '--name', name)).TopicArn;
}

async function newQueue(name: string): Promise<{ readonly url: string; readonly arn: string }> {
  const made = z.object({ QueueUrl: z.string() });
  const { QueueUrl: url } = await aws.json(made, 'sqs', 'create-queue', '--queue-name', name);
  return { url, arn: `arn:aws:sqs:${cloud.running.region}:${cloud.running.accountId}:${name}` };
}

async function received(url: string): Promise<string[]> {
  const words = ['--queue-url', url, '--max-number-of-messages', '10', '--wait-time-seconds', '5'];
  const { Messages } = await aws.json(messages, 'sqs', 'receive-message', ...words);
  return Messages.map(({ Body }) => Body);
}

test('A queue is subscribed with a filter policy, and gets what the policy accepts.', async () => {
  const topicArn = await newTopic('readings');
  const { url, arn } = await newQueue('hot');
  const policy = { celsius: [{ numeric: ['>', 30] }] };
  const { SubscriptionArn } = await aws.json(
    subscribed,
    'sns',
    'subscribe',
    '--topic-arn',
    topicArn,
    '--protocol',
    'sqs',
    '--notification-endpoint',
    arn,
    '--attributes',
    JSON.stringify({
      RawMessageDelivery: 'true',
      FilterPolicyScope: 'MessageBody',
      FilterPolicy: JSON.stringify(policy),
    }),
  );
  for (const celsius of [21, 31]) {
    const message = JSON.stringify({ celsius });
    await aws.json(published, 'sns', 'publish', '--topic-arn', topicArn, '--message', message);
  }
  expect(await received(url)).toEqual(['{"celsius":31}']);
  const { Attributes } = await aws.json(
    described,
    'sns',
    'get-subscription-attributes',
    '--subscription-arn',
    SubscriptionArn,
  );
  expect(Attributes).toMatchObject({
    FilterPolicy: JSON.stringify(policy),
    FilterPolicyScope: 'MessageBody',
  });
  await sns(
    'set-subscription-attributes',
    '--subscription-arn',
    SubscriptionArn,
    '--attribute-name',
    'FilterPolicy',
    '--attribute-value',
    '{}',
  );
  await sns('publish', '--topic-arn', topicArn, '--message', 'anything');
  expect(await received(url)).toEqual(['anything']);
  await sns('unsubscribe', '--subscription-arn', SubscriptionArn);
  expect(await sns('list-subscriptions-by-topic', '--topic-arn', topicArn)).toContain('"Subscriptions": []');
});

test('What AWS refuses of a filter policy is refused in its words.', async () => {
  const topicArn = await newTopic('refused');
  const policy = JSON.stringify({ FilterPolicy: '{"a":[{"wildcard":"x*"}]}' });
  const words = ['--topic-arn', topicArn, '--protocol', 'sms', '--notification-endpoint', '+41790000000'];
  expect(await refused('subscribe', ...words, '--attributes', policy)).toEqual({
    code: 'InvalidParameter',
    operation: 'Subscribe',
    message: expect.stringMatching(
      /^Invalid parameter: Attributes Reason: FilterPolicy: Unrecognized match type wildcard\n at "a"/,
    ),
  });
  expect(await refused('create-topic', '--name', 'a.fifo', '--attributes', 'FifoTopic=true')).toMatchObject({
    code: 'InvalidParameter',
    operation: 'CreateTopic',
  });
  expect(await refused('list-platform-applications')).toMatchObject({ code: 'InvalidAction' });
  const nowhere = `${topicArn}-nowhere`;
  expect(await refused('publish', '--topic-arn', nowhere, '--message', 'x')).toMatchObject({
    code: 'NotFound',
    message: `Topic does not exist: ${nowhere}`,
  });
});

test('A batch is published with attributes, and a text message is sent with the settings of the account.', async () => {
  const topicArn = await newTopic('batch');
  const { url, arn } = await newQueue('batch');
  await sns('subscribe', '--topic-arn', topicArn, '--protocol', 'sqs', '--notification-endpoint', arn);
  const entries = [
    { Id: 'a', Message: 'one', MessageAttributes: { n: { DataType: 'Number', StringValue: '1' } } },
    { Id: 'b', Message: '' },
  ];
  const batch = z.object({
    Successful: z.array(z.object({ Id: z.string() })),
    Failed: z.array(z.object({ Id: z.string(), Code: z.string(), SenderFault: z.boolean() })),
  });
  const words = ['--topic-arn', topicArn, '--publish-batch-request-entries', JSON.stringify(entries)];
  expect(await aws.json(batch, 'sns', 'publish-batch', ...words)).toEqual({
    Successful: [{ Id: 'a' }],
    Failed: [{ Id: 'b', Code: 'InvalidParameter', SenderFault: true }],
  });
  const [body = '{}'] = await received(url);
  expect(JSON.parse(body)).toMatchObject({
    Message: 'one',
    MessageAttributes: { n: { Type: 'Number', Value: '1' } },
  });
  await sns('set-sms-attributes', '--attributes', 'DefaultSMSType=Transactional,DefaultSenderID=Green');
  const settings = z.object({ attributes: z.record(z.string(), z.string()) });
  expect(await aws.json(settings, 'sns', 'get-sms-attributes')).toEqual({
    attributes: { DefaultSMSType: 'Transactional', DefaultSenderID: 'Green', MonthlySpendLimit: '1' },
  });
  await aws.json(published, 'sns', 'publish', '--phone-number', '+41790000000', '--message', 'hot');
  const optedOut = z.object({ isOptedOut: z.boolean() });
  const phone = ['--phone-number', '+41790000000'];
  expect(await aws.json(optedOut, 'sns', 'check-if-phone-number-is-opted-out', ...phone)).toEqual({
    isOptedOut: false,
  });
});

test('A server is subscribed, confirmed, and told when a link has ended its subscription.', async () => {
  const server = await startSubscriber();
  const topicArn = await newTopic('servers');
  const words = ['--topic-arn', topicArn, '--protocol', 'http', '--notification-endpoint', server.url];
  expect(await aws.json(subscribed, 'sns', 'subscribe', ...words)).toEqual({
    SubscriptionArn: 'pending confirmation',
  });
  await expect.poll(() => server.posted.length).toBe(1);
  const { Token } = JSON.parse(server.posted[0]?.body ?? '{}');
  const confirm = ['confirm-subscription', '--topic-arn', topicArn, '--token', Token];
  const { SubscriptionArn } = await aws.json(subscribed, 'sns', ...confirm);
  expect(SubscriptionArn).toContain(`${topicArn}:`);
  await sns('publish', '--topic-arn', topicArn, '--message', 'hot', '--subject', 'Wärme');
  await expect.poll(() => server.posted.length).toBe(2);
  const notification = JSON.parse(server.posted[1]?.body ?? '{}');
  expect(notification).toMatchObject({ Message: 'hot', Subject: 'Wärme', SignatureVersion: '1' });
  expect((await fetch(notification.UnsubscribeURL)).status).toBe(200);
  await expect.poll(() => server.posted.map(({ type }) => type)).toContain('UnsubscribeConfirmation');
  await server.close();
});

test('Topics have policies, permissions and tags.', async () => {
  const topicArn = await newTopic('described');
  await sns(
    'add-permission',
    '--topic-arn',
    topicArn,
    '--label',
    'other',
    '--aws-account-id',
    '111111111111',
    '--action-name',
    'Publish',
    'Subscribe',
  );
  await sns('tag-resource', '--resource-arn', topicArn, '--tags', 'Key=team,Value=green');
  expect(await sns('list-tags-for-resource', '--resource-arn', topicArn)).toContain('"green"');
  const { Attributes } = await aws.json(described, 'sns', 'get-topic-attributes', '--topic-arn', topicArn);
  expect(JSON.parse(Attributes['Policy'] ?? '').Statement).toContainEqual(
    expect.objectContaining({ Sid: 'other', Action: ['SNS:Publish', 'SNS:Subscribe'] }),
  );
  expect(JSON.parse(Attributes['EffectiveDeliveryPolicy'] ?? '')).toMatchObject({
    http: { defaultHealthyRetryPolicy: { numRetries: 3 } },
  });
  await sns('remove-permission', '--topic-arn', topicArn, '--label', 'other');
  await sns('delete-topic', '--topic-arn', topicArn);
  expect(await refused('get-topic-attributes', '--topic-arn', topicArn)).toMatchObject({ code: 'NotFound' });
});
