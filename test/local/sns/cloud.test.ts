import {
  GetTopicAttributesCommand,
  ListTagsForResourceCommand,
  PublishCommand,
  SNSClient,
} from '@aws-sdk/client-sns';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestCloud, type TestCloud } from '../../support/cloud.ts';
import { startSubscriber } from './support.ts';

const getArn = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });
const queue = { Type: 'AWS::SQS::Queue', Properties: {} };

function subscription(properties: Readonly<Record<string, unknown>>) {
  return { Type: 'AWS::SNS::Subscription', Properties: { TopicArn: { Ref: 'Readings' }, ...properties } };
}

const MAY_SEND = {
  Type: 'AWS::SQS::QueuePolicy',
  Properties: {
    Queues: [{ Ref: 'Hot' }, { Ref: 'Dead' }],
    PolicyDocument: {
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'sns.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: '*',
          Condition: { ArnEquals: { 'aws:SourceArn': { Ref: 'Readings' } } },
        },
      ],
    },
  },
};

let cloud: TestCloud;
let sns: SNSClient;
let sqs: SQSClient;
let server: Awaited<ReturnType<typeof startSubscriber>>;

beforeAll(async () => {
  server = await startSubscriber([500]);
  cloud = await startTestCloud({
    functions: {
      diary: {
        handler: 'diary.handler',
        environment: { DIARY: { Ref: 'Diary' } },
        events: [{ sns: { topicName: 'tasks', filterPolicy: { to: ['diary'] } } }],
      },
    },
    resources: {
      Readings: {
        Type: 'AWS::SNS::Topic',
        Properties: { TopicName: 'readings', Tags: [{ Key: 'a', Value: 'b' }] },
      },
      Hot: queue,
      Diary: queue,
      Closed: queue,
      Dead: queue,
      MAY: MAY_SEND,
      ToHot: subscription({
        Protocol: 'sqs',
        Endpoint: getArn('Hot'),
        RawMessageDelivery: true,
        FilterPolicyScope: 'MessageBody',
        FilterPolicy: { celsius: [{ numeric: ['>', 30] }] },
      }),
      ToClosed: subscription({
        Protocol: 'sqs',
        Endpoint: getArn('Closed'),
        RedrivePolicy: { deadLetterTargetArn: getArn('Dead') },
      }),
      ToServer: subscription({ Protocol: 'http', Endpoint: server.url }),
    },
  });
  sns = new SNSClient(cloud.sdk);
  sqs = new SQSClient(cloud.sdk);
});
afterAll(async () => {
  sns.destroy();
  sqs.destroy();
  await cloud.stop();
  await server.close();
});

const received = async (logicalId: string): Promise<string[]> => {
  const command = new ReceiveMessageCommand({
    QueueUrl: cloud.running.resources[logicalId],
    MaxNumberOfMessages: 10,
  });
  return ((await sqs.send(command)).Messages ?? []).map(({ Body = '' }) => Body);
};
const clock = (body: object) =>
  fetch(`${cloud.running.endpointUrl}/_glasshouse/clock`, { method: 'POST', body: JSON.stringify(body) });

test('The topics of a template filter, obey the policies of queues, and count.', async () => {
  const TopicArn = cloud.running.resources['Readings'];
  for (const celsius of [20, 31])
    await sns.send(new PublishCommand({ TopicArn, Message: JSON.stringify({ celsius }) }));
  expect(await received('Hot')).toEqual(['{"celsius":31}']);
  // Nothing lets SNS into this queue, and its dead-letter queue has both messages.
  expect(await received('Closed')).toEqual([]);
  expect((await received('Dead')).map((body) => JSON.parse(body).Message)).toEqual([
    '{"celsius":20}',
    '{"celsius":31}',
  ]);
  expect(cloud.told.join('\n')).toMatch(
    /is in the dead-letter queue: .*not authorized to perform: sqs:SendMessage on resource: \S+Closed/,
  );
  const { Tags } = await sns.send(new ListTagsForResourceCommand({ ResourceArn: TopicArn }));
  expect(Tags).toEqual([{ Key: 'a', Value: 'b' }]);
});

test('A server confirms by the link that it is sent; what it fails to take comes again when the clock has moved.', async () => {
  const TopicArn = cloud.running.resources['Readings'];
  await expect.poll(() => server.posted.length).toBe(1);
  const { SubscribeURL, SigningCertURL } = JSON.parse(server.posted[0]?.body ?? '{}');
  expect(await (await fetch(SigningCertURL)).text()).toContain('BEGIN CERTIFICATE');
  expect(await (await fetch(SubscribeURL)).text()).toContain('<SubscriptionArn>arn:aws:sns:');
  await sns.send(new PublishCommand({ TopicArn, Message: '{"celsius":1}' }));
  await expect.poll(() => server.posted.length).toBe(2);
  const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn }));
  expect(Attributes).toMatchObject({ SubscriptionsConfirmed: '3', SubscriptionsPending: '0' });
  expect((await clock({ advanceMs: 30_000 })).status).toBe(200);
  expect(server.posted.map(({ type }) => type)).toEqual([
    'SubscriptionConfirmation',
    'Notification',
    'Notification',
  ]);
});

test('A function with an sns event is invoked with what its filter policy accepts.', async () => {
  const TopicArn = 'arn:aws:sns:eu-west-1:000000000000:tasks';
  for (const to of ['diary', 'nobody']) {
    const MessageAttributes = { to: { DataType: 'String', StringValue: to } };
    await sns.send(new PublishCommand({ TopicArn, Message: `for ${to}`, MessageAttributes }));
  }
  const entries: string[] = [];
  await expect
    .poll(async () => {
      entries.push(...(await received('Diary')));
      return entries.length;
    })
    .toBe(1);
  const status = async () => (await fetch(`${cloud.running.endpointUrl}/_glasshouse/status`)).json();
  await expect.poll(status).toMatchObject({ pendingInvocations: 0 });
  expect(await received('Diary')).toEqual([]);
});

test('The owner of a phone who wants no more text messages gets none.', async () => {
  const optOut = (body: object) =>
    fetch(`${cloud.running.endpointUrl}/_glasshouse/sns/opt-outs`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
  expect((await optOut({ phoneNumber: '+41790000000' })).status).toBe(201);
  expect((await optOut({ phoneNumber: 'mum' })).status).toBe(400);
  expect((await optOut({})).status).toBe(400);
  await sns.send(new PublishCommand({ PhoneNumber: '+41790000000', Message: 'x' }));
  expect(cloud.told.at(-1)).toContain('Phone number is opted out');
});
