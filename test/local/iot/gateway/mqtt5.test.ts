import type { IConnectPacket, IPublishPacket, ISubscription, Packet } from 'mqtt-packet';
import { expect, test } from 'vitest';
import type { Gateway } from '../../../../local/iot/gateway/index.ts';
import {
  allowEverything,
  cloudMessage,
  connected,
  connectPacket,
  lose,
  PacketClient,
  publishPacket,
  startCloud,
  subscribed,
  summary,
} from './support.ts';

const five = { protocolVersion: 5 } as const;
const kept = { ...five, clientId: 'kept', clean: false, properties: { sessionExpiryInterval: 60 } } as const;

/** The answers to a CONNECT of MQTT 5, up to the first PINGRESP or the end. */
async function answersTo(gateway: Gateway, fields: Partial<IConnectPacket>) {
  const client = new PacketClient(gateway, { version: 5 });
  client.send(connectPacket({ ...five, ...fields }));
  return await client.settle();
}

function publish5(topic: string, properties: IPublishPacket['properties'], fields = {}): Packet {
  const packet = { ...publishPacket(topic, fields), cmd: 'publish' } as const;
  return {
    ...packet,
    topic,
    payload: 'x',
    qos: 0,
    dup: false,
    retain: false,
    ...fields,
    properties: { ...properties },
  };
}

const subscribe = (...subscriptions: ISubscription[]): Packet => ({
  cmd: 'subscribe',
  messageId: 5,
  subscriptions,
});

test('CONNACK tells what AWS IoT can do and what it has made of the wishes.', async () => {
  const { gateway } = startCloud({ uuid: () => 'u-1' });
  const [connack] = await answersTo(gateway, {
    clientId: '',
    keepalive: 5,
    properties: { sessionExpiryInterval: 0xffff_ffff },
  });
  expect(connack).toMatchObject({
    cmd: 'connack',
    reasonCode: 0,
    sessionPresent: false,
    properties: {
      sessionExpiryInterval: 3_600,
      receiveMaximum: 100,
      // The parser reads this byte as a flag.
      maximumQoS: 1,
      retainAvailable: true,
      maximumPacketSize: 149_504,
      assignedClientIdentifier: 'auto-u-1',
      topicAliasMaximum: 8,
      wildcardSubscriptionAvailable: true,
      subscriptionIdentifiersAvailable: false,
      sharedSubscriptionAvailable: true,
      serverKeepAlive: 30,
    },
  });
});

test.each<[string, Partial<IConnectPacket>, string]>([
  ['an authentication method', { properties: { authenticationMethod: 'SCRAM-SHA-1' } }, 'connack 0x8c'],
  ['a client id of more than 128 bytes', { clientId: 'x'.repeat(129) }, 'connack 0x85'],
  ['a will at QoS 2', { will: { topic: 'a', payload: 'x', qos: 2, retain: false } }, 'connack 0x9b'],
  [
    'a will on a reserved topic',
    { will: { topic: '$aws/x', payload: 'x', qos: 0, retain: false } },
    'connack 0x90',
  ],
])('A CONNECT with %s is refused.', async (_wish, fields, answer) => {
  const { gateway } = startCloud();
  expect(summary(await answersTo(gateway, fields))).toEqual([answer, 'closed']);
});

test('A client that may not connect is told so, in words as well.', async () => {
  const { gateway, log } = startCloud({ authoriser: { ...allowEverything, connect: () => false } });
  const [connack, end] = await answersTo(gateway, {});
  expect(connack).toMatchObject({
    reasonCode: 0x87,
    properties: { reasonString: 'thing is not allowed to connect' },
  });
  expect(end).toBe('closed');
  expect(log.at(-1)).toMatchObject({ reason: 'AUTH_ERROR' });
});

test('The reason in words is left out where the client could not take a packet as long.', async () => {
  const { gateway } = startCloud({ authoriser: { ...allowEverything, connect: () => false } });
  const [connack] = await answersTo(gateway, { properties: { maximumPacketSize: 20 } });
  expect(connack).toMatchObject({ reasonCode: 0x87 });
  expect(connack).not.toHaveProperty('properties');
});

