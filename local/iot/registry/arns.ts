import { invalidRequest } from './errors.ts';

/** What an ARN of AWS IoT may name. */
export type ArnKind =
  | 'thing'
  | 'thinggroup'
  | 'thingtype'
  | 'billinggroup'
  | 'rule'
  | 'ruledestination'
  | 'index'
  | 'cert'
  | 'cacert'
  | 'policy'
  | 'rolealias'
  | 'authorizer'
  | 'provisioningtemplate'
  | 'job';

/** The ARNs of one account and region. */
export interface Arns {
  /** `arn:aws:iot:<region>:<account>:<kind>/<name>` */
  of(kind: ArnKind, name: string): string;
  /** The name in an ARN of that kind; undefined when it is of another kind, account or region. */
  nameIn(kind: ArnKind, arn: string): string | undefined;
}

/** Makes and reads ARNs. `accountId` has twelve digits. */
export function createArns(region: string, accountId: string): Arns {
  const prefix = `arn:aws:iot:${region}:${accountId}:`;
  const of = (kind: ArnKind, name: string): string => `${prefix}${kind}/${name}`;
  return {
    of,
    nameIn(kind, arn) {
      const start = of(kind, '');
      return arn.startsWith(start) ? arn.slice(start.length) : undefined;
    },
  };
}

/**
 * Many operations take a name or an ARN, or both: gives the name.
 *
 * @throws AwsApiError `InvalidRequestException` when neither is there, the two differ, or the ARN is another's.
 */
export function nameOrArn(
  arns: Arns,
  kind: ArnKind,
  {
    label,
    name,
    arn,
  }: { readonly label: string; readonly name?: string | undefined; readonly arn?: string | undefined },
): string {
  if (arn === undefined) {
    if (name === undefined) throw invalidRequest(`Either ${label}Name or ${label}Arn must be provided`);
    return name;
  }
  const named = arns.nameIn(kind, arn);
  if (named === undefined || named === '') throw invalidRequest(`${label}Arn ${arn} is not valid`);
  if (name !== undefined && name !== named) {
    throw invalidRequest(`${label}Name ${name} and ${label}Arn ${arn} do not match`);
  }
  return named;
}
