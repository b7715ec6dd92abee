import {
  DeleteTopicCommand,
  SetSubscriptionAttributesCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import { expect, test } from 'vitest';
import { AwsApiError } from '../../../local/errors.ts';
import { startSns, startSubscriber, type TestSns } from './support.ts';

/** A server that has confirmed, and when it was posted what. */
async function subscribedServer(
  running: TestSns,
  statuses: readonly number[],
  attributes: Readonly<Record<string, string>> = {},
) {
  const subscriber = await startSubscriber(statuses, () => running.clock.now());
  const topicArn = running.sns.ensureTopic('servers');
  running.sns.ensureSubscription({ topicArn, protocol: 'http', endpoint: subscriber.url, attributes });
  await running.sns.drained();
  const { Token } = JSON.parse(subscriber.posted[0]?.body ?? '{}');
  await running.sns.answerLink(
    '/_glasshouse/sns',
    new URLSearchParams({ Action: 'ConfirmSubscription', TopicArn: topicArn, Token }),
  );
  const beganMs = running.clock.now();
  return {
    topicArn,
    /** Seconds after the subscription, and the text, of every notification that was posted. */
    posted: () =>
      subscriber.posted
        .slice(1)
        .map(({ atMs, body }): [number, string] => [
          (atMs - beganMs) / 1_000,
          attributes['RawMessageDelivery'] === 'true' ? body : JSON.parse(body).Message,
        ]),
    posts: () => subscriber.posted.slice(1),
    close: () => subscriber.close(),
  };
}

async function advance(running: TestSns, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    running.clock.advance(1_000);
    await running.sns.drained();
  }
}

test('A server that fails is tried three times more, 20 seconds apart, and then the message goes to the dead-letter queue.', async () => {
  const running = await startSns();
  const dead = running.sqs.ensureQueue('dead');
  const server = await subscribedServer(running, [500, 503, 429, 500], {
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.queueArn }),
  });
  await running.sns.publish({ topicArn: server.topicArn, message: 'hot' });
  await running.sns.drained();
  await advance(running, 70);
  expect(server.posted()).toEqual([
    [0, 'hot'],
    [20, 'hot'],
    [40, 'hot'],
    [60, 'hot'],
  ]);
  // Of servers every try counts.
  expect(running.counted(server.topicArn)).toEqual({
    NumberOfMessagesPublished: 1,
    NumberOfNotificationsFailed: 4,
    NumberOfNotificationsRedrivenToDlq: 1,
  });
  expect(running.logged.map(({ message }) => message)).toEqual([
    'a notification could not be delivered and is tried again',
    'a notification could not be delivered and is tried again',
    'a notification could not be delivered and is tried again',
    'a notification could not be delivered and is in the dead-letter queue',
  ]);
  expect(running.logged[0]).toMatchObject({
    retries: 1,
    waitSeconds: 20,
    error: expect.stringMatching(/answered 500$/),
  });
  await server.close();
  await running.close();
});

test('A server that refuses a message is not tried again: it is lost, and that is told.', async () => {
  const running = await startSns();
  const server = await subscribedServer(running, [400]);
  await running.sns.publish({ topicArn: server.topicArn, message: 'hot' });
  await running.sns.drained();
  await advance(running, 30);
  expect(server.posted()).toHaveLength(1);
  expect(running.logged).toMatchObject([
    {
      message: 'a notification could not be delivered and is lost',
      error: expect.stringMatching(/answered 400$/),
    },
  ]);
  await server.close();
  await running.close();
});

