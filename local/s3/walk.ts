import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { continuedName, decodeFile, decodeFolder } from './object-path.ts';

/** Where a listing stands. Whoever reads a walk may move it on; what it passes is not looked at any more. */
export interface Position {
  /** Keys up to and with this one are passed. */
  after: string;
  /** Whether all keys that begin with `after` are passed as well. */
  below: boolean;
}

interface Entry {
  /** The key, or for a folder what all keys in it begin with. */
  readonly key: string;
  readonly bytes: Buffer;
  readonly isFolder: boolean;
  readonly path: string;
}

/**
 * Walks over the keys of a bucket in S3's order, that of their UTF-8 bytes, from `position` on. Folders are read
 * only when their turn comes, and those with nothing to tell are not read at all.
 */
export async function* walkKeys(
  folder: string,
  prefix: string,
  position: Position,
  folderKey = '',
): AsyncGenerator<string, void, void> {
  for (const entry of await readEntries(folder, folderKey)) {
    const { key, isFolder } = entry;
    if (!key.startsWith(prefix) && !(isFolder && prefix.startsWith(key))) continue;
    if (isPassed(entry, position)) continue;
    if (isFolder) yield* walkKeys(entry.path, prefix, position, key);
    else yield key;
  }
}

function isPassed({ key, bytes, isFolder }: Entry, { after, below }: Position): boolean {
  if (below && after !== '' && key.startsWith(after)) return true;
  // A folder that `after` is in is passed in part only.
  if (isFolder && after.startsWith(key)) return false;
  return Buffer.compare(bytes, Buffer.from(after)) <= 0;
}

/** What is in a folder, by key: `a-b` comes before what is in `a/`, as `-` does before `/`. */
async function readEntries(folder: string, folderKey: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  await collect(folder, '');
  return entries.sort((a, b) => Buffer.compare(a.bytes, b.bytes));

  async function collect(directory: string, begun: string): Promise<void> {
    for (const found of await readFolder(directory)) {
      const where = path.join(directory, found.name);
      const isFolder = found.isDirectory();
      const longer = isFolder ? continuedName(found.name) : undefined;
      if (longer !== undefined) {
        await collect(where, begun + longer);
        continue;
      }
      const segment = isFolder ? decodeFolder(begun + found.name) : decodeFile(begun + found.name);
      if (segment === undefined) continue;
      const key = folderKey + segment + (isFolder ? '/' : '');
      entries.push({ key, bytes: Buffer.from(key), isFolder, path: where });
    }
  }
}

/** A folder that was deleted a moment ago is an empty one. */
async function readFolder(directory: string) {
  try {
    return await readdir(directory, { withFileTypes: true });
  } catch (thrown) {
    if (isMissing(thrown)) return [];
    throw thrown;
  }
}

/** Whether a file or a folder was not there: also when what should be a folder on the way to it is a file. */
export function isMissing(thrown: unknown): boolean {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
