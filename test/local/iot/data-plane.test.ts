import {
  DeleteConnectionCommand,
  GetConnectionCommand,
  GetRetainedMessageCommand,
  GetThingShadowCommand,
  IoTDataPlaneClient,
  ListRetainedMessagesCommand,
  ListSubscriptionsCommand,
  PublishCommand,
  SendDirectMessageCommand,
} from '@aws-sdk/client-iot-data-plane';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createEndpoint, type Endpoint } from '../../../local/endpoint/endpoint.ts';
import { createDataPlaneHandler } from '../../../local/iot/data-plane.ts';
import { createGateway, type Gateway } from '../../../local/iot/gateway/index.ts';
import type { IotMessage } from '../../../local/iot/message.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { connected, lose, subscribed } from './gateway/support.ts';

const published: IotMessage[] = [];
const clock = new ManualClock();
let gateway: Gateway;
let endpoint: Endpoint;
let client: IoTDataPlaneClient;

beforeAll(async () => {
  const publish = (message: IotMessage): void => {
    if (!message.topic.startsWith('$aws/events/')) published.push(message);
    gateway.deliver(message);
  };
  gateway = createGateway({ clock, publish });
  const handler = createDataPlaneHandler({
    publish,
    newId: () => 'trace',
    gateway,
    servedTopics: ['shadows'],
    shadows: (_request, response) => void response.writeHead(200).end('{"state":{}}'),
  });
  endpoint = createEndpoint({ services: { iotdata: handler, iotdevicegateway: handler }, log: () => {} });
  const { url } = await endpoint.listen({ port: 0, setting: 'TEST' });
  const credentials = { accessKeyId: 'AKID', secretAccessKey: 'test' };
  client = new IoTDataPlaneClient({ endpoint: url, region: 'eu-west-1', credentials, maxAttempts: 1 });
});
beforeEach(() => {
  gateway.reset();
  published.splice(0);
});
afterAll(async () => {
  gateway.close();
  await endpoint.close();
});

test('A message that an SDK publishes reaches the cloud with its topic, payload, QoS and publisher.', async () => {
  await client.send(new PublishCommand({ topic: 'a/b c/ü', payload: '{"a":1}', qos: 1, retain: true }));
  expect(published).toEqual([
    {
      topic: 'a/b c/ü',
      payload: Buffer.from('{"a":1}'),
      qos: 1,
      retain: true,
      publisher: { protocol: 'HTTP', principal: 'AKID', sourceIp: '127.0.0.1' },
      traceId: 'trace',
      republishes: 0,
    },
  ]);
});

test('A message without payload or QoS is empty and of QoS 0.', async () => {
  await client.send(new PublishCommand({ topic: 'a' }));
  expect(published).toMatchObject([{ topic: 'a', payload: Buffer.alloc(0), qos: 0, retain: false }]);
});

test('Basic Ingest is taken.', async () => {
  await client.send(new PublishCommand({ topic: '$aws/rules/myRule/a', payload: '{}' }));
  expect(published).toMatchObject([{ topic: '$aws/rules/myRule/a' }]);
});

test.each([
  ['a/+', /holds a wildcard/],
  ['a/#', /holds a wildcard/],
  ['1/2/3/4/5/6/7/8/9', /has 8 slashes/],
  ['x'.repeat(257), /is 257 bytes long/],
  ['$aws/events/presence/connected/a', /is reserved/],
  ['$anything', /is reserved/],
])('A message on %s is refused with the reason.', async (topic, message) => {
  await expect(client.send(new PublishCommand({ topic, payload: '{}' }))).rejects.toThrow(message);
  expect(published).toEqual([]);
});

test('A payload of more than 128 KB is refused.', async () => {
  const payload = new Uint8Array(128 * 1024 + 1);
  await expect(client.send(new PublishCommand({ topic: 'a', payload }))).rejects.toMatchObject({
    name: 'RequestEntityTooLargeException',
  });
});

test('What MQTT 5 can say about a message, Publish can say as well.', async () => {
  await client.send(
    new PublishCommand({
      topic: 'a',
      payload: 'x',
      contentType: 'text/plain',
      responseTopic: 'answers/1',
      messageExpiry: 60,
      payloadFormatIndicator: 'UTF8_DATA',
      correlationData: Buffer.from([0, 255]).toString('base64'),
      // As text: the SDK does not encode arrays for the header.
      userProperties: JSON.stringify([{ deviceName: 'alpha' }, { deviceCnt: '45' }]),
    }),
  );
  expect(published[0]?.properties).toEqual({
    payloadFormatIndicator: true,
    messageExpirySeconds: 60,
    contentType: 'text/plain',
    responseTopic: 'answers/1',
    correlationData: Uint8Array.of(0, 255),
    userProperties: [
      ['deviceName', 'alpha'],
      ['deviceCnt', '45'],
    ],
  });
});

test.each([
  [{ responseTopic: 'a/+' }, /response topic .+ holds a wildcard/],
  [{ correlationData: '%' }, /correlation data is not Base64/],
  [{ userProperties: '{"not":"an array"}' }, /not a JSON array/],
  [{ messageExpiry: -1 }, /not a number of seconds/],
])('Properties that cannot be are refused: %j.', async (properties, message) => {
  await expect(client.send(new PublishCommand({ topic: 'a', ...properties }))).rejects.toThrow(message);
  expect(published).toEqual([]);
});

