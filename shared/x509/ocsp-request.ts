import { createHash } from 'node:crypto';
import type { Certificate } from './certificate.ts';
import { bitStringOf, childrenOf, contextTag, readDer, tags } from './der.ts';
import { der, objectIdentifier, sequence, unsignedInteger } from './der-writer.ts';
import { extensionIds } from './extensions.ts';

const SHA1 = '1.3.14.3.2.26';

/** How a certificate is called in OCSP (RFC 6960 §4.1.1): by its issuer's name and key, and its serial number. */
export interface OcspCertificateId {
  readonly issuerNameHash: Uint8Array;
  readonly issuerKeyHash: Uint8Array;
  readonly serial: Uint8Array;
}

/** The hashes are SHA-1, which every responder knows (RFC 5019 §2.1.1); they name something and protect nothing. */
export function ocspCertificateId(certificate: Certificate, issuer: Certificate): OcspCertificateId {
  return {
    issuerNameHash: createHash('sha1').update(issuer.subject).digest(),
    issuerKeyHash: keyHashOf(issuer),
    serial: certificate.serial,
  };
}

/** The SHA-1 of a certificate's public key without its algorithm, as OCSP names keys (RFC 6960 §4.1.1). */
export function keyHashOf({ x509 }: Certificate): Uint8Array {
  const [, key] = childrenOf(readDer(x509.publicKey.export({ type: 'spki', format: 'der' })));
  return createHash('sha1').update(bitStringOf(key, 'the public key')).digest();
}

/**
 * Writes an OCSPRequest for one certificate (RFC 6960 §4.1.1).
 *
 * @param nonce up to 32 bytes; a responder that knows nonces repeats it (RFC 8954)
 */
export function writeOcspRequest(id: OcspCertificateId, nonce: Uint8Array): Uint8Array {
  const certificateId = sequence(
    sequence(objectIdentifier(SHA1), der(tags.null)),
    der(tags.octetString, id.issuerNameHash),
    der(tags.octetString, id.issuerKeyHash),
    unsignedInteger(id.serial),
  );
  const nonceExtension = sequence(
    objectIdentifier(extensionIds.ocspNonce),
    der(tags.octetString, der(tags.octetString, nonce)),
  );
  const requests = sequence(sequence(certificateId));
  return sequence(sequence(requests, der(contextTag(2, true), sequence(nonceExtension))));
}
