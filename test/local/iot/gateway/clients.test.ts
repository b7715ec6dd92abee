import { expect, test } from 'vitest';
import {
  allowEverything,
  cloudMessage,
  connected,
  lose,
  PacketClient,
  publishPacket,
  startCloud,
  subscribed,
  summary,
  connectPacket,
} from './support.ts';

test('Clients are described, those that are connected and those whose session is kept.', async () => {
  const { gateway, clock } = startCloud();
  const connectedAtMs = clock.now();
  await connected(gateway, { clientId: 'here', keepalive: 100, protocolVersion: 5 });
  const away = await subscribed(gateway, { a: 1, '$share/g/b': 0 }, { clientId: 'away', clean: false });
  clock.advance(5_000);
  await lose(gateway, away);
  gateway.deliver(cloudMessage('a', { qos: 1 }));
  expect(gateway.clients()).toEqual([
    {
      clientId: 'here',
      isConnected: true,
      protocolVersion: 5,
      sinceMs: connectedAtMs,
      disconnectReason: undefined,
      sessionExpirySeconds: 0,
      subscriptions: [],
      pendingMessages: 0,
      droppedMessages: 0,
      connection: {
        identity: { clientId: 'here', origin: { remoteAddress: '127.0.0.1', transport: 'tcp' } },
        keepAliveSeconds: 100,
        cleanStart: true,
      },
    },
    {
      clientId: 'away',
      isConnected: false,
      protocolVersion: 4,
      sinceMs: connectedAtMs + 5_000,
      disconnectReason: 'CONNECTION_LOST',
      sessionExpirySeconds: 3_600,
      subscriptions: [
        { filter: 'a', qos: 1 },
        { filter: '$share/g/b', qos: 0 },
      ],
      pendingMessages: 1,
      droppedMessages: 0,
      connection: undefined,
    },
  ]);
  expect(gateway.client('nobody')).toBeUndefined();
});

test('DeleteConnection can end the session as well, whether its client is connected or not.', async () => {
  const { gateway } = startCloud();
  const kept = { clientId: 'kept', clean: false } as const;
  await connected(gateway, kept);
  gateway.disconnectClient('kept');
  expect(gateway.counts()).toMatchObject({ connections: 0, sessions: 1 });
  gateway.disconnectClient('kept', { cleanSession: true });
  expect(gateway.counts().sessions).toBe(0);
  await connected(gateway, kept);
  gateway.disconnectClient('kept', { cleanSession: true });
  expect(gateway.counts()).toMatchObject({ connections: 0, sessions: 0 });
});

test('A message can be sent to one client, whatever it subscribes to.', async () => {
  const { gateway } = startCloud();
  const client = await connected(gateway, { clientId: 'lamp' });
  expect(gateway.sendTo('lamp', cloudMessage('$aws/things/lamp/jobs/get/accepted'))).toBe(true);
  expect(gateway.sendTo('nobody', cloudMessage('a'))).toBe(false);
  expect(summary(await client.settle())).toEqual(['publish $aws/things/lamp/jobs/get/accepted=x qos0']);
});

test('The policy is asked once a topic, and again after it may have changed.', async () => {
  let generation = 0;
  let asked = 0;
  let allowed = true;
  const { gateway, published } = startCloud({
    authoriser: {
      ...allowEverything,
      get generation() {
        return generation;
      },
      publish() {
        asked += 1;
        return allowed;
      },
    },
  });
  const client = await connected(gateway);
  for (let count = 0; count < 10; count += 1) client.send(publishPacket('a'));
  await client.settle();
  expect([asked, published.length]).toEqual([1, 10]);
  allowed = false;
  generation = 1;
  client.send(publishPacket('a'));
  expect(await client.settle()).toEqual(['closed']);
  expect(asked).toBe(2);
});

test('What a client may receive is asked when the message is sent, also for what has waited.', async () => {
  let allowed = true;
  const { gateway } = startCloud({
    authoriser: {
      ...allowEverything,
      get generation() {
        return Number(allowed);
      },
      receive: () => allowed,
    },
  });
  const kept = { clientId: 'kept', clean: false } as const;
  await lose(gateway, await subscribed(gateway, { a: 1 }, kept));
  gateway.deliver(cloudMessage('a', { qos: 1 }));
  allowed = false;
  const again = new PacketClient(gateway);
  again.send(connectPacket(kept));
  expect(summary(await again.settle())).toEqual(['connack 0 present']);
  expect(gateway.client('kept')).toMatchObject({ pendingMessages: 0 });
});

test.each([
  ['$aws/things/lamp/shadow/update', true],
  ['$aws/things/lamp/shadow/name/config/get', true],
  ['$aws/things/lamp/shadow/update/accepted', false],
  ['$aws/things/lamp/jobs/get', false],
  ['$aws/certificates/create/json', false],
  ['$aws/events/presence/connected/lamp', false],
  ['$SYS/x', false],
])('With shadows served, publishing on %s is taken: %s.', async (topic, isTaken) => {
  const { gateway, published } = startCloud({ servedTopics: ['shadows'] });
  const client = await connected(gateway);
  client.send(publishPacket(topic));
  expect(await client.settle()).toEqual(isTaken ? [] : ['closed']);
  expect(published).toHaveLength(isTaken ? 1 : 0);
});

test('A topic of a service that is not there is refused by the name of the service.', async () => {
  const { gateway, log } = startCloud();
  const client = await connected(gateway);
  client.send(publishPacket('$aws/things/lamp/jobs/start-next'));
  await client.settle();
  expect(log.at(-1)).toMatchObject({
    reason: 'FORBIDDEN_ACCESS',
    detail:
      'the topic $aws/things/lamp/jobs/start-next is a request to jobs, which this cloud does not serve',
  });
});
