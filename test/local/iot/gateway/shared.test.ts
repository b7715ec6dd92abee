import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  cloudMessage,
  connected,
  connectPacket,
  lose,
  PacketClient,
  startCloud,
  subscribed,
  summary,
} from './support.ts';
import { seededRandom } from '../../../support/random.ts';

const filter = '$share/group/room/+';
const kept = (clientId: string) => ({ clientId, clean: false }) as const;

/** Connects again to a kept session and returns all that comes. */
async function again(gateway: Parameters<typeof connected>[0], clientId: string): Promise<string[]> {
  const client = new PacketClient(gateway);
  client.send(connectPacket(kept(clientId)));
  return summary(await client.settle());
}

test('Each message goes to one member, and each member gets its share.', async () => {
  const { gateway } = startCloud({ random: seededRandom(7) });
  const members = await Promise.all(
    ['a', 'b', 'c'].map((clientId) => subscribed(gateway, { [filter]: 0 }, { clientId })),
  );
  for (let count = 0; count < 300; count += 1) gateway.deliver(cloudMessage('room/1'));
  const received = await Promise.all(members.map(async (member) => (await member.settle()).length));
  expect(received.reduce((sum, count) => sum + count, 0)).toBe(300);
  for (const count of received) expect(count).toBeGreaterThan(70);
});

test('The injected randomness picks the member.', async () => {
  let next = 0;
  const { gateway } = startCloud({ random: () => next });
  const first = await subscribed(gateway, { [filter]: 0 }, { clientId: 'first' });
  const second = await subscribed(gateway, { [filter]: 0 }, { clientId: 'second' });
  gateway.deliver(cloudMessage('room/1', { payload: Buffer.from('one') }));
  next = 0.999;
  gateway.deliver(cloudMessage('room/1', { payload: Buffer.from('two') }));
  expect(summary(await first.settle())).toEqual(['publish room/1=one qos0']);
  expect(summary(await second.settle())).toEqual(['publish room/1=two qos0']);
});

test('Each group gets a copy, and so does a subscription of its own, also of a member.', async () => {
  const { gateway } = startCloud({ random: () => 0 });
  const one = await subscribed(gateway, { '$share/one/room/1': 1, 'room/1': 0 }, { clientId: 'one' });
  const two = await subscribed(gateway, { '$share/two/room/#': 1 }, { clientId: 'two' });
  gateway.deliver(cloudMessage('room/1', { qos: 1 }));
  expect(summary(await one.settle()).sort()).toEqual(['publish room/1=x qos0', 'publish room/1=x qos1 id1']);
  expect(summary(await two.settle())).toEqual(['publish room/1=x qos1 id1']);
});

test('Members of both versions share one group.', async () => {
  const picks = [0, 0.999];
  const { gateway } = startCloud({ random: () => picks.shift() ?? 0 });
  const older = await subscribed(gateway, { [filter]: 0 }, { clientId: 'older' });
  const newer = await subscribed(gateway, { [filter]: 0 }, { clientId: 'newer', protocolVersion: 5 });
  gateway.deliver(cloudMessage('room/1'));
  gateway.deliver(cloudMessage('room/1'));
  expect(await older.settle()).toHaveLength(1);
  expect(await newer.settle()).toHaveLength(1);
});

test('AWS: retained messages are not sent to shared subscriptions.', async () => {
  const { gateway } = startCloud();
  gateway.deliver(cloudMessage('a', { retain: true }));
  const client = await connected(gateway);
  client.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: '$share/g/a', qos: 1 }] });
  expect(summary(await client.settle())).toEqual(['suback 1 [1]']);
});

test('AWS: a shared subscription to $aws/rules is refused.', async () => {
  const { gateway } = startCloud();
  const client = await connected(gateway);
  client.send({
    cmd: 'subscribe',
    messageId: 1,
    subscriptions: [{ topic: '$share/g/$aws/rules/x', qos: 1 }],
  });
  expect(await client.settle()).toEqual(['closed']);
});

test('AWS: QoS 1 waits for a member while all persistent ones are away, and goes to the first that is back.', async () => {
  const { gateway } = startCloud({ random: () => 0 });
  await lose(gateway, await subscribed(gateway, { [filter]: 1 }, kept('a')));
  await lose(gateway, await subscribed(gateway, { [filter]: 1 }, kept('b')));
  for (const text of ['1', '2'])
    gateway.deliver(cloudMessage('room/1', { qos: 1, payload: Buffer.from(text) }));
  gateway.deliver(cloudMessage('room/1', { qos: 0, payload: Buffer.from('not kept') }));
  expect(await again(gateway, 'b')).toEqual([
    'connack 0 present',
    'publish room/1=1 qos1 id1',
    'publish room/1=2 qos1 id2',
  ]);
  expect(await again(gateway, 'a')).toEqual(['connack 0 present']);
});

