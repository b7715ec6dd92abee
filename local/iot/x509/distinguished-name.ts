import { childrenOf, objectIdentifierOf, readDer, required, tags } from '../../../shared/x509/der.ts';
import { objectIdentifier, sequence } from '../../../shared/x509/der-writer.ts';
import { textOf } from '../../../shared/x509/text.ts';
import { set, utf8String } from './der-writer.ts';

/** The attributes of a name that AWS IoT's policy variables know, by the words that it uses for them. */
const attributes = {
  CommonName: '2.5.4.3',
  Surname: '2.5.4.4',
  SerialNumber: '2.5.4.5',
  Country: '2.5.4.6',
  State: '2.5.4.8',
  Organization: '2.5.4.10',
  OrganizationalUnit: '2.5.4.11',
  Title: '2.5.4.12',
  GivenName: '2.5.4.42',
  Initials: '2.5.4.43',
  GenerationQualifier: '2.5.4.44',
  DistinguishedNameQualifier: '2.5.4.46',
  Pseudonym: '2.5.4.65',
} as const;

export type NameField = keyof typeof attributes;

/** Every field that a name can have here. */
export const nameFields: readonly NameField[] = Object.keys(attributes).filter(isNameField);

/** A subject or an issuer: the values of each field, in the order in which the certificate has them. */
export type DistinguishedName = Readonly<Partial<Record<NameField, readonly string[]>>>;

const fieldOf = new Map<string, NameField>(nameFields.map((field) => [attributes[field], field]));

/** How attributes are called in a name that is written out (RFC 4514 §3, RFC 4519), as AWS IoT writes them. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  '2.5.4.3': 'cn',
  '2.5.4.4': 'sn',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'c',
  '2.5.4.7': 'l',
  '2.5.4.8': 'st',
  '2.5.4.9': 'street',
  '2.5.4.10': 'o',
  '2.5.4.11': 'ou',
  '2.5.4.12': 'title',
  '2.5.4.42': 'givenName',
  '2.5.4.43': 'initials',
  '2.5.4.44': 'generationQualifier',
  '2.5.4.46': 'dnQualifier',
  '2.5.4.65': 'pseudonym',
  '0.9.2342.19200300.100.1.25': 'dc',
  '1.2.840.113549.1.9.1': 'emailAddress',
};

/**
 * Reads a Name (RFC 5280 §4.1.2.4). Attributes that policies cannot ask for are left out.
 *
 * @throws X509Error MALFORMED_DER
 */
export function readName(bytes: Uint8Array): DistinguishedName {
  const name: Partial<Record<NameField, string[]>> = {};
  for (const { type, text } of readSteps(bytes).flat()) {
    const field = fieldOf.get(type);
    if (field !== undefined) (name[field] ??= []).push(text);
  }
  return name;
}

/**
 * A Name as one line, the last step first (RFC 4514 §2.1): `cn=lamp,o=Example,c=US`.
 *
 * @throws X509Error MALFORMED_DER
 */
export function nameText(bytes: Uint8Array): string {
  return readSteps(bytes)
    .toReversed()
    .map((step) => step.map(({ type, text }) => `${SHORT_NAMES[type] ?? type}=${escape(text)}`).join('+'))
    .join(',');
}

/** Writes a Name with one attribute in each step, in the order of the fields given. */
export function writeName(name: DistinguishedName): Uint8Array {
  const steps = Object.entries(name).flatMap(([field, values]) => {
    const type = isNameField(field) ? attributes[field] : undefined;
    if (type === undefined) return [];
    return values.map((value) => set(sequence(objectIdentifier(type), utf8String(value))));
  });
  return sequence(...steps);
}

/** The steps of a Name, each of one attribute or, rarely, of several. */
function readSteps(bytes: Uint8Array): { type: string; text: string }[][] {
  const steps = childrenOf(required(readDer(bytes), tags.sequence, 'the name'));
  return steps.map((step) =>
    childrenOf(required(step, tags.set, 'a step of the name')).flatMap((attribute) => {
      const [type, value] = childrenOf(required(attribute, tags.sequence, 'an attribute of the name'));
      const identifier = objectIdentifierOf(type, 'the type of an attribute');
      // An attribute of a private type may be anything; one that has a name here is text.
      if (value === undefined || SHORT_NAMES[identifier] === undefined) return [];
      return [{ type: identifier, text: textOf(value) }];
    }),
  );
}

/** RFC 4514 §2.4 */
function escape(text: string): string {
  return text.replaceAll(/[,"\\+=<>;]|^[ #]| $/g, (character) => `\\${character}`);
}

function isNameField(text: string): text is NameField {
  return Object.hasOwn(attributes, text);
}
