import type { Creation } from '../template/resource-types/resource-type.ts';
import { createAuthoriser, type Authoriser, type ResourcePolicy } from './authoriser.ts';
import type { RoleDefinition } from './role.ts';

type Created = NonNullable<Creation>;
type CreatedRole = Extract<Created, { kind: 'role' }>;

/**
 * The authoriser of everything that a planned template says about roles, policies and permissions.
 *
 * @throws ConfigurationError POLICY_NOT_SERVED, CONDITION_NOT_SERVED
 */
export function authoriserOf(
  creations: readonly Created[],
  place: { readonly accountId: string; readonly region: string },
): Authoriser {
  return createAuthoriser({
    ...place,
    roles: pick(creations, 'role').map((role) => definitionOf(role, creations)),
    permissions: pick(creations, 'lambda-permission'),
    resourcePolicies: pick(creations, 'queue-policy').flatMap(({ queueUrls, document }) =>
      queueUrls.map((url): ResourcePolicy => ({ resourceArn: queueArn(url, place), document })),
    ),
  });
}

function queueArn(url: string, { region, accountId }: { region: string; accountId: string }): string {
  return `arn:aws:sqs:${region}:${accountId}:${url.slice(url.lastIndexOf('/') + 1)}`;
}

/** A role with what is attached to it: from its own side by ARN, from the policy's side by the role's name. */
function definitionOf(role: CreatedRole, creations: readonly Created[]): RoleDefinition {
  const { name, arn, trustPolicy, hasPermissionsBoundary } = role;
  const managed = pick(creations, 'managed-policy');
  const attached = [
    ...pick(creations, 'role-policy').filter(({ roleNames }) => roleNames.includes(name)),
    ...managed.filter(
      (policy) => policy.roleNames.includes(name) || role.managedPolicyArns.includes(policy.arn),
    ),
  ];
  const ownArns = new Set(managed.map((policy) => policy.arn));
  return {
    name,
    arn,
    trustPolicy,
    policies: [...role.policies, ...attached],
    foreignPolicyArns: role.managedPolicyArns.filter((policyArn) => !ownArns.has(policyArn)),
    hasPermissionsBoundary,
  };
}

function pick<Kind extends Created['kind']>(
  creations: readonly Created[],
  kind: Kind,
): Extract<Created, { kind: Kind }>[] {
  return creations.filter((one): one is Extract<Created, { kind: Kind }> => one.kind === kind);
}
