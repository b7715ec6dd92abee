import { Buffer } from 'node:buffer';
import { tags } from '../../../shared/x509/der.ts';
import { der } from '../../../shared/x509/der-writer.ts';

export const set = (...content: readonly Uint8Array[]): Uint8Array => der(tags.set, ...content);

export const octetString = (content: Uint8Array): Uint8Array => der(tags.octetString, content);

export const utf8String = (text: string): Uint8Array => der(tags.utf8String, Buffer.from(text));

/** A BIT STRING of whole bytes; `unusedBits` of the last one do not count. */
export const bitString = (content: Uint8Array, unusedBits = 0): Uint8Array =>
  der(tags.bitString, Uint8Array.of(unusedBits), content);

export const booleanTrue: Uint8Array = der(tags.boolean, Uint8Array.of(0xff));

export const nothing: Uint8Array = der(tags.null);

/** UTCTime until the end of 2049 and GeneralizedTime after it (RFC 5280 §4.1.2.5), in whole seconds. */
export function time(ms: number): Uint8Array {
  const digits = new Date(ms).toISOString().replaceAll(/[-:T]|\.\d{3}/g, '');
  const isShort = ms < Date.UTC(2050, 0);
  return der(
    isShort ? tags.utcTime : tags.generalizedTime,
    Buffer.from(isShort ? digits.slice(2) : digits, 'latin1'),
  );
}
