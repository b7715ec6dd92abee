import { Buffer } from 'node:buffer';
import { tags } from './der-tags.ts';

/** Writes one value: tag, the shortest length, content (X.690 §10.1). */
export function der(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag]), lengthBytes(body.length), body]);
}

export const sequence = (...content: readonly Uint8Array[]): Uint8Array => der(tags.sequence, ...content);

export const set = (...content: readonly Uint8Array[]): Uint8Array => der(tags.set, ...content);

export const octetString = (content: Uint8Array): Uint8Array => der(tags.octetString, content);

export const utf8String = (text: string): Uint8Array => der(tags.utf8String, Buffer.from(text));

/** A BIT STRING of whole bytes; `unusedBits` of the last one do not count. */
export const bitString = (content: Uint8Array, unusedBits = 0): Uint8Array =>
  der(tags.bitString, Uint8Array.of(unusedBits), content);

export const booleanTrue: Uint8Array = der(tags.boolean, Uint8Array.of(0xff));

export const nothing: Uint8Array = der(tags.null);

/** A number that is not negative, from its bytes with the highest first. */
export function unsignedInteger(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0);
  const significant = first === -1 ? Uint8Array.of(0) : bytes.subarray(first);
  // The highest bit would make it negative.
  const isHigh = ((significant[0] ?? 0) & 0x80) !== 0;
  return der(tags.integer, isHigh ? Uint8Array.of(0) : Uint8Array.of(), significant);
}

/** An object identifier from its dotted numbers. */
export function objectIdentifier(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return der(tags.objectIdentifier, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)));
}

/** UTCTime until the end of 2049 and GeneralizedTime after it (RFC 5280 §4.1.2.5), in whole seconds. */
export function time(ms: number): Uint8Array {
  const digits = new Date(ms).toISOString().replaceAll(/[-:T]|\.\d{3}/g, '');
  const isShort = ms < Date.UTC(2050, 0);
  return der(
    isShort ? tags.utcTime : tags.generalizedTime,
    Buffer.from(isShort ? digits.slice(2) : digits, 'latin1'),
  );
}

function base128(number: number): number[] {
  const bytes = [number % 128];
  for (let rest = Math.floor(number / 128); rest > 0; rest = Math.floor(rest / 128)) {
    bytes.unshift((rest % 128) + 128);
  }
  return bytes;
}

function lengthBytes(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Uint8Array.of(0x80 + bytes.length, ...bytes);
}
