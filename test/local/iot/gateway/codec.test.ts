import * as fc from 'fast-check';
import { generate, parser as createParser } from 'mqtt-packet';
import type { IPublishPacket, Packet } from 'mqtt-packet';
import { expect, test } from 'vitest';
import { decodePacket } from '../../../../local/iot/gateway/codec/decode.ts';
import { mqtt311 } from '../../../../local/iot/gateway/codec/mqtt311.ts';
import { mqtt5 } from '../../../../local/iot/gateway/codec/mqtt5.ts';
import { PacketFault } from '../../../../local/iot/gateway/codec/packet-fault.ts';
import { PacketSplitter } from '../../../../local/iot/gateway/codec/packet-splitter.ts';
import type { ClientPacket, ProtocolVersion } from '../../../../local/iot/gateway/codec/packets.ts';
import { stampPublish } from '../../../../local/iot/gateway/codec/publish-packet.ts';
import type { MessageProperties } from '../../../../local/iot/message.ts';
import { cloudMessage } from './support.ts';

/** All packets of some bytes that come in these chunks. */
function decodeAll(chunks: readonly Buffer[], version: ProtocolVersion): ClientPacket[] {
  const packets: ClientPacket[] = [];
  const splitter = new PacketSplitter(150_000, (firstByte, bytes, start, end) =>
    packets.push(decodePacket(firstByte, bytes, start, end, version)),
  );
  for (const chunk of chunks) splitter.push(chunk);
  return packets;
}

function decodeOne(bytes: Buffer, version: ProtocolVersion): ClientPacket | undefined {
  return decodeAll([bytes], version)[0];
}

/** The codes of the faults that a server can find in what it reads. */
function faultOf(bytes: readonly number[], version: ProtocolVersion): string {
  try {
    decodeAll([Buffer.from(bytes)], version);
  } catch (thrown) {
    return thrown instanceof PacketFault ? `0x${thrown.reasonCode.toString(16)}` : 'a defect';
  }
  return 'none';
}

const connect5 = [0x10, 0, 0, 4, 0x4d, 0x51, 0x54, 0x54, 5, 2, 0, 60];
const withLength = (bytes: readonly number[]): number[] => [
  bytes[0] ?? 0,
  bytes.length - 2,
  ...bytes.slice(2),
];

