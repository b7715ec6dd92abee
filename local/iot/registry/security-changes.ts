import type { CertificateStatus } from './certificate-status.ts';

/** A deleted certificate has no status any more. */
export type CertificateListener = (certificateId: string, status: CertificateStatus | undefined) => void;

/** Tells the gateway of what may end a connection or change what it may do. Listeners are called at once. */
export interface SecurityChanges {
  /** Returns what ends it. */
  readonly onCertificateChange: (listener: CertificateListener) => () => void;
  /** Called with the new `policiesVersion`. Returns what ends it. */
  readonly onPoliciesChange: (listener: (version: number) => void) => () => void;
  /** Counts the changes of policies and attachments in this process: what was read at a count holds as long as it. */
  readonly policiesVersion: () => number;
  readonly certificateChanged: CertificateListener;
  readonly policiesChanged: () => void;
}

export function createSecurityChanges(): SecurityChanges {
  const certificateListeners = new Set<CertificateListener>();
  const policyListeners = new Set<(version: number) => void>();
  let version = 0;
  return {
    onCertificateChange(listener) {
      certificateListeners.add(listener);
      return () => certificateListeners.delete(listener);
    },
    onPoliciesChange(listener) {
      policyListeners.add(listener);
      return () => policyListeners.delete(listener);
    },
    policiesVersion: () => version,
    certificateChanged(certificateId, status) {
      for (const listener of certificateListeners) listener(certificateId, status);
    },
    policiesChanged() {
      version += 1;
      for (const listener of policyListeners) listener(version);
    },
  };
}
