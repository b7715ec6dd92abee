import path from 'node:path';
import { build } from 'esbuild';
import { readGreenhouse } from './service.ts';

/**
 * Bundles the functions of the greenhouse to where Lambda looks for them. Both designs run the same ones.
 *
 * @param serviceFolder folder of serverless.yml
 * @returns `outdir`, once they are there
 */
export async function bundleFunctions(serviceFolder: string, outdir: string): Promise<string> {
  const { functions } = readGreenhouse(serviceFolder, 'dwell');
  const modules = functions.map(({ handler }) => handler.slice(0, handler.lastIndexOf('.')));
  await build({
    entryPoints: modules.map((module) => ({ in: path.join(serviceFolder, `${module}.ts`), out: module })),
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    alias: { '@aws-sdk/credential-provider-node': path.join(serviceFolder, 'shared/credentials.ts') },
    logLevel: 'error',
  });
  return outdir;
}