test('Requests to shadows may be published; what is not served may not.', async () => {
  await client.send(new PublishCommand({ topic: '$aws/things/lamp/shadow/get' }));
  expect(published).toHaveLength(1);
  const jobs = client.send(new PublishCommand({ topic: '$aws/things/lamp/jobs/get' }));
  await expect(jobs).rejects.toThrow(/request to jobs, which this cloud does not serve/);
});

test('A retained message can be read, and is gone when an empty one has replaced it.', async () => {
  const userProperties = JSON.stringify([{ unit: 'lux' }]);
  await client.send(new PublishCommand({ topic: 'a/ü', payload: 'x', qos: 1, retain: true, userProperties }));
  const { $metadata: _, ...read } = await client.send(new GetRetainedMessageCommand({ topic: 'a/ü' }));
  expect({ ...read, payload: text(read.payload), userProperties: text(read.userProperties) }).toEqual({
    topic: 'a/ü',
    payload: 'x',
    qos: 1,
    lastModifiedTime: clock.now(),
    userProperties: '[{"unit":"lux"}]',
  });
  await client.send(new PublishCommand({ topic: 'a/ü', payload: '', retain: true }));
  await expect(client.send(new GetRetainedMessageCommand({ topic: 'a/ü' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

function text(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString();
}

test('Retained messages are listed by topic, page by page.', async () => {
  for (const topic of ['b', 'a', 'd', 'c', 'e']) {
    await client.send(new PublishCommand({ topic, payload: 'xx', retain: true }));
  }
  const topics: unknown[] = [];
  let nextToken: string | undefined;
  do {
    const command = new ListRetainedMessagesCommand({ maxResults: 2, ...(nextToken ? { nextToken } : {}) });
    const page = await client.send(command);
    topics.push(page.retainedTopics?.map(({ topic, payloadSize }) => `${topic} ${payloadSize}`));
    nextToken = page.nextToken;
  } while (nextToken);
  expect(topics).toEqual([['a 2', 'b 2'], ['c 2', 'd 2'], ['e 2']]);
  const tooMany = client.send(new ListRetainedMessagesCommand({ maxResults: 201 }));
  await expect(tooMany).rejects.toMatchObject({ name: 'InvalidRequestException' });
});

test('A connection is described and its subscriptions are listed, also of a session whose client is away.', async () => {
  const clientId = 'lamp/ü';
  const device = await subscribed(gateway, { b: 1, a: 0 }, { clientId, clean: false, keepalive: 100 });
  const describe = async () => {
    const command = new GetConnectionCommand({ clientId, includeSocketInformation: true });
    const { $metadata: _, ...connection } = await client.send(command);
    return connection;
  };
  const common = { clientId, cleanSession: false, sessionExpiry: 3_600 };
  expect(await describe()).toEqual({
    ...common,
    connected: true,
    connectedSince: clock.now(),
    keepAliveDuration: 100,
    sourceIp: '127.0.0.1',
  });
  await lose(gateway, device);
  expect(await describe()).toEqual({
    ...common,
    connected: false,
    disconnectedSince: clock.now(),
    disconnectReason: 'CONNECTION_LOST',
  });
  const { subscriptions } = await client.send(new ListSubscriptionsCommand({ clientId }));
  expect(subscriptions).toEqual([
    { topicFilter: 'a', qos: 0 },
    { topicFilter: 'b', qos: 1 },
  ]);
});

test('A connection is deleted, with its session if that is asked.', async () => {
  const kept = { clientId: 'kept', clean: false } as const;
  const device = await connected(gateway, kept);
  await client.send(new DeleteConnectionCommand({ clientId: 'kept' }));
  expect(await device.next()).toBe('closed');
  expect(gateway.counts()).toMatchObject({ connections: 0, sessions: 1 });
  await client.send(new DeleteConnectionCommand({ clientId: 'kept', cleanSession: true }));
  expect(gateway.counts().sessions).toBe(0);
});

test.each([
  ['GetConnection', () => new GetConnectionCommand({ clientId: 'nobody' }), 'ResourceNotFoundException'],
  [
    'DeleteConnection',
    () => new DeleteConnectionCommand({ clientId: 'nobody' }),
    'ResourceNotFoundException',
  ],
  [
    'DeleteConnection of $x',
    () => new DeleteConnectionCommand({ clientId: '$x' }),
    'InvalidRequestException',
  ],
] as const)('%s is refused where there is nothing.', async (_name, command, name) => {
  const sent = command();
  const answer = sent instanceof GetConnectionCommand ? client.send(sent) : client.send(sent);
  await expect(answer).rejects.toMatchObject({ name });
});

test('Calls to shadows go to their service, and what nobody serves is refused by name.', async () => {
  const { payload } = await client.send(new GetThingShadowCommand({ thingName: 'lamp' }));
  expect(text(payload)).toBe('{"state":{}}');
  const direct = client.send(new SendDirectMessageCommand({ clientId: 'lamp', topic: 'a' }));
  await expect(direct).rejects.toMatchObject({
    name: 'UnsupportedOperationException',
    message: expect.stringContaining('POST /connections/lamp/messages'),
  });
});
