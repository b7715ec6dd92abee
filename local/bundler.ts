import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BuildContext, BuildFailure, OutputFile } from 'esbuild';
import {
  entryPointsOf,
  esbuildOptionsOf,
  type EntryPoint,
  type FunctionDefinition,
} from './bundler-options.ts';
import type { Bundles } from './bundles.ts';
import { ConfigurationError } from './errors.ts';

export interface BundlerOptions {
  /** Where handlers are. */
  readonly serviceFolder: string;
  readonly bundles: Bundles;
  /** `custom.esbuild`, also with what serverless-esbuild takes for itself. */
  readonly esbuild: Readonly<Record<string, unknown>>;
}

/**
 * esbuild is a program in Go: collecting garbage takes it a third of its time for a few functions, and most of what
 * each further one adds. So it only does when it has grown to the limit.
 */
const GO_SETTINGS = { GOGC: 'off', GOMEMLIMIT: '1GiB' };

/**
 * Bundles the functions of a cloud, each into a file of its own, byte for byte as serverless-esbuild does it for a
 * deployment: but all in one pass. What functions have in common is read once, not once for each, so that eight take
 * a fourth of the time and one more takes next to none.
 */
export class Bundler {
  /** Where the bundles are once they are made. */
  readonly bundles: Bundles;
  readonly #options: BundlerOptions;
  #entries: string | undefined;
  #context: Promise<BuildContext> | undefined;
  #building: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  /** What was written, by its path, so that only what has changed is written again. */
  readonly #hashes = new Map<string, string>();

  constructor(options: BundlerOptions) {
    this.#options = options;
    this.bundles = options.bundles;
  }

  /**
   * Bundles functions, unless these are bundled, or being bundled, already: whoever will ask for it soon may begin
   * with it early.
   *
   * @throws ConfigurationError BUNDLING_FAILED with what is wrong and where, BUNDLING_NOT_SERVED
   */
  async bundle(functions: Readonly<Record<string, FunctionDefinition>>): Promise<void> {
    const entryPoints = entryPointsOf(functions, this.#options.serviceFolder);
    const entries = JSON.stringify(entryPoints);
    if (entries !== this.#entries) {
      const before = this.#context;
      this.#entries = entries;
      this.#context = this.#open(entryPoints);
      this.#building = this.#build();
      await before?.then(
        (context) => context.dispose(),
        () => undefined,
      );
    }
    await this.#building;
  }

  /**
   * Bundles the same functions again, from the source as it is at this moment or later. Calls that come while it
   * works share what comes after.
   *
   * @throws ConfigurationError BUNDLING_FAILED; the bundles are as they were
   */
  rebuild(): Promise<void> {
    this.#next ??= this.#afterThis();
    return this.#next;
  }

  async stop(): Promise<void> {
    const context = await this.#context?.catch(() => undefined);
    await context?.dispose();
  }

  async #afterThis(): Promise<void> {
    await this.#building?.catch(() => undefined);
    this.#next = undefined;
    this.#building = this.#build();
    await this.#building;
  }

  async #open(entryPoints: readonly EntryPoint[]): Promise<BuildContext> {
    const { serviceFolder, bundles, esbuild } = this.#options;
    // Loaded here: commands that bundle nothing by themselves have no need of it.
    const { context } = await import('esbuild');
    // Its process is started by the first call, with the environment of this one.
    for (const [name, value] of Object.entries(GO_SETTINGS)) process.env[name] ??= value;
    return context({
      ...esbuildOptionsOf(esbuild),
      absWorkingDir: serviceFolder,
      entryPoints: [...entryPoints],
      outdir: bundles.folder,
      outExtension: { '.js': bundles.extension },
      // When a build fails, esbuild would remove what the build before has written: no container could start.
      write: false,
      // What is wrong is told by the error, to whoever reads it.
      logLevel: 'silent',
    });
  }

  async #build(): Promise<void> {
    try {
      const context = await this.#context;
      const { outputFiles = [] } = (await context?.rebuild()) ?? {};
      await Promise.all(outputFiles.map((file) => this.#write(file)));
    } catch (error) {
      if (!isBuildFailure(error)) throw error;
      throw new ConfigurationError(
        `the functions cannot be bundled: ${error.errors.map(lineOf).join('; ')}`,
        {
          code: 'BUNDLING_FAILED',
          cause: error,
        },
      );
    }
  }

  /** In one go: a container may be reading the file that was there. */
  async #write({ path: file, contents, hash }: OutputFile): Promise<void> {
    if (this.#hashes.get(file) === hash) return;
    const unfinished = `${file}.unfinished`;
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(unfinished, contents);
    await rename(unfinished, file);
    this.#hashes.set(file, hash);
  }
}

function isBuildFailure(thrown: unknown): thrown is BuildFailure {
  return thrown instanceof Error && 'errors' in thrown && Array.isArray(thrown.errors);
}

function lineOf({ text, location }: BuildFailure['errors'][number]): string {
  return location === null ? text : `${location.file}:${location.line}: ${text}`;
}
