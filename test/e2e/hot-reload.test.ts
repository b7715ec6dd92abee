import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { startCloudProcess } from '../../cli/start/cloud-process.ts';
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

test('A function whose source is saved is the new one for the next readings, without a restart.', async () => {
  const serviceFolder = copyService();
  const cloudProcess = await startCloudProcess({
    serviceFolder,
    folder: path.join(serviceFolder, '.glasshouse'),
    settings: TEST_SETTINGS,
    tell: () => undefined,
  });
  const user = await useCloud(cloudProcess.cloud);
  try {
    let second = 0;
    /** Half the width of the band around what is expected, in standard deviations. */
    const bandOfNext = async (): Promise<number> => {
      second += 1;
      const { columns } = await user.score(readingAt('reloaded', second, second % 3));
      const { upper, mean, std } = columns['value'] ?? {};
      return Math.round(((Number(upper) - Number(mean)) / Number(std)) * 10) / 10;
    };
    for (let readings = 0; readings < 3; readings += 1) await bandOfNext();
    expect(await bandOfNext()).toBe(3.3);

    const source = path.join(serviceFolder, 'functions/score-anomaly/pewma.ts');
    const before = readFileSync(source, 'utf8');
    const after = before.replace('BAND_SIGMAS = 3.3', 'BAND_SIGMAS = 5.1');
    expect(after).not.toBe(before);
    writeFileSync(source, after);
    await expect.poll(bandOfNext, { timeout: 20_000 }).toBe(5.1);
  } finally {
    user.leave();
    await cloudProcess.stop();
    rmSync(serviceFolder, { recursive: true, force: true });
  }
});
