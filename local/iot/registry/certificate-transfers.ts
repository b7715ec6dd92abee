import { stateException, type CertificateStatus } from './certificate-status.ts';
import {
  endTransfer,
  findTransfer,
  insertTransfer,
  type Transfer,
  type TransferState,
} from './certificate-transfers-store.ts';
import { requireCertificate } from './certificates.ts';
import { invalidRequest, iotError, notFound } from './errors.ts';
import type { SecurityContext } from './security-context.ts';

/*
 * Transfers of certificates between accounts. This cloud is one account, and both sides of a transfer are here:
 * whoever calls may start one, cancel it, accept it or reject it. A certificate stays in the one registry, also
 * after another account has accepted it; only its owner is told otherwise then.
 *
 *   INACTIVE ── TransferCertificate ──> PENDING_TRANSFER ──┬── accept ──> INACTIVE, or ACTIVE where setAsActive
 *                                                          ├── reject ──> INACTIVE
 *                                                          └── cancel ──> INACTIVE
 */

/** The accounts that a certificate belongs to and belonged to before. */
export function ownersOf(
  context: SecurityContext,
  certificateId: string,
): { readonly owner: string; readonly previousOwner: string | undefined } {
  const transfer = findTransfer(context.database, certificateId);
  if (transfer === undefined) return { owner: context.accountId, previousOwner: undefined };
  return transfer.state === 'ACCEPTED'
    ? { owner: transfer.toAccount, previousOwner: transfer.fromAccount }
    : { owner: transfer.fromAccount, previousOwner: undefined };
}

/**
 * TransferCertificate.
 *
 * @param toAccount twelve digits
 * @throws AwsApiError ResourceNotFoundException; CertificateStateException unless it is INACTIVE;
 *   TransferConflictException while policies are attached; InvalidRequestException to the account that has it.
 */
export function startTransfer(
  context: SecurityContext,
  request: {
    readonly certificateId: string;
    readonly toAccount: string;
    readonly message: string | undefined;
  },
): void {
  const { certificateId, toAccount, message } = request;
  const { status } = requireCertificate(context, certificateId);
  const { owner } = ownersOf(context, certificateId);
  if (toAccount === owner) {
    throw invalidRequest(`The certificate ${certificateId} belongs to the account ${toAccount} already`);
  }
  if (status !== 'INACTIVE') {
    throw stateException(
      `A certificate must be INACTIVE to be transferred, not ${status}. Id: ${certificateId}`,
    );
  }
  if (context.policies.documentsOf(context.arns.of('cert', certificateId)).length > 0) {
    throw iotError(
      'TransferConflictException',
      `Policies must be detached from the certificate ${certificateId} before it is transferred`,
    );
  }
  context.database.transaction(() => {
    insertTransfer(
      context.database,
      { certificateId, fromAccount: owner, toAccount, message },
      context.clock.now(),
    );
    context.certificates.setStatus(certificateId, 'PENDING_TRANSFER', context.clock.now());
  });
  context.changes.certificateChanged(certificateId, 'PENDING_TRANSFER');
}

/** AcceptCertificateTransfer. @throws AwsApiError ResourceNotFoundException, TransferAlreadyCompletedException */
export function acceptTransfer(context: SecurityContext, certificateId: string, setAsActive: boolean): void {
  finish(context, certificateId, { state: 'ACCEPTED', status: setAsActive ? 'ACTIVE' : 'INACTIVE' });
}

/** RejectCertificateTransfer. @throws AwsApiError as `acceptTransfer` */
export function rejectTransfer(
  context: SecurityContext,
  certificateId: string,
  rejectReason: string | undefined,
): void {
  finish(context, certificateId, { state: 'REJECTED', status: 'INACTIVE', rejectReason });
}

/** CancelCertificateTransfer. @throws AwsApiError as `acceptTransfer` */
export function cancelTransfer(context: SecurityContext, certificateId: string): void {
  finish(context, certificateId, { state: 'CANCELLED', status: 'INACTIVE' });
}

function finish(
  context: SecurityContext,
  certificateId: string,
  end: {
    readonly state: TransferState;
    readonly status: CertificateStatus;
    readonly rejectReason?: string | undefined;
  },
): void {
  requirePending(context, certificateId);
  const nowMs = context.clock.now();
  context.database.transaction(() => {
    endTransfer(context.database, certificateId, {
      state: end.state,
      nowMs,
      rejectReason: end.rejectReason,
    });
    context.certificates.setStatus(certificateId, end.status, nowMs);
  });
  context.changes.certificateChanged(certificateId, end.status);
}

function requirePending(context: SecurityContext, certificateId: string): Transfer {
  requireCertificate(context, certificateId);
  const transfer = findTransfer(context.database, certificateId);
  if (transfer === undefined) throw notFound('A transfer of certificate', certificateId);
  if (transfer.state === 'PENDING') return transfer;
  throw iotError(
    'TransferAlreadyCompletedException',
    `The transfer of certificate ${certificateId} is over: it was ${transfer.state}`,
  );
}
