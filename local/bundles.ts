import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { isAlive } from './processes.ts';

/** Where serverless-esbuild works, under the service's folder; its watch leaves this name out. */
const WORK_FOLDERS = '.esbuild';

/** Where in its work folder serverless-esbuild puts what it has bundled. */
const BUILD_FOLDER = '.build';

/** Where the bundles of this process are. */
export interface Bundles {
  /** They are under it at the paths that the handlers name. */
  readonly folder: string;
  /** `.mjs` */
  readonly extension: string;
}

/**
 * Gives this process a folder of its own to bundle into, for as long as it runs: a cloud reads its bundles
 * whenever a container starts, and beside it there may be another cloud, or an invocation.
 *
 * @param esbuild `custom.esbuild` of the service, before serverless-esbuild reads it.
 */
export function claimBundles(esbuild: Record<string, unknown>, serviceFolder: string): Bundles {
  const all = path.join(serviceFolder, WORK_FOLDERS);
  removeLeftovers(all);
  const own = String(process.pid);
  const work = path.join(all, own);
  process.once('exit', () => rmSync(work, { recursive: true, force: true }));
  esbuild['outputWorkFolder'] = path.join(WORK_FOLDERS, own);
  const { outputBuildFolder, outputFileExtension } = esbuild;
  return {
    folder: path.join(work, typeof outputBuildFolder === 'string' ? outputBuildFolder : BUILD_FOLDER),
    extension: typeof outputFileExtension === 'string' ? outputFileExtension : '.js',
  };
}

/**
 * Puts packaging, which removes its work folder at its end, beside the folders of clouds that run. The name is
 * always the same: it is part of the state by which a deployment tells that nothing has changed.
 */
export function setPackagingFolder(esbuild: Record<string, unknown>): void {
  esbuild['outputWorkFolder'] = path.join(WORK_FOLDERS, 'package');
}

/** What a process that was killed left behind. */
function removeLeftovers(all: string): void {
  if (!existsSync(all)) return;
  for (const name of readdirSync(all)) {
    const isLeftover = /^\d+$/.test(name) && !(isAlive(Number(name)) && Number(name) !== process.pid);
    if (isLeftover) rmSync(path.join(all, name), { recursive: true, force: true });
  }
}
