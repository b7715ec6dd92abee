import { iotError } from './errors.ts';
import { requirePolicy } from './policies.ts';
import { readTarget, requireTarget, type Target } from './policy-targets.ts';
import type { SecurityContext } from './security-context.ts';

/** AWS IoT's quotas of policies that one target may have. */
const MAX_POLICIES = { certificate: 10, 'thing group': 2 } as const;

/** A policy that holds for somebody, as text. */
export interface AttachedPolicy {
  readonly policyName: string;
  readonly policyDocument: string;
}

/**
 * AttachPolicy. What is attached already stays so.
 *
 * @throws AwsApiError InvalidRequestException, ResourceNotFoundException, LimitExceededException
 */
export function attachPolicy(context: SecurityContext, policyName: string, targetText: string): void {
  const target = readTarget(context.arns, targetText);
  const policy = requirePolicy(context, policyName);
  requireTarget(context, target);
  const attached = context.policies.documentsOf(target.arn);
  if (attached.some((one) => one.policyName === policyName)) return;
  const limit = MAX_POLICIES[target.kind];
  if (attached.length >= limit) {
    throw iotError(
      'LimitExceededException',
      `The maximum number of policies allowed to attach to target ${target.arn} is ${limit}`,
    );
  }
  context.policies.attach(policy, target.arn);
  context.changes.policiesChanged();
}

/**
 * DetachPolicy. A target that is gone, or never had the policy, is no error.
 *
 * @throws AwsApiError InvalidRequestException, ResourceNotFoundException for the policy
 */
export function detachPolicy(context: SecurityContext, policyName: string, targetText: string): void {
  const target = readTarget(context.arns, targetText);
  context.policies.detach(requirePolicy(context, policyName), target.arn);
  context.changes.policiesChanged();
}

/** Takes all policies from a target that goes away: a thing group that is deleted. */
export function detachAllPolicies(context: SecurityContext, targetArn: string): void {
  if (context.policies.documentsOf(targetArn).length === 0) return;
  context.policies.detachAll(targetArn);
  context.changes.policiesChanged();
}

/**
 * The policies that hold for a certificate, each once: its own, and those of the groups that are given and of
 * all groups above them. This is what a connection is judged by.
 */
export function policiesOf(
  context: SecurityContext,
  certificateId: string | undefined,
  thingGroupNames: readonly string[],
): AttachedPolicy[] {
  const groups = new Set(thingGroupNames.flatMap((name) => context.things.groupChain(name) ?? []));
  const targets = [
    ...(certificateId === undefined ? [] : [context.arns.of('cert', certificateId)]),
    ...[...groups].map((name) => context.arns.of('thinggroup', name)),
  ];
  return unite(context, targets);
}

/**
 * ListAttachedPolicies: the policies of a target; `recursive` adds those of the groups above a group.
 *
 * @throws AwsApiError InvalidRequestException, ResourceNotFoundException
 */
export function attachedPolicies(
  context: SecurityContext,
  targetText: string,
  isRecursive: boolean,
): AttachedPolicy[] {
  const target = readTarget(context.arns, targetText);
  requireTarget(context, target);
  return unite(context, isRecursive ? withParents(context, target) : [target.arn]);
}

/** AWS climbs from a group to its parents; a certificate has none. */
function withParents(context: SecurityContext, target: Target): string[] {
  if (target.kind === 'certificate') return [target.arn];
  const chain = context.things.groupChain(target.thingGroupName) ?? [];
  return chain.map((name) => context.arns.of('thinggroup', name));
}

function unite(context: SecurityContext, targets: readonly string[]): AttachedPolicy[] {
  const byName = new Map<string, AttachedPolicy>();
  for (const policy of targets.flatMap((target) => context.policies.documentsOf(target))) {
    byName.set(policy.policyName, policy);
  }
  return [...byName.values()];
}