test('Properties reach subscribers of MQTT 5 as they were sent, and those of MQTT 3.1.1 not at all.', async () => {
  const { gateway, published } = startCloud();
  const newer = await subscribed(gateway, { a: 1 }, { ...five, clientId: 'newer' });
  const older = await subscribed(gateway, { a: 1 }, { clientId: 'older' });
  const writer = await connected(gateway, { ...five, clientId: 'writer' });
  const properties = {
    payloadFormatIndicator: true,
    contentType: 'text/plain',
    responseTopic: 'answers/1',
    correlationData: Buffer.from([0, 255]),
    userProperties: { unit: 'lux', tag: ['one', 'two'] },
  };
  writer.send(publish5('a', properties, { qos: 1, messageId: 7 }));
  await writer.settle();
  expect(await newer.settle()).toMatchObject([{ topic: 'a', properties }]);
  const [received] = await older.settle();
  expect(received).toMatchObject({ cmd: 'publish', topic: 'a' });
  expect(received).not.toHaveProperty('properties');
  expect(published).toMatchObject([
    {
      properties: {
        payloadFormatIndicator: true,
        contentType: 'text/plain',
        responseTopic: 'answers/1',
        correlationData: Uint8Array.from([0, 255]),
        userProperties: [
          ['unit', 'lux'],
          ['tag', 'one'],
          ['tag', 'two'],
        ],
      },
    },
  ]);
});

test('A message of MQTT 3.1.1 reaches a subscriber of MQTT 5 without properties.', async () => {
  const { gateway, published } = startCloud();
  const reader = await subscribed(gateway, { a: 0 }, { ...five, clientId: 'reader' });
  const writer = await connected(gateway, { clientId: 'writer' });
  writer.send(publishPacket('a'));
  await writer.settle();
  expect(summary(await reader.settle())).toEqual(['publish a=x qos0']);
  expect(published[0]).not.toHaveProperty('properties');
});

test('A topic alias stands for the topic that it was last sent with, and for its connection only.', async () => {
  const { gateway, published } = startCloud();
  const client = await connected(gateway, five);
  client.send(publish5('a', { topicAlias: 1 }), publish5('', { topicAlias: 1 }));
  client.send(publish5('b', { topicAlias: 1 }), publish5('', { topicAlias: 1 }));
  expect(await client.settle()).toEqual([]);
  expect(published.map(({ topic }) => topic)).toEqual(['a', 'a', 'b', 'b']);
  const other = await connected(gateway, { ...five, clientId: 'other' });
  other.send(publish5('', { topicAlias: 1 }));
  expect(summary(await other.settle())).toEqual(['disconnect 0x82', 'closed']);
});

test.each([0, 9, 65_535])('A topic alias of %d is invalid.', async (topicAlias) => {
  const { gateway } = startCloud();
  const client = await connected(gateway, five);
  client.send(publish5('a', { topicAlias }));
  expect(summary(await client.settle())).toEqual(['disconnect 0x94', 'closed']);
});

test.each<[string, Packet, string[]]>([
  ['at QoS 2', publishPacket('a', { qos: 2 }), ['disconnect 0x9b', 'closed']],
  ['at QoS 0 on a reserved topic', publishPacket('$aws/x'), ['disconnect 0x90', 'closed']],
  ['at QoS 1 on a reserved topic', publishPacket('$aws/x', { qos: 1 }), ['puback 7 0x90']],
  ['at QoS 1 on a topic with a wildcard', publishPacket('a/+', { qos: 1 }), ['puback 7 0x90']],
  [
    'at QoS 1 of more than 128 KB',
    publishPacket('a', { qos: 1, payload: Buffer.alloc(131_073) }),
    ['puback 7 0x97'],
  ],
  ['at QoS 1 on a topic that its policy denies', publishPacket('denied', { qos: 1 }), ['puback 7 0x87']],
  ['at QoS 0 on a topic that its policy denies', publishPacket('denied'), ['disconnect 0x87', 'closed']],
  [
    'a retained message that its policy denies',
    publishPacket('a', { qos: 1, retain: true }),
    ['puback 7 0x87'],
  ],
])('AWS: who publishes %s gets the reason.', async (_what, packet, answers) => {
  const { gateway, published } = startCloud({
    authoriser: { ...allowEverything, publish: (_client, topic, retain) => topic !== 'denied' && !retain },
  });
  const client = await connected(gateway, five);
  client.send(packet);
  expect(summary(await client.settle())).toEqual(answers);
  expect(published).toEqual([]);
});

