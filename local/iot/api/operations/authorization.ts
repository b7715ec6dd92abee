import { invalidRequest } from '../../registry/errors.ts';
import { effectivePolicies, testAuthorization } from '../../registry/test-authorization.ts';
import type { SecurityContext } from '../../registry/security-context.ts';
import type { OperationGroup } from '../operation.ts';

/** What policies amount to for one device, without connecting it. */
export const authorizationOperations = {
  GetEffectivePolicies({ principal, thingName, cognitoIdentityPoolId }, context) {
    refuseCognito(cognitoIdentityPoolId);
    return {
      effectivePolicies: effectivePolicies(context, principal, thingName).map((policy) => ({
        ...policy,
        policyArn: context.arns.of('policy', policy.policyName),
      })),
    };
  },

  TestAuthorization(request, context) {
    refuseCognito(request.cognitoIdentityPoolId);
    const { authInfos, principal, clientId, policyNamesToAdd = [], policyNamesToSkip = [] } = request;
    if (principal === undefined) throw invalidRequest('A principal is needed: the ARN of a certificate');
    const results = testAuthorization(context, {
      principal,
      clientId,
      policyNamesToAdd,
      policyNamesToSkip,
      questions: authInfos.map(({ actionType, resources }) => {
        if (actionType === undefined) throw invalidRequest('Every one of authInfos needs an actionType');
        return { actionType, resources };
      }),
    });
    const policies = (names: readonly string[]) => ({
      policies: names.map((policyName) => ({ policyName, policyArn: context.arns.of('policy', policyName) })),
    });
    return {
      authResults: results.map((result) => ({
        authInfo: { actionType: result.actionType, resources: [...result.resources] },
        allowed: policies(result.allowedBy),
        denied: {
          implicitDeny: policies(result.authDecision === 'IMPLICIT_DENY' ? result.policyNames : []),
          explicitDeny: policies(result.deniedBy),
        },
        authDecision: result.authDecision,
        missingContextValues: [...result.missingContextValues],
      })),
    };
  },
} satisfies OperationGroup<SecurityContext>;

function refuseCognito(poolId: string | undefined): void {
  if (poolId !== undefined) throw invalidRequest('Cognito identity pools are not served here');
}
