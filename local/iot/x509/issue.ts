import { createHash, randomBytes, type KeyObject } from 'node:crypto';
import { bitStringOf, childrenOf, contextTag, readDer } from '../../../shared/x509/der.ts';
import { der, objectIdentifier, sequence, unsignedInteger } from '../../../shared/x509/der-writer.ts';
import { writeHostNames } from './alternative-names.ts';
import { bitString, booleanTrue, octetString, time } from './der-writer.ts';
import { signatureAlgorithm, signBytes } from './keys.ts';

/** Who signs: its name as it is encoded, and its keys. */
export interface Issuer {
  readonly name: Uint8Array;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export interface NewCertificate {
  /** The subject as it is encoded: `writeName`, or what a signing request has. */
  readonly subject: Uint8Array;
  readonly publicKey: KeyObject;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** What the certificate is for: a CA may sign others, a server has `hosts`. */
  readonly use:
    | { readonly for: 'ca' | 'client' }
    | { readonly for: 'server'; readonly hosts: readonly string[] };
  /** 20 bytes at most, not negative (RFC 5280 §4.1.2.2). @default 16 random bytes */
  readonly serialNumber?: Uint8Array;
}

/** AWS IoT's own certificates for devices end here (CreateKeysAndCertificate): they are meant not to. */
export const DEVICE_CERTIFICATE_END_MS = Date.UTC(2049, 11, 31, 23, 59, 59);

/** Signs a certificate of version 3 and returns its DER (RFC 5280 §4.1). */
export function issueCertificate(certificate: NewCertificate, issuer: Issuer): Uint8Array {
  const { subject, publicKey, notBeforeMs, notAfterMs } = certificate;
  const { serialNumber = randomBytes(16) } = certificate;
  const algorithm = signatureAlgorithm(issuer.privateKey);
  const signed = sequence(
    VERSION_3,
    unsignedInteger(serialNumber),
    algorithm,
    issuer.name,
    sequence(time(notBeforeMs), time(notAfterMs)),
    subject,
    publicKeyInfo(publicKey),
    der(contextTag(3, true), sequence(...extensions(certificate, issuer))),
  );
  return sequence(signed, algorithm, bitString(signBytes(signed, issuer.privateKey)));
}

const VERSION_3 = der(contextTag(0, true), unsignedInteger(Uint8Array.of(2)));

/** KeyUsage is a string of bits, the first at the top (RFC 5280 §4.2.1.3). */
const keyUsage = {
  ca: bitString(Uint8Array.of(0b1000_0110), 1), // digitalSignature, keyCertSign, cRLSign
  rsa: bitString(Uint8Array.of(0b1010_0000), 5), // digitalSignature, keyEncipherment
  ec: bitString(Uint8Array.of(0b1000_0000), 7), // digitalSignature
};

const SERVER_AUTHENTICATION = '1.3.6.1.5.5.7.3.1';

/** RFC 5280 §4.2.1 */
function extensions({ publicKey, use }: NewCertificate, issuer: Issuer): Uint8Array[] {
  const leafUsage = publicKey.asymmetricKeyType === 'rsa' ? keyUsage.rsa : keyUsage.ec;
  const common = [
    extension('2.5.29.19', true, use.for === 'ca' ? sequence(booleanTrue) : sequence()),
    extension('2.5.29.15', true, use.for === 'ca' ? keyUsage.ca : leafUsage),
    extension('2.5.29.14', false, octetString(keyIdentifier(publicKey))),
    extension('2.5.29.35', false, sequence(der(contextTag(0, false), keyIdentifier(issuer.publicKey)))),
  ];
  if (use.for !== 'server') return common;
  return [
    ...common,
    extension('2.5.29.37', false, sequence(objectIdentifier(SERVER_AUTHENTICATION))),
    extension('2.5.29.17', false, writeHostNames(use.hosts)),
  ];
}

function extension(identifier: string, critical: boolean, value: Uint8Array): Uint8Array {
  return sequence(objectIdentifier(identifier), ...(critical ? [booleanTrue] : []), octetString(value));
}

/** RFC 5280 §4.2.1.2 (1): the SHA-1 of the key's own bits. A name, nothing that has to be secure. */
function keyIdentifier(publicKey: KeyObject): Uint8Array {
  const [, bits] = childrenOf(readDer(publicKeyInfo(publicKey)));
  return createHash('sha1').update(bitStringOf(bits, 'the public key')).digest();
}

function publicKeyInfo(publicKey: KeyObject): Uint8Array {
  return publicKey.export({ type: 'spki', format: 'der' });
}