test('Reasons in words come only with packets where the client wants them.', async () => {
  const { gateway } = startCloud();
  const properties = { requestProblemInformation: false };
  const client = await connected(gateway, { ...five, properties });
  client.send(publishPacket('$aws/x', { qos: 1 }));
  const [puback] = await client.settle();
  expect(puback).toMatchObject({ cmd: 'puback', reasonCode: 0x90 });
  expect(puback).not.toHaveProperty('properties');
});

test('SUBACK has a reason for each filter, and the good ones hold.', async () => {
  const { gateway, log } = startCloud({
    authoriser: { ...allowEverything, subscribe: (_client, filter) => filter !== 'denied' },
    limits: { subscriptionsPerConnection: 2 },
  });
  const client = await connected(gateway, five);
  const topics = ['a', 'denied', 'a/#/b', '$aws/rules/x', 'b', 'c'];
  client.send(subscribe(...topics.map((topic) => ({ topic, qos: 1 }) as const)));
  expect(summary(await client.settle())).toEqual(['suback 5 [1,135,143,143,1,151]']);
  expect(log.filter(({ event }) => event === 'refused')).toHaveLength(3);
  gateway.deliver(cloudMessage('b'));
  expect(summary(await client.settle())).toEqual(['publish b=x qos0']);
});

test.each<[string, Packet, number]>([
  ['at QoS 2', subscribe({ topic: 'a', qos: 2 }), 0x9b],
  [
    'with a subscription identifier',
    {
      cmd: 'subscribe',
      messageId: 5,
      subscriptions: [{ topic: 'a', qos: 0 }],
      properties: { subscriptionIdentifier: 1 },
    },
    0xa1,
  ],
  ['to nine filters', subscribe(...'abcdefghi'.split('').map((topic) => ({ topic, qos: 0 }) as const)), 0x97],
  ['to a shared filter without its own messages', subscribe({ topic: '$share/g/a', qos: 0, nl: true }), 0x82],
])('AWS: who subscribes %s is disconnected.', async (_how, packet, code) => {
  const { gateway } = startCloud();
  const client = await connected(gateway, five);
  client.send(packet);
  expect(summary(await client.settle())).toEqual([`disconnect 0x${code.toString(16)}`, 'closed']);
});

test('UNSUBACK tells which filters there were.', async () => {
  const { gateway } = startCloud();
  const client = await subscribed(gateway, { a: 0 }, five);
  client.send({ cmd: 'unsubscribe', messageId: 6, unsubscriptions: ['a', 'b'] });
  expect(await client.settle()).toMatchObject([{ cmd: 'unsuback', messageId: 6, granted: [0, 0x11] }]);
});

test('[MQTT-3.8.3-3] No Local leaves out what the client published itself.', async () => {
  const { gateway } = startCloud();
  const client = await connected(gateway, five);
  client.send(subscribe({ topic: 'a', qos: 0, nl: true }));
  await client.settle();
  client.send(publishPacket('a'));
  gateway.deliver(cloudMessage('a', { payload: Buffer.from('from elsewhere') }));
  expect(summary(await client.settle())).toEqual(['publish a=from elsewhere qos0']);
});

