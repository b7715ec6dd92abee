import { MAX_PAYLOAD_BYTES, layOutPayload, type PlacedField } from './payload-layout.ts';
import { PayloadError } from './payload-errors.ts';
import type { PayloadScale } from './payload-config.ts';

/** An integer that a double cannot hold is a bigint; every other number is a number. */
export type PayloadValue = boolean | string | number | bigint;

export type DecodedPayload = Readonly<Record<string, PayloadValue>>;

/** Decodes the hexadecimal text of one message. @throws PayloadError */
export type PayloadDecoder = (hex: string) => DecodedPayload;

type Read = (bytes: Uint8Array) => PayloadValue;

/**
 * Compiles a custom payload config.
 *
 * The decoder throws PAYLOAD_NOT_HEX; PAYLOAD_TOO_LONG beyond twelve bytes; PAYLOAD_TOO_SHORT with the first
 * field that the payload does not reach. Bytes that no field names are left alone.
 *
 * @throws PayloadConfigError
 */
export function compilePayloadDecoder(config: string): PayloadDecoder {
  const fields = layOutPayload(config);
  const names = fields.map(({ name }) => name);
  const reads = fields.map(compileField);
  const count = fields.length;
  const bytesNeeded = Math.ceil(Math.max(...fields.map(({ firstBit, bits }) => firstBit + bits)) / 8);
  // One message is decoded at a time, and nothing of the buffer outlives the call.
  const bytes = new Uint8Array(MAX_PAYLOAD_BYTES);
  return (hex) => {
    const length = readHex(hex, bytes);
    if (length < bytesNeeded) throw tooShort(fields, length);
    const decoded: Record<string, PayloadValue> = {};
    for (let index = 0; index < count; index += 1) {
      decoded[names[index] ?? ''] = reads[index]?.(bytes) ?? 0;
    }
    return decoded;
  };
}

function tooShort(fields: readonly PlacedField[], length: number): PayloadError {
  const missing = fields.find(({ firstBit, bits }) => firstBit + bits > length * 8);
  const { name = '', column = 0, firstBit = 0, bits = 0 } = missing ?? {};
  const needed = Math.ceil((firstBit + bits) / 8);
  return new PayloadError('PAYLOAD_TOO_SHORT', `it needs ${needed} bytes, and the message has ${length}`, {
    field: name,
    column,
    data: { length },
  });
}

function compileField({ type, firstBit, bits, littleEndian, scale }: PlacedField): Read {
  if (type === 'bool') {
    const mask = 0x80 >> (firstBit & 7);
    return (bytes) => ((bytes[firstBit >> 3] ?? 0) & mask) !== 0;
  }
  if (type === 'char') return compileText(firstBit, bits >> 3);
  return compileScale(COMPILE_NUMBER[type](firstBit, bits, littleEndian), scale);
}

type ReadNumber = (bytes: Uint8Array) => number | bigint;

const COMPILE_NUMBER = {
  float: compileFloat,
  uint: compileUnsigned,
  int: compileSigned,
} as const satisfies Record<string, (firstBit: number, bits: number, littleEndian: boolean) => ReadNumber>;

/** Bytes as ISO 8859-1, which maps each to the character of the same number. */
function compileText(firstBit: number, length: number): Read {
  return (bytes) => {
    let text = '';
    for (let index = 0; index < length; index += 1) {
      text += String.fromCharCode(gather(bytes, firstBit + index * 8, 8));
    }
    return text;
  };
}

function compileFloat(firstBit: number, bits: number, littleEndian: boolean): (bytes: Uint8Array) => number {
  const view = new DataView(new ArrayBuffer(8));
  const length = bits >> 3;
  return (bytes) => {
    for (let index = 0; index < length; index += 1)
      view.setUint8(index, gather(bytes, firstBit + index * 8, 8));
    return bits === 32 ? view.getFloat32(0, littleEndian) : view.getFloat64(0, littleEndian);
  };
}

function compileUnsigned(
  firstBit: number,
  bits: number,
  littleEndian: boolean,
): (bytes: Uint8Array) => number | bigint {
  const at = firstBit >> 3;
  const isWhole = (firstBit & 7) === 0;
  if (isWhole && bits === 8) return (bytes) => bytes[at] ?? 0;
  if (isWhole && bits === 16) {
    const [high, low] = littleEndian ? [at + 1, at] : [at, at + 1];
    return (bytes) => (bytes[high] ?? 0) * 256 + (bytes[low] ?? 0);
  }
  if (littleEndian) return (bytes) => gatherReversed(bytes, at, bits >> 3);
  if (bits <= 53) return (bytes) => gather(bytes, firstBit, bits);
  return (bytes) => asNumber(gatherWide(bytes, firstBit, bits));
}

