import { expect, test } from 'vitest';
import { startSns } from './support.ts';

test('A mail is kept as its reader would see it: from the topic, with a way out under it, or as JSON.', async () => {
  const running = await startSns();
  const topicArn = running.sns.ensureTopic('t', { DisplayName: 'The "Greenhouse"\n' });
  for (const protocol of ['email', 'email-json']) {
    running.sns.ensureSubscription({
      topicArn,
      protocol,
      endpoint: `${protocol}@example.com`,
      attributes: {},
    });
  }
  expect(running.kept.map(({ record }) => [record['address'], record['subject']])).toEqual([
    ['email@example.com', 'AWS Notification - Subscription Confirmation'],
    ['email-json@example.com', 'AWS Notification - Subscription Confirmation'],
  ]);
  running.kept.length = 0;
  const { messageId } = await running.sns.publish({ topicArn, message: 'It is hot.\n', subject: 'Wärme' });
  await running.sns.publish({ topicArn, message: 'again' });
  const of = (address: string) => running.kept.filter(({ record }) => record['address'] === address);
  expect(of('email@example.com')[0]).toEqual({
    kind: 'email',
    record: {
      address: 'email@example.com',
      from: 'The Greenhouse <no-reply@sns.amazonaws.com>',
      subject: 'Wärme',
      message: 'It is hot.\n',
      format: 'text',
      body: expect.stringMatching(
        /^It is hot\.\n\n\n--\nTo get no more of \S+, open http:\S+Action=Unsubscribe&SubscriptionArn=arn:aws:sns:\S+\n$/,
      ),
      topicArn,
      subscriptionArn: expect.stringContaining(`${topicArn}:`),
      messageId,
      timestamp: '2026-11-21T00:00:00.000Z',
    },
  });
  expect(of('email@example.com')[1]?.record).toMatchObject({ subject: 'AWS Notification Message' });
  expect(JSON.parse(String(of('email-json@example.com')[0]?.record['body']))).toMatchObject({
    Type: 'Notification',
    MessageId: messageId,
    Message: 'It is hot.\n',
    Signature: expect.any(String),
  });
  // The way out works.
  const body = String(of('email@example.com')[0]?.record['body']);
  expect((await fetch(/http:\S+/.exec(body)?.[0] ?? '')).status).toBe(200);
  await running.sns.drained();
  expect(running.logged).toEqual([]);
  running.kept.length = 0;
  await running.sns.publish({ topicArn, message: 'x' });
  expect(running.kept.map(({ record }) => record['address'])).toEqual(['email-json@example.com']);
  await running.close();
});
