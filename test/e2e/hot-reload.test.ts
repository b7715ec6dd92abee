import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCloudProcess, type CloudProcess } from '../../cli/start/cloud-process.ts';
import { useCloud } from '../support/cloud-user.ts';
import { readingAt, SERVICE_FOLDER, TEST_SETTINGS } from '../support/service.ts';

const COPIED = [
  'functions',
  'shared',
  'local',
  'serverless.yml',
  'esbuild.config.cjs',
  'package.json',
  'tsconfig.json',
];

/** The service, copied to where its source may be changed. */
function copyService(): string {
  const copy = mkdtempSync(path.join(tmpdir(), 'glasshouse-copy-'));
  for (const name of COPIED)
    cpSync(path.join(SERVICE_FOLDER, name), path.join(copy, name), { recursive: true });
  symlinkSync(path.join(SERVICE_FOLDER, 'node_modules'), path.join(copy, 'node_modules'));
  return copy;
}

const serviceFolder = copyService();
const source = path.join(serviceFolder, 'functions/score-anomaly/pewma.ts');
const original = readFileSync(source, 'utf8');
const told: string[] = [];
let cloudProcess: CloudProcess;
let user: Awaited<ReturnType<typeof useCloud>>;

beforeAll(async () => {
  cloudProcess = await startCloudProcess({
    serviceFolder,
    folder: path.join(serviceFolder, '.glasshouse'),
    settings: TEST_SETTINGS,
    tell: (message) => told.push(message),
  });
  user = await useCloud(cloudProcess.cloud);
  for (let readings = 0; readings < 3; readings += 1) await bandOfNext();
});
afterAll(async () => {
  user.leave();
  await cloudProcess.stop();
  rmSync(serviceFolder, { recursive: true, force: true });
});

let second = 0;

/** Half the width of the band around what is expected, in standard deviations. */
async function bandOfNext(): Promise<number> {
  second += 1;
  const { columns } = await user.score(readingAt('reloaded', second, second % 3));
  const { upper, mean, std } = columns['value'] ?? {};
  return Math.round(((Number(upper) - Number(mean)) / Number(std)) * 10) / 10;
}

/** Saves the source with another width of the band. */
function saveWith(sigmas: string): void {
  const changed = original.replace('BAND_SIGMAS = 3.3', `BAND_SIGMAS = ${sigmas}`);
  expect(changed).not.toBe(original);
  writeFileSync(source, changed);
}

test('A function whose source is saved is the new one for the next readings, without a restart.', async () => {
  expect(await bandOfNext()).toBe(3.3);
  saveWith('5.1');
  await expect.poll(bandOfNext, { timeout: 20_000 }).toBe(5.1);
});

test('Source that cannot be bundled is told, and what ran before runs on until it is mended.', async () => {
  const before = await bandOfNext();
  saveWith('');
  await expect.poll(() => told.join('\n'), { timeout: 20_000 }).toMatch(/cannot be bundled.+pewma\.ts:\d+:/);
  expect(await bandOfNext()).toBe(before);
  saveWith('4.2');
  await expect.poll(bandOfNext, { timeout: 20_000 }).toBe(4.2);
});
