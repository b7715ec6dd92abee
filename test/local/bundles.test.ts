import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { claimBundles, setPackagingFolder } from '../../local/bundles.ts';

const service = mkdtempSync(path.join(tmpdir(), 'glasshouse-bundles-'));
afterAll(() => rmSync(service, { recursive: true, force: true }));

const own = String(process.pid);

test('A process bundles into a folder of its own, which serverless-esbuild is told.', () => {
  const esbuild: Record<string, unknown> = { outputFileExtension: '.mjs', bundle: true };
  expect(claimBundles(esbuild, service)).toEqual({
    folder: path.join(service, '.esbuild', own, '.build'),
    extension: '.mjs',
  });
  expect(esbuild).toEqual({
    outputFileExtension: '.mjs',
    bundle: true,
    outputWorkFolder: path.join('.esbuild', own),
  });
});

test('What serverless-esbuild takes when nothing is set, and what is set, are respected.', () => {
  expect(claimBundles({}, service).extension).toBe('.js');
  expect(claimBundles({ outputBuildFolder: 'out' }, service).folder).toBe(
    path.join(service, '.esbuild', own, 'out'),
  );
});

test('Folders of processes that have ended are removed, others are kept.', () => {
  const gone = execFileSync(process.execPath, ['-p', 'process.pid']).toString().trim();
  for (const name of [gone, own, String(process.ppid), 'package']) {
    mkdirSync(path.join(service, '.esbuild', name, '.build'), { recursive: true });
  }
  claimBundles({}, service);
  expect(readdirSync(path.join(service, '.esbuild')).sort()).toEqual(
    [String(process.ppid), 'package'].sort(),
  );
});

test('The folder goes with its process.', () => {
  const module = JSON.stringify(path.join(import.meta.dirname, '../../local/bundles.ts'));
  const program = `
    const { claimBundles } = await import(${module});
    const { mkdirSync } = await import('node:fs');
    const { folder } = claimBundles({}, ${JSON.stringify(service)});
    mkdirSync(folder, { recursive: true });
    console.log(folder);
  `;
  const folder = execFileSync(process.execPath, ['--input-type=module', '-e', program]).toString().trim();
  expect(path.basename(folder)).toBe('.build');
  expect(existsSync(path.dirname(folder))).toBe(false);
});

test('Packaging always has the same folder: it is part of what a deployment is compared by.', () => {
  const esbuild: Record<string, unknown> = {};
  setPackagingFolder(esbuild);
  expect(esbuild).toEqual({ outputWorkFolder: path.join('.esbuild', 'package') });
});
