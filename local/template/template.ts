import { z } from 'zod';
import { ConfigurationError } from '../errors.ts';

/** What the glass copy takes from a service: the same that a deployment would take. */
export interface Template {
  readonly service: string;
  readonly stage: string;
  readonly region: string;
  readonly functions: readonly FunctionDefinition[];
  readonly resources: Readonly<Record<string, Resource>>;
  readonly conditions: Readonly<Record<string, unknown>>;
  readonly mappings: Readonly<Record<string, unknown>>;
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface Resource {
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly condition?: string;
}

export interface FunctionDefinition {
  /** Its key in serverless.yml: `score-anomaly`. */
  readonly key: string;
  /** Its name on AWS: `glasshouse-dev-score-anomaly`. */
  readonly name: string;
  /** Its logical id in the template: `ScoreDashanomalyLambdaFunction`. */
  readonly logicalId: string;
  readonly handler: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  /** Values may still be intrinsics. */
  readonly environment: Readonly<Record<string, unknown>>;
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeSeconds: number;
  /** How many invocations may run at once; undefined: as many as the cloud runs. */
  readonly reservedConcurrency?: number;
  /** Arn of the on-failure destination, maybe still an intrinsic. */
  readonly onFailure?: unknown;
}

/** What a Lambda function has when the template does not say. */
const LAMBDA_DEFAULTS = { timeoutSeconds: 6, memoryMb: 1024, retries: 2, eventAgeSeconds: 21_600 } as const;

/** Properties that AWS acts on and that have nothing to act on here. */
const WITHOUT_LOCAL_EFFECT = [
  'architecture',
  'description',
  'disableLogs',
  'ephemeralStorageSize',
  'kmsKeyArn',
  'logRetentionInDays',
  'package',
  'provisionedConcurrency',
  'role',
  'runtime',
  'tags',
  'tracing',
  'versionFunction',
  'vpc',
];

/** Events that `serverless offline` itself serves; the cloud leaves them to it. */
const EVENTS_OF_OFFLINE = new Set(['http', 'httpApi', 'schedule', 'websocket', 'alb']);

const anything = z.record(z.string(), z.unknown());

const functionSchema = z.looseObject({
  name: z.string(),
  handler: z.string().optional(),
  image: z.unknown().optional(),
  timeout: z.number().optional(),
  memorySize: z.number().optional(),
  environment: anything.optional(),
  events: z.array(anything).optional(),
  maximumRetryAttempts: z.number().int().min(0).max(2).optional(),
  maximumEventAge: z.number().optional(),
  reservedConcurrency: z.number().int().min(1).optional(),
  destinations: z
    .strictObject({ onFailure: z.unknown().optional(), onSuccess: z.unknown().optional() })
    .optional(),
});

const resourceSchema = z.looseObject({
  Type: z.string(),
  Properties: anything.optional(),
  Condition: z.string().optional(),
});

const serviceSchema = z.looseObject({
  service: z.string(),
  provider: z.looseObject({
    stage: z.string(),
    region: z.string(),
    timeout: z.number().optional(),
    memorySize: z.number().optional(),
    environment: anything.optional(),
  }),
  functions: z.record(z.string(), functionSchema).optional(),
  resources: z
    .looseObject({
      Resources: z.record(z.string(), resourceSchema).optional(),
      Conditions: anything.optional(),
      Mappings: anything.optional(),
      Parameters: anything.optional(),
    })
    .nullish(),
});

/**
 * Reads a service, its variables resolved, as `serverless` holds it in memory.
 *
 * @throws ConfigurationError for what the glass copy cannot do, by name.
 */
export function readTemplate(service: unknown): Template {
  const parsed = serviceSchema.safeParse(service);
  if (!parsed.success) {
    throw new ConfigurationError(`serverless.yml cannot be read: ${z.prettifyError(parsed.error)}`, {
      code: 'SERVICE_UNREADABLE',
      cause: parsed.error,
    });
  }
  const { provider, functions = {}, resources } = parsed.data;
  const found: Record<string, Resource> = {};
  for (const [logicalId, resource] of Object.entries(resources?.Resources ?? {})) {
    const { Type: type, Properties: properties = {}, Condition: condition } = resource;
    found[logicalId] = { type, properties, ...(condition === undefined ? {} : { condition }) };
  }
  const definitions: FunctionDefinition[] = [];
  for (const [key, definition] of Object.entries(functions)) {
    const read = readFunction(key, definition, provider);
    definitions.push(read);
    Object.assign(found, readEvents(read, definition.events ?? []));
  }
  return {
    service: parsed.data.service,
    stage: provider.stage,
    region: provider.region,
    functions: definitions,
    resources: found,
    conditions: resources?.Conditions ?? {},
    mappings: resources?.Mappings ?? {},
    parameters: resources?.Parameters ?? {},
  };
}

function readFunction(
  key: string,
  definition: z.infer<typeof functionSchema>,
  provider: z.infer<typeof serviceSchema>['provider'],
): FunctionDefinition {
  const { handler, destinations, reservedConcurrency } = definition;
  if (handler === undefined) {
    throw new ConfigurationError(
      `function "${key}" has no handler: only functions from a handler can run here, not container images`,
      { code: 'FUNCTION_WITHOUT_HANDLER', data: { function: key } },
    );
  }
  const known = [...Object.keys(functionSchema.shape), ...WITHOUT_LOCAL_EFFECT];
  const other = Object.keys(definition).find((property) => !known.includes(property));
  if (other !== undefined) {
    throw new ConfigurationError(
      `function "${key}" has the property "${other}", which is not served here; served are ${known.join(', ')}`,
      { code: 'FUNCTION_PROPERTY_NOT_SERVED', data: { function: key, property: other } },
    );
  }
  if (destinations?.onSuccess !== undefined) {
    throw new ConfigurationError(
      `function "${key}" has an on-success destination, which is not served here: use onFailure, or publish in the function`,
      { code: 'DESTINATION_NOT_SERVED', data: { function: key } },
    );
  }
  return {
    key,
    name: definition.name,
    logicalId: `${normalise(key)}LambdaFunction`,
    handler,
    timeoutSeconds: definition.timeout ?? provider.timeout ?? LAMBDA_DEFAULTS.timeoutSeconds,
    memoryMb: definition.memorySize ?? provider.memorySize ?? LAMBDA_DEFAULTS.memoryMb,
    environment: { ...provider.environment, ...definition.environment },
    maximumRetryAttempts: definition.maximumRetryAttempts ?? LAMBDA_DEFAULTS.retries,
    maximumEventAgeSeconds: definition.maximumEventAge ?? LAMBDA_DEFAULTS.eventAgeSeconds,
    ...(reservedConcurrency === undefined ? {} : { reservedConcurrency }),
    ...(destinations?.onFailure === undefined ? {} : { onFailure: destinationArn(destinations.onFailure) }),
  };
}

/** A destination is an ARN, a function's key, or `{type, arn}`. */
function destinationArn(destination: unknown): unknown {
  return typeof destination === 'object' && destination !== null && 'arn' in destination
    ? destination.arn
    : destination;
}

/** The topic rules and permissions that `iot` events stand for; an event that nothing serves is refused by name. */
function readEvents(
  definition: FunctionDefinition,
  events: readonly Record<string, unknown>[],
): Record<string, Resource> {
  const resources: Record<string, Resource> = {};
  let rules = 0;
  for (const event of events) {
    const [kind = 'nothing'] = Object.keys(event);
    if (EVENTS_OF_OFFLINE.has(kind)) continue;
    if (kind !== 'iot') {
      throw new ConfigurationError(
        `function "${definition.key}" has an event "${kind}", which is not served here: remove it, or run the function by an iot rule`,
        { code: 'EVENT_NOT_SERVED', data: { function: definition.key, event: kind } },
      );
    }
    rules += 1;
    const logicalId = `${normalise(definition.key)}IotTopicRule${rules}`;
    resources[logicalId] = ruleOfEvent(event['iot'], definition);
    resources[`${normalise(definition.key)}LambdaPermissionIotTopicRule${rules}`] = permissionOfEvent(
      logicalId,
      definition,
    );
  }
  return resources;
}

const iotEventSchema = z.strictObject({
  sql: z.string(),
  sqlVersion: z.string().optional(),
  name: z.string().optional(),
  enabled: z.boolean().optional(),
  description: z.string().optional(),
});

function ruleOfEvent(event: unknown, definition: FunctionDefinition): Resource {
  const { sql, sqlVersion, name, enabled = true, description } = iotEventSchema.parse(event);
  return {
    type: 'AWS::IoT::TopicRule',
    properties: {
      ...(name === undefined ? {} : { RuleName: name }),
      TopicRulePayload: {
        Sql: sql,
        ...(sqlVersion === undefined ? {} : { AwsIotSqlVersion: sqlVersion }),
        ...(description === undefined ? {} : { Description: description }),
        RuleDisabled: !enabled,
        Actions: [{ Lambda: { FunctionArn: { 'Fn::GetAtt': [definition.logicalId, 'Arn'] } } }],
      },
    },
  };
}

/** A deployment lets each rule of an event invoke its function, and so does this. */
function permissionOfEvent(ruleLogicalId: string, definition: FunctionDefinition): Resource {
  return {
    type: 'AWS::Lambda::Permission',
    properties: {
      FunctionName: { 'Fn::GetAtt': [definition.logicalId, 'Arn'] },
      Action: 'lambda:InvokeFunction',
      Principal: 'iot.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': [ruleLogicalId, 'Arn'] },
    },
  };
}

/** A function's key as osls writes it into logical ids: letters and digits, `-` and `_` spelt out. */
export function normalise(key: string): string {
  const spelt = key.replaceAll('-', 'Dash').replaceAll('_', 'Underscore');
  return spelt.charAt(0).toUpperCase() + spelt.slice(1);
}
