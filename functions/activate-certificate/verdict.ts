/**
 * Why an activation ends before its last step. `reason` is a stable code, `detail` is for people.
 *
 * - `complete`: nothing was left to do;
 * - `gone`: the certificate was deleted meanwhile;
 * - `stopped`: it is in a state that only people, or a revocation, lead out of;
 * - `hold`: it stays PENDING_ACTIVATION, and is looked at again when its device comes back;
 * - `deactivate`: it becomes INACTIVE, because it can never become right by itself; a person may decide otherwise;
 * - `revoke`: it becomes REVOKED, for good.
 */
export type Verdict =
  | { readonly kind: 'complete' | 'gone' }
  | { readonly kind: 'stopped'; readonly status: string }
  | Refusal;

export interface Refusal {
  readonly kind: 'hold' | 'deactivate' | 'revoke';
  readonly reason: string;
  readonly detail: string;
}