test('AWS: what waits also goes to a new member.', async () => {
  const { gateway } = startCloud();
  await lose(gateway, await subscribed(gateway, { [filter]: 1 }, kept('a')));
  gateway.deliver(cloudMessage('room/1', { qos: 1 }));
  const joining = await connected(gateway, { clientId: 'joining' });
  joining.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: filter, qos: 1 }] });
  expect(summary(await joining.settle())).toEqual(['suback 1 [1]', 'publish room/1=x qos1 id1']);
});

test('Nothing waits when no member has a persistent session, or when the last one has expired.', async () => {
  const { gateway, clock } = startCloud();
  const clean = await subscribed(gateway, { [filter]: 1 }, { clientId: 'clean' });
  await lose(gateway, clean);
  gateway.deliver(cloudMessage('room/1', { qos: 1 }));
  await lose(gateway, await subscribed(gateway, { [filter]: 1 }, kept('a')));
  gateway.deliver(cloudMessage('room/1', { qos: 1 }));
  clock.advance(3_600_000);
  const later = await connected(gateway, kept('b'));
  later.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: filter, qos: 1 }] });
  expect(summary(await later.settle())).toEqual(['suback 1 [1]']);
});

test('What a member has not acknowledged goes to another one when its session ends.', async () => {
  const { gateway } = startCloud({ random: () => 0 });
  const first = await subscribed(gateway, { [filter]: 1 }, { clientId: 'first' });
  const second = await subscribed(gateway, { [filter]: 1 }, { clientId: 'second' });
  gateway.deliver(cloudMessage('room/1', { qos: 1 }));
  expect(summary(await first.settle())).toEqual(['publish room/1=x qos1 id1']);
  await lose(gateway, first);
  expect(summary(await second.settle())).toEqual(['publish room/1=x qos1 id1']);
});

test('What waits is bounded, and the rest is counted.', async () => {
  const { gateway } = startCloud({ limits: { queuedMessages: 2 } });
  await lose(gateway, await subscribed(gateway, { [filter]: 1 }, kept('a')));
  for (let count = 0; count < 5; count += 1) gateway.deliver(cloudMessage('room/1', { qos: 1 }));
  expect(gateway.counts().dropped.qos1).toBe(3);
});

test('A member that comes again to its filter keeps its group, and what waits in it.', async () => {
  const { gateway } = startCloud();
  const client = await subscribed(gateway, { [filter]: 1 });
  client.send({ cmd: 'subscribe', messageId: 2, subscriptions: [{ topic: filter, qos: 0 }] });
  await client.settle();
  gateway.deliver(cloudMessage('room/1', { qos: 1 }));
  expect(summary(await client.settle())).toEqual(['publish room/1=x qos0']);
  expect(gateway.counts().subscriptions).toBe(1);
  client.send({ cmd: 'unsubscribe', messageId: 3, unsubscriptions: [filter] });
  await client.settle();
  gateway.deliver(cloudMessage('room/1', { qos: 1 }));
  expect(await client.settle()).toEqual([]);
});

test('Whoever comes and goes, a message at QoS 1 is with exactly one of the persistent members in the end.', async () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({ do: fc.constant('publish' as const) }),
      fc.record({ do: fc.constantFrom('leave', 'come'), who: fc.constantFrom('a', 'b', 'c') }),
    ),
    { maxLength: 40 },
  );
  await fc.assert(
    fc.asyncProperty(steps, fc.integer(), async (script, seed) => {
      const { gateway } = startCloud({ random: seededRandom(seed) });
      const online = new Map<string, PacketClient>();
      const received: string[] = [];
      const read = async (client: PacketClient): Promise<void> => {
        for (const packet of await client.settle()) {
          if (packet === 'closed' || packet.cmd !== 'publish') continue;
          received.push(packet.payload.toString());
          client.send({ cmd: 'puback', messageId: packet.messageId ?? 0 });
        }
        await client.settle();
      };
      for (const who of ['a', 'b', 'c']) {
        online.set(who, await subscribed(gateway, { [filter]: 1 }, kept(who)));
      }
      let published = 0;
      for (const step of script) {
        if (step.do === 'publish') {
          published += 1;
          gateway.deliver(cloudMessage('room/1', { qos: 1, payload: Buffer.from(String(published)) }));
        } else if (step.do === 'leave') {
          const client = online.get(step.who);
          if (client === undefined) continue;
          await read(client);
          await lose(gateway, client);
          online.delete(step.who);
        } else if (!online.has(step.who)) {
          const client = new PacketClient(gateway);
          client.send(connectPacket(kept(step.who)));
          online.set(step.who, client);
        }
      }
      if (online.size === 0) online.set('a', await connected(gateway, kept('a')));
      for (const client of online.values()) await read(client);
      expect(received.map(Number).sort((x, y) => x - y)).toEqual(
        Array.from({ length: published }, (_, index) => index + 1),
      );
      gateway.close();
    }),
    { numRuns: 60, seed: 20_261_124 },
  );
});
