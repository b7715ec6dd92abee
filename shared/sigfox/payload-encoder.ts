import { layOutPayload, type PlacedField } from './payload-layout.ts';
import type { PayloadScale } from './payload-config.ts';
import type { PayloadValue } from './payload-decoder.ts';
import { PayloadError } from './payload-errors.ts';

/** Writes values as a device would send them, in hexadecimal digits. @throws PayloadError VALUE_UNUSABLE */
export type PayloadEncoder = (values: Readonly<Record<string, PayloadValue>>) => string;

/**
 * Compiles the way back: for simulated devices, and to prove the decoder. Bits that no field names are 0. A
 * scale is undone, and what was read is rounded to the nearest integer.
 *
 * @throws PayloadConfigError
 */
export function compilePayloadEncoder(config: string): PayloadEncoder {
  const fields = layOutPayload(config);
  const length = Math.ceil(Math.max(...fields.map(({ firstBit, bits }) => firstBit + bits)) / 8);
  return (values) => {
    const bytes = new Uint8Array(length);
    for (const field of fields) writeBits(bytes, field, bitsOf(field, values[field.name]));
    return Buffer.from(bytes).toString('hex');
  };
}

/** A character that is more than one byte. */
const WIDE = /[^\p{ASCII}\u0080-\u00ff]/u;

/** The bits of a value as one number, the first the most significant. */
function bitsOf(field: PlacedField, value: PayloadValue | undefined): bigint {
  const { type, bits, littleEndian } = field;
  const whole = BigInt.asUintN(
    bits,
    type === 'bool' || type === 'char' ? plainBits(field, value) : numberBits(field, value),
  );
  return littleEndian ? reverseBytes(whole, bits) : whole;
}

function plainBits(field: PlacedField, value: PayloadValue | undefined): bigint {
  if (field.type === 'bool') {
    if (typeof value !== 'boolean') throw unusable(field, value, 'true or false');
    return value ? 1n : 0n;
  }
  const length = field.bits / 8;
  if (typeof value !== 'string' || value.length !== length || WIDE.test(value)) {
    throw unusable(field, value, `${length} characters of ISO 8859-1`);
  }
  return BigInt(`0x${Buffer.from(value, 'latin1').toString('hex')}`);
}

function numberBits(field: PlacedField, value: PayloadValue | undefined): bigint {
  if (typeof value !== 'number' && typeof value !== 'bigint') throw unusable(field, value, 'a number');
  const raw = unscale(field, value);
  if (field.type === 'float') return floatBits(Number(raw), field.bits);
  const whole = typeof raw === 'bigint' ? raw : wholeOf(field, raw);
  const least = field.type === 'int' ? -(2n ** BigInt(field.bits - 1)) : 0n;
  const most = 2n ** BigInt(field.type === 'int' ? field.bits - 1 : field.bits) - 1n;
  if (whole < least || whole > most) throw unusable(field, value, `a number from ${least} to ${most}`);
  return whole;
}

function wholeOf(field: PlacedField, raw: number): bigint {
  if (Number.isFinite(raw)) return BigInt(Math.round(raw));
  throw unusable(field, raw, 'a finite number');
}

const UNSCALES: Readonly<Record<PayloadScale['operator'], (value: number, operand: number) => number>> = {
  '/': (value, operand) => value * operand,
  '*': (value, operand) => value / operand,
  '+': (value, operand) => value - operand,
  '-': (value, operand) => value + operand,
};

function unscale({ scale }: PlacedField, value: number | bigint): number | bigint {
  return scale === undefined ? value : UNSCALES[scale.operator](Number(value), scale.operand);
}

function floatBits(value: number, bits: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  if (bits === 64) {
    view.setFloat64(0, value);
    return view.getBigUint64(0);
  }
  view.setFloat32(0, value);
  return BigInt(view.getUint32(0));
}

function reverseBytes(value: bigint, bits: number): bigint {
  let reversed = 0n;
  for (let shift = 0n; shift < BigInt(bits); shift += 8n)
    reversed = (reversed << 8n) | ((value >> shift) & 0xffn);
  return reversed;
}

function writeBits(bytes: Uint8Array, { firstBit, bits }: PlacedField, value: bigint): void {
  for (let index = 0; index < bits; index += 1) {
    const at = firstBit + index;
    const mask = 0x80 >> (at & 7);
    const isSet = ((value >> BigInt(bits - 1 - index)) & 1n) === 1n;
    const before = bytes[at >> 3] ?? 0;
    bytes[at >> 3] = isSet ? before | mask : before & ~mask;
  }
}

function unusable(field: PlacedField, value: unknown, wanted: string): PayloadError {
  return new PayloadError('VALUE_UNUSABLE', `${String(value)} is not ${wanted}`, {
    field: field.name,
    column: field.column,
  });
}
