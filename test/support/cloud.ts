import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { connectAsync, type MqttClient } from 'mqtt';
import { startCloud, type Cloud } from '../../local/cloud.ts';
import { choosePorts } from '../../local/configuration.ts';
import { planService } from '../../local/template/plan-service.ts';
import { readTemplate, type Template } from '../../local/template/template.ts';

/** A service as `serverless` would hold it: functions from test/fixtures/functions, and any resources. */
export interface TestService {
  readonly functions?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly resources?: Readonly<Record<string, unknown>>;
}

export function testTemplate({ functions = {}, resources = {} }: TestService): Template {
  const named = Object.entries(functions).map(([key, definition]) => [
    key,
    { name: `test-dev-${key}`, ...definition },
  ]);
  return readTemplate({
    service: 'test',
    provider: { name: 'aws', stage: 'dev', region: 'eu-west-1' },
    functions: Object.fromEntries(named),
    resources: { Resources: resources },
  });
}

const FUNCTIONS = path.join(import.meta.dirname, '../fixtures/functions');

/** A whole cloud on free ports, with its state in a folder of its own that is removed at the end. */
export async function startTestCloud(
  service: TestService,
  options: {
    folder?: string;
    retryDelaysSeconds?: readonly number[];
    maxConcurrency?: number;
    rates?: 'aws' | 'unlimited';
    ports?: Partial<Record<'mqttPort' | 'mqttsPort' | 'httpsPort' | 'endpointPort' | 'pagePort', number>>;
  } = {},
) {
  const ownFolder = options.folder === undefined;
  const folder = options.folder ?? mkdtempSync(path.join(tmpdir(), 'glasshouse-test-'));
  const told: string[] = [];
  const configuration = await choosePorts({
    folder,
    mqttPort: 0,
    mqttsPort: 0,
    httpsPort: 0,
    endpointPort: 0,
    pagePort: 0,
    httpApiPort: 0,
    ...options.ports,
    maxConcurrency: options.maxConcurrency ?? 3,
    ...(options.rates === undefined ? {} : { rates: options.rates }),
    retryDelaysSeconds: options.retryDelaysSeconds ?? [0.05, 0.1],
  });
  const cloud: Cloud = await startCloud({
    service: planService(testTemplate(service), `http://127.0.0.1:${configuration.endpointPort}`),
    configuration,
    bundles: { folder: FUNCTIONS, extension: '.mjs' },
    tell: (message) => told.push(message),
  });
  const { running } = cloud;
  const clients: MqttClient[] = [];
  return {
    running,
    folder,
    told,
    /** Options for any SDK client of this cloud. */
    sdk: {
      endpoint: running.endpointUrl,
      region: running.region,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    },
    async connect(clientId: string): Promise<MqttClient> {
      const client = await connectAsync(running.mqttUrl, { clientId, reconnectPeriod: 0 });
      clients.push(client);
      return client;
    },
    async stop(): Promise<void> {
      for (const client of clients) client.end(true);
      await cloud.stop();
      if (ownFolder) rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type TestCloud = Awaited<ReturnType<typeof startTestCloud>>;

/** Bundles a function of this project as it is deployed, into a folder of its own. */
export async function bundleFunction(entry: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    logLevel: 'error',
  });
}

/** Asks again and again until `ask` gives something. */
export async function eventually<Value>(
  ask: () => Promise<Value | undefined> | Value | undefined,
  withinMs = 10_000,
): Promise<Value> {
  const until = performance.now() + withinMs;
  for (;;) {
    const value = await ask();
    if (value !== undefined) return value;
    if (performance.now() > until) throw new Error(`it has not come true within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
