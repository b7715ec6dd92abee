import { expect, test } from 'vitest';
import { ManualClock } from '../../../support/manual-clock.ts';
import { connected, connectPacket, PacketClient, publishPacket, startCloud, summary } from './support.ts';

const HOUR_MS = 3_600_000;

/** A gateway in a cloud whose time is not that of its devices. */
function startApart(options: Parameters<typeof startCloud>[0] = {}) {
  const networkClock = new ManualClock();
  return { ...startCloud({ networkClock, ...options }), networkClock };
}

test('Days of the cloud do not disconnect a device that was silent for a moment; its own minutes do.', async () => {
  const { gateway, clock, networkClock } = startApart();
  const client = await connected(gateway, { keepalive: 60 });
  clock.advance(48 * HOUR_MS);
  expect(await client.settle()).toEqual([]);
  networkClock.advance(90_000);
  expect(summary(await client.settle())).toEqual(['closed']);
});

test('The time for a CONNECT is real time.', async () => {
  const { gateway, clock, networkClock } = startApart();
  const client = new PacketClient(gateway);
  clock.advance(48 * HOUR_MS);
  expect(client.take()).toEqual([]);
  networkClock.advance(10_000);
  expect(await client.next()).toBe('closed');
});

test.each([
  ['an hour of the devices', 0, HOUR_MS, true],
  ['an hour of the cloud', HOUR_MS, 0, false],
])(
  'After %s the session of a client that is away is as it should be.',
  async (_, cloudMs, networkMs, isThere) => {
    const { gateway, clock, networkClock } = startApart();
    const client = await connected(gateway, { clean: false });
    client.stream.destroy();
    await expect.poll(() => gateway.counts().connections).toBe(0);
    clock.advance(cloudMs);
    networkClock.advance(networkMs);
    const again = new PacketClient(gateway);
    again.send(connectPacket({ clean: false }));
    expect(await again.next()).toMatchObject({ cmd: 'connack', sessionPresent: isThere });
  },
);

test('Rates are of real seconds: a cloud that stands still does not hold a device to its first hundred messages.', async () => {
  const { gateway, clock, networkClock, published } = startApart({ limits: { publishesPerSecond: 1 } });
  const client = await connected(gateway);
  client.send(publishPacket('a'), publishPacket('b'));
  await client.settle();
  clock.advance(HOUR_MS);
  client.send(publishPacket('c'));
  await client.settle();
  networkClock.advance(1_000);
  client.send(publishPacket('d'));
  await client.settle();
  expect(published.map(({ topic }) => topic)).toEqual(['a', 'd']);
});
