import { expect, test } from 'vitest';
import { keepAliveSeconds } from '../../../../local/iot/gateway/keep-alive.ts';
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

const will = { topic: 'last', payload: Buffer.from('bye'), qos: 1, retain: false } as const;
const persistent = { clientId: 'kept', clean: false } as const;

test('[MQTT-3.1.4-2] A second connection of a client id cuts the first, whose will is published.', async () => {
  const { gateway, log, published } = startCloud();
  const first = await connected(gateway, { will });
  const second = await connected(gateway);
  expect(await first.settle()).toEqual(['closed']);
  expect(await second.settle()).toEqual([]);
  expect(log.find(({ event }) => event === 'disconnected')).toMatchObject({ reason: 'DUPLICATE_CLIENTID' });
  expect(published).toMatchObject([{ topic: 'last', qos: 1, publisher: { clientId: 'thing' } }]);
  expect(gateway.counts()).toMatchObject({ connections: 1, sessions: 1 });
});

test('A refused CONNECT leaves the client of the same id alone.', async () => {
  let allowed = true;
  const { gateway } = startCloud({
    authoriser: { ...allowEverything, connect: () => allowed },
  });
  const first = await connected(gateway);
  allowed = false;
  const second = new PacketClient(gateway);
  second.send(connectPacket());
  expect(await second.next()).toBe('closed');
  expect(await first.settle()).toEqual([]);
});

test('[MQTT-3.14.4-3] DISCONNECT discards the will.', async () => {
  const { gateway, published } = startCloud();
  const client = await connected(gateway, { will });
  client.send({ cmd: 'disconnect' });
  expect(await client.next()).toBe('closed');
  expect(published).toEqual([]);
});

test.each([
  ['a lost connection', (client: PacketClient) => client.stream.end(), 'CONNECTION_LOST'],
  ['a malformed packet', (client: PacketClient) => client.stream.write(Buffer.from([0, 0])), 'CLIENT_ERROR'],
  ['a refused packet', (client: PacketClient) => client.send(publishPacket('$aws/x')), 'FORBIDDEN_ACCESS'],
])('[MQTT-3.1.2-8] The will is published after %s.', async (_name, end, reason) => {
  const { gateway, published, log } = startCloud();
  const reader = await subscribed(gateway, { last: 0 }, { clientId: 'reader' });
  const client = await connected(gateway, { will });
  end(client);
  expect(summary([await reader.next()])).toEqual(['publish last=bye qos0']);
  expect(published).toHaveLength(1);
  expect(log.at(-1)).toMatchObject({ event: 'disconnected', reason });
});

test('No will is published when the gateway closes.', async () => {
  const { gateway, published } = startCloud();
  const client = await connected(gateway, { will });
  gateway.close();
  expect(await client.next()).toBe('closed');
  expect(published).toEqual([]);
});

test('A clean session ends with its connection.', async () => {
  const { gateway } = startCloud();
  await lose(gateway, await subscribed(gateway, { a: 1 }));
  expect(gateway.counts().sessions).toBe(0);
  gateway.deliver(cloudMessage('a', { qos: 1 }));
  const again = await connected(gateway);
  expect(await again.settle()).toEqual([]);
});

test('[MQTT-4.4.0-1] A persistent session resends with DUP what was not acknowledged, then what was queued.', async () => {
  const { gateway } = startCloud();
  const before = await subscribed(gateway, { a: 1, b: 0 }, persistent);
  for (const text of ['1', '2']) gateway.deliver(cloudMessage('a', { payload: Buffer.from(text), qos: 1 }));
  before.send({ cmd: 'puback', messageId: 1 });
  await before.settle();
  await lose(gateway, before);
  gateway.deliver(cloudMessage('a', { payload: Buffer.from('3'), qos: 1 }));
  gateway.deliver(cloudMessage('a', { payload: Buffer.from('not kept'), qos: 0 }));
  gateway.deliver(cloudMessage('b', { payload: Buffer.from('not kept'), qos: 1 }));
  const after = new PacketClient(gateway);
  after.send(connectPacket(persistent));
  const expected = ['connack 0 present', 'publish a=2 qos1 id2 dup', 'publish a=3 qos1 id3'];
  expect(summary(await after.settle())).toEqual(expected);
  gateway.deliver(cloudMessage('b'));
  expect(summary(await after.settle())).toEqual(['publish b=x qos0']);
});

