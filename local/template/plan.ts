import { ConfigurationError } from '../errors.ts';
import { LOCAL_API_ID } from '../http-api/index.ts';
import { conditionHolds, resolveIntrinsics, type Named, type Scope } from './intrinsics.ts';
import { alarm } from './resource-types/alarm.ts';
import { bucketPolicy } from './resource-types/bucket-policy.ts';
import { bucket } from './resource-types/bucket.ts';
import { deliveryStream } from './resource-types/delivery-stream.ts';
import { eventBus } from './resource-types/event-bus.ts';
import { eventRule } from './resource-types/event-rule.ts';
import { iotPolicyAttachment, iotThingAttachment } from './resource-types/iot-attachments.ts';
import { iotCaCertificate, iotCertificate } from './resource-types/iot-certificates.ts';
import { iotPolicy } from './resource-types/iot-policy.ts';
import { iotProvisioningTemplate } from './resource-types/iot-provisioning-template.ts';
import { iotBillingGroup, iotThing, iotThingGroup, iotThingType } from './resource-types/iot-things.ts';
import { logGroup } from './resource-types/log-group.ts';
import { permission } from './resource-types/permission.ts';
import { managedPolicy, rolePolicy } from './resource-types/policy.ts';
import { queuePolicy } from './resource-types/queue-policy.ts';
import { queue } from './resource-types/queue.ts';
import type { Creation, Place, ResourceType } from './resource-types/resource-type.ts';
import { role } from './resource-types/role.ts';
import { ruleDestination } from './resource-types/rule-destination.ts';
import { subscription } from './resource-types/subscription.ts';
import { table } from './resource-types/table.ts';
import { topicInlinePolicy } from './resource-types/topic-inline-policy.ts';
import { topicPolicy } from './resource-types/topic-policy.ts';
import { topicRule } from './resource-types/topic-rule.ts';
import { topic } from './resource-types/topic.ts';
import { normalise, type FunctionDefinition, type Template } from './template.ts';

const RESOURCE_TYPES: readonly ResourceType[] = [
  table,
  queue,
  queuePolicy,
  bucket,
  bucketPolicy,
  topic,
  subscription,
  topicPolicy,
  topicInlinePolicy,
  topicRule,
  ruleDestination,
  deliveryStream,
  logGroup,
  alarm,
  role,
  rolePolicy,
  managedPolicy,
  permission,
  eventBus,
  eventRule,
  iotPolicy,
  iotThingType,
  iotThingGroup,
  iotBillingGroup,
  iotProvisioningTemplate,
  iotCaCertificate,
  iotCertificate,
  iotThing,
  iotPolicyAttachment,
  iotThingAttachment,
];

/** A function, everything about it resolved. */
export interface PlannedFunction extends Omit<FunctionDefinition, 'environment' | 'onFailure'> {
  readonly arn: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly onFailureArn?: string;
}

/** What has to exist for the template to run. */
export interface Plan {
  readonly creations: readonly NonNullable<Creation>[];
  readonly functions: readonly PlannedFunction[];
  /** What `Ref` gives, by logical id: names of tables, URLs of queues. */
  readonly references: Readonly<Record<string, string>>;
}

/**
 * Turns a template into what to create: every resource named, every intrinsic resolved, everything checked.
 *
 * @throws ConfigurationError for the first thing that the glass copy cannot do, by name.
 */
export function planTemplate(template: Template, place: Place): Plan {
  const typesByName = new Map(RESOURCE_TYPES.map((type) => [type.type, type]));
  const named = new Map<string, Named>(pseudoParameters(place));
  const scope: Scope = { ...template, named };
  for (const definition of template.functions) nameFunction(definition, named, place);
  if (template.httpApi !== undefined) {
    named.set('HttpApi', { ref: LOCAL_API_ID, attributes: { ApiId: LOCAL_API_ID } });
  }

  const planned: { logicalId: string; type: ResourceType; named: Named; properties: unknown }[] = [];
  for (const [logicalId, resource] of Object.entries(template.resources)) {
    const type = typesByName.get(resource.type);
    if (type === undefined) throw notServed(logicalId, resource.type);
    if (resource.condition !== undefined && !conditionHolds(resource.condition, scope)) continue;
    const own = type.name(logicalId, resource.properties, place, (value) => resolveIntrinsics(value, scope));
    named.set(logicalId, own);
    planned.push({ logicalId, type, named: own, properties: resource.properties });
  }

  const creations: NonNullable<Creation>[] = [];
  for (const { logicalId, type, named: own, properties } of planned) {
    const creation = type.create(logicalId, own, resolveIntrinsics(properties, scope));
    if (creation !== undefined) creations.push(creation);
  }
  return {
    creations,
    functions: template.functions.map((definition) => planFunction(definition, scope)),
    references: Object.fromEntries(planned.map(({ logicalId, named: own }) => [logicalId, own.ref])),
  };
}

function pseudoParameters({ region, accountId, partition, stack }: Place): [string, Named][] {
  const values = {
    'AWS::Region': region,
    'AWS::AccountId': accountId,
    'AWS::Partition': partition,
    'AWS::StackName': stack,
    'AWS::StackId': `arn:${partition}:cloudformation:${region}:${accountId}:stack/${stack}/local`,
    'AWS::URLSuffix': 'amazonaws.com',
  };
  return Object.entries(values).map(([name, ref]) => [name, { ref, attributes: {} }]);
}

/** A function and its log group: the resources that `serverless` makes of a function. */
function nameFunction(definition: FunctionDefinition, named: Map<string, Named>, place: Place): void {
  const { region, accountId } = place;
  const { name } = definition;
  const group = `/aws/lambda/${name}`;
  named.set(definition.logicalId, {
    ref: name,
    attributes: { Arn: `arn:aws:lambda:${region}:${accountId}:function:${name}` },
  });
  named.set(`${normalise(definition.key)}LogGroup`, {
    ref: group,
    attributes: { Arn: `arn:aws:logs:${region}:${accountId}:log-group:${group}:*` },
  });
}

function planFunction(definition: FunctionDefinition, scope: Scope): PlannedFunction {
  const { environment, onFailure, ...rest } = definition;
  const resolved: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    resolved[name] = String(resolveIntrinsics(value, scope));
  }
  const onFailureArn = resolveIntrinsics(onFailure, scope);
  return {
    ...rest,
    arn: scope.named.get(definition.logicalId)?.attributes['Arn'] ?? '',
    environment: resolved,
    ...(typeof onFailureArn === 'string' ? { onFailureArn } : {}),
  };
}

function notServed(logicalId: string, type: string): ConfigurationError {
  const served = RESOURCE_TYPES.map((resourceType) => resourceType.type).join(', ');
  return new ConfigurationError(
    `resource "${logicalId}" is of type ${type}, which is not served here; served are ${served}`,
    { code: 'RESOURCE_NOT_SERVED', data: { logicalId, type } },
  );
}
