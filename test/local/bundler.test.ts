import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { takeFunctionsFromEsbuild } from '../../local/bundler-options.ts';
import { Bundler } from '../../local/bundler.ts';
import { SERVICE_FOLDER } from '../support/service.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-bundler-'));
const bundlers: Bundler[] = [];
afterEach(async () => {
  for (const bundler of bundlers.splice(0)) await bundler.stop();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const options = { format: 'esm', minify: true, outputFileExtension: '.mjs', watch: { pattern: [] } };

/** A bundler for a service whose functions say a word that they share, in a folder of its own. */
function newService(esbuild: Readonly<Record<string, unknown>> = options) {
  const service = mkdtempSync(path.join(folder, 'service-'));
  const write = (name: string, source: string): void => {
    mkdirSync(path.dirname(path.join(service, name)), { recursive: true });
    writeFileSync(path.join(service, name), source);
  };
  const say = (word: string): void => write('shared/word.ts', `export const word: string = '${word}';`);
  const functions: Record<string, Record<string, unknown>> = {};
  const add = (name: string): void => {
    write(`functions/${name}/handler.ts`, "export { word as handler } from '../../shared/word.ts';");
    functions[name] = { handler: `functions/${name}/handler.handler` };
  };
  say('before');
  add('one');
  add('other');
  const bundles = { folder: path.join(service, 'out'), extension: '.mjs' };
  const bundler = new Bundler({ serviceFolder: service, bundles, esbuild });
  bundlers.push(bundler);
  const read = (name: string): string =>
    readFileSync(path.join(bundles.folder, `functions/${name}/handler.mjs`), 'utf8');
  return { bundler, functions, add, write, say, read };
}

test('Functions are bundled together, each as it is bundled alone for a deployment, byte for byte.', async () => {
  const configure: unknown = createRequire(import.meta.url)('../../esbuild.config.cjs');
  const esbuild: unknown = typeof configure === 'function' ? configure() : undefined;
  const schema = z.looseObject({
    outputFileExtension: z.string(),
    exclude: z.unknown(),
    watch: z.unknown(),
  });
  const { outputFileExtension: extension, exclude: _, watch: __, ...plain } = schema.parse(esbuild);
  const together = { folder: path.join(folder, 'together'), extension };
  const given = schema.parse(esbuild);
  const bundler = new Bundler({ serviceFolder: SERVICE_FOLDER, bundles: together, esbuild: given });
  bundlers.push(bundler);
  const names = ['score-anomaly', 'tune-scoring'];
  await bundler.bundle(
    Object.fromEntries(names.map((name) => [name, { handler: `functions/${name}/handler.handler` }])),
  );
  for (const name of names) {
    const file = `functions/${name}/handler`;
    const alone = path.join(folder, 'alone', `${file}${extension}`);
    const entryPoints = [path.join(SERVICE_FOLDER, `${file}.ts`)];
    await build({ ...plain, entryPoints, outfile: alone, absWorkingDir: SERVICE_FOLDER, logLevel: 'error' });
    const bundled = path.join(together.folder, `${file}${extension}`);
    // Not toEqual: it would print half a megabyte.
    expect({ name, isSame: readFileSync(bundled).equals(readFileSync(alone)) }).toEqual({
      name,
      isSame: true,
    });
  }
});

test('Functions that somebody else bundles, or that have no handler, are left out.', async () => {
  const { bundler, functions, read } = newService();
  await bundler.bundle({
    one: { ...functions['one'] },
    other: { ...functions['other'], skipEsbuild: true },
    image: { image: 'repository/name' },
  });
  expect(read('one')).toContain('before');
  expect(() => read('other')).toThrow('ENOENT');
});

test('A service without functions has nothing to bundle.', async () => {
  const { bundler, read } = newService();
  await bundler.bundle({});
  await bundler.rebuild();
  expect(() => read('one')).toThrow('ENOENT');
});

test('Whoever asks again for the same functions gets the same bundles; one that was added is bundled.', async () => {
  const { bundler, functions, add, say, read } = newService();
  const first = bundler.bundle(functions);
  const again = bundler.bundle({ ...functions });
  await Promise.all([first, again]);
  say('after');
  await bundler.bundle(functions);
  expect(read('one')).toContain('before');
  add('third');
  await bundler.bundle(functions);
  expect(read('third')).toContain('after');
});

test('A rebuild has what was saved before it was asked for, also while another works.', async () => {
  const { bundler, functions, say, read } = newService();
  await bundler.bundle(functions);
  for (const word of ['second', 'third', 'fourth']) {
    say(word);
    const first = bundler.rebuild();
    const last = `${word} again`;
    say(last);
    await Promise.all([first, bundler.rebuild(), bundler.rebuild()]);
    expect(read('one')).toContain(last);
    expect(read('other')).toContain(last);
  }
});

test('What cannot be bundled is told with its place, leaves the bundles alone, and can be mended.', async () => {
  const { bundler, functions, write, say, read } = newService();
  await bundler.bundle(functions);
  write('shared/word.ts', 'export const word = ;');
  await expect(bundler.rebuild()).rejects.toMatchObject({
    code: 'BUNDLING_FAILED',
    message: expect.stringContaining('shared/word.ts:1: Unexpected ";"'),
  });
  expect(read('one')).toContain('before');
  say('after');
  await bundler.rebuild();
  expect(read('one')).toContain('after');
});

test('A handler without a source is named.', async () => {
  const { bundler } = newService();
  const functions = { lost: { handler: 'functions/lost/handler.handler' } };
  await expect(bundler.bundle(functions)).rejects.toThrow('functions/lost/handler');
});

test.each([
  ['config', { config: './esbuild.config.cjs' }],
  ['skipBuild', { skipBuild: true }],
  ['plugins', { plugins: './plugins.cjs' }],
])('The option "%s" of serverless-esbuild is refused by name.', async (name, esbuild) => {
  const { bundler, functions } = newService(esbuild);
  await expect(bundler.bundle(functions)).rejects.toMatchObject({
    code: 'BUNDLING_NOT_SERVED',
    message: expect.stringContaining(`custom.esbuild.${name} is not served`),
  });
});

test('Modules that are external or excluded stay imports.', async () => {
  const { bundler, functions, write, read } = newService({
    ...options,
    external: ['outer'],
    exclude: ['left-out'],
  });
  write('functions/one/handler.ts', "export * from 'outer'; export { a as handler } from 'left-out';");
  await bundler.bundle(functions);
  expect(read('one')).toMatch(/from"outer".+from"left-out"/);
});

test('What is taken from serverless-esbuild is not bundled by it.', () => {
  const functions: Record<string, Record<string, unknown>> = { one: {}, other: { skipEsbuild: false } };
  takeFunctionsFromEsbuild(functions);
  expect(functions).toEqual({ one: { skipEsbuild: true }, other: { skipEsbuild: true } });
});
