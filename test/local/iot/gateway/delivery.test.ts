import { expect, test } from 'vitest';
import type { IotMessage } from '../../../../local/iot/message.ts';
import {
  allowEverything,
  cloudMessage,
  connected,
  PacketClient,
  connectPacket,
  publishPacket,
  startCloud,
  subscribed,
  summary,
} from './support.ts';

test.each([
  { published: 0, granted: 0, wire: 'publish a=x qos0' },
  { published: 0, granted: 1, wire: 'publish a=x qos0' },
  { published: 1, granted: 0, wire: 'publish a=x qos0' },
  { published: 1, granted: 1, wire: 'publish a=x qos1 id1' },
] as const)(
  '[MQTT-3.8.4-6] published at $published and granted $granted arrives as "$wire".',
  async ({ published, granted, wire }) => {
    const { gateway } = startCloud();
    const client = await subscribed(gateway, { a: granted });
    gateway.deliver(cloudMessage('a', { qos: published }));
    expect(summary(await client.settle())).toEqual([wire]);
  },
);

test('A message reaches the cloud with its publisher, and other clients through the cloud.', async () => {
  const { gateway, published } = startCloud({ uuid: () => 'trace-1' });
  const reader = await subscribed(gateway, { 'room/+': 1 }, { clientId: 'reader' });
  const writer = await connected(gateway, { clientId: 'writer' });
  writer.send(publishPacket('room/1', { qos: 1, payload: 'lux' }));
  expect(summary(await writer.settle())).toEqual(['puback 7']);
  expect(summary(await reader.settle())).toEqual(['publish room/1=lux qos1 id1']);
  expect(published).toEqual([
    {
      topic: 'room/1',
      payload: Buffer.from('lux'),
      qos: 1,
      retain: false,
      publisher: { protocol: 'MQTT', clientId: 'writer', sourceIp: '127.0.0.1' },
      traceId: 'trace-1',
      republishes: 0,
    } satisfies IotMessage,
  ]);
});

test('[MQTT-3.3.5-1] Overlapping subscriptions deliver once, at the highest QoS.', async () => {
  const { gateway } = startCloud();
  const client = await subscribed(gateway, { 'a/+': 0, 'a/b': 1, '#': 0 });
  const other = await subscribed(gateway, { 'a/#': 0 }, { clientId: 'other' });
  gateway.deliver(cloudMessage('a/b', { qos: 1 }));
  expect(summary(await client.settle())).toEqual(['publish a/b=x qos1 id1']);
  expect(summary(await other.settle())).toEqual(['publish a/b=x qos0']);
});

test('AWS: a/# does not take a, and a wildcard at the root takes no reserved topic.', async () => {
  const { gateway } = startCloud();
  const client = await subscribed(gateway, { 'a/#': 0, '+/events/x': 0 });
  for (const topic of ['a', '$aws/events/x', 'a/']) gateway.deliver(cloudMessage(topic));
  expect(summary(await client.settle())).toEqual(['publish a/=x qos0']);
});

test('[MQTT-3.8.4-3] A repeated filter replaces the subscription; UNSUBSCRIBE ends it.', async () => {
  const { gateway } = startCloud();
  const client = await subscribed(gateway, { a: 1 });
  client.send({ cmd: 'subscribe', messageId: 2, subscriptions: [{ topic: 'a', qos: 0 }] });
  await client.settle();
  gateway.deliver(cloudMessage('a', { qos: 1 }));
  expect(summary(await client.settle())).toEqual(['publish a=x qos0']);
  client.send({ cmd: 'unsubscribe', messageId: 3, unsubscriptions: ['a'] });
  await client.settle();
  gateway.deliver(cloudMessage('a'));
  expect(await client.settle()).toEqual([]);
});

