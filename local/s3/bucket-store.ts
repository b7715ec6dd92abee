import { mkdir, readdir, readFile, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { errorText } from '../../shared/errors.ts';
import type { Clock } from '../clock.ts';
import { s3Errors } from './errors.ts';
import { isMissing, walkKeys } from './walk.ts';

/** Says when a bucket was made; its name is no object's. */
const BUCKET_FILE = '.bucket';
const bucketFileSchema = z.object({ createdAtMs: z.number() });

export interface Bucket {
  readonly name: string;
  readonly createdAtMs: number;
}

/** The buckets: each a folder in `directory`. */
export function createBucketStore(directory: string, clock: Clock) {
  function folderOf(name: string): string {
    if (!isBucketName(name)) throw s3Errors.invalidBucketName(name);
    return path.join(directory, name);
  }

  async function read(name: string): Promise<Bucket | undefined> {
    const folder = folderOf(name);
    try {
      const file = await readFile(path.join(folder, BUCKET_FILE), 'utf8');
      return { name, ...bucketFileSchema.parse(JSON.parse(file)) };
    } catch (thrown) {
      if (!isMissing(thrown)) throw thrown;
    }
    // A folder that someone made by hand is a bucket as well.
    try {
      const found = await stat(folder);
      return found.isDirectory() ? { name, createdAtMs: Math.round(found.mtimeMs) } : undefined;
    } catch (thrown) {
      if (isMissing(thrown)) return undefined;
      throw thrown;
    }
  }

  return {
    /** @throws AwsApiError `InvalidBucketName`, `NoSuchBucket`. */
    async folder(name: string): Promise<string> {
      if ((await read(name)) === undefined) throw s3Errors.noSuchBucket(name);
      return folderOf(name);
    },
    read,
    /** @returns false when the bucket was there already. */
    async create(name: string): Promise<boolean> {
      if ((await read(name)) !== undefined) return false;
      const folder = folderOf(name);
      await mkdir(folder, { recursive: true });
      await writeFile(path.join(folder, BUCKET_FILE), JSON.stringify({ createdAtMs: clock.now() }));
      return true;
    },
    /** @throws AwsApiError `BucketNotEmpty`. */
    async remove(name: string): Promise<void> {
      const folder = folderOf(name);
      const first = await walkKeys(folder, '', { after: '', below: false }).next();
      if (first.done !== true) throw s3Errors.bucketNotEmpty(name);
      await rm(path.join(folder, BUCKET_FILE), { force: true });
      try {
        await rmdir(folder);
      } catch (cause) {
        // Files that are no objects: someone put them there by hand, and only they may delete them.
        throw s3Errors.foreignFiles(folder, errorText(cause));
      }
    },
    async list(): Promise<Bucket[]> {
      const names = (await readdir(directory)).filter(isBucketName).sort();
      const buckets = await Promise.all(names.map(read));
      return buckets.filter((bucket) => bucket !== undefined);
    },
  };
}

export type BucketStore = ReturnType<typeof createBucketStore>;

/** General purpose buckets (S3 User Guide, "Bucket naming rules"), without the reserved prefixes. */
function isBucketName(name: string): boolean {
  return (
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) &&
    !name.includes('..') &&
    !/^\d{1,3}(\.\d{1,3}){3}$/.test(name)
  );
}
