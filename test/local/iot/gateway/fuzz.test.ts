import * as fc from 'fast-check';
import { generate } from 'mqtt-packet';
import type { Packet } from 'mqtt-packet';
import { expect, test } from 'vitest';
import { connected, connectPacket, PacketClient, startCloud } from './support.ts';

const topic = fc.oneof(
  fc.constantFrom('a', 'a/b', 'a/#', '+/b', '#', '$aws/rules/r/x', '$aws/rules/#', '$share/g/a', '', 'a\0'),
  fc.string({ maxLength: 300 }),
);
const messageId = fc.integer({ min: 0, max: 65_535 });
const qos = fc.constantFrom<(0 | 1 | 2)[]>(0, 1, 2);
const payload = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));

const version = fc.constantFrom<(4 | 5)[]>(4, 5);

const packet: fc.Arbitrary<Packet> = fc.oneof(
  fc.record({
    cmd: fc.constant('publish' as const),
    topic,
    payload,
    qos,
    messageId,
    retain: fc.boolean(),
    dup: fc.boolean(),
    properties: fc.record(
      {
        topicAlias: fc.integer({ min: 1, max: 10 }),
        messageExpiryInterval: fc.nat(700_000),
        responseTopic: fc.constantFrom('b', 'b/#', ''),
        contentType: fc.string({ maxLength: 5 }),
      },
      { requiredKeys: [] },
    ),
  }),
  fc.record({
    cmd: fc.constant('subscribe' as const),
    messageId,
    subscriptions: fc.array(fc.record({ topic, qos, nl: fc.boolean(), rap: fc.boolean(), rh: fc.nat(3) }), {
      minLength: 1,
      maxLength: 10,
    }),
  }),
  fc.record({
    cmd: fc.constant('unsubscribe' as const),
    messageId,
    unsubscriptions: fc.array(topic, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ cmd: fc.constantFrom('puback', 'pubrec', 'pubrel', 'pubcomp'), messageId }),
  fc.constantFrom<Packet>(
    { cmd: 'pingreq' },
    { cmd: 'disconnect' },
    connectPacket(),
    connectPacket({ clean: false, will: { topic: 'a', payload: Buffer.from('bye'), qos: 1, retain: true } }),
    { cmd: 'connack', returnCode: 0, sessionPresent: false },
  ),
);

/** Packets, packets with one byte changed or the end missing, and plain bytes. */
const chunk: fc.Arbitrary<Buffer> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(packet, version).map(encode) },
  {
    weight: 2,
    arbitrary: fc.tuple(packet, version, fc.nat(), fc.nat(255)).map(([value, level, at, byte]) => {
      const bytes = encode([value, level]);
      bytes[at % bytes.length] = byte;
      return bytes;
    }),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(packet, version, fc.nat())
      .map(([value, level, at]) => cut(encode([value, level]), at)),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)) },
);

/** The generator refuses what it knows to be wrong; those packets have other ways to go wrong in. */
function encode([value, protocolVersion]: readonly [Packet, 4 | 5]): Buffer {
  try {
    return Buffer.from(generate(value, { protocolVersion }));
  } catch {
    return Buffer.from([0xc0, 0]);
  }
}

function cut(bytes: Buffer, at: number): Buffer {
  return bytes.subarray(0, at % bytes.length);
}

/** Connections that are left: the other client's and, where it works, the fuzzed one; none after the long silence. */
const connectionsLeft = { works: 2, closed: 1, waits: 0 };

test('Whatever a client sends, its connection is closed or works, and other clients never notice.', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.boolean(),
      version,
      fc.array(chunk, { maxLength: 12 }),
      async (connects, level, chunks) => {
        const { gateway, clock, log } = startCloud();
        const other = await connected(gateway, { clientId: 'other' });
        const client = new PacketClient(gateway, { version: level });
        if (connects) client.send(connectPacket({ protocolVersion: level }));
        for (const bytes of chunks) client.stream.write(bytes);
        const outcome = await outcomeOf(client);
        expect(await other.settle()).toEqual([]);
        // A packet that was cut short keeps its connection waiting for the rest; the keep-alive ends that.
        if (outcome === 'waits') clock.advance(1_800_000);
        expect(gateway.counts().connections).toBe(connectionsLeft[outcome]);
        // A defect of the gateway itself shows as SERVER_ERROR.
        expect(log.filter(({ reason }) => reason === 'SERVER_ERROR')).toEqual([]);
        gateway.close();
        expect(gateway.counts()).toMatchObject({ connections: 0, sessions: 0 });
      },
    ),
    { numRuns: 500, seed: 20_261_126 },
  );
});

async function outcomeOf(client: PacketClient): Promise<'works' | 'closed' | 'waits'> {
  await turns();
  if (client.take().includes('closed')) return 'closed';
  client.send({ cmd: 'pingreq' });
  await turns();
  const answers = client.take();
  if (answers.includes('closed')) return 'closed';
  return answers.some((answer) => answer !== 'closed' && answer.cmd === 'pingresp') ? 'works' : 'waits';
}

/** Lets every stream hand on what it holds. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
