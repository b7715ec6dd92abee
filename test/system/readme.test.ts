import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { readDocuments, shellBlocks } from '../support/documents.ts';
import { ServiceCloud } from './cloud.ts';
import { programPath } from './programs.ts';

const ROOT = path.join(import.meta.dirname, '../..');

const BLOCKS = readDocuments().flatMap(shellBlocks);

/** The block of README.md that connects a device. */
const DEVICE_BLOCK = BLOCKS.find((block) => block.includes('mosquitto_pub')) ?? '';

/** The block of docs/devices.md that has waiting devices looked at again. */
const RECHECK_BLOCK = BLOCKS.find((block) => block.startsWith('aws lambda invoke ')) ?? '';

let cloud: ServiceCloud;
let folder: string;

beforeAll(async () => {
  cloud = await ServiceCloud.start();
});
afterAll(async () => {
  await cloud.remove();
});

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-readme-'));
  symlinkSync(path.join(ROOT, 'events'), path.join(folder, 'events'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/**
 * Runs a block as somebody would. Only what is told of this cloud differs: its ports, its folder; and the endpoint,
 * which Debian's CLI cannot read.
 */
function run(block: string): { readonly status: number | null; readonly stderr: string } {
  const { endpointUrl, mqttsUrl, caFile, region } = cloud.running;
  const script = block
    .replaceAll(/^aws /gm, `"${programPath('aws')}" --endpoint-url ${endpointUrl} `)
    .replaceAll('$(aws ', `$("${programPath('aws')}" --endpoint-url ${endpointUrl} `)
    .replace('mosquitto_pub ', `"${programPath('mosquittoPub')}" -q 1 `)
    .replace('.glasshouse/ca.pem', caFile)
    .replace('8883', new URL(mqttsUrl).port);
  const { status, stderr } = spawnSync('bash', ['-e', '-c', script], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      ...process.env,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: 'any',
      AWS_SECRET_ACCESS_KEY: 'any',
    },
  });
  return { status, stderr };
}

async function counted(): Promise<string> {
  const answer = await fetch(`${cloud.running.endpointUrl}/_glasshouse/status`);
  return JSON.stringify(await answer.json());
}

test("README.md's device gets a certificate and a policy, connects over TLS, and its reading is scored.", async () => {
  expect(run(DEVICE_BLOCK)).toMatchObject({ status: 0 });
  await expect.poll(counted).toContain('"Glasshouse/score-anomaly/ReadingScored":1');
});

test('docs/devices.md has those who wait looked at again.', async () => {
  expect(run(RECHECK_BLOCK)).toMatchObject({ status: 0 });
  await expect.poll(counted).toContain('"Glasshouse/sweep-certificates/');
});
