import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compilePayloadDecoder, type PayloadValue } from '../../../shared/sigfox/payload-decoder.ts';
import { compilePayloadEncoder } from '../../../shared/sigfox/payload-encoder.ts';
import { PayloadConfigError, PayloadError } from '../../../shared/sigfox/payload-errors.ts';

const PARAMETERS = { seed: 20_261_121, numRuns: 400 };

/** Configs of Sigfox's own text, of devices that are sold, and of the rules by which their cursors agree. */
const VECTORS: readonly (readonly [hex: string, config: string, expected: Record<string, PayloadValue>])[] = [
  ['1234', 'int1::uint:8 int2::uint:8', { int1: 18, int2: 52 }],
  ['C01234', 'b1::bool:7 b2::bool:6 i1:1:uint:16', { b1: true, b2: true, i1: 4660 }],
  ['801234', 'b1::bool:7 b2::bool:6 i1:1:uint:16:little-endian', { b1: true, b2: false, i1: 13330 }],
  [
    '80123456',
    'b1::bool:7 b2::bool:6 i1:1:uint:16:little-endian i2::uint:8',
    { b1: true, b2: false, i1: 13330, i2: 86 },
  ],
  [
    '41424344454601234567890A',
    'str::char:6 i1::uint:16 i2::uint:32',
    { str: 'ABCDEF', i1: 291, i2: 1164413194 },
  ],
  ['171318', 'lightAmbi::uint:16 temperature:2:int:8', { lightAmbi: 5907, temperature: 24 }],
  ['144418', 'lightAmbi::uint:16 temperature:2:int:8', { lightAmbi: 5188, temperature: 24 }],
  ['B1', 'b1:0:bool:7 b2:0:bool:6 b3:0:bool:5', { b1: true, b2: false, b3: true }],
  ['50A3', 'Speed::uint:8 Direction::uint:4 Status:1:uint:4::3', { Speed: 80, Direction: 10, Status: 3 }],
  ['50A3', 'Speed::uint:8 Direction:1:uint:4::7 Status::uint:4::3', { Speed: 80, Direction: 10, Status: 3 }],
  // A bool after a number reads the byte that follows it, and bools do not move on.
  [
    '5A81',
    'Battery::uint:8 D8::bool:7 D2::bool:1 D1::bool:0',
    { Battery: 90, D8: true, D2: false, D1: true },
  ],
  ['ffd6', 't::int:16', { t: -42 }],
  ['d6ff', 't::int:16:little-endian', { t: -42 }],
  ['0000c841', 'temp::float:32:little-endian', { temp: 25 }],
  ['41c80000', 'temp::float:32', { temp: 25 }],
  ['400921fb54442d18', 'pi::float:64', { pi: Math.PI }],
  // An index of 0 is an index.
  ['0102', 'a::uint:8 b:0:uint:8 c::uint:8', { a: 1, b: 1, c: 2 }],
  // 10, 8, 10 and 4 bits side by side, each from its own bit.
  [
    'ABCDEF01',
    'a::uint:10::7 b::uint:8::5 c::uint:10::5 d::uint:4::3',
    { a: 0xabcdef01 >>> 22, b: (0xabcdef01 >>> 14) & 0xff, c: (0xabcdef01 >>> 4) & 0x3ff, d: 1 },
  ],
  ['0123456789A0', 'wide::uint:48', { wide: 0x0123456789a0 }],
  ['FEDCBA987654', 'wide::int:48', { wide: -0x0123456789ac }],
  ['FFFFFFFFFFFFFFFF', 'u::uint:64', { u: 2n ** 64n - 1n }],
  ['FFFFFFFFFFFFFFFE', 'i::int:64', { i: -2 }],
  ['8000000000000000', 'i::int:64', { i: -(2n ** 63n) }],
  ['0100000000000080', 'i::int:64:little-endian', { i: -(2n ** 63n) + 1n }],
  ['0020000000000001', 'u::uint:64', { u: 2n ** 53n + 1n }],
  ['FF', 'flag::bool:0 s::int:3::7', { flag: true, s: -1 }],
  // A number may be scaled once it is read.
  ['09C4', 'temperature::int:16:/100', { temperature: 25 }],
  ['09C4', 'temperature::int:16:little-endian:/4', { temperature: -3837.75 }],
  ['28', 'battery::uint:8:*5', { battery: 200 }],
  ['28', 'offset::uint:8:+2.5', { offset: 42.5 }],
  ['28', 'temperature::uint:8:-40', { temperature: 0 }],
  ['A5', 'low::uint:4::3:/2', { low: 2.5 }],
  // Spaces may be many, names may hold what customData names hold.
  ['0102', '  a-1::uint:8   customData#b_2::uint:8 ', { 'a-1': 1, 'customData#b_2': 2 }],
  ['0102', '$x::uint:8', { $x: 1 }],
];

