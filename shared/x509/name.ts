import { Buffer } from 'node:buffer';
import {
  childrenOf,
  contentOf,
  malformed,
  objectIdentifierOf,
  readDer,
  required,
  tags,
  type DerValue,
} from './der.ts';

const COMMON_NAME = '2.5.4.3';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Every common name in a Name, in its order. Read from the encoding and not from a text such as `CN=a, O=b`, in which
 * a value may look like another attribute.
 *
 * @throws X509Error MALFORMED_DER
 */
export function commonNamesOf(name: Uint8Array): string[] {
  const steps = childrenOf(required(readDer(name), tags.sequence, 'the name'));
  return steps.flatMap((step) =>
    childrenOf(required(step, tags.set, 'a step of the name')).flatMap((attribute) => {
      const [type, value] = childrenOf(required(attribute, tags.sequence, 'an attribute of the name'));
      const isCommonName = objectIdentifierOf(type, 'the type of an attribute') === COMMON_NAME;
      return isCommonName && value !== undefined ? [textOf(value)] : [];
    }),
  );
}

/** A DirectoryString (RFC 5280 §4.1.2.4). */
function textOf(value: DerValue): string {
  const content = contentOf(value);
  switch (value.tag) {
    case tags.utf8String:
      try {
        return utf8.decode(content);
      } catch {
        throw malformed('a UTF8String that is not UTF-8');
      }
    case tags.printableString:
    case tags.ia5String:
    // T.61 has no decoder anywhere; everybody reads it as Latin-1, which is what everybody writes.
    case tags.teletexString:
      return Buffer.from(content).toString('latin1');
    case tags.bmpString:
      if (content.length % 2 !== 0) throw malformed('a BMPString of an odd number of bytes');
      return Buffer.from(content).swap16().toString('utf16le');
    default:
      throw malformed(`a common name with the tag 0x${value.tag.toString(16)}`);
  }
}
