import { isIssuedBy, readCertificate } from '../../shared/x509/certificate.ts';
import { X509Error } from '../../shared/x509/errors.ts';
import { crlAddressesOf } from '../../shared/x509/extensions.ts';
import type { KeptCa } from './ca-directory.ts';
import type { CertificateFacts } from './memory-items.ts';
import type { SweepServices } from './services.ts';

/**
 * What is in a certificate: asked of AWS IoT when a sweep first meets it, and remembered.
 *
 * @returns undefined for one that has gone, cannot be read, or has not been signed by its CA: only what a CA has signed
 *   says where its list is, and only its own serial numbers are on that
 */
export async function lookUpFacts(
  certificateId: string,
  ca: KeptCa,
  { registry, memory, count }: SweepServices,
): Promise<CertificateFacts | undefined> {
  const pem = await registry.describeCertificate(certificateId);
  if (pem === undefined) return undefined;
  const facts = readFacts(pem, ca);
  if (facts === undefined) count('CertificateUnreadable');
  else await memory.rememberFacts(certificateId, facts);
  return facts;
}

function readFacts(pem: string, ca: KeptCa): CertificateFacts | undefined {
  try {
    const certificate = readCertificate(pem);
    if (!isIssuedBy(certificate, ca.certificate)) return undefined;
    const { serialNumber, notAfterMs, commonNames, extensions } = certificate;
    const [commonName] = commonNames;
    const crlAddresses = crlAddressesOf(extensions);
    return {
      serialNumber,
      notAfterMs,
      ...(commonName === undefined ? {} : { commonName }),
      ...(crlAddresses === undefined ? {} : { crlAddresses }),
    };
  } catch (error) {
    if (error instanceof X509Error) return undefined;
    throw error;
  }
}
