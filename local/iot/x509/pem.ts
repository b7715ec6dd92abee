import { Buffer } from 'node:buffer';
import { CertificateError } from './errors.ts';

/** AWS IoT's limit for a PEM text, in characters. */
export const MAX_PEM_CHARACTERS = 65_536;

const BLOCK = /-----BEGIN ([A-Z0-9 ]{1,40})-----([A-Za-z0-9+/=\s]*)-----END \1-----/g;

/** One block of a PEM text (RFC 7468). */
export interface PemBlock {
  readonly label: string;
  readonly der: Uint8Array;
}

/**
 * Reads the blocks of a PEM text; what stands between them is a comment.
 *
 * @throws CertificateError MALFORMED_PEM when there is no block, or one is broken
 */
export function readPem(text: string): PemBlock[] {
  if (text.length > MAX_PEM_CHARACTERS) {
    throw malformed(`it is longer than ${MAX_PEM_CHARACTERS} characters`);
  }
  const blocks = Array.from(text.matchAll(BLOCK), ([, label = '', content = '']) => ({
    label,
    der: decode(content.replaceAll(/\s/g, ''), label),
  }));
  const begun = text.match(/-----BEGIN /g)?.length ?? 0;
  if (begun === 0) throw malformed('it has no line of the form -----BEGIN …-----');
  if (blocks.length < begun)
    throw malformed('a block of it is not base64 up to its own -----END …----- line');
  return blocks;
}

/**
 * Reads the blocks with one of `labels`, and takes no others.
 *
 * @throws CertificateError MALFORMED_PEM
 */
export function readPemOf(text: string, labels: readonly string[]): Uint8Array[] {
  return readPem(text).map(({ label, der }) => {
    if (!labels.includes(label)) throw malformed(`it holds a ${label} where a ${labels[0]} should be`);
    return der;
  });
}

/** Writes one block, with the 64 characters a line of RFC 7468 §2. */
export function toPem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

function decode(base64: string, label: string): Uint8Array {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length === 0 || bytes.toString('base64').replaceAll('=', '') !== base64.replaceAll('=', '')) {
    throw malformed(`its ${label} is not base64`);
  }
  return bytes;
}

function malformed(detail: string): CertificateError {
  return new CertificateError('MALFORMED_PEM', `This text is not PEM that can be used: ${detail}.`);
}