test.each(VECTORS)('%s by "%s" is %o.', (hex, config, expected) => {
  expect(compilePayloadDecoder(config)(hex)).toEqual(expected);
});

test.each([
  ['', '', 1, 'CONFIG_EMPTY'],
  ['a', 'a', 2, 'FIELD_INCOMPLETE'],
  ['a:', 'a', 3, 'FIELD_INCOMPLETE'],
  ['a::uint', 'a', 8, 'FIELD_INCOMPLETE'],
  ['ok::uint:8 a::bool', 'a', 19, 'FIELD_INCOMPLETE'],
  ['ok::uint:8 b d::uint:8', 'b', 13, 'FIELD_INCOMPLETE'],
  ['ä::uint:8', 'ä', 1, 'NAME_INVALID'],
  ['::uint:8', '', 1, 'NAME_INVALID'],
  ['__proto__::uint:8', '__proto__', 1, 'NAME_DANGEROUS'],
  ['x::uint:8 constructor::uint:8', 'constructor', 11, 'NAME_DANGEROUS'],
  ['a::uint:8 a::uint:8', 'a', 11, 'NAME_TAKEN'],
  ['a:-1:uint:8', 'a', 3, 'INDEX_INVALID'],
  ['a:x:uint:8', 'a', 3, 'INDEX_INVALID'],
  ['a::long:8', 'a', 4, 'TYPE_UNKNOWN'],
  ['a::uint:0', 'a', 9, 'WIDTH_INVALID'],
  ['a::uint:65', 'a', 9, 'WIDTH_INVALID'],
  ['a::char:13', 'a', 9, 'WIDTH_INVALID'],
  ['a::float:16', 'a', 10, 'WIDTH_INVALID'],
  ['a::float:48', 'a', 10, 'WIDTH_INVALID'],
  ['a::uint:16:middle-endian', 'a', 12, 'ENDIAN_UNKNOWN'],
  ['a::uint:12:little-endian', 'a', 12, 'ENDIAN_NOT_WHOLE_BYTES'],
  ['a::uint:16:little-endian:3', 'a', 12, 'ENDIAN_NOT_WHOLE_BYTES'],
  ['a::bool:8', 'a', 9, 'BIT_INVALID'],
  ['a::uint:8::9', 'a', 12, 'BIT_INVALID'],
  ['a::uint:8:/0', 'a', 11, 'SCALE_INVALID'],
  ['a::uint:8:big-endian:7:^2', 'a', 24, 'SCALE_INVALID'],
  ['a::bool:7:/2', 'a', 11, 'FIELD_OVERLOADED'],
  ['a::uint:8::7:/2:/2', 'a', 17, 'FIELD_OVERLOADED'],
  ['a:12:uint:8', 'a', 1, 'FIELD_BEYOND_PAYLOAD'],
  ['a::uint:64 b::uint:64', 'b', 12, 'FIELD_BEYOND_PAYLOAD'],
] as const)('The config "%s" is refused: field "%s", column %d, %s.', (config, field, column, code) => {
  const refused = expect.objectContaining({
    name: 'PayloadConfigError',
    code,
    field,
    column,
    retryable: false,
  });
  expect(() => compilePayloadDecoder(config)).toThrow(refused);
});

test.each([
  ['12', 'PAYLOAD_TOO_SHORT', 'b', 11],
  ['', 'PAYLOAD_TOO_SHORT', 'a', 1],
  ['0102030405060708090a0b0c0d', 'PAYLOAD_TOO_LONG', '', 0],
  ['123', 'PAYLOAD_NOT_HEX', '', 0],
  ['12 4', 'PAYLOAD_NOT_HEX', '', 0],
  ['12g4', 'PAYLOAD_NOT_HEX', '', 0],
] as const)('The payload "%s" is refused: %s.', (hex, code, field, column) => {
  const decode = compilePayloadDecoder('a::uint:8 b::uint:16');
  expect(() => decode(hex)).toThrow(expect.objectContaining({ name: 'PayloadError', code, field, column }));
});

