import { z } from 'zod';
import type { AlarmDefinition } from '../../cloudwatch/index.ts';
import { ConfigurationError } from '../../errors.ts';
import type { Named } from '../intrinsics.ts';
import type { CreatedIotResource } from './iot-created.ts';

/** Where a resource stands: the parts that names and ARNs are made of. */
export interface Place {
  readonly partition: 'aws';
  readonly region: string;
  readonly accountId: string;
  /** `glasshouse-dev`: what CloudFormation would call the stack. */
  readonly stack: string;
  /** Base of queue URLs: the endpoint. */
  readonly endpointUrl: string;
}

/** What the cloud has to create or to know for a resource; undefined where there is nothing. */
export type Creation =
  | CreatedTable
  | { readonly kind: 'queue'; readonly name: string; readonly attributes: Readonly<Record<string, string>> }
  | { readonly kind: 'queue-policy'; readonly queueUrls: readonly string[]; readonly document: unknown }
  | { readonly kind: 'bucket'; readonly name: string }
  | { readonly kind: 'topic-rule'; readonly name: string; readonly payload: unknown }
  | { readonly kind: 'rule-destination'; readonly confirmationUrl: string }
  | CreatedTopic
  | CreatedSubscription
  | { readonly kind: 'topic-policy'; readonly topicArns: readonly string[]; readonly document: unknown }
  | { readonly kind: 'log-group'; readonly name: string }
  | { readonly kind: 'alarm'; readonly definition: AlarmDefinition }
  | CreatedDeliveryStream
  | CreatedRole
  | CreatedRolePolicy
  | CreatedManagedPolicy
  | CreatedPermission
  | CreatedIotResource
  | { readonly kind: 'event-bus'; readonly name: string; readonly description?: string }
  | CreatedEventRule
  | undefined;

/** A DynamoDB table. */
export interface CreatedTable {
  readonly kind: 'table';
  readonly name: string;
  /** Of CreateTable. */
  readonly request: Readonly<Record<string, unknown>>;
  /** The attribute that says when an item expires; without it none does. */
  readonly timeToLive?: string;
}

/** An SNS topic, its attributes by SNS's own names. */
export interface CreatedTopic {
  readonly kind: 'topic';
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly subscriptions: readonly { readonly protocol: string; readonly endpoint: string }[];
}

/** A subscription to an SNS topic, its attributes by SNS's own names. */
export interface CreatedSubscription {
  readonly kind: 'subscription';
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A Firehose delivery stream that writes into a bucket. */
export interface CreatedDeliveryStream {
  readonly kind: 'delivery-stream';
  readonly name: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly isCompressed: boolean;
  readonly intervalSeconds: number;
  readonly sizeMib: number;
}

/** An IAM role with the policies that stand in it. */
export interface CreatedRole {
  readonly kind: 'role';
  readonly name: string;
  readonly arn: string;
  readonly trustPolicy: unknown;
  readonly policies: readonly { readonly name: string; readonly document: unknown }[];
  readonly managedPolicyArns: readonly string[];
  readonly hasPermissionsBoundary: boolean;
}

/** A policy that stands beside the roles that it belongs to. */
export interface CreatedRolePolicy {
  readonly kind: 'role-policy';
  readonly name: string;
  readonly document: unknown;
  readonly roleNames: readonly string[];
}

/** A policy that roles may also name by its ARN. */
export interface CreatedManagedPolicy {
  readonly kind: 'managed-policy';
  readonly name: string;
  readonly arn: string;
  readonly document: unknown;
  readonly roleNames: readonly string[];
}

/** Leave for a service to invoke a function. */
export interface CreatedPermission {
  readonly kind: 'lambda-permission';
  readonly functionName: string;
  readonly action: string;
  readonly principal: string;
  readonly sourceArn?: string;
  readonly sourceAccount?: string;
}

/** A rule of EventBridge. */
export interface CreatedEventRule {
  readonly kind: 'event-rule';
  readonly name: string;
  readonly busName: string;
  /** JSON. */
  readonly eventPattern?: string;
  readonly scheduleExpression?: string;
  readonly isEnabled: boolean;
  readonly description?: string;
  readonly roleArn?: string;
  /** By the names of the API. */
  readonly targets: readonly unknown[];
}

/** One type of CloudFormation resource that the glass copy has. */
export interface ResourceType {
  readonly type: string;
  /** The name, ARN and attributes, before anything exists: from its logical id and its explicit name. */
  name(
    logicalId: string,
    properties: Readonly<Record<string, unknown>>,
    place: Place,
    /** Resolves intrinsics in a property, once every resource has its name. */
    resolve: (value: unknown) => unknown,
  ): Named;
  /** What to create, from properties whose intrinsics are resolved. */
  create(logicalId: string, named: Named, properties: unknown): Creation;
}

/**
 * Checks a resource's properties. A property that is not in `schema` is something that the glass copy cannot
 * do: it is refused by name, never skipped.
 */
export function readProperties<Schema extends z.ZodType>(
  schema: Schema,
  properties: unknown,
  type: string,
  logicalId: string,
): z.infer<Schema> {
  const parsed = schema.safeParse(properties);
  if (parsed.success) return parsed.data;
  throw new ConfigurationError(
    `resource "${logicalId}" (${type}) asks for what cannot be done here: ${z.prettifyError(parsed.error)}`,
    { code: 'PROPERTY_NOT_SERVED', data: { logicalId, type }, cause: parsed.error },
  );
}

/** A property that AWS acts on and that has nothing to act on here: encryption at rest, tags, backups. */
export const withoutLocalEffect = z.unknown().optional();

/** The name that a resource was given, or the one that it gets: `glasshouse-dev-RejectionsQueue`. */
export function physicalName(
  properties: Readonly<Record<string, unknown>>,
  property: string,
  logicalId: string,
  place: Place,
): string {
  const given = properties[property];
  return typeof given === 'string' ? given : `${place.stack}-${logicalId}`;
}
