import { CertificateError } from './errors.ts';
import { tags } from './der-tags.ts';

/** One value of ASN.1's distinguished encoding (X.690): its tag, what is in it, and the whole of it. */
export interface DerValue {
  /** The identifier octet: class, constructed or not, and tag number, as in `tags`. */
  readonly tag: number;
  readonly content: Uint8Array;
  /** Tag, length and content: what a signature is made over. */
  readonly bytes: Uint8Array;
}

/** More than any certificate has in one place; it bounds the work that a crafted one can cause. */
const MAX_CHILDREN = 1_000;

/**
 * Reads the one value that `bytes` consists of.
 *
 * @throws CertificateError MALFORMED_DER
 */
export function readDer(bytes: Uint8Array): DerValue {
  const value = readAt(bytes, 0);
  if (value.bytes.length !== bytes.length) {
    throw malformed(`${bytes.length - value.bytes.length} bytes follow the value`);
  }
  return value;
}

/**
 * Reads the values inside a constructed one.
 *
 * @throws CertificateError MALFORMED_DER
 */
export function readChildren({ tag, content }: DerValue): DerValue[] {
  // X.690 §8.1.2.5: bit 6 says that the content is made of values.
  if ((tag & 0x20) === 0) throw malformed(`the value with the tag ${hex(tag)} contains no other values`);
  const children: DerValue[] = [];
  let offset = 0;
  while (offset < content.length) {
    if (children.length === MAX_CHILDREN) throw malformed(`more than ${MAX_CHILDREN} values in one`);
    const child = readAt(content, offset);
    children.push(child);
    offset += child.bytes.length;
  }
  return children;
}

/**
 * Checks that a value is there and of one kind.
 *
 * @throws CertificateError MALFORMED_DER
 */
export function requireTag(value: DerValue | undefined, tag: number, what: string): DerValue {
  if (value === undefined) throw malformed(`${what} is missing`);
  if (value.tag !== tag) throw malformed(`${what} has the tag ${hex(value.tag)} and not ${hex(tag)}`);
  return value;
}

/**
 * The bytes of a BIT STRING of whole bytes, as keys and signatures are.
 *
 * @throws CertificateError MALFORMED_DER
 */
export function readBitString(value: DerValue | undefined, what: string): Uint8Array {
  const { content } = requireTag(value, tags.bitString, what);
  if (content[0] !== 0) throw malformed(`${what} is not a bit string of whole bytes`);
  return content.subarray(1);
}

/**
 * An OBJECT IDENTIFIER in dotted numbers (X.690 §8.19).
 *
 * @throws CertificateError MALFORMED_DER
 */
export function readObjectIdentifier(value: DerValue | undefined, what: string): string {
  const { content } = requireTag(value, tags.objectIdentifier, what);
  const last = content.at(-1);
  if (last === undefined || (last & 0x80) !== 0) throw malformed(`${what} is an unfinished identifier`);
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

function readAt(bytes: Uint8Array, offset: number): DerValue {
  const tag = bytes[offset];
  const lengthByte = bytes[offset + 1];
  if (tag === undefined || lengthByte === undefined) throw malformed('it ends in the middle of a value');
  if ((tag & 0x1f) === 0x1f) throw malformed('tags of more than one byte occur in no certificate');
  const lengthBytes = lengthByte < 0x80 ? 0 : lengthByte - 0x80;
  // 0x80 is the indefinite length, which DER has not; four bytes are 4 GB.
  if (lengthByte === 0x80 || lengthBytes > 4) throw malformed(`the length byte ${hex(lengthByte)}`);
  let length = lengthByte;
  if (lengthBytes > 0) {
    length = 0;
    for (const byte of bytes.subarray(offset + 2, offset + 2 + lengthBytes)) length = length * 256 + byte;
    // X.690 §10.1: the shortest form, so that a value has one encoding and a certificate one fingerprint.
    if (length < 0x80 || length < 256 ** (lengthBytes - 1)) throw malformed('a length is written too long');
  }
  const start = offset + 2 + lengthBytes;
  const end = start + length;
  if (end > bytes.length) throw malformed('it ends in the middle of a value');
  return { tag, content: bytes.subarray(start, end), bytes: bytes.subarray(offset, end) };
}

function malformed(detail: string): CertificateError {
  return new CertificateError('MALFORMED_DER', `These bytes are not DER: ${detail}.`);
}

function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`;
}
