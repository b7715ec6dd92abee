import {
  ConfirmSubscriptionCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { REGION } from '../endpoint/support.ts';
import { startSnsUser } from './client.ts';
import { ACCOUNT, startSns, startSubscriber } from './support.ts';

let user: Awaited<ReturnType<typeof startSnsUser>>;
beforeAll(async () => {
  user = await startSnsUser();
});
afterAll(() => user.close());

test('A queue gets the message in its envelope, or raw with its attributes.', async () => {
  const topicArn = await user.newTopic();
  const wrapped = await user.subscribedQueue(topicArn);
  const raw = await user.subscribedQueue(topicArn, { RawMessageDelivery: 'true' });
  const { MessageId } = await user.publish(topicArn, {
    Message: 'grün "ja"',
    Subject: 'It is hot',
    MessageAttributes: {
      device: { DataType: 'String', StringValue: 'a' },
      raw: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255]) },
    },
  });
  const [envelope] = await wrapped.receive();
  expect(envelope?.MessageAttributes).toBeUndefined();
  expect(JSON.parse(envelope?.Body ?? '')).toEqual({
    Type: 'Notification',
    MessageId,
    TopicArn: topicArn,
    Subject: 'It is hot',
    Message: 'grün "ja"',
    Timestamp: '2026-11-21T00:00:00.000Z',
    SignatureVersion: '1',
    Signature: expect.any(String),
    SigningCertURL: expect.any(String),
    UnsubscribeURL: expect.stringContaining(wrapped.subscriptionArn),
    MessageAttributes: { device: { Type: 'String', Value: 'a' }, raw: { Type: 'Binary', Value: 'AP8=' } },
  });
  const [plain] = await raw.receive();
  expect(plain?.Body).toBe('grün "ja"');
  expect(plain?.MessageAttributes).toMatchObject({
    device: { DataType: 'String', StringValue: 'a' },
    raw: { BinaryValue: new Uint8Array([0, 255]) },
  });
});

