import { expect, test } from 'vitest';
import { awsRates, defaultLimits } from '../../../../local/iot/gateway/index.ts';
import {
  connected,
  connectPacket,
  PacketClient,
  publishPacket,
  startCloud,
  summary,
  turn,
} from './support.ts';

test('Rates are off unless they are asked for, and AWS has values for all of them.', () => {
  for (const [name, value] of Object.entries(awsRates)) {
    expect([name, Reflect.get(defaultLimits, name)]).toEqual([name, Infinity]);
    expect(value).toBeGreaterThan(0);
  }
});

test('AWS: of more than 100 messages a second the rest is dropped, and PUBACK is left out.', async () => {
  const { gateway, clock, published } = startCloud({ limits: awsRates });
  const client = await connected(gateway);
  for (let count = 0; count < 99; count += 1) client.send(publishPacket('a'));
  client.send(publishPacket('a', { qos: 1, messageId: 1 }), publishPacket('a', { qos: 1, messageId: 2 }));
  expect(summary(await client.settle())).toEqual(['puback 1']);
  expect(published).toHaveLength(100);
  clock.advance(1_000);
  client.send(publishPacket('a', { qos: 1, messageId: 3 }));
  expect(summary(await client.settle())).toEqual(['puback 3']);
});

test('MQTT 5 is told with PUBACK that its quota is exceeded.', async () => {
  const { gateway } = startCloud({ limits: { publishesPerSecond: 1 } });
  const client = await connected(gateway, { protocolVersion: 5 });
  client.send(publishPacket('a', { qos: 1, messageId: 1 }), publishPacket('a', { qos: 1, messageId: 2 }));
  expect(summary(await client.settle())).toEqual(['puback 1', 'puback 2 0x97']);
});

test('AWS: a client id connects once a second; the connection that it has stays.', async () => {
  const { gateway, clock } = startCloud({ limits: awsRates });
  const first = await connected(gateway);
  for (const [version, answers] of [
    [4, ['closed']],
    [5, ['connack 0x97', 'closed']],
  ] as const) {
    const again = new PacketClient(gateway, { version });
    again.send(connectPacket({ protocolVersion: version }));
    expect(summary(await again.settle())).toEqual(answers);
  }
  await connected(gateway, { clientId: 'other' });
  expect(await first.settle()).toEqual([]);
  clock.advance(1_000);
  await connected(gateway);
  expect(await first.settle()).toEqual(['closed']);
});

test('AWS: bytes beyond the share of a second are read later, and none is lost.', async () => {
  const { gateway, clock, published } = startCloud({ limits: { bytesPerSecond: 10_000 } });
  const client = await connected(gateway);
  const payload = Buffer.alloc(9_000, 'x');
  for (let count = 0; count < 5; count += 1) {
    client.send(publishPacket('a', { payload }));
    for (let turns = 0; turns < 5; turns += 1) await turn();
  }
  const before = published.length;
  expect(before).toBeLessThan(5);
  for (let seconds = 0; seconds < 10; seconds += 1) {
    clock.advance(1_000);
    for (let turns = 0; turns < 5; turns += 1) await turn();
  }
  expect(published).toHaveLength(5);
});
