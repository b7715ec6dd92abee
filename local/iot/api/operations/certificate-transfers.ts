import {
  acceptTransfer,
  cancelTransfer,
  rejectTransfer,
  startTransfer,
} from '../../registry/certificate-transfers.ts';
import { listPendingTransfers } from '../../registry/certificate-transfers-store.ts';
import { requireCertificate } from '../../registry/certificates.ts';
import { readMarkerPage } from '../../registry/markers.ts';
import type { SecurityContext } from '../../registry/security-context.ts';
import type { OperationGroup } from '../operation.ts';
import { readId } from './certificates.ts';

/** Transfers of certificates to other accounts, of which both sides are here. */
export const certificateTransferOperations = {
  TransferCertificate({ certificateId, targetAwsAccount, transferMessage }, context) {
    const id = readId(certificateId);
    startTransfer(context, { certificateId: id, toAccount: targetAwsAccount, message: transferMessage });
    const arn = context.arns.of('cert', id);
    return { transferredCertificateArn: arn.replace(`:${context.accountId}:`, `:${targetAwsAccount}:`) };
  },

  AcceptCertificateTransfer({ certificateId, setAsActive = false }, context) {
    acceptTransfer(context, readId(certificateId), setAsActive);
    return {};
  },

  RejectCertificateTransfer({ certificateId, rejectReason }, context) {
    rejectTransfer(context, readId(certificateId), rejectReason);
    return {};
  },

  CancelCertificateTransfer({ certificateId }, context) {
    cancelTransfer(context, readId(certificateId));
    return {};
  },

  ListOutgoingCertificates(request, context) {
    const { items, next } = readMarkerPage(request, ['ListOutgoingCertificates'], (page) =>
      listPendingTransfers(context.database, page),
    );
    return {
      outgoingCertificates: items.map(({ certificateId, toAccount, message, startedAtMs }) => ({
        certificateArn: context.arns.of('cert', certificateId),
        certificateId,
        transferredTo: toAccount,
        transferDate: new Date(startedAtMs),
        transferMessage: message,
        creationDate: new Date(requireCertificate(context, certificateId).createdAtMs),
      })),
      ...next,
    };
  },
} satisfies OperationGroup<SecurityContext>;