test('A function gets the event that Lambda makes of a notification.', async () => {
  const topicArn = await user.newTopic();
  const functionArn = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:notify`;
  const subscriptionArn = await user.subscribe(topicArn, 'lambda', functionArn);
  const { MessageId } = await user.publish(topicArn, { Message: 'hot' });
  expect(user.running.invoked.at(-1)).toEqual({
    functionArn,
    event: {
      Records: [
        {
          EventSource: 'aws:sns',
          EventVersion: '1.0',
          EventSubscriptionArn: subscriptionArn,
          Sns: {
            Type: 'Notification',
            MessageId,
            TopicArn: topicArn,
            Subject: null,
            Message: 'hot',
            Timestamp: '2026-11-21T00:00:00.000Z',
            SignatureVersion: '1',
            Signature: expect.any(String),
            SigningCertUrl: expect.any(String),
            UnsubscribeUrl: expect.any(String),
            MessageAttributes: {},
          },
        },
      ],
    },
  });
});

test('Text messages and mail are kept in the outbox, each protocol with its own text.', async () => {
  const topicArn = await user.newTopic();
  for (const [protocol, endpoint] of [
    ['sms', '+41790000000'],
    ['email', 'green@example.com'],
    ['email-json', 'json@example.com'],
  ] as const) {
    await user.subscribe(topicArn, protocol, endpoint);
  }
  const before = user.running.kept.length;
  await user.publish(topicArn, {
    MessageStructure: 'json',
    Message: JSON.stringify({ default: 'long text', sms: 'short' }),
    Subject: 'Hot',
  });
  await user.running.client.send(new PublishCommand({ PhoneNumber: '+41791111111', Message: 'direct' }));
  const kept = user.running.kept.slice(before);
  expect(kept).toHaveLength(4);
  expect(kept).toEqual(
    expect.arrayContaining([
      { kind: 'sms', record: expect.objectContaining({ phoneNumber: '+41790000000', message: 'short' }) },
      {
        kind: 'email',
        record: expect.objectContaining({
          address: 'green@example.com',
          subject: 'Hot',
          message: 'long text',
        }),
      },
      { kind: 'email', record: expect.objectContaining({ address: 'json@example.com', format: 'json' }) },
      { kind: 'sms', record: expect.objectContaining({ phoneNumber: '+41791111111', message: 'direct' }) },
    ]),
  );
});

test('A server confirms with the token that it is sent, and then gets notifications.', async () => {
  const subscriber = await startSubscriber([500]);
  const topicArn = await user.newTopic();
  const subscribed = await user.running.client.send(
    new SubscribeCommand({ TopicArn: topicArn, Protocol: 'http', Endpoint: subscriber.url }),
  );
  expect(subscribed.SubscriptionArn).toBe('pending confirmation');
  await user.running.sns.drained();
  const [confirmation] = subscriber.posted;
  expect(confirmation?.type).toBe('SubscriptionConfirmation');
  const { Token, SubscribeURL, TopicArn } = JSON.parse(confirmation?.body ?? '{}');
  expect(TopicArn).toBe(topicArn);
  const url = new URL(SubscribeURL);
  expect(`${url.origin}${url.pathname}`).toBe(`${user.running.url}/_glasshouse/sns`);
  expect(Object.fromEntries(url.searchParams)).toEqual({
    Action: 'ConfirmSubscription',
    TopicArn: topicArn,
    Token,
  });
  await user.publish(topicArn, { Message: 'too early' });
  await user.running.sns.drained();
  expect(subscriber.posted).toHaveLength(1);

  await expect(
    user.running.client.send(new ConfirmSubscriptionCommand({ TopicArn: topicArn, Token: 'wrong' })),
  ).rejects.toMatchObject({ name: 'InvalidParameterException' });
  const { SubscriptionArn } = await user.running.client.send(
    new ConfirmSubscriptionCommand({ TopicArn: topicArn, Token }),
  );
  await user.publish(topicArn, { Message: 'hot' });
  await expect
    .poll(() => {
      user.running.clock.advance(1_000);
      return subscriber.posted.length;
    })
    .toBe(3);
  await user.running.sns.drained();
  // The first try was answered with 500.
  const [, first, second] = subscriber.posted;
  expect(first?.body).toBe(second?.body);
  expect(second?.headers).toMatchObject({
    'x-amz-sns-message-type': 'Notification',
    'x-amz-sns-topic-arn': topicArn,
    'x-amz-sns-subscription-arn': SubscriptionArn,
  });
  expect(JSON.parse(second?.body ?? '{}')).toMatchObject({ Type: 'Notification', Message: 'hot' });
  await subscriber.close();
});

test('What cannot be delivered goes to the dead-letter queue of its subscription, or is told.', async () => {
  const topicArn = await user.newTopic();
  const dead = user.running.sqs.ensureQueue('dead');
  const nowhere = `arn:aws:sqs:${REGION}:${ACCOUNT}:nowhere`;
  const subscriptionArn = await user.subscribe(topicArn, 'sqs', nowhere);
  await user.publish(topicArn, {});
  expect(user.running.logged.at(-1)).toMatchObject({
    message: 'a notification could not be delivered and is lost',
    subscriptionArn,
    error: expect.stringContaining('nowhere'),
  });
  await user.running.client.send(
    new SetSubscriptionAttributesCommand({
      SubscriptionArn: subscriptionArn,
      AttributeName: 'RedrivePolicy',
      AttributeValue: JSON.stringify({ deadLetterTargetArn: dead.queueArn }),
    }),
  );
  await user.publish(topicArn, { Message: 'kept' });
  const { Messages = [] } = await user.queues.send(new ReceiveMessageCommand({ QueueUrl: dead.queueUrl }));
  expect(JSON.parse(Messages[0]?.Body ?? '{}')).toMatchObject({ Message: 'kept' });
});

test('A delivery that nothing allows is not made, and told.', async () => {
  const other = await startSns({
    authorise: ({ endpoint }) => {
      throw new Error(`${endpoint} is closed`);
    },
  });
  const topicArn = other.sns.ensureTopic('t');
  const { queueArn } = other.sqs.ensureQueue('q');
  other.sns.ensureSubscription({ topicArn, protocol: 'sqs', endpoint: queueArn, attributes: {} });
  await other.sns.publish({ topicArn, message: 'x' });
  expect(other.logged).toMatchObject([{ error: `${queueArn} is closed` }]);
  await other.close();
});
