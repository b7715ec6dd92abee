import { existsSync, globSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { COMMANDS } from '../cli/commands/table.ts';
import { readDocuments } from './support/documents.ts';

const ROOT = path.join(import.meta.dirname, '..');

const versions = z.record(z.string(), z.string());
const { dependencies, devDependencies, optionalDependencies, scripts } = z
  .object({
    scripts: z.record(z.string(), z.string()),
    dependencies: versions,
    devDependencies: versions,
    optionalDependencies: versions,
  })
  .parse(JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')));

test('The tests run on the Node 24 that npm installed, whatever else is on this machine.', () => {
  expect(process.versions.node).toMatch(/^24\./);
  expect(process.versions.node).toBe(devDependencies['node']);
  const installed = path.join(realpathSync(ROOT), 'node_modules') + path.sep;
  expect(realpathSync(process.execPath).startsWith(installed)).toBe(true);
});

test('Every package is pinned to one version.', () => {
  const all = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies });
  const loose = all.filter(([, version]) => !/^(npm:[^@]+@)?\d+\.\d+\.\d+$/.test(version));
  expect(loose).toEqual([]);
});

/** Source files of these folders, as paths from the root. */
function sources(...folders: readonly string[]): string[] {
  const patterns = folders.map((folder) => `${folder}/**/*.ts`);
  return globSync(patterns, { cwd: ROOT }).map((file) => file.split(path.sep).join('/'));
}

// A test may be skipped where the machine cannot run it (skipIf); in CI every test must have run: .ci/sum.ts.
test('No test is skipped, left for later or favoured over the others.', () => {
  const found = sources('test').flatMap((file) => {
    const text = readFileSync(path.join(ROOT, file), 'utf8');
    return [...text.matchAll(/\b(?:test|it|describe|suite)\.(?:skip|todo|only|fails)\b/g)].map(
      ([match]) => `${file}: ${match}`,
    );
  });
  expect(found).toEqual([]);
});

interface Import {
  readonly from: string;
  /** A path from the root for a file of this project, else the name of a package. */
  readonly to: string;
}

const IMPORT =
  /^(?:import|export)\b[^;'"]*\bfrom\s*['"]([^'"]+)['"]|^import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;

function importsOf(...folders: readonly string[]): Import[] {
  return sources(...folders).flatMap((from) => {
    const text = readFileSync(path.join(ROOT, from), 'utf8');
    return [...text.matchAll(IMPORT)].map(([, named, plain, dynamic]) => {
      const to = named ?? plain ?? dynamic ?? '';
      return { from, to: to.startsWith('.') ? path.posix.join(path.posix.dirname(from), to) : to };
    });
  });
}

function room({ to }: Import): string {
  return to.split('/')[0] ?? '';
}

test('The walls are tested on imports that are there.', () => {
  expect(importsOf('functions', 'shared', 'local').length).toBeGreaterThan(100);
  // A file that is not there would mean that imports are read wrongly.
  const files = importsOf('functions', 'shared', 'local', 'cli', 'dashboard').filter(({ to }) =>
    to.endsWith('.ts'),
  );
  expect(files.filter(({ to }) => !existsSync(path.join(ROOT, to)))).toEqual([]);
});

test.each([
  ['functions', ['local', 'cli', 'dashboard', 'demo', 'bench', 'test']],
  ['shared', ['functions', 'local', 'cli', 'dashboard', 'demo', 'bench', 'test']],
  ['local', ['functions', 'cli', 'dashboard', 'demo', 'bench', 'test']],
  ['dashboard', ['functions', 'local', 'cli', 'demo', 'bench', 'test']],
] as const)('Nothing in %s imports anything of %j.', (from, forbidden) => {
  const rooms: readonly string[] = forbidden;
  expect(importsOf(from).filter((found) => rooms.includes(room(found)))).toEqual([]);
});

test('No function imports another: what two need is in shared.', () => {
  const folder = (file: string): string => file.split('/').slice(0, 2).join('/');
  const inside = importsOf('functions').filter((found) => room(found) === 'functions');
  expect(inside.filter(({ from, to }) => folder(from) !== folder(to))).toEqual([]);
});

test('What is deployed imports only packages that are dependencies, and Node itself.', () => {
  const packages = importsOf('functions', 'shared').filter(({ to }) => !/^(?:functions|shared)\//.test(to));
  const name = ({ to }: Import): string =>
    to
      .split('/')
      .slice(0, to.startsWith('@') ? 2 : 1)
      .join('/');
  // Only types come from here, and esbuild removes them.
  const known = new Set([...Object.keys(dependencies), 'aws-lambda']);
  expect(packages.filter((found) => !found.to.startsWith('node:') && !known.has(name(found)))).toEqual([]);
});

test('Every command that README.md and docs/ show is there.', () => {
  const text = readDocuments()
    .map((document) => document.text)
    .join('\n');
  const blocks = [...text.matchAll(/```[^\n]*\n([\s\S]*?)```|`([^`\n]+)`/g)];
  const shown = blocks.map(([, block, inline]) => block ?? inline ?? '').join('\n');
  const commands = [...shown.matchAll(/\bnpx glasshouse ([a-z][\w-]*)/g)].map(([, name]) => name);
  const run = [...shown.matchAll(/\bnpm (?:run )?([a-z][\w:-]*)/g)].map(([, name]) => name);
  const npms = ['ci', 'install', 'pack', 'exec', 'view'];
  const names = COMMANDS.map(({ name }) => name);
  expect(commands.filter((name) => name === undefined || !names.includes(name))).toEqual([]);
  const known = [...Object.keys(scripts), ...npms];
  expect(run.filter((name) => name === undefined || !known.includes(name))).toEqual([]);
  expect(commands.length, 'no `npx glasshouse` command is shown').toBeGreaterThan(0);
  expect(run).toContain('start');
});

test('Every file that README.md and docs/ name is there.', () => {
  const missing = readDocuments().flatMap(({ name, text }) => {
    const linked = [...text.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)].map(([, to = '']) =>
      path.join(path.dirname(name), to),
    );
    const quoted = [
      ...text.matchAll(
        /`((?:bench|cli|dashboard|demo|docs|events|functions|local|shared|test)\/[\w./-]+\.\w+)`/g,
      ),
    ].map(([, file = '']) => file);
    return [...linked, ...quoted]
      .filter((file) => !existsSync(path.join(ROOT, file)))
      .map((file) => `${name}: ${file}`);
  });
  expect(missing).toEqual([]);
});
