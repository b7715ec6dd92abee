import { isSignatureOf } from '../../../shared/x509/signature.ts';
import type { Certificate } from './certificate.ts';

/**
 * Whether `ca` has signed `certificate`: `ca` may sign at all, the names fit together (RFC 5280 §6.1.3) and
 * the signature is right.
 */
export function isIssuedBy(certificate: Certificate, ca: Certificate): boolean {
  return ca.isCa && certificate.issuerKey === ca.subjectKey && isSignatureOf(certificate.x509, ca.x509);
}

/**
 * The CAs among `cas` that have signed `certificate` themselves: AWS IoT wants the CA registered that signs the
 * devices, not a root above it. There are several when one CA's key has been certified more than once.
 */
export function findIssuers<Ca extends { readonly certificate: Certificate }>(
  certificate: Certificate,
  cas: Iterable<Ca>,
): Ca[] {
  return [...cas].filter((ca) => isIssuedBy(certificate, ca.certificate));
}