test('[MQTT-3.1.2-6] A clean CONNECT discards the kept session.', async () => {
  const { gateway } = startCloud();
  await lose(gateway, await subscribed(gateway, { a: 1 }, persistent));
  gateway.deliver(cloudMessage('a', { qos: 1 }));
  const clean = new PacketClient(gateway);
  clean.send(connectPacket({ clientId: 'kept' }));
  expect(summary(await clean.settle())).toEqual(['connack 0']);
});

test('AWS: a persistent session is kept for an hour.', async () => {
  const { gateway, clock } = startCloud();
  await lose(gateway, await subscribed(gateway, { a: 1 }, persistent));
  clock.advance(3_599_999);
  expect(gateway.counts().sessions).toBe(1);
  clock.advance(1);
  expect(gateway.counts().sessions).toBe(0);
});

test('Of too many sessions that are away, the one away longest is forgotten.', async () => {
  const { gateway } = startCloud({ limits: { offlineSessions: 1 } });
  await lose(gateway, await connected(gateway, { clientId: 'old', clean: false }));
  await lose(gateway, await connected(gateway, { clientId: 'new', clean: false }));
  const clients = ['old', 'new'].map((clientId) => {
    const client = new PacketClient(gateway);
    client.send(connectPacket({ clientId, clean: false }));
    return client;
  });
  const answers = await Promise.all(clients.map((client) => client.next()));
  expect(summary(answers)).toEqual(['connack 0', 'connack 0 present']);
});

test.each([
  [0, 1_200],
  [1, 30],
  [30, 30],
  [600, 600],
  [1_200, 1_200],
  [65_535, 1_200],
])('AWS: a keep-alive of %d s becomes %d s.', (asked, seconds) => {
  expect(keepAliveSeconds(asked)).toBe(seconds);
});

test('[MQTT-3.1.2-24] A client is cut after one and a half times its keep-alive without a packet.', async () => {
  const { gateway, clock, log, published } = startCloud();
  const client = await connected(gateway, { keepalive: 60, will });
  clock.advance(80_000);
  expect(await client.settle()).toEqual([]);
  clock.advance(89_999);
  expect(gateway.counts().connections).toBe(1);
  clock.advance(1);
  expect(await client.next()).toBe('closed');
  expect(log.at(-1)).toMatchObject({ reason: 'MQTT_KEEP_ALIVE_TIMEOUT' });
  expect(published).toHaveLength(1);
});

test('A connection without a CONNECT is cut after ten seconds.', async () => {
  const { gateway, clock } = startCloud();
  const client = new PacketClient(gateway);
  client.stream.write(Buffer.from([0x10]));
  clock.advance(9_999);
  expect(gateway.counts().connections).toBe(1);
  clock.advance(1);
  expect(await client.next()).toBe('closed');
});

test('A connection beyond the limit is cut at once.', async () => {
  const { gateway } = startCloud({ limits: { connections: 1 } });
  const first = await connected(gateway);
  const second = new PacketClient(gateway);
  expect(await second.next()).toBe('closed');
  expect(await first.settle()).toEqual([]);
});

test('A packet that grows beyond 146 KB is cut before it is whole.', async () => {
  const { gateway } = startCloud();
  const client = await connected(gateway);
  client.stream.write(Buffer.concat([Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]), Buffer.alloc(150_000)]));
  expect(await client.next()).toBe('closed');
});