test('AWS: the subscription after the fiftieth gets a failure code.', async () => {
  const { gateway } = startCloud({ limits: { subscriptionsPerConnection: 2 } });
  const client = await subscribed(gateway, { a: 0, b: 0 });
  const subscriptions = ['a', 'c'].map((topic) => ({ topic, qos: 1 }) as const);
  client.send({ cmd: 'subscribe', messageId: 2, subscriptions });
  expect(summary(await client.settle())).toEqual(['suback 2 [1,128]']);
});

test('Basic Ingest reaches the cloud and no subscriber.', async () => {
  const { gateway, published } = startCloud();
  const client = await subscribed(gateway, { '#': 1, '$aws/#': 1 });
  client.send(publishPacket('$aws/rules/score/a'));
  expect(await client.settle()).toEqual([]);
  expect(published.map(({ topic }) => topic)).toEqual(['$aws/rules/score/a']);
});

test('[MQTT-3.3.1-8] A retained message goes to new subscriptions with RETAIN, to old ones without.', async () => {
  const { gateway } = startCloud();
  const early = await subscribed(gateway, { a: 1 }, { clientId: 'early' });
  gateway.deliver(cloudMessage('a', { payload: Buffer.from('1'), retain: true, qos: 1 }));
  gateway.deliver(cloudMessage('a', { payload: Buffer.from('2'), retain: true, qos: 1 }));
  expect(summary(await early.settle())).toEqual(['publish a=1 qos1 id1', 'publish a=2 qos1 id2']);
  const late = await connected(gateway, { clientId: 'late' });
  late.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'a', qos: 1 }] });
  expect(summary(await late.settle())).toEqual(['suback 1 [1]', 'publish a=2 qos1 id1 retain']);
});

test('AWS: a wildcard subscription gets no retained message.', async () => {
  const { gateway } = startCloud();
  gateway.deliver(cloudMessage('a', { retain: true }));
  const client = await connected(gateway);
  client.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: '+', qos: 1 }] });
  expect(summary(await client.settle())).toEqual(['suback 1 [1]']);
});

test('[MQTT-3.3.1-10] An empty retained payload clears the topic.', async () => {
  const { gateway } = startCloud();
  gateway.deliver(cloudMessage('a', { retain: true }));
  gateway.deliver(cloudMessage('a', { retain: true, payload: Buffer.alloc(0) }));
  const client = await connected(gateway);
  client.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'a', qos: 1 }] });
  expect(summary(await client.settle())).toEqual(['suback 1 [1]']);
});

test('AWS: nothing is retained on a reserved topic, nor without room.', async () => {
  const { gateway } = startCloud({ limits: { retainedMessages: 1 } });
  for (const topic of ['$aws/events/x', 'a', 'b']) gateway.deliver(cloudMessage(topic, { retain: true }));
  const client = await connected(gateway);
  const subscriptions = ['$aws/events/x', 'a', 'b'].map((topic) => ({ topic, qos: 0 }) as const);
  client.send({ cmd: 'subscribe', messageId: 1, subscriptions });
  expect(summary(await client.settle())).toEqual(['suback 1 [0,0,0]', 'publish a=x qos0 retain']);
  expect(gateway.counts().dropped.retained).toBe(1);
});

test.each([
  { refused: 'connect', sent: [], answers: ['closed'] },
  { refused: 'publish', sent: [publishPacket('a', { qos: 1 })], answers: ['connack 0', 'closed'] },
  {
    refused: 'subscribe',
    sent: [{ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'a', qos: 0 }] }],
    answers: ['connack 0', 'closed'],
  },
] as const)('AWS: a client that may not $refused is disconnected.', async ({ refused, sent, answers }) => {
  const { gateway, log, published } = startCloud({
    authoriser: { ...allowEverything, [refused]: () => false },
  });
  const client = new PacketClient(gateway);
  client.send(connectPacket());
  for (const packet of sent) {
    if (packet.cmd === 'subscribe') client.send({ ...packet, subscriptions: [...packet.subscriptions] });
    else client.send(packet);
  }
  expect(summary(await client.settle())).toEqual(answers);
  expect(published).toEqual([]);
  expect(log.at(-1)).toMatchObject({ event: 'disconnected', reason: 'AUTH_ERROR' });
});

