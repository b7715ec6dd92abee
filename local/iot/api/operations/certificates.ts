import { writeName } from '../../x509/distinguished-name.ts';
import { readSigningRequest } from '../../x509/signing-request.ts';
import { readOrRefuse } from '../../registry/certificate-errors.ts';
import {
  deleteCertificate,
  keepIssued,
  registerCertificate,
  registerCertificateWithoutCa,
  requireCertificate,
  updateCertificate,
} from '../../registry/certificates.ts';
import { ownersOf } from '../../registry/certificate-transfers.ts';
import { findTransfer } from '../../registry/certificate-transfers-store.ts';
import type { CertificateRecord } from '../../registry/certificates-store.ts';
import { invalidRequest } from '../../registry/errors.ts';
import { readMarkerPage } from '../../registry/markers.ts';
import type { SecurityContext } from '../../registry/security-context.ts';
import type { OperationGroup } from '../operation.ts';

/** What AWS IoT calls the certificates that it issues for its own keys. */
const ISSUED_SUBJECT = writeName({ CommonName: ['AWS IoT Certificate'] });

/** Certificates of devices. */
export const certificateOperations = {
  async CreateKeysAndCertificate({ setAsActive = false }, context) {
    const { publicKey, privateKey } = await context.newKeyPair('RSA-2048');
    const der = context.authority.issueDeviceCertificate(ISSUED_SUBJECT, publicKey, context.clock.now());
    return {
      ...issued(context, keepIssued(context, der, setAsActive)),
      keyPair: {
        PublicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
        // PKCS #1, as AWS IoT gives it and small TLS libraries want it.
        PrivateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
      },
    };
  },

  CreateCertificateFromCsr({ certificateSigningRequest, setAsActive = false }, context) {
    const { subject, publicKey } = readOrRefuse('The signing request', invalidRequest, () =>
      readSigningRequest(certificateSigningRequest),
    );
    const der = context.authority.issueDeviceCertificate(subject, publicKey, context.clock.now());
    return issued(context, keepIssued(context, der, setAsActive));
  },

  RegisterCertificate({ certificatePem, caCertificatePem, setAsActive = false, status }, context) {
    const wanted = status ?? (setAsActive ? 'ACTIVE' : 'INACTIVE');
    return registered(
      context,
      registerCertificate(context, { certificatePem, caCertificatePem, status: wanted }),
    );
  },

  RegisterCertificateWithoutCA({ certificatePem, status = 'INACTIVE' }, context) {
    return registered(context, registerCertificateWithoutCa(context, { certificatePem, status }));
  },

  DescribeCertificate({ certificateId: given }, context) {
    const record = requireCertificate(context, readId(given));
    const { certificateId, caCertificateId, status, pem, mode } = record;
    const { owner, previousOwner } = ownersOf(context, certificateId);
    return {
      certificateDescription: {
        ...registered(context, record),
        caCertificateId,
        status,
        certificatePem: pem,
        ownedBy: owner,
        previousOwnedBy: previousOwner,
        transferData: transferData(context, certificateId),
        creationDate: new Date(record.createdAtMs),
        lastModifiedDate: new Date(record.modifiedAtMs),
        customerVersion: record.version,
        generationId: record.generationId,
        validity: { notBefore: new Date(record.notBeforeMs), notAfter: new Date(record.notAfterMs) },
        certificateMode: mode,
      },
    };
  },

  UpdateCertificate({ certificateId, newStatus }, context) {
    updateCertificate(context, readId(certificateId), newStatus);
    return {};
  },

  DeleteCertificate({ certificateId, forceDelete = false }, context) {
    deleteCertificate(context, readId(certificateId), forceDelete);
    return {};
  },

  ListCertificates(request, context) {
    const { items, next } = readMarkerPage(request, ['ListCertificates'], (page) =>
      context.certificates.list(page),
    );
    return { certificates: items.map((record) => listed(context, record)), ...next };
  },

  ListCertificatesByCA(request, context) {
    const caCertificateId = readId(request.caCertificateId);
    const { items, next } = readMarkerPage(request, ['ListCertificatesByCA', caCertificateId], (page) =>
      context.certificates.list(page, caCertificateId),
    );
    return { certificates: items.map((record) => listed(context, record)), ...next };
  },
} satisfies OperationGroup<SecurityContext>;

/** AWS takes ids in capitals too, and keeps them in small letters. */
export function readId(certificateId: string): string {
  return certificateId.toLowerCase();
}

/** Of the last transfer; nothing of one that was cancelled. */
function transferData({ database }: SecurityContext, certificateId: string) {
  const transfer = findTransfer(database, certificateId);
  if (transfer === undefined || transfer.state === 'CANCELLED') return undefined;
  const { state, message, rejectReason, startedAtMs, endedAtMs } = transfer;
  const ended = endedAtMs === undefined ? undefined : new Date(endedAtMs);
  return {
    transferMessage: message,
    rejectReason,
    transferDate: new Date(startedAtMs),
    acceptDate: state === 'ACCEPTED' ? ended : undefined,
    rejectDate: state === 'REJECTED' ? ended : undefined,
  };
}

function registered({ arns }: SecurityContext, { certificateId }: CertificateRecord) {
  return { certificateArn: arns.of('cert', certificateId), certificateId };
}

function issued(context: SecurityContext, record: CertificateRecord) {
  return { ...registered(context, record), certificatePem: record.pem };
}

function listed(context: SecurityContext, record: CertificateRecord) {
  return {
    ...registered(context, record),
    status: record.status,
    certificateMode: record.mode,
    creationDate: new Date(record.createdAtMs),
  };
}
