import {
  bind,
  compilePolicies,
  readPolicy,
  type BoundPolicies,
  type ConnectionFacts,
} from '../policies/index.ts';
import { certificateFacts } from './certificate-facts.ts';
import { invalidRequest, notFound } from './errors.ts';
import { requirePolicy, requirePolicyVersion } from './policies.ts';
import { policiesOf, type AttachedPolicy } from './policy-attachments.ts';
import { readTarget, requireTarget } from './policy-targets.ts';
import type { SecurityContext } from './security-context.ts';

const ACTIONS = {
  CONNECT: 'iot:Connect',
  PUBLISH: 'iot:Publish',
  RECEIVE: 'iot:Receive',
  SUBSCRIBE: 'iot:Subscribe',
} as const;

export type ActionType = keyof typeof ACTIONS;

export interface AuthorizationQuestion {
  readonly actionType: ActionType;
  /** ARNs; the question is whether all of them are allowed. */
  readonly resources: readonly string[];
}

export interface AuthorizationTest {
  /** The ARN of a certificate. */
  readonly principal: string;
  readonly clientId?: string | undefined;
  /** Policies that are treated as attached, and attached ones that are treated as not. */
  readonly policyNamesToAdd: readonly string[];
  readonly policyNamesToSkip: readonly string[];
  readonly questions: readonly AuthorizationQuestion[];
}

export interface AuthorizationResult extends AuthorizationQuestion {
  readonly authDecision: 'ALLOWED' | 'EXPLICIT_DENY' | 'IMPLICIT_DENY';
  /** The policies whose statements decided. */
  readonly allowedBy: readonly string[];
  readonly deniedBy: readonly string[];
  /** All policies that were asked. */
  readonly policyNames: readonly string[];
  /** Variables without a value that kept a statement from applying. */
  readonly missingContextValues: readonly string[];
}

/**
 * The policies that hold for a principal that connects as a thing: its own and those of the thing's groups.
 *
 * @throws AwsApiError InvalidRequestException, ResourceNotFoundException
 */
export function effectivePolicies(
  context: SecurityContext,
  principal: string | undefined,
  thingName: string | undefined,
): AttachedPolicy[] {
  const certificateId = principal === undefined ? undefined : requireCertificateArn(context, principal);
  const groups = thingName === undefined ? [] : context.things.groupsOf(thingName);
  if (groups === undefined) throw notFound('Thing', thingName ?? '');
  return policiesOf(context, certificateId, groups);
}

/**
 * TestAuthorization: what the policies of a certificate would answer.
 *
 * @throws AwsApiError InvalidRequestException, ResourceNotFoundException
 */
export function testAuthorization(context: SecurityContext, test: AuthorizationTest): AuthorizationResult[] {
  const { principal, clientId, policyNamesToAdd, policyNamesToSkip, questions } = test;
  const certificateId = requireCertificateArn(context, principal);
  const isAttached = clientId !== undefined && context.things.thingsOf(principal).includes(clientId);
  const groups = isAttached ? (context.things.groupsOf(clientId) ?? []) : [];
  const attached = policiesOf(context, certificateId, groups);
  const added = policyNamesToAdd.map((name) => defaultVersion(context, name));
  const texts = new Map([...attached, ...added].map((one) => [one.policyName, one.policyDocument]));
  for (const name of policyNamesToSkip) texts.delete(name);
  const policies = [...texts].map(([name, document]) => ({ name, policy: readPolicy(document) }));
  const bound = bind(compilePolicies(policies), factsOf(context, certificateId, clientId, isAttached));
  return questions.map((question) => answer(bound, question, [...texts.keys()]));
}

function answer(
  bound: BoundPolicies,
  { actionType, resources }: AuthorizationQuestion,
  policyNames: readonly string[],
): AuthorizationResult {
  const explanations = resources.map((resource) =>
    bound.decide({ action: ACTIONS[actionType], resource }).explain(),
  );
  const decidedBy = (outcome: string): string[] => [
    ...new Set(
      explanations.flatMap((one) =>
        one.outcome === outcome && one.decidedBy !== undefined ? [one.decidedBy.policyName] : [],
      ),
    ),
  ];
  const missing = explanations
    .flatMap(({ nearMisses }) => nearMisses)
    .flatMap(({ unfilled }) => unfilled.map(({ variable }) => variable));
  const has = (outcome: string): boolean => explanations.some((one) => one.outcome === outcome);
  return {
    actionType,
    resources,
    policyNames,
    allowedBy: decidedBy('allowed'),
    deniedBy: decidedBy('explicit-deny'),
    authDecision: has('explicit-deny') ? 'EXPLICIT_DENY' : has('default-deny') ? 'IMPLICIT_DENY' : 'ALLOWED',
    missingContextValues: [...new Set(missing)],
  };
}

function factsOf(
  context: SecurityContext,
  certificateId: string,
  clientId: string | undefined,
  isAttached: boolean,
): ConnectionFacts {
  const certificate = certificateFacts(context, certificateId);
  const thing = clientId === undefined ? undefined : context.things.describe(clientId);
  return {
    nowMs: () => context.clock.now(),
    ...(clientId === undefined ? {} : { clientId }),
    ...(certificate === undefined ? {} : { certificate }),
    ...(clientId === undefined || thing === undefined
      ? {}
      : { thing: { ...thing, name: clientId, isAttached } }),
  };
}

function defaultVersion(context: SecurityContext, policyName: string): AttachedPolicy {
  const policy = requirePolicy(context, policyName);
  const { document } = requirePolicyVersion(context, policy, String(policy.defaultVersion));
  return { policyName, policyDocument: document };
}

function requireCertificateArn(context: SecurityContext, arn: string): string {
  const target = readTarget(context.arns, arn);
  if (target.kind !== 'certificate') throw invalidRequest(`The principal ${arn} is not a certificate`);
  requireTarget(context, target);
  return target.certificateId;
}