test('A message that a client may not receive is left out.', async () => {
  const { gateway } = startCloud({
    authoriser: { ...allowEverything, receive: (_client, topic) => topic !== 'a/secret' },
  });
  const client = await subscribed(gateway, { 'a/+': 0 });
  for (const topic of ['a/secret', 'a/open']) gateway.deliver(cloudMessage(topic));
  expect(summary(await client.settle())).toEqual(['publish a/open=x qos0']);
});

test('A message that the cloud fails on is not acknowledged and ends the connection only.', async () => {
  const { gateway, log } = startCloud({
    publish({ topic }) {
      if (topic === 'a') throw new Error('no room');
    },
  });
  const client = await connected(gateway, { clientId: 'writer' });
  const other = await connected(gateway, { clientId: 'other' });
  client.send(publishPacket('a', { qos: 1 }));
  expect(await client.settle()).toEqual(['closed']);
  expect(await other.settle()).toEqual([]);
  expect(log.at(-1)).toMatchObject({ reason: 'SERVER_ERROR', clientId: 'writer' });
});

test('A client that does not read loses QoS 0, which is counted, and gets QoS 1 late but whole.', async () => {
  const { gateway, log } = startCloud({ limits: { outputBufferBytes: 100_000 } });
  const client = await subscribed(gateway, { a: 1 });
  client.stream.pause();
  const payload = Buffer.alloc(10_000, 'x');
  for (let count = 0; count < 50; count += 1) gateway.deliver(cloudMessage('a', { payload, qos: 0 }));
  for (let count = 0; count < 50; count += 1) gateway.deliver(cloudMessage('a', { payload, qos: 1 }));
  const { qos0, qos1 } = gateway.counts().dropped;
  expect(qos0).toBeGreaterThanOrEqual(38);
  expect(qos1).toBe(0);
  expect(log.filter(({ event }) => event === 'dropped')).toHaveLength(1);
  client.stream.resume();
  const messageIds: (number | undefined)[] = [];
  while (messageIds.length < 50) {
    const packet = await client.next();
    if (packet === 'closed') break;
    if (packet.cmd === 'publish' && packet.qos === 1) messageIds.push(packet.messageId);
  }
  expect(messageIds).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
});

test('The window of unacknowledged QoS 1 messages moves on with each PUBACK; the queue is bounded.', async () => {
  const { gateway } = startCloud({ limits: { inflightMessages: 2, queuedMessages: 2 } });
  const client = await subscribed(gateway, { a: 1 });
  for (const text of ['1', '2', '3', '4', '5']) {
    gateway.deliver(cloudMessage('a', { payload: Buffer.from(text), qos: 1 }));
  }
  expect(gateway.counts().dropped.qos1).toBe(1);
  expect(summary(await client.settle())).toEqual(['publish a=1 qos1 id1', 'publish a=2 qos1 id2']);
  client.send({ cmd: 'puback', messageId: 2 });
  expect(summary(await client.settle())).toEqual(['publish a=3 qos1 id3']);
  client.send({ cmd: 'puback', messageId: 1 });
  expect(summary(await client.settle())).toEqual(['publish a=4 qos1 id4']);
});

test('A client that leaves its acknowledgements unread is cut.', async () => {
  const { gateway, log } = startCloud({ limits: { outputBufferBytes: 1_000 } });
  const client = await connected(gateway);
  client.stream.pause();
  client.stream.write(Buffer.alloc(1_200_000, Buffer.from([0xc0, 0])));
  while (gateway.counts().connections === 1) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
  expect(log.at(-1)).toMatchObject({ reason: 'THROTTLED' });
});
