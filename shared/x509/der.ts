import { X509Error } from './errors.ts';

/** The identifier octets that certificates, revocation lists and OCSP are made of (X.690 §8.1.2). */
export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  numericString: 0x12,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  universalString: 0x1c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The tag of an element that is numbered in its structure: `[number]`, around values or around bytes. */
export function contextTag(number: number, constructed: boolean): number {
  return (constructed ? 0xa0 : 0x80) + number;
}

/** One value of ASN.1's distinguished encoding (X.690), as offsets into the bytes that it is part of. */
export interface DerValue {
  readonly source: Uint8Array;
  readonly tag: number;
  /** Where its identifier octet is. */
  readonly start: number;
  /** Where its content begins. */
  readonly contentStart: number;
  /** Where it, and its content, ends. */
  readonly end: number;
}

/** More than any structure but a revocation list has in one place; it bounds the work of a crafted one. */
const MAX_CHILDREN = 1_000;

/**
 * Reads the one value that `source` consists of.
 *
 * @throws X509Error MALFORMED_DER
 */
export function readDer(source: Uint8Array): DerValue {
  const value = readValueAt(source, 0, source.length);
  if (value.end !== source.length) throw malformed(`${source.length - value.end} bytes follow the value`);
  return value;
}

/**
 * Reads the value that begins at `start` and ends at `limit` at the latest.
 *
 * @throws X509Error MALFORMED_DER
 */
export function readValueAt(source: Uint8Array, start: number, limit: number): DerValue {
  const tag = source[start];
  const first = source[start + 1];
  if (tag === undefined || first === undefined || start + 2 > limit) {
    throw malformed('it ends in the middle of a value');
  }
  if ((tag & 0x1f) === 0x1f) throw malformed('a tag of more than one byte');
  let contentStart = start + 2;
  let length = first;
  if (first >= 0x80) {
    const lengthBytes = first - 0x80;
    // 0x80 is the indefinite length, which DER has not; four bytes are 4 GB.
    if (lengthBytes === 0 || lengthBytes > 4) throw malformed('a length of more than four bytes, or of none');
    length = 0;
    for (let index = 0; index < lengthBytes; index += 1)
      length = length * 256 + (source[contentStart + index] ?? 0);
    contentStart += lengthBytes;
    // X.690 §10.1: the shortest form, so that a value has one encoding and its signature one meaning.
    if (length < 0x80 || length < 256 ** (lengthBytes - 1)) throw malformed('a length is written too long');
  }
  const end = contentStart + length;
  if (end > limit) throw malformed('it ends in the middle of a value');
  return { source, tag, start, contentStart, end };
}

/**
 * Reads the values inside a constructed one.
 *
 * @throws X509Error MALFORMED_DER
 */
export function childrenOf(parent: DerValue): DerValue[] {
  // X.690 §8.1.2.5: bit 6 says that the content is made of values.
  if ((parent.tag & 0x20) === 0) throw malformed('a value that should contain others is a plain one');
  const children: DerValue[] = [];
  let at = parent.contentStart;
  while (at < parent.end) {
    if (children.length === MAX_CHILDREN) throw malformed(`more than ${MAX_CHILDREN} values in one`);
    const child = readValueAt(parent.source, at, parent.end);
    children.push(child);
    at = child.end;
  }
  return children;
}

/**
 * Checks that a value is there and of one kind.
 *
 * @throws X509Error MALFORMED_DER
 */
export function required(value: DerValue | undefined, tag: number, what: string): DerValue {
  if (value === undefined) throw malformed(`${what} is missing`);
  if (value.tag !== tag) throw malformed(`${what} has the tag 0x${value.tag.toString(16)}`);
  return value;
}

/** What is in a value, without its tag and length. */
export function contentOf({ source, contentStart, end }: DerValue): Uint8Array {
  return source.subarray(contentStart, end);
}

/** The whole of a value: what signatures and hashes are made over. */
export function bytesOf({ source, start, end }: DerValue): Uint8Array {
  return source.subarray(start, end);
}

/**
 * The bytes of a BIT STRING of whole bytes, as keys and signatures are.
 *
 * @throws X509Error MALFORMED_DER
 */
export function bitStringOf(value: DerValue | undefined, what: string): Uint8Array {
  const content = contentOf(required(value, tags.bitString, what));
  if (content[0] !== 0) throw malformed(`${what} is not a bit string of whole bytes`);
  return content.subarray(1);
}

/**
 * An OBJECT IDENTIFIER in dotted numbers (X.690 §8.19).
 *
 * @throws X509Error MALFORMED_DER
 */
export function objectIdentifierOf(value: DerValue | undefined, what: string): string {
  const content = contentOf(required(value, tags.objectIdentifier, what));
  if (((content.at(-1) ?? 0x80) & 0x80) !== 0) throw malformed(`${what} is an unfinished identifier`);
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of content) {
    arc = arc * 128 + (byte & 0x7f);
    if (!Number.isSafeInteger(arc)) throw malformed(`${what} has a number that is too large`);
    if ((byte & 0x80) !== 0) continue;
    arcs.push(arc);
    arc = 0;
  }
  const [first = 0, ...rest] = arcs;
  // The first two numbers share one: 40 × first + second, and only 2 may be followed by 40 or more.
  const top = Math.min(2, Math.floor(first / 40));
  return [top, first - top * 40, ...rest].join('.');
}

/** An INTEGER's content without leading zeros: two serial numbers are the same when these are. */
export function serialBytesOf(value: DerValue | undefined, what: string): Uint8Array {
  const { source, contentStart, end } = required(value, tags.integer, what);
  if (contentStart === end) throw malformed(`${what} is empty`);
  let from = contentStart;
  while (from < end - 1 && source[from] === 0) from += 1;
  return source.subarray(from, end);
}

export function malformed(detail: string): X509Error {
  return new X509Error('MALFORMED_DER', `These bytes are not DER that can be used: ${detail}.`);
}
