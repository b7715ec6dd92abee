import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readDocuments, shellBlocks } from '../support/documents.ts';
import { ServiceCloud } from './cloud.ts';
import { programPath } from './programs.ts';

const ROOT = path.join(import.meta.dirname, '../..');

/** The block of README.md that connects a device. */
const BLOCK =
  readDocuments()
    .flatMap(shellBlocks)
    .find((block) => block.includes('mosquitto_pub')) ?? '';

let cloud: ServiceCloud;
const folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-readme-'));

beforeAll(async () => {
  cloud = await ServiceCloud.start();
});
afterAll(async () => {
  await cloud.remove();
  rmSync(folder, { recursive: true, force: true });
});

test("README.md's device gets a certificate and a policy, connects over TLS, and its reading is scored.", async () => {
  const { endpointUrl, mqttsUrl, caFile, region } = cloud.running;
  symlinkSync(path.join(ROOT, 'events'), path.join(folder, 'events'));
  // Only what is told of this cloud differs: its ports, its folder; and the endpoint, which Debian's CLI cannot read.
  const script = BLOCK.replaceAll(/^aws /gm, `"${programPath('aws')}" --endpoint-url ${endpointUrl} `)
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
  expect({ status, stderr }).toMatchObject({ status: 0 });
  await expect
    .poll(async () => {
      const answer = await fetch(`${endpointUrl}/_glasshouse/status`);
      return JSON.stringify(await answer.json());
    })
    .toContain('"Glasshouse/score-anomaly/ReadingScored":1');
});
