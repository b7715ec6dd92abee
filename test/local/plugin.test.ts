import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import GlasshousePlugin from '../../local/plugin.ts';
import { writeRunning } from '../../local/running.ts';
import type { Serverless } from '../../local/serverless.ts';

// How the plugin works inside `serverless` is shown by test/e2e: this is what it does to a service in memory.
const folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-plugin-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => {
  delete process.env['GLASSHOUSE_FOLDER'];
});

function serverless(commands: readonly string[]): Serverless {
  const service = {
    service: 'test',
    provider: { name: 'aws', stage: 'dev', region: 'eu-west-1' },
    functions: {
      probe: {
        name: 'test-dev-probe',
        handler: 'probe.handler',
        environment: { QUEUE_URL: { Ref: 'Queue' }, PLAIN: 'text' },
      },
    },
    resources: { Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: {} } } },
    custom: { esbuild: { outputFileExtension: '.mjs' } },
  };
  return {
    serviceDir: folder,
    service,
    processedInput: { commands },
    pluginManager: { spawn: async () => {} },
    classes: { Error },
  };
}

async function initialize(service: Serverless): Promise<void> {
  const log = { notice: () => {}, warning: () => {} };
  await new GlasshousePlugin(service, {}, { log }).hooks['initialize']?.();
}

test.each([['deploy'], ['package'], ['print'], ['invoke']])(
  'Of a %s it changes nothing but the folder that is bundled in.',
  async (command) => {
    const before = serverless([command]);
    const after = serverless([command]);
    await initialize(after);
    expect(after.service.custom?.['esbuild']).toEqual({
      outputFileExtension: '.mjs',
      outputWorkFolder: path.join('.esbuild', 'package'),
    });
    expect(after.service.functions).toEqual(before.service.functions);
  },
);

test('For `invoke local` functions get the running cloud in their environment, and bundles that it can load.', async () => {
  const endpointUrl = 'http://127.0.0.1:4567';
  const state = mkdtempSync(path.join(folder, 'state-'));
  process.env['GLASSHOUSE_FOLDER'] = state;
  writeRunning(state, {
    pid: process.pid,
    startedAt: '2026-01-31T10:00:00.000Z',
    service: 'test',
    stage: 'dev',
    region: 'eu-west-1',
    accountId: '000000000000',
    endpointUrl,
    mqttUrl: 'mqtt://127.0.0.1:1',
    mqttsUrl: 'mqtts://127.0.0.1:8883',
    httpsUrl: 'https://127.0.0.1:8443',
    caFile: 'ca.pem',
    pageUrl: 'http://127.0.0.1:2/',
    resources: {},
  });
  const service = serverless(['invoke', 'local']);
  await initialize(service);
  expect(service.service.functions?.['probe']?.['environment']).toEqual({
    AWS_REGION: 'eu-west-1',
    AWS_DEFAULT_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL: endpointUrl,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    QUEUE_URL: `${endpointUrl}/000000000000/test-dev-Queue`,
    PLAIN: 'text',
  });
  expect(service.service.custom?.['esbuild']).toEqual({
    outputFileExtension: '.js',
    outputWorkFolder: path.join('.esbuild', String(process.pid)),
  });
});
