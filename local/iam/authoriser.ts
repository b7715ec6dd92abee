import { AwsApiError } from '../errors.ts';
import { compileWildcard } from '../wildcard.ts';
import { evaluate, type Decision } from './evaluate.ts';
import { compilePolicyDocument, type Statement } from './policy-document.ts';
import { compileRole, namesService, type Role, type RoleDefinition } from './role.ts';

const IOT = 'iot.amazonaws.com';

/** Leave for a service to invoke a function: an AWS::Lambda::Permission. */
export interface LambdaPermission {
  /** A name or an ARN, maybe with a qualifier. */
  readonly functionName: string;
  readonly action: string;
  readonly principal: string;
  readonly sourceArn?: string;
  readonly sourceAccount?: string;
}

/** The policy of a resource, such as an AWS::SQS::QueuePolicy. */
export interface ResourcePolicy {
  readonly resourceArn: string;
  readonly document: unknown;
}

export interface AuthoriserOptions {
  readonly roles: readonly RoleDefinition[];
  readonly permissions: readonly LambdaPermission[];
  readonly resourcePolicies: readonly ResourcePolicy[];
  /** Twelve digits. */
  readonly accountId: string;
  readonly region: string;
}

/** Says who may do what, as far as the template states it. Every refusal says what is missing and where. */
export interface Authoriser {
  readonly accountId: string;
  readonly region: string;
  /**
   * A rule does something under a role: the role has to trust AWS IoT and to allow it.
   *
   * @throws AwsApiError AccessDeniedException
   */
  requireRole(request: {
    readonly ruleName: string;
    readonly roleArn: string;
    /** `s3:PutObject` */
    readonly action: string;
    readonly resource: string;
    /** Of a metric that is put: PutMetricData knows no resource but all. */
    readonly metricNamespace?: string;
  }): void;
  /** A service invokes a function: a permission has to let it. @throws AwsApiError AccessDeniedException */
  requireInvoke(request: {
    readonly servicePrincipal: string;
    readonly sourceArn: string;
    readonly functionArn: string;
  }): void;
  /** A service does something to a resource under its own name. @throws AwsApiError AccessDeniedException */
  requireResource(request: {
    readonly servicePrincipal: string;
    readonly sourceArn: string;
    readonly action: string;
    readonly resource: string;
  }): void;
}

/**
 * Compiles everything that rules may ask for. Roles that do not trust AWS IoT are only known by name.
 *
 * @throws ConfigurationError POLICY_NOT_SERVED, CONDITION_NOT_SERVED
 */
