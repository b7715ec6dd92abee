import { childrenOf, objectIdentifierOf, readDer, required, tags } from './der.ts';
import { textOf } from './text.ts';

const COMMON_NAME = '2.5.4.3';

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
