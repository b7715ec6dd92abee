import { readMarkerPage, readMarkerPageOf, type MarkerRequest } from '../../registry/markers.ts';
import { requirePolicy } from '../../registry/policies.ts';
import { attachedPolicies, attachPolicy, detachPolicy } from '../../registry/policy-attachments.ts';
import type { SecurityContext } from '../../registry/security-context.ts';
import type { OperationGroup } from '../operation.ts';

/** Which policies are attached to what. The operations on principals are the older words for the same. */
export const policyAttachmentOperations = {
  AttachPolicy({ policyName, target }, context) {
    attachPolicy(context, policyName, target);
    return {};
  },

  DetachPolicy({ policyName, target }, context) {
    detachPolicy(context, policyName, target);
    return {};
  },

  AttachPrincipalPolicy({ policyName, principal }, context) {
    attachPolicy(context, policyName, principal);
    return {};
  },

  DetachPrincipalPolicy({ policyName, principal }, context) {
    detachPolicy(context, policyName, principal);
    return {};
  },

  ListAttachedPolicies(request, context) {
    const { target, recursive = false } = request;
    return listPolicies(context, request, target, recursive);
  },

  ListPrincipalPolicies(request, context) {
    return listPolicies(context, request, request.principal, false);
  },

  ListTargetsForPolicy(request, context) {
    const { targets, next } = listTargets(context, { ascendingOrder: true, ...request }, request.policyName);
    return { targets, ...next };
  },

  ListPolicyPrincipals(request, context) {
    const { targets, next } = listTargets(context, request, request.policyName);
    return { principals: targets, ...next };
  },
} satisfies OperationGroup<SecurityContext>;

function listPolicies(context: SecurityContext, request: MarkerRequest, target: string, recursive: boolean) {
  const attached = attachedPolicies(context, target, recursive);
  const inOrder = request.ascendingOrder === false ? attached.toReversed() : attached;
  const scope = ['ListAttachedPolicies', target, recursive, request.ascendingOrder];
  const { items, next } = readMarkerPageOf(request, scope, inOrder, ({ policyName }) => policyName);
  return {
    policies: items.map(({ policyName }) => ({
      policyName,
      policyArn: context.arns.of('policy', policyName),
    })),
    ...next,
  };
}

function listTargets(context: SecurityContext, request: MarkerRequest, policyName: string) {
  requirePolicy(context, policyName);
  const { items, next } = readMarkerPage(request, ['ListTargetsForPolicy', policyName], (page) =>
    context.policies.targetsOf(policyName, page),
  );
  return { targets: items.map(({ target }) => target), next };
}