test.each<[string, readonly number[], ProtocolVersion, string]>([
  ['a whole CONNECT', withLength([...connect5, 0, 0, 1, 0x61]), 5, 'none'],
  ['a CONNECT that is longer than its fields', withLength([...connect5, 0, 0, 1, 0x61, 0]), 5, '0x81'],
  ['a CONNECT without its client id', withLength([...connect5, 0]), 5, '0x81'],
  ['properties that are longer than the packet', withLength([...connect5, 9, 0, 1, 0x61]), 5, '0x81'],
  ['an unknown property', withLength([...connect5, 2, 0x7e, 0, 0, 0]), 5, '0x82'],
  ['a property of another packet', withLength([...connect5, 3, 0x23, 0, 1, 0, 0]), 5, '0x82'],
  ['a receive maximum of 0', withLength([...connect5, 3, 0x21, 0, 0, 0, 0]), 5, '0x82'],
  ['a maximum packet size of 0', withLength([...connect5, 5, 0x27, 0, 0, 0, 0, 0, 0]), 5, '0x82'],
  ['a flag that is 2', withLength([...connect5, 2, 0x17, 2, 0, 0]), 5, '0x82'],
  ['a property that comes twice', withLength([...connect5, 4, 0x17, 1, 0x17, 1, 0, 0]), 5, '0x82'],
  [
    'user properties that come twice',
    withLength([...connect5, 10, 0x26, 0, 0, 0, 0, 0x26, 0, 0, 0, 0, 0, 0]),
    5,
    'none',
  ],
  [
    'will flags without a will',
    [0x10, 13, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 0x0a, 0, 60, 0, 1, 0x61],
    4,
    '0x81',
  ],
  ['a PUBLISH at QoS 3', [0x36, 5, 0, 1, 0x61, 0, 1], 5, '0x81'],
  ['a PUBLISH that ends in its topic', [0x30, 3, 0, 9, 0x61], 5, '0x81'],
  ['a PUBLISH without properties at all', [0x30, 3, 0, 1, 0x61], 5, '0x81'],
  ['a PUBLISH with packet identifier 0', [0x32, 6, 0, 1, 0x61, 0, 0, 0], 5, '0x81'],
  ['a response topic with a wildcard', [0x30, 8, 0, 1, 0x61, 4, 8, 0, 1, 0x23], 5, '0x82'],
  ['a SUBSCRIBE without a filter', [0x82, 3, 0, 1, 0], 5, '0x81'],
  ['a SUBSCRIBE with packet identifier 0', [0x82, 7, 0, 0, 0, 0, 1, 0x61, 0], 5, '0x82'],
  ['subscription options of MQTT 5', [0x82, 7, 0, 1, 0, 0, 1, 0x61, 0x2c], 5, 'none'],
  ['the same options in MQTT 3.1.1', [0x82, 6, 0, 1, 0, 1, 0x61, 0x2c], 4, '0x81'],
  ['a retain handling of 3', [0x82, 7, 0, 1, 0, 0, 1, 0x61, 0x30], 5, '0x81'],
  ['a subscription identifier of 0', [0x82, 9, 0, 1, 2, 0x0b, 0, 0, 1, 0x61, 0], 5, '0x82'],
  ['a PUBACK with a reason', [0x40, 3, 0, 1, 0x87], 5, 'none'],
  ['a PUBACK with a reason in MQTT 3.1.1', [0x40, 3, 0, 1, 0x87], 4, '0x81'],
  ['a DISCONNECT with a reason that only a server has', [0xe0, 1, 0x01], 5, '0x82'],
  ['a DISCONNECT before other packets', [0xe0, 0, 0xc0, 0], 5, 'none'],
  ['a DISCONNECT with a body in MQTT 3.1.1', [0xe0, 1, 0], 4, '0x81'],
  ['a PINGREQ with a body', [0xc0, 1, 0], 5, '0x81'],
  ['a variable byte integer of five bytes', [0x30, 9, 0, 1, 0x61, 0x80, 0x80, 0x80, 0x80, 1, 0], 5, '0x81'],
  ['a remaining length of five bytes', [0x30, 0x80, 0x80, 0x80, 0x80, 1], 5, '0x81'],
  ['a packet over the limit', [0x30, 0xff, 0xff, 0x7f], 5, '0x95'],
  ['a kind of packet that does not exist', [0x00, 0], 5, '0x82'],
  ['a CONNACK', [0x20, 2, 0, 0], 5, '0x82'],
])('The fault of %s is told (%#).', (_name, bytes, version, fault) => {
  expect(faultOf(bytes, version)).toBe(fault);
});

const topic = fc.string({ maxLength: 20 }).filter((text) => text.isWellFormed() && !/[\0+#]/.test(text));
const someText = fc
  .string({ maxLength: 10, unit: 'binary' })
  .filter((text) => text.isWellFormed() && !text.includes('\0'));
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));

/** Names of user properties as mqtt-packet can hold them: no two the same. */
const userProperties = fc.uniqueArray(fc.tuple(someText, someText), {
  maxLength: 4,
  selector: ([name]) => name,
});

const messageProperties: fc.Arbitrary<MessageProperties> = fc.record(
  {
    payloadFormatIndicator: fc.boolean(),
    messageExpirySeconds: fc.integer({ min: 1, max: 604_800 }),
    contentType: someText.filter((text) => text !== ''),
    responseTopic: topic.filter((text) => text !== ''),
    correlationData: fc.uint8Array({ maxLength: 300 }),
    userProperties: userProperties.filter((list) => list.length > 0),
  },
  { requiredKeys: [] },
);

/** The same properties as mqtt-packet names them. */
function foreign(properties: MessageProperties): NonNullable<IPublishPacket['properties']> {
  const { messageExpirySeconds, userProperties: pairs, correlationData, ...rest } = properties;
  return {
    ...rest,
    ...(messageExpirySeconds === undefined ? {} : { messageExpiryInterval: messageExpirySeconds }),
    ...(correlationData === undefined ? {} : { correlationData: Buffer.from(correlationData) }),
    // Without a prototype, so that a name such as `__proto__` is a name like any other.
    ...(pairs === undefined ? {} : { userProperties: record(pairs) }),
  };
}

function record(pairs: readonly (readonly [string, string])[]): Record<string, string> {
  const made: Record<string, string> = Object.create(null);
  for (const [name, value] of pairs) made[name] = value;
  return made;
}

