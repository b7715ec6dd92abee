import { Buffer } from 'node:buffer';
import type { DerValue } from './der-reader.ts';
import { tags } from './der-tags.ts';
import { CertificateError } from './errors.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The text of a DirectoryString or of another of ASN.1's kinds of text (RFC 5280 §4.1.2.4).
 *
 * @throws CertificateError MALFORMED_DER when the value is no text, or is not written as its kind demands.
 */
export function readText({ tag, content }: DerValue): string {
  switch (tag) {
    case tags.utf8String:
      return readUtf8(content);
    case tags.printableString:
    case tags.numericString:
    case tags.ia5String:
    // T.61 has no decoder anywhere; everybody reads it as Latin-1, which is what everybody writes.
    case tags.teletexString:
      return Buffer.from(content).toString('latin1');
    case tags.bmpString:
      if (content.length % 2 !== 0) throw malformed('a BMPString of an odd number of bytes');
      return Buffer.from(content).swap16().toString('utf16le');
    case tags.universalString:
      return readUtf32(content);
    default:
      throw malformed(`a value with the tag 0x${tag.toString(16)} where a text should be`);
  }
}

function readUtf8(content: Uint8Array): string {
  try {
    return utf8.decode(content);
  } catch (cause) {
    throw malformed('a UTF8String that is not UTF-8', cause);
  }
}

function readUtf32(content: Uint8Array): string {
  if (content.length % 4 !== 0) throw malformed('a UniversalString of broken characters');
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  let text = '';
  for (let offset = 0; offset < content.length; offset += 4) {
    const codePoint = view.getUint32(offset);
    if (codePoint > 0x10_ff_ff) throw malformed('a UniversalString of characters that do not exist');
    text += String.fromCodePoint(codePoint);
  }
  return text;
}

function malformed(detail: string, cause?: unknown): CertificateError {
  return new CertificateError('MALFORMED_DER', `A name in it cannot be read: ${detail}.`, { cause });
}
