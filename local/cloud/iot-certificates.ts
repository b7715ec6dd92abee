import { certificateInvalid } from '../iot/registry/certificate-errors.ts';
import { deleteCa, requireCa, updateCa } from '../iot/registry/cas.ts';
import {
  deleteCertificate,
  registerCertificate,
  registerCertificateWithoutCa,
  requireCertificate,
  updateCertificate,
} from '../iot/registry/certificates.ts';
import { invalidRequest } from '../iot/registry/errors.ts';
import type { SecurityContext } from '../iot/registry/security-context.ts';
import { certificatePem, readCertificates, type Certificate } from '../iot/x509/certificate.ts';
import { isIssuedBy } from '../iot/x509/chain.ts';
import type { CreatedCa, CreatedCertificate } from '../template/resource-types/iot-created.ts';

/**
 * A CA of the template. Its verification certificate has to be signed by it; the registration code in there is the
 * one of the account that the template is deployed to, and is not compared with the one of this cloud.
 *
 * @throws AwsApiError CertificateValidationException, InvalidRequestException
 */
export function ensureCa(security: SecurityContext, wanted: CreatedCa, isUnchanged: boolean): void {
  const { name: certificateId, isActive, isAutoRegistration, registrationConfig } = wanted;
  const isThere = security.cas.find(certificateId) !== undefined;
  if (isThere && isUnchanged) return;
  if (!isThere) registerOwnCa(security, wanted);
  const changes = { isActive, isAutoRegistration, registrationConfig };
  // Without a configuration the one that was there goes.
  if (
    registrationConfig === undefined &&
    requireCa(security, certificateId).registrationConfig !== undefined
  ) {
    updateCa(security, certificateId, { removeAutoRegistration: true });
  }
  updateCa(security, certificateId, changes);
}

function registerOwnCa(security: SecurityContext, { pem, verificationPem, mode }: CreatedCa): void {
  const certificate = readFirst(pem);
  if (!certificate.isCa) {
    throw certificateInvalid(
      'The CA certificate is no CA: its basic constraints do not allow it to sign others.',
    );
  }
  if (verificationPem !== undefined && !isIssuedBy(readFirst(verificationPem), certificate)) {
    throw certificateInvalid('The verification certificate is not signed by the CA certificate.');
  }
  if (verificationPem === undefined && mode === 'DEFAULT') {
    throw invalidRequest('A CA certificate in the mode DEFAULT needs a VerificationCertificatePem.');
  }
  security.cas.insert({
    certificateId: certificate.certificateId,
    certificate,
    isActive: false,
    isAutoRegistration: false,
    mode,
    pem: certificatePem(certificate.der),
    registrationConfig: undefined,
    createdAtMs: security.clock.now(),
    generationId: security.newId(),
  });
}

/** The certificates that it has signed stay. */
export function removeCa(security: SecurityContext, certificateId: string): void {
  if (security.cas.find(certificateId) === undefined) return;
  updateCa(security, certificateId, { isActive: false });
  deleteCa(security, certificateId);
}

/** @throws AwsApiError CertificateValidationException, CertificateStateException, CertificateConflictException */
export function ensureCertificate(
  security: SecurityContext,
  wanted: CreatedCertificate,
  isUnchanged: boolean,
): void {
  const { name: certificateId, pem, caPem, status, mode } = wanted;
  const isThere = security.certificates.find(certificateId) !== undefined;
  if (!isThere && mode === 'SNI_ONLY') {
    registerCertificateWithoutCa(security, { certificatePem: pem, status });
  } else if (!isThere) {
    registerCertificate(security, { certificatePem: pem, caCertificatePem: caPem, status });
  } else if (!isUnchanged) updateCertificate(security, certificateId, status);
}

/** @throws AwsApiError DeleteConflictException while a thing or a policy of others is attached */
export function removeCertificate(security: SecurityContext, certificateId: string): void {
  if (security.certificates.find(certificateId) === undefined) return;
  if (requireCertificate(security, certificateId).status === 'ACTIVE') {
    updateCertificate(security, certificateId, 'INACTIVE');
  }
  deleteCertificate(security, certificateId, false);
}

function readFirst(pem: string): Certificate {
  const [certificate] = readCertificates(pem);
  if (certificate === undefined) throw certificateInvalid('A PEM text holds no certificate.');
  return certificate;
}
