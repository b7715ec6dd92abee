import type { Arns } from './arns.ts';
import { invalidRequest, notFound } from './errors.ts';
import type { SecurityContext } from './security-context.ts';

/** What a policy can be attached to. */
export type Target =
  | { readonly kind: 'certificate'; readonly arn: string; readonly certificateId: string }
  | { readonly kind: 'thing group'; readonly arn: string; readonly thingGroupName: string };

const CERTIFICATE_ID = /^[0-9a-f]{64}$/;
const THING_GROUP_NAME = /^[a-zA-Z0-9:_-]{1,128}$/;
/** A Cognito identity is named by its region and a UUID. */
const COGNITO_IDENTITY = /^[a-z0-9-]+:[0-9a-f-]{36}$/;

/**
 * Reads the target of a policy by its form alone.
 *
 * @throws AwsApiError InvalidRequestException
 */
export function readTarget(arns: Arns, text: string): Target {
  const certificateId = arns.nameIn('cert', text);
  if (certificateId !== undefined && CERTIFICATE_ID.test(certificateId)) {
    return { kind: 'certificate', arn: text, certificateId };
  }
  const thingGroupName = arns.nameIn('thinggroup', text);
  if (thingGroupName !== undefined && THING_GROUP_NAME.test(thingGroupName)) {
    return { kind: 'thing group', arn: text, thingGroupName };
  }
  if (COGNITO_IDENTITY.test(text)) {
    throw invalidRequest(`The target ${text} is a Cognito identity; those are not served here`);
  }
  throw invalidRequest(
    `The target ${text} is not valid: it can be the ARN of a certificate (${arns.of('cert', '…')}) or of a ` +
      `thing group (${arns.of('thinggroup', '…')})`,
  );
}

/**
 * Checks that what a target names is there.
 *
 * @throws AwsApiError ResourceNotFoundException; InvalidRequestException for a dynamic thing group, which has no policies
 */
export function requireTarget(context: SecurityContext, target: Target): void {
  if (target.kind === 'certificate') {
    if (context.certificates.find(target.certificateId) !== undefined) return;
    throw notFound('Certificate', target.certificateId);
  }
  if (context.things.isDynamicGroup(target.thingGroupName)) {
    throw invalidRequest(`Policies cannot be attached to the dynamic thing group ${target.thingGroupName}`);
  }
  if (context.things.groupChain(target.thingGroupName) !== undefined) return;
  throw notFound('Thing group', target.thingGroupName);
}
