import { createVerify, verify, X509Certificate } from 'node:crypto';
import {
  ConfirmSubscriptionCommand,
  DeleteTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  SetTopicAttributesCommand,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSnsUser } from './client.ts';
import { startSns, startSubscriber } from './support.ts';

let user: Awaited<ReturnType<typeof startSnsUser>>;
beforeAll(async () => {
  user = await startSnsUser();
});
afterAll(() => user.close());

/** What libraries do that check messages, but for the host that they insist on. */
async function isGenuine(message: Readonly<Record<string, string>>): Promise<boolean> {
  const isNotification = message['Type'] === 'Notification';
  const names = isNotification
    ? ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
    : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
  const verifier = createVerify(message['SignatureVersion'] === '1' ? 'RSA-SHA1' : 'RSA-SHA256');
  for (const name of names) if (name in message) verifier.update(`${name}\n${message[name]}\n`);
  const answer = await fetch(message['SigningCertURL'] ?? '');
  return verifier.verify(await answer.text(), message['Signature'] ?? '', 'base64');
}

async function subscribedServer(topicArn: string, options: { authenticate?: boolean } = {}) {
  const subscriber = await startSubscriber();
  await user.running.client.send(
    new SubscribeCommand({ TopicArn: topicArn, Protocol: 'http', Endpoint: subscriber.url }),
  );
  await user.running.sns.drained();
  const asked: Record<string, string> = JSON.parse(subscriber.posted[0]?.body ?? '{}');
  const { SubscriptionArn = '' } = options.authenticate
    ? await user.running.client.send(
        new ConfirmSubscriptionCommand({
          TopicArn: topicArn,
          Token: asked['Token'],
          AuthenticateOnUnsubscribe: 'true',
        }),
      )
    : { SubscriptionArn: /<SubscriptionArn>(.*)<\/Sub/.exec(await visit(asked['SubscribeURL']))?.[1] };
  return { subscriber, asked, subscriptionArn: SubscriptionArn };
}

async function visit(url: string | undefined): Promise<string> {
  return (await fetch(url ?? '')).text();
}

async function states(topicArn: string): Promise<unknown> {
  const { Attributes } = await user.running.client.send(
    new GetTopicAttributesCommand({ TopicArn: topicArn }),
  );
  const { SubscriptionsConfirmed, SubscriptionsPending, SubscriptionsDeleted } = Attributes ?? {};
  return [SubscriptionsConfirmed, SubscriptionsPending, SubscriptionsDeleted].map(Number);
}

test.each([['1'], ['2']])(
  'Messages are signed by version %s, and the certificate that they name proves it.',
  async (version) => {
    const topicArn = await user.newTopic();
    await user.running.client.send(
      new SetTopicAttributesCommand({
        TopicArn: topicArn,
        AttributeName: 'SignatureVersion',
        AttributeValue: version,
      }),
    );
    const { subscriber, asked } = await subscribedServer(topicArn);
    expect(asked['SignatureVersion']).toBe(version);
    expect(await isGenuine(asked)).toBe(true);
    await user.publish(topicArn, { Message: 'grün\n"ja"', Subject: 'Wärme' });
    await user.publish(topicArn, { Message: 'without a subject' });
    await user.running.sns.drained();
    for (const { body } of subscriber.posted.slice(1)) {
      const message = JSON.parse(body);
      expect(await isGenuine(message)).toBe(true);
      expect(await isGenuine({ ...message, Message: `${message.Message}!` })).toBe(false);
    }
    expect(subscriber.posted).toHaveLength(3);
    await subscriber.close();
  },
);

test('The certificate is made once, outlives a restart, and has a name of its own.', async () => {
  const other = await startSns();
  const topicArn = other.sns.ensureTopic('t');
  const { queueArn } = other.sqs.ensureQueue('q');
  other.sns.ensureSubscription({
    topicArn,
    protocol: 'lambda',
    endpoint: lambdaOf(queueArn),
    attributes: {},
  });
  const urls: string[] = [];
  for (const message of ['one', 'two']) {
    await other.sns.publish({ topicArn, message });
    const [record] = Object(other.invoked.at(-1)?.event).Records;
    const { SigningCertUrl, Signature } = record.Sns;
    urls.push(SigningCertUrl);
    const certificate = new X509Certificate(await visit(SigningCertUrl));
    expect(certificate.subject).toContain('CN=sns.amazonaws.com');
    const signed = `Message\n${message}\nMessageId\n${record.Sns.MessageId}\nTimestamp\n${record.Sns.Timestamp}\n`;
    const text = `${signed}TopicArn\n${topicArn}\nType\nNotification\n`;
    const isSigned = verify(
      'sha1',
      Buffer.from(text),
      certificate.publicKey,
      Buffer.from(Signature, 'base64'),
    );
    expect(isSigned).toBe(true);
    other.restart();
  }
  expect(new Set(urls).size).toBe(1);
  expect(urls[0]).toMatch(/\/_glasshouse\/sns\/SimpleNotificationService-[0-9a-f]{32}\.pem$/);
  await expect(other.sns.answerLink('/_glasshouse/sns/other.pem', new URLSearchParams())).rejects.toThrow(
    'There is nothing at /_glasshouse/sns/other.pem',
  );
  await expect(
    other.sns.answerLink('/_glasshouse/sns', new URLSearchParams({ Action: 'Publish' })),
  ).rejects.toMatchObject({ status: 404 });
  await other.close();
});

