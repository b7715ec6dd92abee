import fc from 'fast-check';
import protobuf from 'protobufjs';
import descriptor from 'protobufjs/ext/descriptor.js';
import { expect, test } from 'vitest';
import { ExternalCalls } from '../../../../../local/iot/rules/sql/external/calls.ts';
import { PendingCall } from '../../../../../local/iot/rules/sql/external/call-memo.ts';
import type { ExternalFunctions } from '../../../../../local/iot/rules/sql/external/services.ts';
import type { SqlValue } from '../../../../../local/iot/rules/sql/values.ts';
import { contextOf } from '../message.ts';
import { call } from './support.ts';

const BUCKET = 'descriptors';
const KEY = 'messages.desc';

const { root } = protobuf.parse(
  `syntax = "proto3"; package house.plants;
   message Reading {
     string device_id = 1; int32 lux = 2; int64 counter = 3; repeated double values = 4; bytes raw = 5;
     Level level = 6; map<string, int32> pins = 7; Position position = 8; oneof what { string a = 9; bool b = 10; }
   }
   enum Level { DARK = 0; BRIGHT = 1; }
   message Position { double latitude = 1; }`,
);
const Reading = root.lookupType('house.plants.Reading');

/** As protoc writes it; the file's name is the package's, with the library's underscores. */
const set = root.toDescriptor('proto3');
const descriptorSet = descriptor.FileDescriptorSet.encode(set).finish();
const PROTO = 'house_plants';

function encodeReading(fields: Record<string, unknown>): Uint8Array {
  return Reading.encode(Reading.fromObject(fields)).finish();
}

const unused = () => Promise.reject(new Error('this service is not asked'));

/** Evaluates until no answer of the object storage is under way, as the rules engine does. */
async function decode(
  payload: Uint8Array,
  operands: readonly SqlValue[],
  { stored = descriptorSet, isWhole = true }: { stored?: Uint8Array | Error; isWhole?: boolean } = {},
): Promise<SqlValue> {
  const services: ExternalFunctions = {
    invokeLambda: unused,
    getDynamoDbItem: unused,
    getThingShadow: unused,
    getRegistryData: unused,
    getSecret: unused,
    getObject: async (bucket, key) => {
      if (stored instanceof Error) throw stored;
      expect([bucket, key]).toEqual([BUCKET, KEY]);
      return stored;
    },
  };
  const external = new ExternalCalls(services);
  const context = { ...contextOf(payload), external };
  for (;;) {
    external.beginEvaluation();
    try {
      return call('decode', operands, { context, ...(isWhole ? { wholePayloadOperands: [0] } : {}) });
    } catch (thrown) {
      if (!(thrown instanceof PendingCall)) throw thrown;
      await thrown.settled;
    }
  }
}

const whole = (...operands: SqlValue[]): SqlValue[] => [undefined, 'proto', BUCKET, KEY, ...operands];

test("decode(*, 'proto', …) gives the message as JSON.", async () => {
  const bytes = encodeReading({
    deviceId: 'fern',
    lux: 35_000,
    counter: '9007199254740993',
    values: [1.5, 2],
    raw: Uint8Array.of(1, 2),
    level: 1,
    pins: { a: 1 },
    position: { latitude: 47.5 },
    b: true,
  });
  expect(await decode(bytes, whole(PROTO, 'Reading'))).toEqual({
    deviceId: 'fern',
    lux: 35_000,
    counter: '9007199254740993',
    values: [1.5, 2],
    raw: 'AQI=',
    level: 'BRIGHT',
    pins: { a: 1 },
    position: { latitude: 47.5 },
    b: true,
  });
});

test('A message may be base64 in a String, its type qualified, and its file named with .proto.', async () => {
  const text = Buffer.from(encodeReading({ lux: 7 })).toString('base64');
  const operands = [text, 'proto', BUCKET, KEY, `${PROTO}.proto`, 'house.plants.Reading'];
  expect(await decode(new Uint8Array(), operands, { isWhole: false })).toEqual({ lux: 7 });
});

test('Bytes that are no message, and text that is no base64, are NULL.', async () => {
  expect(await decode(Uint8Array.of(0x0a, 0xff), whole(PROTO, 'Reading'))).toBeNull();
  const operands = ['***', 'proto', BUCKET, KEY, PROTO, 'Reading'];
  expect(await decode(new Uint8Array(), operands, { isWhole: false })).toBeNull();
});

test('An argument that is no String gives Undefined, and asks for nothing.', async () => {
  for (let position = 2; position < 6; position += 1) {
    const operands = whole(PROTO, 'Reading').map((operand, index) => (index === position ? 5 : operand));
    expect(await decode(new Uint8Array(), operands, { stored: new Error('asked') })).toBeUndefined();
  }
});

test.each([
  ['another file', descriptorSet, 'other', 'Reading'],
  ['another message', descriptorSet, PROTO, 'Nothing'],
  ['an enum', descriptorSet, PROTO, 'Level'],
  ['no descriptor set', Uint8Array.of(0xff, 0xff), PROTO, 'Reading'],
  ['a set beyond its limit', new Uint8Array(2_000_000), PROTO, 'Reading'],
])('With %s the rule fails.', async (_what, stored, proto, type) => {
  await expect(decode(new Uint8Array(), whole(proto, type), { stored })).rejects.toMatchObject({
    code: 'DESCRIPTOR_NOT_USABLE',
    message: expect.stringContaining(`s3://${BUCKET}/${KEY}`),
  });
});

test('A descriptor set that cannot be fetched fails the rule.', async () => {
  const stored = new Error('NoSuchKey');
  await expect(decode(new Uint8Array(), whole(PROTO, 'Reading'), { stored })).rejects.toMatchObject({
    code: 'EXTERNAL_CALL_FAILED',
    message: expect.stringContaining('NoSuchKey'),
  });
});

test('Any bytes give a message or NULL.', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), async (bytes) => {
      const value = await decode(bytes, whole(PROTO, 'Reading'));
      expect(value === null || typeof value === 'object').toBe(true);
    }),
    { numRuns: 500 },
  );
});