test('A server is tried again by its own policy, and told what it asked to be told.', async () => {
  const running = await startSns();
  const server = await subscribedServer(running, [500, 500, 500, 500, 500], {
    RawMessageDelivery: 'true',
    DeliveryPolicy: JSON.stringify({
      healthyRetryPolicy: {
        numRetries: 4,
        numNoDelayRetries: 1,
        numMinDelayRetries: 1,
        numMaxDelayRetries: 1,
        minDelayTarget: 2,
        maxDelayTarget: 5,
      },
      requestPolicy: { headerContentType: 'text/csv' },
    }),
  });
  await running.sns.publish({ topicArn: server.topicArn, message: 'a,b' });
  await running.sns.drained();
  await advance(running, 30);
  expect(server.posted()).toEqual([0, 0, 2, 4, 9].map((seconds) => [seconds, 'a,b']));
  expect(server.posts()[0]?.headers).toMatchObject({
    'content-type': 'text/csv',
    'x-amz-sns-rawdelivery': 'true',
    'user-agent': 'Amazon Simple Notification Service Agent',
  });
  await server.close();
  await running.close();
});

test('A server that asked for one message a second gets no more, in the order of publishing.', async () => {
  const running = await startSns();
  const server = await subscribedServer(running, [], {
    DeliveryPolicy: JSON.stringify({ throttlePolicy: { maxReceivesPerSecond: 1 } }),
  });
  for (const message of ['a', 'b', 'c']) await running.sns.publish({ topicArn: server.topicArn, message });
  await running.sns.drained();
  expect(server.posted()).toEqual([[0, 'a']]);
  await advance(running, 5);
  expect(server.posted()).toEqual([
    [0, 'a'],
    [1, 'b'],
    [2, 'c'],
  ]);
  await server.close();
  await running.close();
});

test('What waits outlives a restart, and is delivered once, all that is due at the same time.', async () => {
  const running = await startSns();
  const server = await subscribedServer(running, [500, 500]);
  await running.sns.publish({ topicArn: server.topicArn, message: 'first' });
  await running.sns.drained();
  await advance(running, 5);
  await running.sns.publish({ topicArn: server.topicArn, message: 'second' });
  await running.sns.drained();
  running.restart();
  await advance(running, 60);
  expect(server.posted()).toHaveLength(2);
  running.sns.resume();
  running.sns.resume();
  await advance(running, 5);
  // Both are posted at once, each over a connection of its own.
  expect(server.posted().slice(2)).toHaveLength(2);
  expect(server.posted().slice(2)).toEqual(
    expect.arrayContaining([
      [66, 'first'],
      [66, 'second'],
    ]),
  );
  // It is delivered once.
  running.restart();
  running.sns.resume();
  await advance(running, 5);
  expect(server.posted()).toHaveLength(4);
  await server.close();
  await running.close();
});

test('A subscription that ends while a message waits for it takes the message with it; a reset takes all.', async () => {
  const running = await startSns();
  const server = await subscribedServer(running, [500, 500, 500, 500]);
  const { topicArn } = server;
  const [{ SubscriptionArn } = { SubscriptionArn: '' }] = await subscriptionsOf(running);
  const fail = async (): Promise<void> => {
    await running.sns.publish({ topicArn, message: 'x' });
    await running.sns.drained();
  };
  await fail();
  await running.client.send(new UnsubscribeCommand({ SubscriptionArn }));
  await advance(running, 25);
  expect(server.posted()).toHaveLength(1);
  const again = await subscribedServer(running, [500, 500]);
  await running.sns.publish({ topicArn, message: 'y' });
  await running.sns.drained();
  running.sns.reset();
  await advance(running, 25);
  expect(again.posted()).toHaveLength(1);
  await running.client.send(new DeleteTopicCommand({ TopicArn: topicArn }));
  await server.close();
  await again.close();
  await running.close();
});

async function subscriptionsOf(running: TestSns): Promise<{ SubscriptionArn: string }[]> {
  const { ListSubscriptionsCommand } = await import('@aws-sdk/client-sns');
  const { Subscriptions = [] } = await running.client.send(new ListSubscriptionsCommand({}));
  return Subscriptions.map((one) => ({ SubscriptionArn: one.SubscriptionArn ?? '' }));
}

