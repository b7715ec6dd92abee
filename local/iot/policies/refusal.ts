import type { Decision } from './bind.ts';
import type { Refusal } from './explanation.ts';
import type { PolicyRequest } from './facts.ts';

/** A refusal that no policy has decided, in the form of a decision. */
export function refusalDecision(
  { action, resource }: Pick<PolicyRequest, 'action' | 'resource'>,
  refusal: Refusal,
): Decision {
  return {
    request: { action, resource },
    isAllowed: false,
    refusal,
    explain: () => ({
      action,
      resource,
      outcome: 'refused',
      policyNames: [],
      nearMisses: [],
      hints: [],
      refusal: { ...refusal },
    }),
  };
}
