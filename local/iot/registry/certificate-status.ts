import type { AwsApiError } from '../../errors.ts';
import { iotError } from './errors.ts';

/** The states of a certificate that occur here. */
export const certificateStatuses = [
  'ACTIVE',
  'INACTIVE',
  'REVOKED',
  'PENDING_ACTIVATION',
  'PENDING_TRANSFER',
] as const;

export type CertificateStatus = (typeof certificateStatuses)[number];

/** What a caller may ask for; the other states are AWS IoT's own. */
export type RequestableStatus = Exclude<CertificateStatus, 'PENDING_ACTIVATION' | 'PENDING_TRANSFER'>;

export function isCertificateStatus(text: string): text is CertificateStatus {
  return certificateStatuses.some((status) => status === text);
}

/**
 * The status that a certificate can be registered with.
 *
 * @throws AwsApiError CertificateStateException (406)
 */
export function requireRegistrable(status: string): RequestableStatus {
  if (isRequestable(status)) return status;
  throw stateException(`Not allowed to register certificate with ${status} status`);
}

/**
 * The status after UpdateCertificate:
 *
 *   PENDING_ACTIVATION ──┬──> ACTIVE <──> INACTIVE
 *                        ├──────────────> INACTIVE
 *                        └──> REVOKED <── ACTIVE, INACTIVE
 *
 * Nothing leads out of REVOKED, and nothing back to PENDING_ACTIVATION. To ask for the status that is there
 * already changes nothing and is allowed. PENDING_TRANSFER is for transfers alone (certificate-transfers.ts).
 *
 * @throws AwsApiError CertificateStateException (406)
 */
export function nextStatus(
  current: CertificateStatus,
  requested: string,
  certificateId: string,
): RequestableStatus {
  if (!isRequestable(requested)) {
    throw stateException(`Not allowed to update a certificate to ${requested} status. Id: ${certificateId}`);
  }
  if (current === 'PENDING_TRANSFER') {
    throw stateException(`A certificate cannot be updated while it is transferred. Id: ${certificateId}`);
  }
  if (current === 'REVOKED' && requested !== 'REVOKED') {
    throw stateException(`A revoked certificate cannot become ${requested}. Id: ${certificateId}`);
  }
  return requested;
}

/** @throws AwsApiError CertificateStateException (406) when a certificate with this status cannot be deleted */
export function requireDeletable(status: CertificateStatus, certificateId: string): void {
  if (status !== 'ACTIVE') return;
  throw stateException(`Certificate must be deactivated (not ACTIVE) before deletion. Id: ${certificateId}`);
}

export function stateException(message: string): AwsApiError {
  return iotError('CertificateStateException', message);
}

function isRequestable(text: string): text is RequestableStatus {
  return isCertificateStatus(text) && text !== 'PENDING_ACTIVATION' && text !== 'PENDING_TRANSFER';
}
