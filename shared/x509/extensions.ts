import { Buffer } from 'node:buffer';
import {
  childrenOf,
  contentOf,
  contextTag,
  malformed,
  objectIdentifierOf,
  readDer,
  required,
  tags,
  type DerValue,
} from './der.ts';

export interface Extension {
  readonly isCritical: boolean;
  /** The encoded value inside the OCTET STRING. */
  readonly value: Uint8Array;
}

export type Extensions = ReadonlyMap<string, Extension>;

/** Object identifiers of the extensions that are read here. */
export const extensionIds = {
  keyUsage: '2.5.29.15',
  crlNumber: '2.5.29.20',
  reasonCode: '2.5.29.21',
  deltaCrlIndicator: '2.5.29.27',
  issuingDistributionPoint: '2.5.29.28',
  crlDistributionPoints: '2.5.29.31',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  authorityInfoAccess: '1.3.6.1.5.5.7.1.1',
  ocspNonce: '1.3.6.1.5.5.7.48.1.2',
} as const;

const ACCESS_OCSP = '1.3.6.1.5.5.7.48.1';
const URI = contextTag(6, false);

/**
 * Reads Extensions: each is its identifier, perhaps `critical`, and its value in an OCTET STRING (RFC 5280 §4.1).
 *
 * @throws X509Error MALFORMED_DER, also for an extension that is there twice
 */
export function extensionsOf(list: DerValue | undefined): Extensions {
  const extensions = new Map<string, Extension>();
  for (const extension of childrenOf(required(list, tags.sequence, 'the extensions'))) {
    const [identifier, ...rest] = childrenOf(required(extension, tags.sequence, 'an extension'));
    const name = objectIdentifierOf(identifier, 'the type of an extension');
    if (extensions.has(name)) throw malformed(`the extension ${name} is there twice`);
    const critical = rest[0]?.tag === tags.boolean ? rest.shift() : undefined;
    extensions.set(name, {
      isCritical: critical !== undefined && contentOf(critical)[0] !== 0,
      value: contentOf(required(rest[0], tags.octetString, 'the value of an extension')),
    });
  }
  return extensions;
}

/** The bits of a KeyUsage (RFC 5280 §4.2.1.3). */
export const keyUsageBits = { digitalSignature: 0, keyCertSign: 5, crlSign: 6 } as const;

/** Whether a key may be used for something: one without the extension may be used for everything. */
export function allowsKeyUsage(extensions: Extensions, bit: number): boolean {
  const extension = extensions.get(extensionIds.keyUsage);
  if (extension === undefined) return true;
  const content = contentOf(required(readDer(extension.value), tags.bitString, 'the key usage'));
  const byte = content[1 + Math.floor(bit / 8)] ?? 0;
  return (byte & (0x80 >> (bit % 8))) !== 0;
}

/** The purposes of an ExtendedKeyUsage by object identifier; undefined when the certificate has none. */
export function extendedKeyUsageOf(extensions: Extensions): readonly string[] | undefined {
  const extension = extensions.get(extensionIds.extendedKeyUsage);
  if (extension === undefined) return undefined;
  return childrenOf(required(readDer(extension.value), tags.sequence, 'the extended key usage')).map(
    (purpose) => objectIdentifierOf(purpose, 'a purpose of the key'),
  );
}

/**
 * Where the whole revocation list of a certificate's issuer is; undefined when the certificate does not say. Points
 * of another issuer, or for some reasons only, are left out (RFC 5280 §4.2.1.13).
 */
export function crlAddressesOf(extensions: Extensions): readonly string[] | undefined {
  const extension = extensions.get(extensionIds.crlDistributionPoints);
  if (extension === undefined) return undefined;
  const points = childrenOf(required(readDer(extension.value), tags.sequence, 'the distribution points'));
  return points.flatMap((point) => {
    const fields = childrenOf(required(point, tags.sequence, 'a distribution point'));
    const [place, ...others] = fields;
    if (place?.tag !== contextTag(0, true) || others.length > 0) return [];
    const [name] = childrenOf(place);
    return name?.tag === contextTag(0, true) ? childrenOf(name).flatMap(uriOf) : [];
  });
}

/** The OCSP responders that a certificate names (RFC 5280 §4.2.2.1). */
export function ocspAddressesOf(extensions: Extensions): readonly string[] {
  const extension = extensions.get(extensionIds.authorityInfoAccess);
  if (extension === undefined) return [];
  const accesses = childrenOf(required(readDer(extension.value), tags.sequence, 'the authority information'));
  return accesses.flatMap((access) => {
    const [method, location] = childrenOf(required(access, tags.sequence, 'an access description'));
    if (objectIdentifierOf(method, 'an access method') !== ACCESS_OCSP || location === undefined) return [];
    return uriOf(location);
  });
}

function uriOf(name: DerValue): string[] {
  return name.tag === URI ? [Buffer.from(contentOf(name)).toString('latin1')] : [];
}
