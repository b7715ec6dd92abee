import { ActionError, type ActionInvocation } from './action.ts';
import type { ActionServices, OptionalServices, RuleAuthoriser } from './services.ts';

/**
 * Makes sure that the action's role allows a call on a concrete resource, when the engine asks at all.
 *
 * @param arn the resource, which may name the account and the region.
 * @param about what else the role's conditions may ask of the call.
 * @throws AwsApiError AccessDeniedException
 */
export function requirePermission(
  { authoriser }: ActionServices,
  { ruleName }: ActionInvocation,
  roleArn: string,
  action: string,
  arn: (at: Pick<RuleAuthoriser, 'accountId' | 'region'>) => string,
  about: { readonly metricNamespace?: string } = {},
): void {
  if (authoriser === undefined) return;
  authoriser.requireRole({ ruleName, roleArn, action, resource: arn(authoriser), ...about });
}

/**
 * Makes sure that AWS IoT may invoke a function for the rule.
 *
 * @throws AwsApiError AccessDeniedException
 */
export function requireInvoke(
  { authoriser }: ActionServices,
  { ruleName }: ActionInvocation,
  functionArn: string,
): void {
  if (authoriser === undefined) return;
  const { region, accountId } = authoriser;
  authoriser.requireInvoke({
    servicePrincipal: 'iot.amazonaws.com',
    sourceArn: `arn:aws:iot:${region}:${accountId}:rule/${ruleName}`,
    functionArn,
  });
}

/** A service that the engine may run without. @throws ActionError SERVICE_MISSING */
export function requireService<Name extends keyof OptionalServices>(
  services: ActionServices,
  name: Name,
): NonNullable<ActionServices[Name]> {
  const service = services[name];
  if (service !== undefined) return service;
  throw new ActionError('SERVICE_MISSING', `this engine runs without the service "${name}"`, {
    service: name,
  });
}
