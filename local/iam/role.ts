import { ConfigurationError } from '../errors.ts';
import { compilePolicyDocument, type Statement } from './policy-document.ts';

/** A role as the template states it, its intrinsics resolved. */
export interface RoleDefinition {
  readonly name: string;
  readonly arn: string;
  readonly trustPolicy: unknown;
  /** The policies in the role itself and those that are attached to it from the same template. */
  readonly policies: readonly { readonly name: string; readonly document: unknown }[];
  /** Managed policies that are not in the template: AWS's own, and those of other stacks. */
  readonly foreignPolicyArns: readonly string[];
  readonly hasPermissionsBoundary: boolean;
}

/** A role whose permissions can be asked for. */
export interface Role {
  readonly arn: string;
  readonly name: string;
  readonly trust: readonly Statement[];
  readonly statements: readonly Statement[];
}

/**
 * Compiles a role.
 *
 * @throws ConfigurationError POLICY_NOT_SERVED, CONDITION_NOT_SERVED: what the role may do depends on something
 *   that is not known here.
 */
export function compileRole(definition: RoleDefinition): Role {
  const { name, arn, trustPolicy, policies, foreignPolicyArns, hasPermissionsBoundary } = definition;
  const [foreign] = foreignPolicyArns;
  if (foreign !== undefined) {
    throw unknown(name, `has the managed policy ${foreign}, whose statements are not in the template`);
  }
  if (hasPermissionsBoundary) throw unknown(name, 'has a permissions boundary, which is not evaluated here');
  return {
    name,
    arn,
    trust: compilePolicyDocument(trustPolicy, `the trust policy of the role "${name}"`),
    statements: policies.flatMap((policy) =>
      compilePolicyDocument(policy.document, `the policy "${policy.name}" of the role "${name}"`),
    ),
  };
}

/**
 * Whether a trust policy names the service at all, read without compiling: what the roles of others may do is not
 * for this cloud to evaluate, and need not be readable to it.
 */
export function namesService(trustPolicy: unknown, servicePrincipal: string): boolean {
  return (JSON.stringify(trustPolicy) ?? '').includes(JSON.stringify(servicePrincipal));
}

function unknown(name: string, why: string): ConfigurationError {
  return new ConfigurationError(
    `the role "${name}", which rules may use, ${why}: write what it allows into its Policies`,
    { code: 'POLICY_NOT_SERVED', data: { role: name } },
  );
}
