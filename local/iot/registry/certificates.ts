import { certificatePem, readCertificate, readCertificates, type Certificate } from '../x509/certificate.ts';
import { findIssuers } from '../x509/chain.ts';
import {
  nextStatus,
  requireDeletable,
  requireRegistrable,
  type CertificateStatus,
} from './certificate-status.ts';
import type { CaRecord } from './cas-store.ts';
import type { CertificateMode, CertificateRecord } from './certificates-store.ts';
import { certificateInvalid, readOrRefuse } from './certificate-errors.ts';
import { forgetTransfer } from './certificate-transfers-store.ts';
import { iotError, notFound } from './errors.ts';
import type { SecurityContext } from './security-context.ts';

/** @throws AwsApiError ResourceNotFoundException */
export function requireCertificate(context: SecurityContext, certificateId: string): CertificateRecord {
  const record = context.certificates.find(certificateId);
  if (record === undefined) throw notFound('Certificate', certificateId);
  return record;
}

/** The first certificate of a PEM text. */
function readFirst(pem: string, what: string): Certificate {
  const certificates = readOrRefuse(what, certificateInvalid, () => readCertificates(pem));
  const [certificate] = certificates;
  if (certificate === undefined) throw certificateInvalid(`${what} is missing.`);
  return certificate;
}

/**
 * Keeps a certificate that this cloud's own authority has issued, as CreateKeysAndCertificate and
 * CreateCertificateFromCsr do.
 */
export function keepIssued(
  context: SecurityContext,
  der: Uint8Array,
  setAsActive: boolean,
): CertificateRecord {
  return keep(context, readCertificate(der), {
    status: setAsActive ? 'ACTIVE' : 'INACTIVE',
    mode: 'DEFAULT',
    caCertificateId: undefined,
  });
}

/**
 * RegisterCertificate: takes a certificate that a registered CA has signed.
 *
 * @throws AwsApiError CertificateStateException, CertificateValidationException, CertificateConflictException,
 *   ResourceAlreadyExistsException
 */
export function registerCertificate(
  context: SecurityContext,
  request: {
    readonly certificatePem: string;
    readonly caCertificatePem?: string | undefined;
    readonly status: string;
  },
): CertificateRecord {
  const status = requireRegistrable(request.status);
  const certificate = readFirst(request.certificatePem, 'The certificate');
  refuseKnown(context, certificate);
  const ca = findSigner(context, certificate, request.caCertificatePem);
  return keep(context, certificate, { status, mode: ca.mode, caCertificateId: ca.certificateId });
}

/**
 * RegisterCertificateWithoutCA: takes a certificate whoever has signed it.
 *
 * @throws AwsApiError CertificateStateException, CertificateValidationException, ResourceAlreadyExistsException
 */
export function registerCertificateWithoutCa(
  context: SecurityContext,
  request: { readonly certificatePem: string; readonly status: string },
): CertificateRecord {
  const status = requireRegistrable(request.status);
  const certificate = readFirst(request.certificatePem, 'The certificate');
  refuseKnown(context, certificate);
  return keep(context, certificate, { status, mode: 'SNI_ONLY', caCertificateId: undefined });
}

/** What just-in-time registration does when a device connects for the first time. */
export function registerPending(
  context: SecurityContext,
  certificate: Certificate,
  ca: CaRecord,
): CertificateRecord {
  return keep(context, certificate, {
    status: 'PENDING_ACTIVATION',
    mode: ca.mode,
    caCertificateId: ca.certificateId,
  });
}

/** @throws AwsApiError ResourceNotFoundException, CertificateStateException */
export function updateCertificate(context: SecurityContext, certificateId: string, newStatus: string): void {
  const { status } = requireCertificate(context, certificateId);
  const next = nextStatus(status, newStatus, certificateId);
  if (next === status) return;
  context.certificates.setStatus(certificateId, next, context.clock.now());
  context.changes.certificateChanged(certificateId, next);
}

/**
 * DeleteCertificate. Force gives up the policies, never the things.
 *
 * @throws AwsApiError ResourceNotFoundException, CertificateStateException, DeleteConflictException
 */
export function deleteCertificate(context: SecurityContext, certificateId: string, isForced: boolean): void {
  requireDeletable(requireCertificate(context, certificateId).status, certificateId);
  const arn = context.arns.of('cert', certificateId);
  if (context.things.thingsOf(arn).length > 0) {
    throw iotError('DeleteConflictException', `Things must be detached before deletion (arn: ${arn})`);
  }
  const hasPolicies = context.policies.documentsOf(arn).length > 0;
  if (hasPolicies && !isForced) {
    throw iotError(
      'DeleteConflictException',
      `Certificate policies must be detached before deletion (arn: ${arn})`,
    );
  }
  context.database.transaction(() => {
    context.policies.detachAll(arn);
    context.certificates.remove(certificateId);
    forgetTransfer(context.database, certificateId);
  });
  if (hasPolicies) context.changes.policiesChanged();
  context.changes.certificateChanged(certificateId, undefined);
}

/** The one registered, active CA that has signed a certificate. */
function findSigner(context: SecurityContext, certificate: Certificate, caPem: string | undefined): CaRecord {
  const signers = findIssuers(certificate, context.cas.findBySubject(certificate.issuerKey));
  const wanted = caPem === undefined ? undefined : readFirst(caPem, 'The CA certificate').certificateId;
  const named =
    wanted === undefined ? signers : signers.filter(({ certificateId }) => certificateId === wanted);
  const [ca, ...more] = named;
  if (ca === undefined) {
    throw certificateInvalid(
      wanted === undefined
        ? 'The certificate is not signed by a registered CA certificate.'
        : `The certificate is not signed by the CA certificate ${wanted}, or that one is not registered.`,
    );
  }
  if (more.length > 0) {
    throw iotError(
      'CertificateConflictException',
      `${named.length} registered CA certificates have signed it: caCertificatePem has to say which one is meant.`,
    );
  }
  if (!ca.isActive) throw certificateInvalid(`The CA certificate ${ca.certificateId} is not active.`);
  return ca;
}

function refuseKnown(context: SecurityContext, { certificateId }: Certificate): void {
  if (context.certificates.find(certificateId) === undefined) return;
  throw iotError('ResourceAlreadyExistsException', 'The certificate is already provisioned or registered', {
    resourceId: certificateId,
    resourceArn: context.arns.of('cert', certificateId),
  });
}

function keep(
  context: SecurityContext,
  certificate: Certificate,
  how: { status: CertificateStatus; mode: CertificateMode; caCertificateId: string | undefined },
): CertificateRecord {
  const { certificateId, der, notBeforeMs, notAfterMs } = certificate;
  context.certificates.insert({
    certificateId,
    pem: certificatePem(der),
    notBeforeMs,
    notAfterMs,
    createdAtMs: context.clock.now(),
    generationId: context.newId(),
    ...how,
  });
  context.changes.certificateChanged(certificateId, how.status);
  return requireCertificate(context, certificateId);
}
