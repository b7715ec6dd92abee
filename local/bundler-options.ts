import path from 'node:path';
import type { BuildOptions } from 'esbuild';
import { z } from 'zod';
import { ConfigurationError } from './errors.ts';

/** A function as serverless.yml has it. */
export type FunctionDefinition = Readonly<Record<string, unknown>>;

/** What serverless-esbuild takes out of its options before it hands them to esbuild. */
const OWN_OPTIONS: ReadonlySet<string> = new Set([
  'concurrency',
  'disposeContext',
  'exclude',
  'installExtraArgs',
  'keepOutputDirectory',
  'nativeZip',
  'nodeExternals',
  'outputBuildFolder',
  'outputFileExtension',
  'outputWorkFolder',
  'packagePath',
  'packager',
  'packagerOptions',
  'skipBuildExcludeFns',
  'skipRebuild',
  'stripEntryResolveExtensions',
  'watch',
  'zipConcurrency',
]);

/** Options that make serverless-esbuild read other files, or no source at all: they are not served here. */
const REFUSED = ['config', 'skipBuild'] as const;

const namesSchema = z.array(z.string());

/** What esbuild is to bundle. */
export interface EntryPoint {
  /** The source without its ending, which esbuild finds. */
  readonly in: string;
  /** Where the handler says. */
  readonly out: string;
}

/** The modules of functions, each once; what has no handler, or is bundled by somebody else, is left out. */
export function entryPointsOf(
  functions: Readonly<Record<string, FunctionDefinition>>,
  serviceFolder: string,
): EntryPoint[] {
  const modules = Object.values(functions).flatMap(({ handler, skipEsbuild }) =>
    typeof handler === 'string' && skipEsbuild !== true ? [handler.replace(/\.[^./]*$/, '')] : [],
  );
  return [...new Set(modules)].map((module) => ({ in: path.join(serviceFolder, module), out: module }));
}

/**
 * The options of esbuild in `custom.esbuild`.
 *
 * @throws ConfigurationError BUNDLING_NOT_SERVED
 */
export function esbuildOptionsOf(given: Readonly<Record<string, unknown>>): BuildOptions {
  const refused = REFUSED.find((name) => given[name] !== undefined && given[name] !== false);
  if (refused !== undefined || typeof given['plugins'] === 'string') {
    const name = refused ?? 'plugins';
    throw new ConfigurationError(
      `custom.esbuild.${name} is not served here: write the options themselves in custom.esbuild, or in a file that it names by \${file(…)}`,
      { code: 'BUNDLING_NOT_SERVED', data: { option: name } },
    );
  }
  const external = namesSchema.catch([]).parse(given['external']);
  const excluded = namesSchema.catch(['aws-sdk']).parse(given['exclude']);
  const target = `node${process.versions.node}`;
  const options: Record<string, unknown> = { bundle: true, platform: 'node', target };
  for (const [name, value] of Object.entries(given)) if (!OWN_OPTIONS.has(name)) options[name] = value;
  return { ...options, external: [...external, ...excluded.filter((name) => name !== '*')] };
}

/** Lets serverless-esbuild pass over functions: it watches the source, and has nothing to bundle when that changes. */
export function takeFunctionsFromEsbuild(
  functions: Readonly<Record<string, Record<string, unknown>>> | undefined,
): void {
  for (const definition of Object.values(functions ?? {})) definition['skipEsbuild'] = true;
}
