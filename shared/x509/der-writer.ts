import { Buffer } from 'node:buffer';
import { tags } from './der.ts';

/** Writes one value: tag, length in the shortest form (X.690 §10.1), content. */
export function der(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  const length = content.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Uint8Array.of(tag), lengthBytes(length), ...content]);
}

export function sequence(...values: readonly Uint8Array[]): Uint8Array {
  return der(tags.sequence, ...values);
}

/** @param identifier in dotted numbers, such as `1.3.6.1.5.5.7.48.1.1` */
export function objectIdentifier(identifier: string): Uint8Array {
  const [top = 0, second = 0, ...rest] = identifier.split('.').map(Number);
  return der(tags.objectIdentifier, Uint8Array.from([top * 40 + second, ...rest].flatMap(base128)));
}

/** @param magnitude of a number that is not negative, the highest byte first */
export function unsignedInteger(magnitude: Uint8Array): Uint8Array {
  const first = magnitude.findIndex((byte) => byte !== 0);
  const significant = first === -1 ? Uint8Array.of(0) : magnitude.subarray(first);
  // The first bit of an INTEGER is its sign.
  const sign = ((significant[0] ?? 0) & 0x80) === 0 ? [] : [0];
  return der(tags.integer, Uint8Array.from(sign), significant);
}

function lengthBytes(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Uint8Array.from([0x80 + bytes.length, ...bytes]);
}

/** Seven bits a byte, the highest first; all but the last have their top bit set (X.690 §8.19.2). */
function base128(number: number): number[] {
  const bytes = [number % 128];
  for (let rest = Math.floor(number / 128); rest > 0; rest = Math.floor(rest / 128)) {
    bytes.unshift((rest % 128) + 0x80);
  }
  return bytes;
}
