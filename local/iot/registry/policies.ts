import { readPolicy } from '../policies/read-policy.ts';
import { iotError, notFound } from './errors.ts';
import type { PolicyRecord, PolicyVersionRecord } from './policies-store.ts';
import type { SecurityContext } from './security-context.ts';

/** AWS IoT's quota of versions of one policy. */
const MAX_VERSIONS = 5;

/** @throws AwsApiError ResourceNotFoundException */
export function requirePolicy(context: SecurityContext, name: string): PolicyRecord {
  const policy = context.policies.find(name);
  if (policy === undefined) throw notFound('Policy', name);
  return policy;
}

/**
 * One version of a policy; `versionId` in decimal digits.
 *
 * @throws AwsApiError ResourceNotFoundException
 */
export function requirePolicyVersion(
  context: SecurityContext,
  policy: PolicyRecord,
  versionId: string,
): PolicyVersionRecord {
  const version = context.policies.version(policy, Number(versionId));
  if (version === undefined) throw notFound('Policy version', `${policy.name}:${versionId}`);
  return version;
}

/**
 * CreatePolicy: a policy with its version 1.
 *
 * @throws AwsApiError MalformedPolicyException, ResourceAlreadyExistsException
 */
export function createPolicy(context: SecurityContext, name: string, document: string): PolicyRecord {
  readPolicy(document);
  if (context.policies.find(name) !== undefined) {
    throw iotError(
      'ResourceAlreadyExistsException',
      `Policy cannot be created - name already exists (name=${name})`,
      { resourceId: name, resourceArn: context.arns.of('policy', name) },
    );
  }
  context.database.transaction(() =>
    context.policies.insert(name, document, context.newId(), context.clock.now()),
  );
  return requirePolicy(context, name);
}

/**
 * CreatePolicyVersion; version numbers are never used again.
 *
 * @throws AwsApiError ResourceNotFoundException, MalformedPolicyException, VersionsLimitExceededException
 */
export function createPolicyVersion(
  context: SecurityContext,
  name: string,
  document: string,
  setAsDefault: boolean,
): PolicyVersionRecord {
  const policy = requirePolicy(context, name);
  readPolicy(document);
  if (context.policies.versions(policy).length >= MAX_VERSIONS) {
    throw iotError(
      'VersionsLimitExceededException',
      `The policy ${name} already has the maximum number of versions (${MAX_VERSIONS})`,
    );
  }
  const nowMs = context.clock.now();
  const version = policy.nextVersion;
  context.database.transaction(() => {
    context.policies.insertVersion(policy, document, nowMs);
    if (setAsDefault) context.policies.setDefaultVersion(policy, version, nowMs);
  });
  if (setAsDefault) context.changes.policiesChanged();
  return { version, document, createdAtMs: nowMs };
}

/** @throws AwsApiError ResourceNotFoundException */
export function setDefaultPolicyVersion(context: SecurityContext, name: string, versionId: string): void {
  const policy = requirePolicy(context, name);
  const { version } = requirePolicyVersion(context, policy, versionId);
  if (version === policy.defaultVersion) return;
  context.policies.setDefaultVersion(policy, version, context.clock.now());
  context.changes.policiesChanged();
}

/** @throws AwsApiError ResourceNotFoundException, DeleteConflictException for the default version */
export function deletePolicyVersion(context: SecurityContext, name: string, versionId: string): void {
  const policy = requirePolicy(context, name);
  const { version } = requirePolicyVersion(context, policy, versionId);
  if (version === policy.defaultVersion) {
    throw iotError('DeleteConflictException', 'Cannot delete the default version of a policy');
  }
  context.policies.removeVersion(policy, version);
}

/** @throws AwsApiError ResourceNotFoundException, DeleteConflictException while it is attached or has versions */
export function deletePolicy(context: SecurityContext, name: string): void {
  const policy = requirePolicy(context, name);
  if (context.policies.targetsOf(name, { after: undefined, limit: 1, ascending: true }).length > 0) {
    throw iotError(
      'DeleteConflictException',
      `The policy cannot be deleted as the policy is attached to one or more principals (name=${name})`,
    );
  }
  if (context.policies.versions(policy).length > 1) {
    throw iotError(
      'DeleteConflictException',
      `Cannot delete the policy because it has one or more policy versions attached to it (name=${name})`,
    );
  }
  context.database.transaction(() => context.policies.remove(policy));
}