test('What no field names is left alone, and one decoder serves many messages.', () => {
  const decode = compilePayloadDecoder('a::uint:8');
  expect(decode('01FFFF')).toEqual({ a: 1 });
  expect(decode('02')).toEqual({ a: 2 });
});

/** Fields side by side, none over another, that fill a message at most. */
const field = fc.oneof(
  fc.record({ type: fc.constant('bool' as const), width: fc.constant(1) }),
  fc.record({ type: fc.constant('char' as const), width: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ type: fc.constant('float' as const), width: fc.constantFrom(32, 64) }),
  fc.record({
    type: fc.constantFrom('uint' as const, 'int' as const),
    width: fc.integer({ min: 1, max: 64 }),
  }),
);

function configOf(fields: readonly { type: string; width: number }[]): string {
  let at = 0;
  const texts: string[] = [];
  for (const [index, { type, width }] of fields.entries()) {
    const bits = type === 'char' ? width * 8 : width;
    if (at + bits > 96) break;
    const [byte, bit] = [at >> 3, 7 - (at & 7)];
    const place = type === 'bool' ? String(bit) : type === 'char' ? `${width}:${bit}` : `${width}::${bit}`;
    texts.push(`f${index}:${byte}:${type}:${place}`);
    at += bits;
  }
  return texts.join(' ');
}

test('What is decoded and encoded again is the same message, and the other way round.', () => {
  fc.assert(
    fc.property(
      fc.array(field, { minLength: 1, maxLength: 12 }),
      fc.uint8Array({ minLength: 12, maxLength: 12 }),
      (fields, bytes) => {
        const config = configOf(fields);
        const decode = compilePayloadDecoder(config);
        const values = decode(Buffer.from(bytes).toString('hex'));
        // A float that is not a number has many forms, of which one is written.
        fc.pre(Object.values(values).every((value) => !Number.isNaN(value)));
        const written = compilePayloadEncoder(config)(values);
        expect(decode(written)).toEqual(values);
        const isTouched = maskOf(config);
        const given = [...bytes].map((byte, index) => byte & (isTouched[index] ?? 0));
        expect([...Buffer.from(written, 'hex')]).toEqual(given.slice(0, written.length / 2));
      },
    ),
    PARAMETERS,
  );
});

/** The bits that some field of a config names. */
function maskOf(config: string): Uint8Array {
  const mask = new Uint8Array(12);
  for (const text of config.split(' ')) {
    const [, byte, type, width, ...rest] = text.split(':');
    const bits = type === 'bool' ? 1 : Number(width) * (type === 'char' ? 8 : 1);
    const bit = Number(type === 'bool' ? width : rest.at(-1));
    for (let at = Number(byte) * 8 + 7 - bit, left = bits; left > 0; at += 1, left -= 1) {
      mask[at >> 3] = (mask[at >> 3] ?? 0) | (0x80 >> (at & 7));
    }
  }
  return mask;
}

test('Whatever the text, a config compiles or is refused with a reason, and so does a payload.', () => {
  const pieces = fc.constantFrom(
    'a',
    'b',
    ':',
    '::',
    ' ',
    'uint',
    'int',
    'bool',
    'char',
    'float',
    '8',
    '3',
    '64',
    'little-endian',
    '/2',
    '__proto__',
    'é',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(pieces).map((all) => all.join('')),
      ),
      fc.string(),
      (config, hex) => {
        try {
          compilePayloadDecoder(config)(hex);
        } catch (error) {
          expect(error instanceof PayloadConfigError || error instanceof PayloadError).toBe(true);
        }
      },
    ),
    { ...PARAMETERS, numRuns: 2_000 },
  );
});

test.each([
  ['a::uint:8', { a: 256 }],
  ['a::int:8', { a: -129 }],
  ['a::uint:8', {}],
  ['a::bool:7', { a: 1 }],
  ['a::char:2', { a: 'abc' }],
  ['a::uint:8', { a: Number.NaN }],
] as const)('Values that "%s" cannot carry are refused: %o.', (config, values) => {
  expect(() => compilePayloadEncoder(config)(values)).toThrow(
    expect.objectContaining({ name: 'PayloadError', code: 'VALUE_UNUSABLE', field: 'a' }),
  );
});
