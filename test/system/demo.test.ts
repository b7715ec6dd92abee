import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { readDocuments, shellBlocks } from '../support/documents.ts';

const ROOT = path.join(import.meta.dirname, '../..');

/** The demos that README.md and docs/ show. */
const LINES = [
  ...new Set(
    readDocuments()
      .flatMap(shellBlocks)
      .flatMap((block) => block.split('\n'))
      .filter((line) => line.startsWith('npx glasshouse demo ')),
  ),
];

async function play(line: string): Promise<string> {
  const command = line.replace('npx glasshouse', 'exec node cli/main.ts');
  const { stdout } = await promisify(execFile)('bash', ['-c', command], {
    cwd: ROOT,
    env: {
      ...process.env,
      PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env['PATH'] ?? ''}`,
      NO_COLOR: '1',
    },
  });
  return stdout;
}

test('README.md and docs/ show every demo.', () => {
  expect(LINES.toSorted()).toEqual(['npx glasshouse demo greenhouse', 'npx glasshouse demo onboarding']);
});

test('`npx glasshouse demo onboarding`: nine steps, each as it should be.', async () => {
  const said = await play('npx glasshouse demo onboarding');
  expect(said.match(/^✓/gm)).toHaveLength(9);
  expect(said).not.toContain('✗');
});

test('`npx glasshouse demo greenhouse`: the alarms move wrongly, watch-lux never.', async () => {
  const said = await play('npx glasshouse demo greenhouse');
  const [, alarms, dwell] = /^of these wrong +(\d+) +(\d+)$/m.exec(said) ?? [];
  expect(Number(alarms)).toBeGreaterThan(0);
  expect(Number(dwell)).toBe(0);
  expect(said).toContain('silence is an alarm (8)');
});