test('A queue that fails by its own fault is tried at once, then after seconds; what is for good is not tried again.', async () => {
  const tries: number[] = [];
  let failures = 0;
  let thrown: Error = new AwsApiError(503, 'ServiceUnavailable', 'later');
  const running = await startSns({
    sendMessage: async () => {
      tries.push(running.clock.now());
      failures -= 1;
      if (failures >= 0) throw thrown;
    },
  });
  const beganMs = running.clock.now();
  const topicArn = running.sns.ensureTopic('t');
  const queueArn = 'arn:aws:sqs:eu-west-1:000000000000:q';
  running.sns.ensureSubscription({ topicArn, protocol: 'sqs', endpoint: queueArn, attributes: {} });
  failures = 7;
  await running.sns.publish({ topicArn, message: 'x' });
  // The first try, and three without a wait.
  expect(tries).toHaveLength(4);
  await advance(running, 10);
  expect(tries.map((atMs) => (atMs - beganMs) / 1_000)).toEqual([0, 0, 0, 0, 1, 2, 3, 5]);
  expect(running.counted(topicArn)).toEqual({
    NumberOfMessagesPublished: 1,
    NumberOfNotificationsDelivered: 1,
  });
  tries.length = 0;
  failures = 1;
  thrown = new AwsApiError(403, 'AccessDenied', 'closed');
  await running.sns.publish({ topicArn, message: 'x' });
  await advance(running, 10);
  expect(tries).toHaveLength(1);
  expect(running.counted(topicArn)).toEqual({
    NumberOfMessagesPublished: 2,
    NumberOfNotificationsDelivered: 1,
    NumberOfNotificationsFailed: 1,
  });
  await running.close();
});

test('A dead-letter queue that does not take the message either is told and counted.', async () => {
  const running = await startSns({
    authorise: ({ endpoint }) => {
      if (endpoint.endsWith('dead'))
        throw new AwsApiError(403, 'AccessDenied', 'the dead-letter queue is closed');
    },
  });
  const dead = running.sqs.ensureQueue('dead');
  const topicArn = running.sns.ensureTopic('t');
  running.sns.ensureSubscription({
    topicArn,
    protocol: 'sqs',
    endpoint: 'arn:aws:sqs:eu-west-1:000000000000:nowhere',
    attributes: { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.queueArn }) },
  });
  await running.sns.publish({ topicArn, message: 'x' });
  expect(running.logged).toMatchObject([
    {
      message: 'a notification reached neither its endpoint nor its dead-letter queue and is lost',
      deadLetterError: 'the dead-letter queue is closed',
    },
  ]);
  expect(running.counted(topicArn)).toEqual({
    NumberOfMessagesPublished: 1,
    NumberOfNotificationsFailed: 1,
    NumberOfNotificationsFailedToRedriveToDlq: 1,
  });
  await running.close();
});

test('A metric that cannot be counted loses no message.', async () => {
  const running = await startSns({
    putMetric: () => {
      throw new Error('no room');
    },
  });
  const topicArn = running.sns.ensureTopic('t');
  running.sns.ensureSubscription({ topicArn, protocol: 'sms', endpoint: '+41790000000', attributes: {} });
  await running.sns.publish({ topicArn, message: 'x' });
  expect(running.kept).toHaveLength(1);
  expect(running.logged[0]).toMatchObject({
    message: 'a metric of SNS could not be counted',
    error: 'no room',
  });
  await running.close();
});

test('What is changed about a subscription holds for what waits.', async () => {
  const running = await startSns();
  const dead = running.sqs.ensureQueue('dead');
  const server = await subscribedServer(running, [500, 400]);
  await running.sns.publish({ topicArn: server.topicArn, message: 'x' });
  await running.sns.drained();
  const [{ SubscriptionArn } = { SubscriptionArn: '' }] = await subscriptionsOf(running);
  await running.client.send(
    new SetSubscriptionAttributesCommand({
      SubscriptionArn,
      AttributeName: 'RedrivePolicy',
      AttributeValue: JSON.stringify({ deadLetterTargetArn: dead.queueArn }),
    }),
  );
  await advance(running, 25);
  expect(running.logged.at(-1)).toMatchObject({
    message: 'a notification could not be delivered and is in the dead-letter queue',
    retries: 1,
  });
  await server.close();
  await running.close();
});