test('What this gateway publishes, another parser reads the same.', () => {
  fc.assert(
    fc.property(
      topic.filter((text) => text !== ''),
      bytes,
      fc.constantFrom<(0 | 1)[]>(0, 1),
      fc.boolean(),
      messageProperties,
      fc.integer({ min: 1, max: 65_535 }),
      fc.constantFrom(mqtt311, mqtt5),
      (name, payload, qos, retain, properties, packetId, protocol) => {
        const message = cloudMessage(name, { payload, properties });
        const encoded = protocol.publish(message, qos, retain, properties.messageExpirySeconds);
        const read: Packet[] = [];
        const parser = createParser({ protocolVersion: protocol.version });
        parser.on('packet', (packet) => read.push(packet));
        parser.parse(qos === 0 ? encoded.bytes : stampPublish(encoded, packetId, retain));
        expect(read).toHaveLength(1);
        expect(read[0]).toMatchObject({
          cmd: 'publish',
          topic: name,
          qos,
          retain,
          payload: Buffer.from(payload),
        });
        if (qos === 1) expect(read[0]).toMatchObject({ messageId: packetId, dup: retain });
        const wanted = foreign(properties);
        if (protocol.version === 5 && Object.keys(wanted).length > 0) {
          expect(read[0]).toHaveProperty('properties', wanted);
        } else {
          expect(read[0]).not.toHaveProperty('properties');
        }
      },
    ),
    { numRuns: 500, seed: 20_261_121 },
  );
});

test('What another program publishes, this gateway reads the same, however the bytes are cut.', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(topic, bytes, messageProperties), { minLength: 1, maxLength: 5 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 60 }),
      (messages, cuts) => {
        const stream = Buffer.concat(
          messages.map(([name, payload, properties]) =>
            generate(
              {
                cmd: 'publish',
                topic: name === '' ? 'a' : name,
                payload,
                qos: 1,
                messageId: 9,
                retain: false,
                dup: false,
                properties: foreign(properties),
              },
              { protocolVersion: 5 },
            ),
          ),
        );
        const chunks: Buffer[] = [];
        let at = 0;
        for (const length of cuts) {
          chunks.push(stream.subarray(at, at + length));
          at += length;
        }
        chunks.push(stream.subarray(at));
        expect(decodeAll(chunks, 5)).toEqual(
          messages.map(([name, payload, properties]) => {
            return {
              kind: 'publish',
              topic: name === '' ? 'a' : name,
              payload,
              qos: 1,
              retain: false,
              dup: false,
              packetId: 9,
              topicAlias: undefined,
              properties: Object.keys(properties).length === 0 ? undefined : properties,
            };
          }),
        );
      },
    ),
    { numRuns: 500, seed: 20_261_122 },
  );
});

test('Any bytes are packets or a fault, never anything else, however they are cut.', () => {
  const shapes = fc.tuple(
    fc.constantFrom(0x10, 0x30, 0x32, 0x40, 0x82, 0xa2, 0xc0, 0xe0),
    fc.uint8Array({ maxLength: 60 }),
  );
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          shapes.map(([first, body]) => [first, body.length, ...body]),
          fc.array(fc.nat(255)),
        ),
      ),
      fc.constantFrom<ProtocolVersion[]>(4, 5),
      (parts, version) => {
        const all = parts.flat();
        const whole = outcome([Buffer.from(all)], version);
        expect(whole.defects).toEqual([]);
        expect(
          outcome(
            all.map((byte) => Buffer.from([byte])),
            version,
          ),
        ).toEqual(whole);
      },
    ),
    { numRuns: 1_000, seed: 20_261_123 },
  );
});

/** Packets up to the first fault. */
function outcome(chunks: readonly Buffer[], version: ProtocolVersion) {
  const packets: ClientPacket[] = [];
  const defects: unknown[] = [];
  let fault: string | undefined;
  const splitter = new PacketSplitter(1_000, (firstByte, data, start, end) => {
    packets.push(decodePacket(firstByte, data, start, end, version));
  });
  try {
    for (const chunk of chunks) splitter.push(chunk);
  } catch (thrown) {
    if (thrown instanceof PacketFault) fault = thrown.message;
    else defects.push(thrown);
  }
  return { packets, fault, defects };
}

test('User properties keep their order, also where a name comes more than once.', () => {
  const pairs = [
    ['b', '1'],
    ['a', '2'],
    ['b', '3'],
  ] as const;
  const message = cloudMessage('t', { properties: { userProperties: pairs } });
  const { bytes: encoded } = mqtt5.publish(message, 0, false, undefined);
  expect(decodeOne(encoded, 5)).toMatchObject({ properties: { userProperties: pairs } });
});
