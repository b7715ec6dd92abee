import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compilePayloadDecoder, type PayloadValue } from '../../../shared/sigfox/payload-decoder.ts';

const PARAMETERS = { numRuns: 2_000 };

interface Field {
  readonly type: 'bool' | 'char' | 'uint' | 'int' | 'float';
  /** Bits, or characters. */
  readonly width: number;
  readonly index?: number;
  readonly bit?: number;
  readonly isLittleEndian: boolean;
}

const index = fc.option(fc.integer({ min: 0, max: 11 }), { nil: undefined, freq: 3 });
const bit = fc.option(fc.integer({ min: 0, max: 7 }), { nil: undefined, freq: 2 });

const field: fc.Arbitrary<Field> = fc
  .record({
    type: fc.constantFrom('bool', 'char', 'uint', 'int', 'float'),
    bits: fc.integer({ min: 1, max: 64 }),
    characters: fc.integer({ min: 1, max: 4 }),
    isWide: fc.boolean(),
    index,
    bit,
    isLittleEndian: fc.boolean(),
  })
  .map(({ type, bits, characters, isWide, index: at, bit: from, isLittleEndian }): Field => {
    const width = { bool: 1, char: characters, uint: bits, int: bits, float: isWide ? 64 : 32 }[type];
    const isWhole = type !== 'bool' && type !== 'char' && width % 8 === 0 && (from ?? 7) === 7;
    return {
      type,
      width,
      isLittleEndian: isLittleEndian && isWhole,
      ...(at === undefined ? {} : { index: at }),
      ...(from === undefined && type !== 'bool' ? {} : { bit: from ?? 7 }),
    };
  });

/** Fields as somebody writes them, with what can be left out left out. */
function write(fields: readonly Field[]): string {
  return fields
    .map(({ type, width, index: at, bit: from, isLittleEndian }, number) => {
      const head = `f${number}:${at ?? ''}:${type}`;
      if (type === 'bool') return `${head}:${from ?? 7}`;
      const place = from === undefined ? '' : `:${from}`;
      if (type === 'char') return `${head}:${width}${place}`;
      const endian = isLittleEndian ? ':little-endian' : from === undefined ? '' : ':';
      return `${head}:${width}${endian}${place}`;
    })
    .join(' ');
}

/**
 * The rules read word by word, on the payload as text of zeros and ones: slow, and nothing of it is the decoder's.
 *
 * @returns undefined when a field goes beyond the twelve bytes.
 */
function readPlainly(fields: readonly Field[], ones: string): Record<string, PayloadValue> | undefined {
  const values: Record<string, PayloadValue> = {};
  let cursor = 0;
  for (const [number, { type, width, index: at, bit: from, isLittleEndian }] of fields.entries()) {
    const byte = at ?? cursor;
    const first = byte * 8 + 7 - (from ?? 7);
    const length = type === 'char' ? width * 8 : width;
    if (first + length > 96) return undefined;
    const own = ones.slice(first, first + length);
    const groups = own.match(/.{8}/g) ?? [];
    const digits = isLittleEndian ? groups.toReversed().join('') : own;
    values[`f${number}`] = valueOf(type, digits, groups);
    if (type === 'bool') cursor = byte;
    else if (from === undefined) cursor = Math.ceil((first + length) / 8);
    else cursor = Math.floor((first + length - 1) / 8);
  }
  return values;
}

function valueOf(type: Field['type'], digits: string, groups: readonly string[]): PayloadValue {
  if (type === 'bool') return digits === '1';
  if (type === 'char') return groups.map((group) => String.fromCharCode(Number.parseInt(group, 2))).join('');
  const whole = BigInt(`0b${digits}`);
  if (type === 'float') {
    const view = new DataView(new ArrayBuffer(8));
    view.setBigUint64(0, whole << BigInt(64 - digits.length));
    return digits.length === 32 ? view.getFloat32(0) : view.getFloat64(0);
  }
  const signed = type === 'int' && digits.startsWith('1') ? whole - (1n << BigInt(digits.length)) : whole;
  return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
}

test('Every config is decoded as its rules say word by word: cursor, index, bit, endian, sign.', () => {
  let read = 0;
  fc.assert(
    fc.property(
      fc.array(field, { minLength: 1, maxLength: 6 }),
      fc.uint8Array({ minLength: 12, maxLength: 12 }),
      (fields, bytes) => {
        const ones = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
        const expected = readPlainly(fields, ones);
        const config = write(fields);
        if (expected === undefined) {
          const beyond = expect.objectContaining({ code: 'FIELD_BEYOND_PAYLOAD' });
          expect(() => compilePayloadDecoder(config)).toThrow(beyond);
          return;
        }
        read += 1;
        expect(compilePayloadDecoder(config)(Buffer.from(bytes).toString('hex'))).toEqual(expected);
      },
    ),
    PARAMETERS,
  );
  expect(read).toBeGreaterThan(PARAMETERS.numRuns / 4);
});
