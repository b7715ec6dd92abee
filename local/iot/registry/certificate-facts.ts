import type { CertificateFacts } from '../policies/index.ts';
import { readCertificates } from '../x509/certificate.ts';
import type { SecurityContext } from './security-context.ts';

/** What policies may ask of a registered certificate; undefined when it is not registered. */
export function certificateFacts(
  { certificates }: SecurityContext,
  certificateId: string,
): CertificateFacts | undefined {
  const record = certificates.find(certificateId);
  if (record === undefined) return undefined;
  const [certificate] = readCertificates(record.pem);
  if (certificate === undefined) return undefined;
  return {
    subject: certificate.subject,
    issuer: certificate.issuer,
    subjectAlternativeNames: certificate.subjectAlternativeNames,
    issuerAlternativeNames: certificate.issuerAlternativeNames,
    serialNumber: certificate.serialNumber,
  };
}