test('[MQTT-3.3.1-13] Retain As Published keeps the flag.', async () => {
  const { gateway } = startCloud();
  const client = await connected(gateway, five);
  client.send(subscribe({ topic: 'a', qos: 0, rap: true }, { topic: 'b', qos: 0, rap: false }));
  await client.settle();
  for (const topic of ['a', 'b']) gateway.deliver(cloudMessage(topic, { retain: true }));
  gateway.deliver(cloudMessage('a'));
  expect(summary(await client.settle())).toEqual([
    'publish a=x qos0 retain',
    'publish b=x qos0',
    'publish a=x qos0',
  ]);
});

test.each([
  { rh: 0, first: 1, again: 1 },
  { rh: 1, first: 1, again: 0 },
  { rh: 2, first: 0, again: 0 },
])(
  '[MQTT-3.3.1-10] Retain Handling $rh sends $first at first and $again for the same filter.',
  async (row) => {
    const { gateway } = startCloud();
    gateway.deliver(cloudMessage('a', { retain: true }));
    const client = await connected(gateway, five);
    for (const count of [row.first, row.again]) {
      client.send(subscribe({ topic: 'a', qos: 0, rh: row.rh }));
      const [, ...retained] = await client.settle();
      expect(summary(retained)).toEqual(Array.from({ length: count }, () => 'publish a=x qos0 retain'));
    }
  },
);

test('AWS: a message that has expired is not sent, in either version; what is left of the time is told.', async () => {
  const { gateway, clock } = startCloud();
  const newer = await subscribed(gateway, { a: 1 }, kept);
  const older = await subscribed(gateway, { a: 1 }, { clientId: 'older', clean: false });
  await lose(gateway, newer);
  await lose(gateway, older);
  for (const messageExpirySeconds of [10, 30]) {
    const payload = Buffer.from(String(messageExpirySeconds));
    gateway.deliver(cloudMessage('a', { qos: 1, payload, properties: { messageExpirySeconds } }));
  }
  clock.advance(20_500);
  const again = new PacketClient(gateway, { version: 5 });
  again.send(connectPacket(kept));
  const [connack, message, ...rest] = await again.settle();
  expect(connack).toMatchObject({ sessionPresent: true });
  expect(message).toMatchObject({ payload: Buffer.from('30'), properties: { messageExpiryInterval: 9 } });
  expect(rest).toEqual([]);
  const olderAgain = new PacketClient(gateway);
  olderAgain.send(connectPacket({ clientId: 'older', clean: false }));
  expect(summary(await olderAgain.settle())).toEqual(['connack 0 present', 'publish a=30 qos1 id2']);
});

test('AWS: an expiry of 0 becomes a second, one of more than a week a week.', async () => {
  const { gateway, published } = startCloud();
  const client = await connected(gateway, five);
  client.send(
    publish5('a', { messageExpiryInterval: 0 }),
    publish5('a', { messageExpiryInterval: 9_999_999 }),
  );
  await client.settle();
  expect(published.map(({ properties }) => properties?.messageExpirySeconds)).toEqual([1, 604_800]);
});

test('AWS: a retained message that has expired is not sent to new subscribers, and makes room.', async () => {
  const { gateway, clock } = startCloud({ limits: { retainedMessages: 1 } });
  gateway.deliver(cloudMessage('a', { retain: true, properties: { messageExpirySeconds: 5 } }));
  expect(gateway.retained('a')).toBeDefined();
  clock.advance(5_000);
  gateway.deliver(cloudMessage('b', { retain: true }));
  const client = await connected(gateway, five);
  client.send(subscribe({ topic: 'a', qos: 0 }, { topic: 'b', qos: 0 }));
  expect(summary(await client.settle())).toEqual(['suback 5 [0,0]', 'publish b=x qos0 retain']);
});