export function createAuthoriser(options: AuthoriserOptions): Authoriser {
  const { permissions, accountId, region } = options;
  const roles = new Map<string, Role | undefined>();
  for (const definition of options.roles) {
    const trusts = namesService(definition.trustPolicy, IOT);
    roles.set(definition.arn, trusts ? compileRole(definition) : undefined);
  }
  const resourceStatements = new Map<string, Statement[]>();
  for (const { resourceArn, document } of options.resourcePolicies) {
    const known = resourceStatements.get(resourceArn) ?? [];
    const compiled = compilePolicyDocument(document, `the policy of ${resourceArn}`);
    resourceStatements.set(resourceArn, [...known, ...compiled]);
  }

  function requireTrust(ruleName: string, roleArn: string): Role {
    const role = roles.get(roleArn);
    if (role === undefined) throw untrusting(ruleName, roleArn, roles);
    const request = {
      servicePrincipal: IOT,
      action: 'sts:AssumeRole',
      resource: roleArn,
      context: { sourceArn: `arn:aws:iot:${region}:${accountId}:rule/${ruleName}`, sourceAccount: accountId },
    };
    const decision = evaluate(role.trust, request);
    if (decision.outcome === 'allowed') return role;
    throw denied(
      `AWS IoT cannot assume the role ${roleArn} for the rule ${ruleName}: ${reasonOf(decision, 'trust', request)}`,
    );
  }

  return {
    accountId,
    region,
    requireRole({ ruleName, roleArn, action, resource, metricNamespace }) {
      const role = requireTrust(ruleName, roleArn);
      // Under a role there is no source: conditions on one do not hold in its policies.
      const context = metricNamespace === undefined ? {} : { metricNamespace };
      const request = { servicePrincipal: IOT, action, resource, context };
      const decision = evaluate(role.statements, request);
      if (decision.outcome === 'allowed') return;
      throw denied(
        `User: arn:aws:sts::${accountId}:assumed-role/${role.name} is not authorized to perform: ${action} on ` +
          `resource: ${resource} ${reasonOf(decision, 'identity-based', request)}` +
          (decision.outcome === 'denied' ? '' : `. Add to the role "${role.name}": ${statementFor(request)}`),
      );
    },
    requireInvoke({ servicePrincipal, sourceArn, functionArn }) {
      const name = functionNameOf(functionArn);
      const isLet = permissions.some(
        (permission) =>
          functionNameOf(permission.functionName) === name &&
          permission.principal === servicePrincipal &&
          compileWildcard(permission.action.toLowerCase())('lambda:invokefunction') &&
          (permission.sourceArn === undefined || compileWildcard(permission.sourceArn)(sourceArn)) &&
          (permission.sourceAccount === undefined || permission.sourceAccount === accountId),
      );
      if (isLet) return;
      throw denied(
        `${servicePrincipal} is not authorized to perform: lambda:InvokeFunction on resource: ${functionArn} for ` +
          `${sourceArn}, because no resource-based policy allows it. Add an AWS::Lambda::Permission: ` +
          JSON.stringify({
            FunctionName: name,
            Action: 'lambda:InvokeFunction',
            Principal: servicePrincipal,
            SourceArn: sourceArn,
          }),
      );
    },
    requireResource({ servicePrincipal, sourceArn, action, resource }) {
      const request = {
        servicePrincipal,
        action,
        resource,
        context: { sourceArn, sourceAccount: accountId },
      };
      const decision = evaluate(resourceStatements.get(resource) ?? [], request);
      if (decision.outcome === 'allowed') return;
      const statement = {
        Effect: 'Allow',
        Principal: { Service: servicePrincipal },
        Action: action,
        Resource: resource,
        Condition: { ArnEquals: { 'aws:SourceArn': sourceArn } },
      };
      throw denied(
        `${servicePrincipal} is not authorized to perform: ${action} on resource: ${resource} for ${sourceArn} ` +
          reasonOf(decision, 'resource-based', request) +
          (decision.outcome === 'denied' ? '' : `. Add to its policy: ${JSON.stringify(statement)}`),
      );
    },
  };
}

function reasonOf(
  decision: Exclude<Decision, { outcome: 'allowed' }>,
  kind: 'identity-based' | 'resource-based' | 'trust',
  { action }: { readonly action: string },
): string {
  return decision.outcome === 'denied'
    ? `with an explicit deny in ${decision.by.where}`
    : `because no ${kind} policy allows the ${action} action`;
}

function untrusting(
  ruleName: string,
  roleArn: string,
  roles: ReadonlyMap<string, Role | undefined>,
): AwsApiError {
  const usable = [...roles].filter(([, role]) => role !== undefined).map(([arn]) => arn);
  const why = roles.has(roleArn)
    ? `its trust policy does not name ${IOT}`
    : `the template has no such role; rules may use: ${usable.join(', ') || 'none'}`;
  return denied(`AWS IoT cannot assume the role ${roleArn} for the rule ${ruleName}: ${why}`);
}

function statementFor({ action, resource }: { action: string; resource: string }): string {
  return JSON.stringify({ Effect: 'Allow', Action: action, Resource: resource });
}

/** The function's own name out of a name, an ARN or part of one, each maybe with a qualifier. */
function functionNameOf(nameOrArn: string): string {
  const parts = nameOrArn.split(':');
  const at = parts.indexOf('function');
  return (at === -1 ? parts[0] : parts[at + 1]) ?? '';
}

function denied(message: string): AwsApiError {
  return new AwsApiError(403, 'AccessDeniedException', message);
}
