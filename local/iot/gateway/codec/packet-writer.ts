import { Buffer } from 'node:buffer';

/** Bytes that a variable byte integer takes (MQTT 5 §1.5.5). */
export function variableIntegerBytes(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x40_00) return 2;
  return value < 0x20_00_00 ? 3 : 4;
}

/** Writes a variable byte integer; returns where it ends. */
export function writeVariableInteger(into: Buffer, value: number, at: number): number {
  let rest = value;
  let end = at;
  while (rest >= 0x80) {
    into[end] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
    end += 1;
  }
  into[end] = rest;
  return end + 1;
}

/** One packet: its first byte, the remaining length, and the parts of its body. */
export function packet(firstByte: number, ...parts: readonly Uint8Array[]): Buffer {
  let length = 0;
  for (const part of parts) length += part.length;
  const bytes = Buffer.allocUnsafe(1 + variableIntegerBytes(length) + length);
  bytes[0] = firstByte;
  let at = writeVariableInteger(bytes, length, 1);
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export function uint16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 0xff);
}

export function uint32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Two bytes of length, then the bytes. */
export function binary(bytes: Uint8Array): Buffer {
  return Buffer.concat([uint16(bytes.length), bytes]);
}

export function text(value: string): Buffer {
  return binary(Buffer.from(value));
}