test('The client says how many unacknowledged messages it takes.', async () => {
  const { gateway } = startCloud();
  const client = await subscribed(gateway, { a: 1 }, { ...five, properties: { receiveMaximum: 2 } });
  for (const text of ['1', '2', '3']) {
    gateway.deliver(cloudMessage('a', { qos: 1, payload: Buffer.from(text) }));
  }
  expect(summary(await client.settle())).toEqual(['publish a=1 qos1 id1', 'publish a=2 qos1 id2']);
  client.send({ cmd: 'puback', messageId: 1, reasonCode: 0 });
  expect(summary(await client.settle())).toEqual(['publish a=3 qos1 id3']);
});

test('[MQTT-3.1.2-25] A message that is too long for the client is left out, and the next one is sent.', async () => {
  const { gateway } = startCloud();
  const client = await subscribed(gateway, { a: 1 }, { ...five, properties: { maximumPacketSize: 100 } });
  for (const qos of [0, 1] as const) {
    gateway.deliver(cloudMessage('a', { qos, payload: Buffer.alloc(100, 'x') }));
    gateway.deliver(cloudMessage('a', { qos, payload: Buffer.from('fits') }));
  }
  expect(summary(await client.settle())).toEqual(['publish a=fits qos0', 'publish a=fits qos1 id2']);
});

test('A packet of more than 146 KB is too large.', async () => {
  const { gateway } = startCloud();
  const client = await connected(gateway, five);
  client.stream.write(Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]));
  expect(summary(await client.settle())).toEqual(['disconnect 0x95', 'closed']);
});

test.each([
  ['AUTH', Buffer.from([0xf0, 0]), 0x82],
  ['PUBREL', Buffer.from([0x62, 2, 0, 1]), 0x81],
  ['a second CONNECT', connectPacket(five), 0x82],
  ['a PUBLISH with an unknown property', Buffer.from([0x30, 6, 0, 1, 0x61, 2, 0x7e, 0]), 0x82],
  ['text that is not UTF-8', Buffer.from([0x30, 4, 0, 1, 0xff, 0]), 0x81],
] as const)('%s ends the connection with its reason.', async (_name, packet, code) => {
  const { gateway } = startCloud();
  const client = await connected(gateway, five);
  if (Buffer.isBuffer(packet)) client.stream.write(packet);
  else client.send(packet);
  expect(summary(await client.settle())).toEqual([`disconnect 0x${code.toString(16)}`, 'closed']);
});

test('DISCONNECT comes first when another connection takes the client id, and when the gateway closes.', async () => {
  const { gateway } = startCloud();
  const first = await connected(gateway, five);
  const second = await connected(gateway, five);
  expect(summary(await first.settle())).toEqual(['disconnect 0x8e', 'closed']);
  gateway.disconnectClient('thing');
  expect(summary(await second.settle())).toEqual(['disconnect 0x98', 'closed']);
});

test('The keep-alive that the server has set ends a silent connection with its reason.', async () => {
  const { gateway, clock } = startCloud();
  const client = await connected(gateway, { ...five, keepalive: 10 });
  clock.advance(44_999);
  expect(gateway.counts().connections).toBe(1);
  clock.advance(1);
  expect(summary([await client.next(), await client.next()])).toEqual(['disconnect 0x8d', 'closed']);
});

test.each([
  { name: 'without an expiry', connect: {}, disconnect: {}, keptSeconds: 0 },
  { name: 'with an expiry', connect: { sessionExpiryInterval: 60 }, disconnect: {}, keptSeconds: 60 },
  {
    name: 'with an expiry over the longest',
    connect: { sessionExpiryInterval: 9_999 },
    disconnect: {},
    keptSeconds: 3_600,
  },
  {
    name: 'whose DISCONNECT shortens the expiry',
    connect: { sessionExpiryInterval: 60 },
    disconnect: { sessionExpiryInterval: 20 },
    keptSeconds: 20,
  },
  {
    name: 'whose DISCONNECT takes the expiry back',
    connect: { sessionExpiryInterval: 60 },
    disconnect: { sessionExpiryInterval: 0 },
    keptSeconds: 0,
  },
])('A session $name is kept for $keptSeconds seconds.', async ({ connect, disconnect, keptSeconds }) => {
  const { gateway, clock } = startCloud();
  const client = await connected(gateway, { ...five, properties: connect });
  client.send({ cmd: 'disconnect', reasonCode: 0, properties: disconnect });
  expect(await client.next()).toBe('closed');
  clock.advance(Math.max(0, keptSeconds * 1_000 - 1));
  expect(gateway.counts().sessions).toBe(keptSeconds === 0 ? 0 : 1);
  clock.advance(1);
  expect(gateway.counts().sessions).toBe(0);
});

