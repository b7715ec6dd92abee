import { expect, test } from 'vitest';
import { deviceDoor, type DeviceDirectory } from '../../../../local/iot/gateway/devices.ts';
import {
  allowEverything,
  connected,
  connectPacket,
  lose,
  PacketClient,
  publishPacket,
  startCloud,
  subscribed,
} from './support.ts';

const uuids = () => {
  let count = 0;
  return () => `uuid-${(count += 1)}`;
};

test('A connection is announced when it comes and when it goes, with the same numbers.', async () => {
  const { gateway, clock, events } = startCloud({ uuid: uuids() });
  const timestamp = clock.now();
  const client = await connected(gateway, { clientId: 'lamp' });
  clock.advance(1_000);
  client.send({ cmd: 'disconnect' });
  await client.next();
  expect(events).toEqual([
    {
      topic: '$aws/events/presence/connected/lamp',
      body: {
        clientId: 'lamp',
        timestamp,
        eventType: 'connected',
        sessionIdentifier: 'uuid-1',
        ipAddress: '127.0.0.1',
        versionNumber: 0,
      },
    },
    {
      topic: '$aws/events/presence/disconnected/lamp',
      body: {
        clientId: 'lamp',
        timestamp: timestamp + 1_000,
        eventType: 'disconnected',
        sessionIdentifier: 'uuid-1',
        clientInitiatedDisconnect: true,
        disconnectReason: 'CLIENT_INITIATED_DISCONNECT',
        versionNumber: 0,
      },
    },
  ]);
});

test('SUBSCRIBE and UNSUBSCRIBE are announced once a packet, with what has taken effect.', async () => {
  const { gateway, events } = startCloud({ limits: { subscriptionsPerConnection: 2 } });
  const client = await connected(gateway, { clientId: 'lamp' });
  const subscriptions = ['a', 'b/#', 'one too many'].map((topic) => ({ topic, qos: 0 }) as const);
  client.send({ cmd: 'subscribe', messageId: 1, subscriptions });
  client.send({ cmd: 'unsubscribe', messageId: 2, unsubscriptions: ['a', 'b/#'] });
  await client.settle();
  const { sessionIdentifier } = events[0]?.body ?? {};
  expect(events.slice(1)).toMatchObject([
    {
      topic: '$aws/events/subscriptions/subscribed/lamp',
      body: { eventType: 'subscribed', topics: ['a', 'b/#'], sessionIdentifier, clientId: 'lamp' },
    },
    {
      topic: '$aws/events/subscriptions/unsubscribed/lamp',
      body: { eventType: 'unsubscribed', topics: ['a', 'b/#'], sessionIdentifier },
    },
  ]);
});

test('No subscription is announced when none was made.', async () => {
  const { gateway, events } = startCloud({
    authoriser: { ...allowEverything, subscribe: () => false },
  });
  await subscribed(gateway, { a: 0 }, { protocolVersion: 5 });
  expect(events).toHaveLength(1);
});

const will = { topic: 'last', payload: Buffer.from('bye'), qos: 0, retain: false } as const;

test.each<[string, (client: PacketClient) => void, string]>([
  ['is lost', (client) => client.stream.end(), 'CONNECTION_LOST'],
  ['breaks the protocol', (client) => client.stream.write(Buffer.from([0, 0])), 'CLIENT_ERROR'],
  ['publishes what its policy denies', (client) => client.send(publishPacket('denied')), 'AUTH_ERROR'],
  ['publishes on a reserved topic', (client) => client.send(publishPacket('$aws/x')), 'FORBIDDEN_ACCESS'],
])(
  'The event of a client that %s tells the reason, and its will is published.',
  async (_what, act, reason) => {
    const { gateway, events, published } = startCloud({
      authoriser: { ...allowEverything, publish: (_client, topic) => topic !== 'denied' },
    });
    const client = await connected(gateway, { clientId: 'lamp', will });
    act(client);
    await client.next();
    await expect.poll(() => events.length).toBe(2);
    expect(events[1]?.body).toMatchObject({ clientInitiatedDisconnect: false, disconnectReason: reason });
    expect(published).toHaveLength(1);
  },
);

