import {
  CertificateStateException,
  DescribeCACertificateCommand,
  DescribeCertificateCommand,
  InvalidRequestException,
  ListCACertificatesCommand,
  ListCertificatesByCACommand,
  ListPrincipalThingsCommand,
  ResourceNotFoundException,
  UpdateCertificateCommand,
  type IoTClient,
} from '@aws-sdk/client-iot';
import { PAGE_SIZE } from './services.ts';
import { undefinedIfMissing } from '../../shared/undefined-if-missing.ts';

/** A certificate as AWS IoT lists it. */
export interface ListedCertificate {
  readonly certificateId: string;
  readonly certificateArn: string;
  readonly status: string;
}

export interface CertificatePage {
  readonly certificates: readonly ListedCertificate[];
  /** Asks for the next page; absent on the last one. */
  readonly next?: string;
}

/** What the sweep asks of AWS IoT's registry, each method one call but where it says so. */
export interface Registry {
  /** Ids of all CAs of the account, in the order of the ids; a few calls. */
  caIds(): Promise<readonly string[]>;
  /** undefined when it is not there (any more). */
  describeCa(caCertificateId: string): Promise<{ readonly status: string; readonly pem: string } | undefined>;
  /** The certificates that a CA has signed, as many as one page of everything else has here. */
  certificatesOf(caCertificateId: string, page: string): Promise<CertificatePage>;
  /** Its PEM; undefined when it is not there (any more). */
  describeCertificate(certificateId: string): Promise<string | undefined>;
  /** Names of the things that a certificate is attached to; more than a page of them is nobody's device. */
  thingsOf(certificateArn: string): Promise<readonly string[]>;
  /** `refused`: no way leads from its status to that one. */
  setStatus(certificateId: string, status: 'INACTIVE' | 'REVOKED'): Promise<'done' | 'refused' | 'gone'>;
}

/** An account has ten CAs, or some hundreds where AWS was asked for more. */
const MAX_CA_PAGES = 20;

/** Makes one call at its turn, and again while it fails for a reason that may pass. */
export type Call = <Result>(call: () => Promise<Result>) => Promise<Result>;

/** The client must not retry by itself: tries would multiply, and would not know the deadline. */
export function createRegistry(client: IoTClient, call: Call, pageSize = PAGE_SIZE): Registry {
  async function listPage(caCertificateId: string, marker: string): Promise<CertificatePage> {
    const command = new ListCertificatesByCACommand({
      caCertificateId,
      pageSize,
      ascendingOrder: true,
      ...(marker === '' ? {} : { marker }),
    });
    const { certificates = [], nextMarker } = await call(() => client.send(command));
    const listed = certificates.flatMap(({ certificateId, certificateArn, status }) =>
      certificateId === undefined || certificateArn === undefined || status === undefined
        ? []
        : [{ certificateId, certificateArn, status }],
    );
    return { certificates: listed, ...(nextMarker ? { next: nextMarker } : {}) };
  }

  return {
    async caIds() {
      const ids: string[] = [];
      let marker: string | undefined;
      for (let page = 0; page < MAX_CA_PAGES; page += 1) {
        const command = new ListCACertificatesCommand(marker === undefined ? {} : { marker });
        const { certificates = [], nextMarker } = await call(() => client.send(command));
        for (const { certificateId } of certificates)
          if (certificateId !== undefined) ids.push(certificateId);
        if (!nextMarker) break;
        marker = nextMarker;
      }
      return ids.sort();
    },

    async describeCa(certificateId) {
      const command = new DescribeCACertificateCommand({ certificateId });
      const answer = await undefinedIfMissing(() => call(() => client.send(command)));
      const { status, certificatePem: pem } = answer?.certificateDescription ?? {};
      return status === undefined || pem === undefined ? undefined : { status, pem };
    },

    async certificatesOf(caCertificateId, page) {
      try {
        return await listPage(caCertificateId, page);
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return { certificates: [] };
        // A marker of an earlier invocation may count no more. What was looked at is remembered, so that is cheap.
        if (page !== '' && error instanceof InvalidRequestException) return listPage(caCertificateId, '');
        throw error;
      }
    },

    async describeCertificate(certificateId) {
      const command = new DescribeCertificateCommand({ certificateId });
      const answer = await undefinedIfMissing(() => call(() => client.send(command)));
      return answer?.certificateDescription?.certificatePem;
    },

    async thingsOf(principal) {
      const command = new ListPrincipalThingsCommand({ principal });
      return (await undefinedIfMissing(() => call(() => client.send(command))))?.things ?? [];
    },

    async setStatus(certificateId, newStatus) {
      const command = new UpdateCertificateCommand({ certificateId, newStatus });
      try {
        await call(() => client.send(command));
        return 'done';
      } catch (error) {
        if (error instanceof CertificateStateException) return 'refused';
        if (error instanceof ResourceNotFoundException) return 'gone';
        throw error;
      }
    },
  };
}
