import type { Packet } from 'mqtt-packet';
import { expect, test } from 'vitest';
import { connectPacket, PacketClient, publishPacket, startCloud, summary } from './support.ts';

interface Vector {
  readonly sentence: string;
  readonly sent: readonly (Packet | Buffer)[];
  /** Whether an accepted CONNECT goes before, whose CONNACK is not in `answers`. @default false */
  readonly connected?: boolean;
  readonly answers: readonly string[];
}

const topic256 = 'ä'.repeat(128);
const subscribe = (...filters: readonly (readonly [string, 0 | 1 | 2])[]): Packet => ({
  cmd: 'subscribe',
  messageId: 5,
  subscriptions: filters.map(([topic, qos]) => ({ topic, qos })),
});
const filters = Array.from({ length: 9 }, (_, index) => [`filter/${index}`, 0] as const);
const will = { topic: 'last', payload: Buffer.from('bye'), qos: 0, retain: false } as const;

const connectVectors: readonly Vector[] = [
  { sentence: '[MQTT-3.2.0-1] CONNACK answers a CONNECT', sent: [connectPacket()], answers: ['connack 0'] },
  {
    sentence: '[MQTT-3.1.0-1] the first packet must be a CONNECT',
    sent: [publishPacket('a')],
    answers: ['closed'],
  },
  {
    sentence: '[MQTT-3.1.0-2] a second CONNECT ends the connection',
    sent: [connectPacket(), connectPacket()],
    answers: ['connack 0', 'closed'],
  },
  {
    sentence: '[MQTT-3.1.2-2] MQTT 3.1 gets return code 1',
    sent: [connectPacket({ protocolId: 'MQIsdp', protocolVersion: 3 })],
    answers: ['connack 1', 'closed'],
  },
  {
    sentence: '[MQTT-3.1.2-2] a protocol level that nobody knows gets return code 1',
    sent: [Buffer.from([0x10, 13, 0, 4, 0x4d, 0x51, 0x54, 0x54, 6, 2, 0, 60, 0, 1, 0x61])],
    answers: ['connack 1', 'closed'],
  },
  {
    sentence: 'what is not MQTT gets no answer',
    sent: [Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
    answers: ['closed'],
  },
  {
    sentence: 'the bridge dialect of Mosquitto gets return code 1',
    sent: [Buffer.from([0x10, 13, 0, 4, 0x4d, 0x51, 0x54, 0x54, 0x84, 2, 0, 60, 0, 1, 0x61])],
    answers: ['connack 1', 'closed'],
  },
  {
    sentence: '[MQTT-3.1.2-3] the reserved connect flag must be 0',
    sent: [Buffer.from([0x10, 13, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 3, 0, 60, 0, 1, 0x61])],
    answers: ['closed'],
  },
  {
    sentence: '[MQTT-3.1.2-22] a password needs a user name',
    sent: [Buffer.from([0x10, 16, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 0x42, 0, 60, 0, 1, 0x61, 0, 1, 0x70])],
    answers: ['closed'],
  },
  {
    sentence: '[MQTT-3.1.3-6] a clean session may come without a client id',
    sent: [connectPacket({ clientId: '' })],
    answers: ['connack 0'],
  },
  {
    sentence: '[MQTT-3.1.3-8] a persistent session without a client id gets return code 2',
    sent: [Buffer.from([0x10, 12, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 0, 0, 60, 0, 0])],
    answers: ['connack 2', 'closed'],
  },
  {
    sentence: 'AWS: a client id of 128 bytes is taken',
    sent: [connectPacket({ clientId: 'ä'.repeat(64) })],
    answers: ['connack 0'],
  },
  {
    sentence: 'AWS: a client id of 129 bytes is refused',
    sent: [connectPacket({ clientId: `a${'ä'.repeat(64)}` })],
    answers: ['connack 2', 'closed'],
  },
  {
    sentence: '[MQTT-1.5.3-2] a client id has no U+0000',
    sent: [connectPacket({ clientId: 'a\0b' })],
    answers: ['closed'],
  },
  {
    sentence: 'AWS: a will at QoS 2 is refused',
    sent: [connectPacket({ will: { ...will, qos: 2 } })],
    answers: ['closed'],
  },
  {
    sentence: 'a will on a topic with a wildcard is refused',
    sent: [connectPacket({ will: { ...will, topic: 'a/+' } })],
    answers: ['closed'],
  },
  {
    sentence: '[MQTT-2.2.2-2] flags must be as reserved',
    sent: [Buffer.from([0x1f, 0])],
    answers: ['closed'],
  },
];

const packetVectors: readonly Omit<Vector, 'connected'>[] = [
  {
    sentence: '[MQTT-3.12.4-1] PINGRESP answers PINGREQ',
    sent: [{ cmd: 'pingreq' }],
    answers: ['pingresp'],
  },
  {
    sentence: 'PINGREQ has no body',
    sent: [Buffer.from([0xc0, 1, 0])],
    answers: ['closed'],
  },
  {
    sentence: '[MQTT-3.14.4-2] nothing behind a DISCONNECT is answered',
    sent: [{ cmd: 'disconnect' }, { cmd: 'pingreq' }],
    answers: ['closed'],
  },
  {
    sentence: '[MQTT-4.3.2-2] PUBACK answers a PUBLISH at QoS 1',
    sent: [publishPacket('a', { qos: 1, messageId: 65_535 })],
    answers: ['puback 65535'],
  },
  {
    sentence: 'a PUBLISH with DUP gets its PUBACK as well',
    sent: [publishPacket('a', { qos: 1, dup: true })],
    answers: ['puback 7'],
  },
  { sentence: 'a PUBLISH at QoS 0 has no answer', sent: [publishPacket('a')], answers: [] },
  {
    sentence: '[MQTT-3.3.1-2] DUP must be 0 at QoS 0',
    sent: [Buffer.from([0x38, 3, 0, 1, 0x61])],
    answers: ['closed'],
  },
  {
    sentence: '[MQTT-3.3.1-4] both QoS bits must not be set',
    sent: [Buffer.from([0x36, 5, 0, 1, 0x61, 0, 1])],
    answers: ['closed'],
  },
  {
    sentence: '[MQTT-2.3.1-1] a packet identifier is not 0',
    sent: [Buffer.from([0x32, 5, 0, 1, 0x61, 0, 0])],
    answers: ['closed'],
  },
  {
    sentence: 'a PUBLISH too short for its packet identifier is malformed',
    sent: [Buffer.from([0x32, 3, 0, 1, 0x61, 0xc0, 0])],
    answers: ['closed'],
  },
  {
    sentence: '[MQTT-3.3.2-2] a topic name has no wildcards',
    sent: [publishPacket('a/+')],
    answers: ['closed'],
  },
  {
    sentence: '[MQTT-4.7.3-1] a topic name is not empty',
    sent: [Buffer.from([0x30, 2, 0, 0])],
    answers: ['closed'],
  },
  { sentence: 'AWS: a topic of 256 bytes is taken', sent: [publishPacket(topic256)], answers: [] },
  {
    sentence: 'AWS: a topic of 257 bytes ends the connection',
    sent: [publishPacket(`${topic256}a`)],
    answers: ['closed'],
  },
  { sentence: 'AWS: seven slashes are taken', sent: [publishPacket('a/b/c/d/e/f/g/h')], answers: [] },
  {
    sentence: 'AWS: eight slashes end the connection',
    sent: [publishPacket('a/b/c/d/e/f/g/h/i')],
    answers: ['closed'],
  },
  {
    sentence: 'AWS: a payload of 128 KB is taken',
    sent: [publishPacket('a', { qos: 1, payload: Buffer.alloc(131_072) })],
    answers: ['puback 7'],
  },
  {
    sentence: 'AWS: a larger payload ends the connection',
    sent: [publishPacket('a', { qos: 1, payload: Buffer.alloc(131_073) })],
    answers: ['closed'],
  },
  {
    sentence: 'AWS: a PUBLISH at QoS 2 gets no answer',
    sent: [publishPacket('a', { qos: 2 })],
    answers: [],
  },
  { sentence: 'a PUBREL ends the connection', sent: [{ cmd: 'pubrel', messageId: 1 }], answers: ['closed'] },
  {
    sentence: 'AWS: publishing on a reserved topic ends the connection',
    sent: [publishPacket('$aws/events/presence/connected/thing')],
    answers: ['closed'],
  },
  {
    sentence: 'AWS: Basic Ingest topics are taken',
    sent: [publishPacket('$aws/rules/score/a/b', { qos: 1 })],
    answers: ['puback 7'],
  },
  {
    sentence: 'AWS: Basic Ingest needs the name of a rule',
    sent: [publishPacket('$aws/rules//a')],
    answers: ['closed'],
  },
  {
    sentence: '[MQTT-3.8.4-5] SUBACK has a code a filter, at most the QoS that was asked for',
    sent: [subscribe(['a', 0], ['b/+', 1], ['#', 1])],
    answers: ['suback 5 [0,1,1]'],
  },
  {
    sentence: '[MQTT-3.8.3-3] a SUBSCRIBE has a filter',
    sent: [Buffer.from([0x82, 2, 0, 5])],
    answers: ['closed'],
  },
  {
    sentence: '[MQTT-3.8.1-1] the flags of SUBSCRIBE are reserved',
    sent: [Buffer.from([0x80, 6, 0, 5, 0, 1, 0x61, 0])],
    answers: ['closed'],
  },
  {
    sentence: '[MQTT-4.7.1-2] # is the last level',
    sent: [subscribe(['a/#/b', 0])],
    answers: ['closed'],
  },
  { sentence: '[MQTT-4.7.1-3] + is a whole level', sent: [subscribe(['a+', 0])], answers: ['closed'] },
  {
    sentence: 'AWS: eight filters are taken',
    sent: [subscribe(...filters.slice(0, 8))],
    answers: ['suback 5 [0,0,0,0,0,0,0,0]'],
  },
  {
    sentence: 'AWS: nine filters end the connection',
    sent: [subscribe(...filters)],
    answers: ['closed'],
  },
  { sentence: 'AWS: a SUBSCRIBE at QoS 2 gets no SUBACK', sent: [subscribe(['a', 2])], answers: [] },
  {
    sentence: 'AWS: nobody subscribes to $aws/rules',
    sent: [subscribe(['$aws/rules/score/#', 0])],
    answers: ['closed'],
  },
  {
    sentence: 'other reserved topics can be subscribed to',
    sent: [subscribe(['$aws/things/+/shadow/#', 1])],
    answers: ['suback 5 [1]'],
  },
  {
    sentence: 'AWS: shared subscriptions are for MQTT 3.1.1 as well',
    sent: [subscribe(['$share/group/a', 1])],
    answers: ['suback 5 [1]'],
  },
  {
    sentence: '[MQTT-3.10.4-5] UNSUBACK answers even when nothing was subscribed',
    sent: [{ cmd: 'unsubscribe', messageId: 9, unsubscriptions: ['a'] }],
    answers: ['unsuback 9'],
  },
  {
    sentence: '[MQTT-3.10.3-2] an UNSUBSCRIBE has a filter',
    sent: [Buffer.from([0xa2, 2, 0, 5])],
    answers: ['closed'],
  },
  {
    sentence: 'a PUBACK for nothing has no effect',
    sent: [{ cmd: 'puback', messageId: 99 }],
    answers: [],
  },
  {
    sentence: 'a CONNACK from a client ends the connection',
    sent: [Buffer.from([0x20, 2, 0, 0])],
    answers: ['closed'],
  },
  {
    sentence: 'a length of more than four bytes is malformed',
    sent: [Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 1])],
    answers: ['closed'],
  },
];

const vectors = [...connectVectors, ...packetVectors.map((vector) => ({ ...vector, connected: true }))];

test.each(vectors.map((vector) => [vector.sentence, vector] as const))(
  '%s.',
  async (_sentence, { sent, connected = false, answers }) => {
    const { gateway } = startCloud();
    const client = new PacketClient(gateway);
    if (connected) {
      client.send(connectPacket());
      await client.next();
    }
    for (const packet of sent) {
      if (Buffer.isBuffer(packet)) client.stream.write(packet);
      else client.send(packet);
    }
    expect(summary(await client.settle())).toEqual(
      // `settle` reads up to the first PINGRESP.
      answers.filter((answer) => answer !== 'pingresp'),
    );
    gateway.close();
  },
);