function lambdaOf(arn: string): string {
  return arn.replace(':sqs:', ':lambda:').replace(/:q$/, ':function:f');
}

test('A link ends a subscription; its server is told, and may take it back for two days.', async () => {
  const topicArn = await user.newTopic();
  const { subscriber, subscriptionArn } = await subscribedServer(topicArn);
  expect(await states(topicArn)).toEqual([1, 0, 0]);
  await user.publish(topicArn, { Message: 'x' });
  await user.running.sns.drained();
  const { UnsubscribeURL } = JSON.parse(subscriber.posted[1]?.body ?? '{}');
  expect(await visit(UnsubscribeURL)).toContain('<UnsubscribeResponse');
  await visit(UnsubscribeURL);
  await user.running.sns.drained();
  expect(await states(topicArn)).toEqual([0, 0, 1]);
  const { Subscriptions } = await user.running.client.send(
    new ListSubscriptionsByTopicCommand({ TopicArn: topicArn }),
  );
  expect(Subscriptions).toEqual([]);
  await user.publish(topicArn, { Message: 'nobody is there' });
  await user.running.sns.drained();
  expect(subscriber.posted.map(({ type }) => type)).toEqual([
    'SubscriptionConfirmation',
    'Notification',
    'UnsubscribeConfirmation',
  ]);
  const ended = JSON.parse(subscriber.posted[2]?.body ?? '{}');
  expect(await isGenuine(ended)).toBe(true);
  expect(subscriber.posted[2]?.headers).toMatchObject({ 'x-amz-sns-subscription-arn': subscriptionArn });
  expect(await visit(ended.SubscribeURL)).toContain(subscriptionArn);
  expect(await states(topicArn)).toEqual([1, 0, 0]);
  await subscriber.close();
});

test('A subscription that was confirmed with a signature to end it is not ended by a link.', async () => {
  const topicArn = await user.newTopic();
  const { subscriber, subscriptionArn } = await subscribedServer(topicArn, { authenticate: true });
  const { Attributes } = await user.running.client.send(
    new GetSubscriptionAttributesCommand({ SubscriptionArn: subscriptionArn }),
  );
  expect(Attributes).toMatchObject({ ConfirmationWasAuthenticated: 'true', PendingConfirmation: 'false' });
  expect(JSON.parse(Attributes?.['EffectiveDeliveryPolicy'] ?? '')).toMatchObject({
    healthyRetryPolicy: { numRetries: 3 },
  });
  const link = `${user.running.url}/_glasshouse/sns?Action=Unsubscribe&SubscriptionArn=${subscriptionArn}`;
  expect((await fetch(link)).status).toBe(403);
  expect(await states(topicArn)).toEqual([1, 0, 0]);
  await subscriber.close();
});

test('A token is good for two days, and again for who has used it.', async () => {
  const topicArn = await user.newTopic();
  const { subscriber, asked, subscriptionArn } = await subscribedServer(topicArn);
  expect(await visit(asked['SubscribeURL'])).toContain(subscriptionArn);
  const late = await startSubscriber();
  await user.subscribe(topicArn, 'http', late.url);
  await user.running.sns.drained();
  user.running.clock.advance(2 * 24 * 3_600_000 + 1);
  const { Token } = JSON.parse(late.posted[0]?.body ?? '{}');
  await expect(
    user.running.client.send(new ConfirmSubscriptionCommand({ TopicArn: topicArn, Token })),
  ).rejects.toThrow('it is older than two days');
  await subscriber.close();
  await late.close();
});

test('A server that is not there yet is asked again after 20 seconds.', async () => {
  const other = await startSns();
  const gone = await startSubscriber();
  await gone.close();
  const topicArn = other.sns.ensureTopic('t');
  other.sns.ensureSubscription({ topicArn, protocol: 'http', endpoint: gone.url, attributes: {} });
  await other.sns.drained();
  const told = (): unknown[] => other.logged.map(({ message, retries }) => [message, retries]);
  const again = 'a server could not be told of its subscription and is told again';
  expect(told()).toEqual([[again, 0]]);
  for (let second = 0; second < 70; second += 1) {
    other.clock.advance(1_000);
    await other.sns.drained();
  }
  expect(told()).toEqual([
    [again, 0],
    [again, 1],
    [again, 2],
    ['a server could not be told of its subscription; subscribe it again when it runs', 3],
  ]);
  await other.close();
});

test('A server whose subscription has ended meanwhile is not asked again.', async () => {
  const other = await startSns();
  const gone = await startSubscriber();
  await gone.close();
  const topicArn = other.sns.ensureTopic('t');
  other.sns.ensureSubscription({ topicArn, protocol: 'http', endpoint: gone.url, attributes: {} });
  await other.sns.drained();
  await other.client.send(new DeleteTopicCommand({ TopicArn: topicArn }));
  other.clock.advance(20_000);
  await other.sns.drained();
  expect(other.logged).toHaveLength(1);
  await other.close();
});
