import { Buffer } from 'node:buffer';
import { contentOf, malformed, tags, type DerValue } from './der.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The text of a DirectoryString or of another of ASN.1's kinds of text (RFC 5280 §4.1.2.4).
 *
 * @throws X509Error MALFORMED_DER when the value is no text, or is not written as its kind demands
 */
export function textOf(value: DerValue): string {
  const content = contentOf(value);
  switch (value.tag) {
    case tags.utf8String:
      return utf8Of(content);
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
      return utf32Of(content);
    default:
      throw malformed(`a value with the tag 0x${value.tag.toString(16)} where a text should be`);
  }
}

function utf8Of(content: Uint8Array): string {
  try {
    return utf8.decode(content);
  } catch {
    throw malformed('a UTF8String that is not UTF-8');
  }
}

function utf32Of(content: Uint8Array): string {
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