test.each([
  { prevent: false, wills: 1 },
  { prevent: true, wills: 0 },
])('DeleteConnection has a reason of its own, and can do without the will ($prevent).', async (row) => {
  const { gateway, events, published } = startCloud();
  const client = await connected(gateway, { clientId: 'lamp', will });
  expect(gateway.disconnectClient('lamp', { preventWillMessage: row.prevent })).toBe(true);
  expect(await client.next()).toBe('closed');
  expect(events[1]?.body).toMatchObject({ disconnectReason: 'API_INITIATED_DISCONNECT' });
  expect(published).toHaveLength(row.wills);
  expect(gateway.disconnectClient('lamp')).toBe(false);
});

test('Of two connections of a client id, the first one is announced to go before the second one comes.', async () => {
  const { gateway, events } = startCloud();
  await connected(gateway, { clientId: 'lamp' });
  await connected(gateway, { clientId: 'lamp' });
  const told = events.map(({ body }) => [body['eventType'], body['versionNumber'], body['disconnectReason']]);
  expect(told).toEqual([
    ['connected', 0, undefined],
    ['disconnected', 0, 'DUPLICATE_CLIENTID'],
    ['connected', 1, undefined],
  ]);
});

test.each([
  { awayMs: 3_599_999, version: 1 },
  { awayMs: 3_600_000, version: 0 },
])('AWS: after $awayMs ms away the version number is $version.', async ({ awayMs, version }) => {
  const { gateway, clock, events } = startCloud();
  await lose(gateway, await connected(gateway));
  clock.advance(awayMs);
  await connected(gateway);
  expect(events.at(-1)?.body).toMatchObject({ eventType: 'connected', versionNumber: version });
});

test('The session identifier stays with a session that is kept.', async () => {
  const { gateway, events } = startCloud();
  const kept = { clientId: 'kept', clean: false };
  await lose(gateway, await connected(gateway, kept));
  await connected(gateway, kept);
  const identifiers = events.map(({ body }) => body['sessionIdentifier']);
  expect(new Set(identifiers).size).toBe(1);
});

test.each(['a#', 'a+b'])('AWS: the client id %s has no events.', async (clientId) => {
  const { gateway, events } = startCloud();
  await lose(gateway, await subscribed(gateway, { a: 0 }, { clientId }));
  expect(events).toEqual([]);
});

test.each([
  ['to connect', { connect: () => false }, {}],
  ['to publish its last will', { publish: () => false }, { will }],
])('AWS: a client that is not allowed %s is announced as failed.', async (_what, denied, fields) => {
  const { gateway, events } = startCloud({ authoriser: { ...allowEverything, ...denied }, uuid: () => 'u' });
  const client = new PacketClient(gateway);
  client.send(connectPacket({ clientId: 'lamp', ...fields }));
  expect(await client.next()).toBe('closed');
  expect(events).toMatchObject([
    {
      topic: '$aws/events/presence/connect_failed/lamp',
      body: {
        clientId: 'lamp',
        eventType: 'connect_failed',
        connectFailureReason: 'AUTHORIZATION_FAILED',
        sessionIdentifier: 'u',
        ipAddress: '127.0.0.1',
      },
    },
  ]);
});

test('The principal of a certificate is in the events.', async () => {
  const directory: DeviceDirectory = {
    identify: () => ({ certificateId: 'c0ffee', status: 'ACTIVE' }),
    registerAtFirstConnect: () => ({}),
  };
  const cloud = startCloud();
  const options = { directory, authoriser: allowEverything, publish: () => undefined, uuid: () => 'u' };
  const door = deviceDoor(options, Uint8Array.of(1), '127.0.0.1');
  await lose(cloud.gateway, await subscribed(cloud.gateway, { a: 0 }, {}, { door }));
  expect(cloud.events.map(({ body }) => body['principalIdentifier'])).toEqual(['c0ffee', 'c0ffee', 'c0ffee']);
  expect(cloud.gateway.connectivity('thing')).toMatchObject({
    connected: false,
    disconnectReason: 'CONNECTION_LOST',
  });
});

test('A cloud that fails on an event does not disturb the client.', async () => {
  const { gateway, log } = startCloud({
    publish() {
      throw new Error('no room');
    },
  });
  const client = await connected(gateway);
  expect(await client.settle()).toEqual([]);
  expect(log).toContainEqual({
    event: 'failed',
    detail: '$aws/events/presence/connected/thing was not taken in: no room',
  });
});
