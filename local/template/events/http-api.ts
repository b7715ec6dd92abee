import { z } from 'zod';
import { METHODS, type CorsConfiguration, type HttpRoute } from '../../http-api/index.ts';
import { ConfigurationError } from '../../errors.ts';
import { eventNotServed, readEvent, type EventOf } from './event-source.ts';

/** The HTTP API of a service: what its `httpApi` events and `provider.httpApi` say together. */
export interface HttpApiDefinition {
  readonly routes: readonly HttpRoute[];
  readonly cors?: CorsConfiguration;
}

const eventSchema = z.union([
  z.string(),
  z.strictObject({ method: z.string().optional(), path: z.string(), authorizer: z.unknown().optional() }),
]);

const texts = z.union([z.string().transform((one) => [one]), z.array(z.string())]);

const corsSchema = z.strictObject({
  allowedOrigins: texts.optional(),
  allowedHeaders: texts.optional(),
  allowedMethods: texts.optional(),
  exposedResponseHeaders: texts.optional(),
  allowCredentials: z.boolean().default(false),
  maxAge: z.number().int().min(0).optional(),
});

/** `provider.httpApi`. Names and metrics have nothing to act on here; authorizers are refused where one is used. */
const providerSchema = z.strictObject({
  cors: z.union([z.boolean(), corsSchema]).optional(),
  payload: z.literal('2.0').optional(),
  authorizers: z.record(z.string(), z.unknown()).optional(),
  name: z.unknown().optional(),
  description: z.unknown().optional(),
  metrics: z.unknown().optional(),
  disableDefaultEndpoint: z.unknown().optional(),
  shouldStartNameWithService: z.unknown().optional(),
  useProviderTags: z.unknown().optional(),
});

/** What osls allows where `cors: true` says no more. */
const DEFAULT_HEADERS = [
  'Content-Type',
  'X-Amz-Date',
  'Authorization',
  'X-Api-Key',
  'X-Amz-Security-Token',
  'X-Amz-User-Agent',
  'X-Amzn-Trace-Id',
];

/** The route that an `httpApi` event stands for. */
export function routeOfHttpApi(source: EventOf): HttpRoute {
  const { definition } = source;
  const event = readEvent(eventSchema, 'httpApi', source);
  if (typeof event === 'string') {
    const [method = '', ...path] = event.split(' ');
    return { routeKey: routeKey(method, path.join(' ')), functionName: definition.name };
  }
  if (event.authorizer !== undefined) {
    throw eventNotServed(
      definition,
      'httpApi',
      'authorizers are not part of this cloud; leave it out for the local stage, or check the caller in the function',
    );
  }
  return { routeKey: routeKey(event.method ?? '', event.path), functionName: definition.name };
}

/** `*` is the default route; a method `*` is any. */
function routeKey(method: string, path: string): string {
  if ((method === '*' || method === '') && (path === '*' || path === '')) return '$default';
  return `${method === '*' ? 'ANY' : method.toUpperCase()} ${path}`;
}

/** Reads `provider.httpApi`. @throws ConfigurationError HTTP_API_NOT_SERVED that names what cannot be done */
export function readHttpApi(provider: unknown, routes: readonly HttpRoute[]): HttpApiDefinition | undefined {
  if (routes.length === 0) return undefined;
  const parsed = providerSchema.safeParse(provider ?? {});
  if (!parsed.success) {
    throw new ConfigurationError(
      `provider.httpApi in serverless.yml asks for what cannot be done here: ${z.prettifyError(parsed.error)}`,
      { code: 'HTTP_API_NOT_SERVED', cause: parsed.error },
    );
  }
  const { cors = false } = parsed.data;
  return { routes, ...(cors === false ? {} : { cors: readCors(cors, routes) }) };
}

function readCors(cors: true | z.infer<typeof corsSchema>, routes: readonly HttpRoute[]): CorsConfiguration {
  const given: Partial<z.infer<typeof corsSchema>> = cors === true ? {} : cors;
  const { maxAge } = given;
  return {
    allowedOrigins: given.allowedOrigins ?? ['*'],
    allowedHeaders: given.allowedHeaders ?? DEFAULT_HEADERS,
    allowedMethods: given.allowedMethods ?? methodsOf(routes),
    exposedHeaders: given.exposedResponseHeaders ?? [],
    allowsCredentials: given.allowCredentials ?? false,
    ...(maxAge === undefined ? {} : { maxAgeSeconds: maxAge }),
  };
}

/** OPTIONS, and the methods of the routes. */
function methodsOf(routes: readonly HttpRoute[]): string[] {
  const methods = new Set<string>(['OPTIONS']);
  for (const { routeKey: key } of routes) {
    const [method = ''] = key.split(' ');
    if (method === 'ANY' || key === '$default') for (const one of METHODS) methods.add(one);
    else methods.add(method);
  }
  return [...methods];
}
