import { z } from 'zod';
import { ConfigurationError } from '../errors.ts';
import type { HttpRoute } from '../http-api/index.ts';
import { readEvents, readHttpApi, type HttpApiDefinition } from './events/index.ts';
import { normalise } from './logical-ids.ts';

export { normalise } from './logical-ids.ts';

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
  /** Left out where no function has an `httpApi` event. */
  readonly httpApi?: HttpApiDefinition;
}

export interface Resource {
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly condition?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
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
  Metadata: anything.optional(),
});

const serviceSchema = z.looseObject({
  service: z.string(),
  provider: z.looseObject({
    stage: z.string(),
    region: z.string(),
    timeout: z.number().optional(),
    memorySize: z.number().optional(),
    environment: anything.optional(),
    httpApi: z.unknown().optional(),
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
    const { Type: type, Properties: properties = {}, Condition: condition, Metadata: metadata } = resource;
    found[logicalId] = {
      type,
      properties,
      ...(condition === undefined ? {} : { condition }),
      ...(metadata === undefined ? {} : { metadata }),
    };
  }
  const definitions: FunctionDefinition[] = [];
  const routes: HttpRoute[] = [];
  for (const [key, definition] of Object.entries(functions)) {
    const read = readFunction(key, definition, provider);
    definitions.push(read);
    const events = readEvents(read, definition.events ?? []);
    // Functions may listen to one topic or bus: the first makes it, as in a deployment.
    for (const [logicalId, resource] of Object.entries(events.resources)) found[logicalId] ??= resource;
    routes.push(...events.routes);
  }
  const httpApi = readHttpApi(provider.httpApi, routes);
  return {
    service: parsed.data.service,
    stage: provider.stage,
    region: provider.region,
    functions: definitions,
    resources: found,
    conditions: resources?.Conditions ?? {},
    mappings: resources?.Mappings ?? {},
    parameters: resources?.Parameters ?? {},
    ...(httpApi === undefined ? {} : { httpApi }),
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
