import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';

/** A certificate in a report, and its devices. */
export interface ReportedCertificate {
  readonly certificateId: string;
  readonly caCertificateId: string;
  readonly commonName?: string;
  /** None: it is attached to no thing. */
  readonly thingNames: readonly string[];
}

/**
 * What people are told. Reports of one kind that come from one page are one message, because a fleet that was made on
 * one day ends on one day too. Each may come twice where a sweep ends between telling and noting that it has told: a
 * receiver knows it by the certificate, CA, list or thing that it is about, and its reason.
 */
export type Report =
  | {
      /** What its CA's list says of each; they are REVOKED, or INACTIVE, and cut off. */
      readonly reason: 'REVOKED_BY_CA' | 'ON_HOLD_BY_CA';
      readonly certificates: readonly (ReportedCertificate & {
        readonly revokedAt: string;
        readonly reasonCode: number;
      })[];
    }
  | {
      /** Their CA has taken them from hold; they stay INACTIVE until a person activates them. */
      readonly reason: 'HOLD_ENDED';
      readonly certificates: readonly ReportedCertificate[];
    }
  | {
      /** `days` ahead, or 0: they have ended. */
      readonly reason: 'CERTIFICATES_EXPIRING' | 'CERTIFICATES_EXPIRED';
      readonly days: number;
      readonly certificates: readonly (ReportedCertificate & { readonly notAfter: string })[];
    }
  | {
      readonly reason: 'CA_EXPIRING' | 'CA_EXPIRED';
      readonly days: number;
      readonly caCertificateId: string;
      readonly commonName?: string;
      readonly notAfter: string;
    }
  | {
      /** Until it is there again nobody is revoked by it, and new devices of its CA are not activated. */
      readonly reason: 'REVOCATION_LIST_UNAVAILABLE';
      readonly code: string;
      readonly detail: string;
      readonly caCertificateId: string;
      readonly addresses: readonly string[];
    }
  | {
      readonly reason: 'REVOCATION_LIST_BACK';
      readonly caCertificateId: string;
      readonly addresses: readonly string[];
      readonly unavailableSince: string;
    }
  | {
      readonly reason: 'DEVICES_UNSEEN';
      readonly days: number;
      readonly devices: readonly { readonly thingName: string; readonly unseenSince: string }[];
    }
  | {
      readonly reason: 'DEVICES_BACK';
      readonly devices: readonly {
        readonly thingName: string;
        readonly unseenSince: string;
        readonly seenAt: string;
      }[];
    };

/** Tells people. @throws what SNS has answered with */
export type Tell = (report: Report) => Promise<void>;

/** Tells by a topic of SNS. A subscription may choose by the attribute `reason`. */
export function createTell(client: () => SNSClient, topicArn: string): Tell {
  return async (report) => {
    await client().send(
      new PublishCommand({
        TopicArn: topicArn,
        Subject: subjectOf(report),
        Message: JSON.stringify(report),
        MessageAttributes: { reason: { DataType: 'String', StringValue: report.reason } },
      }),
    );
  };
}

/** One line, at most 100 characters, as SNS demands. */
export function subjectOf(report: Report): string {
  switch (report.reason) {
    case 'REVOKED_BY_CA':
      return `${counted(report.certificates, 'certificate')} revoked by the CA`;
    case 'ON_HOLD_BY_CA':
      return `${counted(report.certificates, 'certificate')} put on hold by the CA`;
    case 'HOLD_ENDED':
      return `${counted(report.certificates, 'certificate')} not on hold any more`;
    case 'CERTIFICATES_EXPIRING':
      return `${counted(report.certificates, 'certificate')} expiring within ${report.days} days`;
    case 'CERTIFICATES_EXPIRED':
      return `${counted(report.certificates, 'certificate')} expired`;
    case 'CA_EXPIRING':
      return `A CA expires within ${report.days} days`;
    case 'CA_EXPIRED':
      return 'A CA has expired';
    case 'REVOCATION_LIST_UNAVAILABLE':
      return `A revocation list cannot be used: ${report.code}`;
    case 'REVOCATION_LIST_BACK':
      return 'A revocation list can be used again';
    case 'DEVICES_UNSEEN':
      return `${counted(report.devices, 'device')} not seen for ${report.days} days`;
    case 'DEVICES_BACK':
      break;
  }
  return `${counted(report.devices, 'device')} seen again`;
}

function counted(things: readonly unknown[], noun: string): string {
  return `${things.length} ${noun}${things.length === 1 ? '' : 's'}`;
}

/** ISO 8601 in UTC; a number that is no instant stays one. */
export function timeText(atMs: number): string {
  const date = new Date(atMs);
  return Number.isNaN(date.getTime()) ? String(atMs) : date.toISOString();
}
