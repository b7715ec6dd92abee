import type { HoldReason } from '../../shared/device-registry/activation-steps.ts';

/**
 * Why an activation ends before its last step. `reason` is a stable code, `detail` is for people.
 *
 * - `complete`: nothing was left to do;
 * - `gone`: the certificate was deleted meanwhile;
 * - `foreign`: a device has connected whose certificate was never to be activated here: nothing is done with it, noted
 *   or told;
 * - `stopped`: it is in a state that only people, or a revocation, lead out of;
 * - `wait`: it stays as it is, because somebody else is at it; that is noted, and nobody told;
 * - `hold`: it stays PENDING_ACTIVATION, and is looked at again when its device comes back;
 * - `deactivate`: it becomes INACTIVE, because it can never become right by itself; a person may decide otherwise;
 * - `revoke`: it becomes REVOKED, for good.
 */
export type Verdict =
  | { readonly kind: 'complete' | 'gone' | 'foreign' }
  | { readonly kind: 'stopped'; readonly status: string }
  | Refusal;

export interface Refusal {
  readonly kind: 'wait' | 'hold' | 'deactivate' | 'revoke';
  readonly reason: HoldReason;
  readonly detail: string;
}
