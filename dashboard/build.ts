import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import config from './vite.config.ts';

const SOURCES = fileURLToPath(new URL('.', import.meta.url));
const DIST = join(SOURCES, 'dist');
const PAGE = join(DIST, 'index.html');

/**
 * Builds the page when it was never built or when a source has changed since.
 *
 * The built `index.html` carries the modification time of the newest source that went into it, so a source
 * that changes during a build is seen by the next call. Vite is loaded only when there is something to build.
 *
 * @returns the path of the folder to serve.
 */
export async function ensureBuilt(): Promise<string> {
  const newest = await newestSource();
  const built = await modifiedMs(PAGE);
  if (built === undefined || built < newest) await buildPage(newest);
  return DIST;
}

async function newestSource(): Promise<number> {
  const names = (await readdir(SOURCES)).filter((name) => name !== 'dist');
  const lockFile = join(SOURCES, '..', 'package-lock.json');
  const times = await Promise.all([...names.map((name) => join(SOURCES, name)), lockFile].map(modifiedMs));
  // Whole seconds, because not every file system keeps what utimes is given any finer.
  return Math.floor(Math.max(...times.map((time) => time ?? 0)) / 1000) * 1000;
}

async function modifiedMs(path: string): Promise<number | undefined> {
  const stats = await stat(path).catch(() => undefined);
  return stats?.mtimeMs;
}

/** Whoever serves the folder meanwhile sees the old page or the new one: index.html is put in place last. */
async function buildPage(newest: number): Promise<void> {
  const { build } = await import('vite');
  const result = await build({ ...config, configFile: false, build: { ...config.build, write: false } });
  const outputs = Array.isArray(result) ? result : 'output' in result ? [result] : [];
  const files = outputs.flatMap(({ output }) => output);
  for (const file of files) {
    if (file.fileName === 'index.html') continue;
    await put(join(DIST, file.fileName), file.type === 'chunk' ? file.code : file.source);
  }
  for (const file of files) {
    if (file.fileName !== 'index.html' || file.type !== 'asset') continue;
    await put(PAGE, file.source);
    await utimes(PAGE, newest / 1000, newest / 1000);
  }
  await removeAllBut(new Set(files.map(({ fileName }) => join(DIST, fileName))));
}

async function put(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  await writeFile(unfinished, content);
  await rename(unfinished, path);
}

async function removeAllBut(wanted: ReadonlySet<string>): Promise<void> {
  const entries = await readdir(DIST, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    // A name that ends in a process id is a file that another build is about to put in place.
    if (entry.isFile() && !wanted.has(path) && !/\.\d+$/.test(path)) await rm(path, { force: true });
  }
}

if (import.meta.main) console.log(await ensureBuilt());
