import type { CertificateFacts } from '../policies/index.ts';
import { certificateIdOf } from '../x509/certificate.ts';
import { validityProblem } from '../x509/validity.ts';
import { certificateFacts } from './certificate-facts.ts';
import type { CertificateStatus } from './certificate-status.ts';
import { registerAtFirstConnect, type FirstConnect } from './first-connect.ts';
import { policiesOf, type AttachedPolicy } from './policy-attachments.ts';
import type { SecurityChanges } from './security-changes.ts';
import type { SecurityContext } from './security-context.ts';

/** Who a certificate is to this account. */
export interface DeviceIdentity {
  readonly certificateId: string;
  readonly status: CertificateStatus;
  readonly caCertificateId?: string;
  /** Why it does not hold at this time, as words that follow "the certificate". */
  readonly problem?: string;
}

/** What the gateway asks of the registry. All of it is synchronous: a CONNECT waits for it. */
export interface DeviceIdentities extends Pick<
  SecurityChanges,
  'onCertificateChange' | 'onPoliciesChange' | 'policiesVersion'
> {
  /** Finds a client's certificate by its DER; undefined when it is not registered. */
  identify(der: Uint8Array): DeviceIdentity | undefined;
  /** What policies may ask of a registered certificate. */
  factsOf(certificateId: string): CertificateFacts | undefined;
  /** The texts of the policies that hold for it. They stay the same while `policiesVersion()` does. */
  policiesOf(certificateId: string, thingGroupNames: readonly string[]): readonly AttachedPolicy[];
  /** Just-in-time registration: for each CONNECT whose certificate is not known or not ACTIVE. */
  registerAtFirstConnect(der: Uint8Array): FirstConnect;
}

/** The registry as the gateway sees it. */
export function createDeviceIdentities(context: SecurityContext): DeviceIdentities {
  const { onCertificateChange, onPoliciesChange, policiesVersion } = context.changes;
  return {
    onCertificateChange,
    onPoliciesChange,
    policiesVersion,
    identify(der) {
      const record = context.certificates.find(certificateIdOf(der));
      if (record === undefined) return undefined;
      const { certificateId, status, caCertificateId } = record;
      const problem = validityProblem(record, context.clock.now());
      return {
        certificateId,
        status,
        ...(caCertificateId === undefined ? {} : { caCertificateId }),
        ...(problem === undefined ? {} : { problem }),
      };
    },
    factsOf: (certificateId) => certificateFacts(context, certificateId),
    policiesOf: (certificateId, thingGroupNames) => policiesOf(context, certificateId, thingGroupNames),
    registerAtFirstConnect: (der) => registerAtFirstConnect(context, der),
  };
}