test('[MQTT-3.14.2-2] A session that was to end with its connection cannot be kept by the DISCONNECT.', async () => {
  const { gateway } = startCloud();
  const client = await connected(gateway, five);
  client.send({ cmd: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 1 } });
  expect(summary(await client.settle())).toEqual(['disconnect 0x82', 'closed']);
});

test('A clean start does without the kept session; the new one is kept as long as it asks.', async () => {
  const { gateway } = startCloud();
  await lose(gateway, await subscribed(gateway, { a: 1 }, kept));
  gateway.deliver(cloudMessage('a', { qos: 1 }));
  expect(summary(await answersTo(gateway, { ...kept, clean: true }))).toEqual(['connack 0']);
  expect(gateway.client('kept')).toMatchObject({ subscriptions: [], sessionExpirySeconds: 60 });
});

test('AWS: a session of one version is not resumed in the other.', async () => {
  const { gateway } = startCloud();
  await lose(gateway, await subscribed(gateway, { a: 1 }, kept));
  const older = new PacketClient(gateway);
  older.send(connectPacket({ clientId: 'kept', clean: false }));
  expect(summary(await older.settle())).toEqual(['connack 0']);
  await lose(gateway, older);
  expect(summary(await answersTo(gateway, kept))).toEqual(['connack 0']);
});

const will = { topic: 'last', payload: Buffer.from('bye'), qos: 0, retain: false } as const;

test.each([
  { delay: 5, expiry: 60, waitsMs: 5_000 },
  { delay: 60, expiry: 5, waitsMs: 5_000 },
])('[MQTT-3.1.3-9] A will of delay $delay and expiry $expiry waits $waitsMs ms.', async (row) => {
  const { gateway, clock, published } = startCloud();
  const client = await connected(gateway, {
    ...kept,
    properties: { sessionExpiryInterval: row.expiry },
    will: { ...will, properties: { willDelayInterval: row.delay, contentType: 'text/plain' } },
  });
  await lose(gateway, client);
  clock.advance(row.waitsMs - 1);
  expect(published).toEqual([]);
  clock.advance(1);
  expect(published).toMatchObject([{ topic: 'last', properties: { contentType: 'text/plain' } }]);
  clock.advance(100_000);
  expect(published).toHaveLength(1);
});

test('[MQTT-3.1.3-9] A client that resumes its session in time takes its delayed will back.', async () => {
  const { gateway, clock, published } = startCloud();
  const fields = { ...kept, will: { ...will, properties: { willDelayInterval: 5 } } };
  await lose(gateway, await connected(gateway, fields));
  clock.advance(4_000);
  await connected(gateway, kept);
  clock.advance(10_000);
  expect(published).toEqual([]);
});

test('A clean start ends the session, and with it the wait of its will.', async () => {
  const { gateway, published } = startCloud();
  const fields = { ...kept, will: { ...will, properties: { willDelayInterval: 5 } } };
  await lose(gateway, await connected(gateway, fields));
  await connected(gateway, { ...kept, clean: true });
  expect(published).toHaveLength(1);
});

test.each([
  [0, 0],
  [4, 1],
  [0x80, 1],
])('A DISCONNECT with reason code %d publishes the will %d times.', async (reasonCode, times) => {
  const { gateway, published } = startCloud();
  const client = await connected(gateway, { ...five, will });
  client.send({ cmd: 'disconnect', reasonCode });
  expect(await client.next()).toBe('closed');
  expect(published).toHaveLength(times);
});
