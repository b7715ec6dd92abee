import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { s3Errors } from './errors.ts';

/** The checksum algorithms that are computed here, as `x-amz-checksum-<name>` names them. */
const ALGORITHMS: Readonly<Record<string, (bytes: Uint8Array) => string>> = {
  crc32: (bytes) => fromUint32(crc32(bytes)),
  crc32c: (bytes) => fromUint32(crc32c(bytes)),
  sha1: (bytes) => createHash('sha1').update(bytes).digest('base64'),
  sha256: (bytes) => createHash('sha256').update(bytes).digest('base64'),
};

const HEADER = /^x-amz-checksum-(?!algorithm$|mode$|type$)(.+)$/;

export interface Checksum {
  /** `crc32`, `crc32c`, `sha1`, `sha256`. */
  readonly algorithm: string;
  /** Base64. */
  readonly value: string;
}

/**
 * Checks what a request says about its body: `Content-MD5` and `x-amz-checksum-…`, whether it came as a header or
 * in the trailer.
 *
 * @returns the checksum to keep with the object, if there was one.
 * @throws AwsApiError `BadDigest` when it differs, `NotImplemented` for an algorithm that is not known here.
 */
export function verifyChecksums(
  fields: Readonly<Record<string, string | string[] | undefined>>,
  body: Uint8Array,
): Checksum | undefined {
  const md5 = fields['content-md5'];
  if (md5 !== undefined && md5 !== createHash('md5').update(body).digest('base64')) {
    throw s3Errors.badDigest('Content-MD5');
  }
  let checksum: Checksum | undefined;
  for (const [name, value] of Object.entries(fields)) {
    const algorithm = HEADER.exec(name)?.[1];
    if (algorithm === undefined || typeof value !== 'string') continue;
    const compute = ALGORITHMS[algorithm];
    if (compute === undefined) {
      const known = Object.keys(ALGORITHMS).join(', ');
      throw s3Errors.notImplemented(`The checksum algorithm ${algorithm} (known are ${known})`);
    }
    if (compute(body) !== value) throw s3Errors.badDigest(algorithm.toUpperCase());
    checksum = { algorithm, value };
  }
  return checksum;
}

/** The checksum that S3 gives an object that came with none. */
export function defaultChecksum(body: Uint8Array): Checksum {
  return { algorithm: 'crc32', value: fromUint32(crc32(body)) };
}

function fromUint32(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes.toString('base64');
}

/** CRC-32C (Castagnoli), reflected, a byte at a time (RFC 3720, appendix B.4, has the test vectors). */
function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (CRC32C_TABLE[(crc ^ byte) & 0xff] ?? 0);
  return ~crc >>> 0;
}

const CRC32C_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let crc = index;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});
