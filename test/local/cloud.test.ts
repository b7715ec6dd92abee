import { createServer } from 'node:net';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestCloud, type TestCloud } from '../support/cloud.ts';
import { listenersOf } from '../support/listeners.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-cloud-'));
const taken = createServer();
let port: number;
let cloud: TestCloud;

beforeAll(async () => {
  await once(taken.listen(0, '127.0.0.1'), 'listening');
  const address = taken.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
  cloud = await startTestCloud({});
});
afterAll(async () => {
  await cloud.stop();
  taken.close();
  rmSync(folder, { recursive: true, force: true });
});

test.each([
  ['mqttPort', 'MQTT', 'GLASSHOUSE_MQTT_PORT (or custom.glasshouse.mqttPort in serverless.yml)'],
  ['endpointPort', 'the AWS APIs', 'GLASSHOUSE_ENDPOINT_PORT (or custom.glasshouse.endpointPort in'],
  ['pagePort', 'the page', 'GLASSHOUSE_PAGE_PORT (or custom.glasshouse.pagePort in serverless.yml)'],
])('A taken %s is an error that says which, what for and what to set.', async (name, purpose, setting) => {
  const starting = startTestCloud({}, { folder, ports: { [name]: port } });
  await expect(starting).rejects.toMatchObject({ name: 'ConfigurationError', data: { port } });
  for (const part of [`Port ${port} `, purpose, setting]) await expect(starting).rejects.toThrow(part);
});

test('A start that failed leaves nothing behind but its folder: the next one succeeds on it.', async () => {
  const again = await startTestCloud({}, { folder });
  expect(readdirSync(folder)).toContain('cloud.json');
  await again.stop();
  expect(readdirSync(folder)).not.toContain('cloud.json');
});

test('Two clouds may run side by side; on one folder they may not.', async () => {
  const other = await startTestCloud({}, { folder });
  await expect(startTestCloud({}, { folder })).rejects.toMatchObject({ code: 'CLOUD_RUNNING' });
  const status = await fetch(`${other.running.endpointUrl}/_glasshouse/status`);
  expect(status.ok).toBe(true);
  await other.stop();
});

test('A service that it does not have is refused by name.', async () => {
  const answer = await fetch(cloud.running.endpointUrl, {
    method: 'POST',
    headers: {
      authorization:
        'AWS4-HMAC-SHA256 Credential=any/20260131/eu-west-1/kms/aws4_request, SignedHeaders=host, Signature=0',
      'x-amz-target': 'TrentService.ListKeys',
    },
    body: '{}',
  });
  expect(answer.ok).toBe(false);
  expect(await answer.text()).toContain('signed for the service \\"kms\\"');
});

test.skipIf(process.platform !== 'linux')('It listens on 127.0.0.1 only, on a port for each purpose.', () => {
  const { endpointUrl, mqttUrl, pageUrl } = cloud.running;
  const listeners = listenersOf(process.pid);
  for (const url of [endpointUrl, mqttUrl, pageUrl]) expect(listeners).toContain(new URL(url).host);
  for (const listener of listeners) expect(listener).toMatch(/^127\.0\.0\.1:/);
});
