import path from 'node:path';
import { z } from 'zod';
import { ConfigurationError } from './errors.ts';
import { freePort } from './free-port.ts';

/** How the glass copy runs on this machine. Nothing of it is deployed. */
export interface Configuration {
  /** Where state is kept. */
  readonly folder: string;
  readonly mqttPort: number;
  /** MQTT over TLS, for devices with certificates. */
  readonly mqttsPort: number;
  /** HTTPS, for devices with certificates. */
  readonly httpsPort: number;
  readonly endpointPort: number;
  readonly pagePort: number;
  /** Of the functions' httpApi events; nothing listens where there are none. */
  readonly httpApiPort: number;
  /** Invocations that may run at once. AWS would run 1,000; a laptop has fewer cores. */
  readonly maxConcurrency: number;
  /** Waits before a failed asynchronous invocation is tried a second and a third time. */
  readonly retryDelaysSeconds: readonly number[];
  /** `aws`: the control plane and the gateway of AWS IoT take no more in a second than on AWS. @default unlimited */
  readonly rates?: 'aws' | 'unlimited';
  readonly dynamodbEndpoint?: string;
  readonly dynamodbJar?: string;
}

const port = z.coerce.number().int().min(0).max(65_535);

/** `custom.glasshouse` in serverless.yml. */
const fileSchema = z.strictObject({
  folder: z.string().exactOptional(),
  mqttPort: port.exactOptional(),
  mqttsPort: port.exactOptional(),
  httpsPort: port.exactOptional(),
  endpointPort: port.exactOptional(),
  pagePort: port.exactOptional(),
  httpApiPort: port.exactOptional(),
  maxConcurrency: z.coerce.number().int().min(1).max(1_000).exactOptional(),
  retryDelaysSeconds: z.array(z.number().min(0)).min(1).exactOptional(),
  rates: z.enum(['aws', 'unlimited']).exactOptional(),
  dynamodbEndpoint: z.url().exactOptional(),
  dynamodbJar: z.string().exactOptional(),
});

/** The same by environment variables, which stand over the file. */
const VARIABLES = {
  folder: 'GLASSHOUSE_FOLDER',
  mqttPort: 'GLASSHOUSE_MQTT_PORT',
  mqttsPort: 'GLASSHOUSE_MQTTS_PORT',
  httpsPort: 'GLASSHOUSE_HTTPS_PORT',
  endpointPort: 'GLASSHOUSE_ENDPOINT_PORT',
  pagePort: 'GLASSHOUSE_PAGE_PORT',
  httpApiPort: 'GLASSHOUSE_HTTP_API_PORT',
  maxConcurrency: 'GLASSHOUSE_MAX_CONCURRENCY',
  retryDelaysSeconds: 'GLASSHOUSE_RETRY_DELAYS_SECONDS',
  rates: 'GLASSHOUSE_RATES',
  dynamodbEndpoint: 'GLASSHOUSE_DYNAMODB_ENDPOINT',
  dynamodbJar: 'GLASSHOUSE_DYNAMODB_JAR',
} as const satisfies Record<keyof z.infer<typeof fileSchema>, string>;

const DEFAULTS = {
  folder: '.glasshouse',
  mqttPort: 1883,
  mqttsPort: 8883,
  httpsPort: 8443,
  endpointPort: 4566,
  pagePort: 8080,
  httpApiPort: 3001,
  maxConcurrency: 6,
  retryDelaysSeconds: [60, 120],
} as const;

/** The setting that moves a port, as a person would write it. */
export const PORT_SETTINGS = {
  mqtt: 'GLASSHOUSE_MQTT_PORT (or custom.glasshouse.mqttPort in serverless.yml)',
  mqtts: 'GLASSHOUSE_MQTTS_PORT (or custom.glasshouse.mqttsPort in serverless.yml)',
  https: 'GLASSHOUSE_HTTPS_PORT (or custom.glasshouse.httpsPort in serverless.yml)',
  endpoint: 'GLASSHOUSE_ENDPOINT_PORT (or custom.glasshouse.endpointPort in serverless.yml)',
  page: 'GLASSHOUSE_PAGE_PORT (or custom.glasshouse.pagePort in serverless.yml)',
  httpApi: 'GLASSHOUSE_HTTP_API_PORT (or custom.glasshouse.httpApiPort in serverless.yml)',
} as const;

/**
 * @param custom `custom.glasshouse` of serverless.yml, if it is there.
 * @param serviceFolder the folder of serverless.yml, which a relative `folder` is relative to.
 * @throws ConfigurationError CONFIGURATION_UNUSABLE that names the setting.
 */
export function readConfiguration(
  custom: unknown,
  serviceFolder: string,
  environment: NodeJS.ProcessEnv,
): Configuration {
  const file = parse(fileSchema, custom ?? {}, 'custom.glasshouse in serverless.yml');
  const given: Record<string, unknown> = {};
  for (const [name, variable] of Object.entries(VARIABLES)) {
    const value = environment[variable];
    if (value === undefined || value === '') continue;
    given[name] = name === 'retryDelaysSeconds' ? value.split(',').map(Number) : value;
  }
  const fromEnvironment = parse(fileSchema, given, 'the environment (GLASSHOUSE_…)');
  const merged = { ...DEFAULTS, ...file, ...fromEnvironment };
  return { ...merged, folder: path.resolve(serviceFolder, merged.folder) };
}

/** Puts a port that is free in the place of each 0. */
export async function choosePorts(configuration: Configuration): Promise<Configuration> {
  const { endpointPort, mqttPort, mqttsPort, httpsPort, pagePort, httpApiPort } = configuration;
  const chosen = async (given: number): Promise<number> => (given === 0 ? freePort() : given);
  return {
    ...configuration,
    endpointPort: await chosen(endpointPort),
    mqttPort: await chosen(mqttPort),
    mqttsPort: await chosen(mqttsPort),
    httpsPort: await chosen(httpsPort),
    pagePort: await chosen(pagePort),
    httpApiPort: await chosen(httpApiPort),
  };
}

function parse(schema: typeof fileSchema, value: unknown, where: string) {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ConfigurationError(`${where} cannot be used: ${z.prettifyError(parsed.error)}`, {
    code: 'CONFIGURATION_UNUSABLE',
    cause: parsed.error,
  });
}