function compileSigned(
  firstBit: number,
  bits: number,
  littleEndian: boolean,
): (bytes: Uint8Array) => number | bigint {
  if (bits <= 53 || littleEndian) {
    const read = compileUnsigned(firstBit, bits, littleEndian);
    const half = 2 ** (bits - 1);
    return (bytes) => {
      const value = read(bytes);
      if (typeof value === 'bigint') return asNumber(BigInt.asIntN(bits, value));
      // What is beyond half of 2^bits stands for a negative number (two's complement).
      if (bits <= 53) return value < half ? value : value - 2 * half;
      return asNumber(BigInt.asIntN(bits, BigInt(value)));
    };
  }
  return (bytes) => asNumber(BigInt.asIntN(bits, gatherWide(bytes, firstBit, bits)));
}

/** Up to 53 bits, the first the most significant. */
function gather(bytes: Uint8Array, firstBit: number, bits: number): number {
  let value = 0;
  let at = firstBit;
  const end = firstBit + bits;
  while (at < end) {
    const offset = at & 7;
    const taken = Math.min(8 - offset, end - at);
    const part = ((bytes[at >> 3] ?? 0) >> (8 - offset - taken)) & ((1 << taken) - 1);
    value = value * (1 << taken) + part;
    at += taken;
  }
  return value;
}

function gatherWide(bytes: Uint8Array, firstBit: number, bits: number): bigint {
  const high = gather(bytes, firstBit, bits - 32);
  return (BigInt(high) << 32n) | BigInt(gather(bytes, firstBit + bits - 32, 32));
}

/** Whole bytes, the last the most significant. */
function gatherReversed(bytes: Uint8Array, firstByte: number, length: number): number | bigint {
  let low = 0;
  let high = 0;
  for (let index = Math.min(length, 4) - 1; index >= 0; index -= 1)
    low = low * 256 + (bytes[firstByte + index] ?? 0);
  for (let index = length - 1; index >= 4; index -= 1) high = high * 256 + (bytes[firstByte + index] ?? 0);
  if (high < 2 ** 21) return high * 2 ** 32 + low;
  return asNumber((BigInt(high) << 32n) | BigInt(low));
}

function asNumber(value: bigint): number | bigint {
  const near = Number(value);
  return Number.isSafeInteger(near) ? near : value;
}

const SCALES: Readonly<Record<PayloadScale['operator'], (value: number, operand: number) => number>> = {
  '/': (value, operand) => value / operand,
  '*': (value, operand) => value * operand,
  '+': (value, operand) => value + operand,
  '-': (value, operand) => value - operand,
};

/** A number that is scaled is a measurement: what a double holds of it is enough. */
function compileScale(read: ReadNumber, scale: PayloadScale | undefined): Read {
  if (scale === undefined) return read;
  const { operand } = scale;
  const apply = SCALES[scale.operator];
  return (bytes) => apply(Number(read(bytes)), operand);
}

/** Reads hexadecimal text into `bytes`; returns how many there are. */
function readHex(hex: string, bytes: Uint8Array): number {
  const { length } = hex;
  if (length > MAX_PAYLOAD_BYTES * 2) {
    throw new PayloadError('PAYLOAD_TOO_LONG', `${length} digits, and a message has at most 24`, {
      data: { hex: hex.slice(0, 64) },
    });
  }
  if (length % 2 !== 0) throw notHex(hex, `${length} digits are not whole bytes`);
  for (let index = 0; index < length; index += 2) {
    const value = (digit(hex.charCodeAt(index)) << 4) | digit(hex.charCodeAt(index + 1));
    if (value < 0) throw notHex(hex, 'it holds something else than the digits 0 to 9 and a to f');
    bytes[index >> 1] = value;
  }
  return length >> 1;
}

/** Value of a hexadecimal digit by its character code; negative for any other character. */
function digit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

function notHex(hex: string, reason: string): PayloadError {
  return new PayloadError('PAYLOAD_NOT_HEX', reason, { data: { hex } });
}
