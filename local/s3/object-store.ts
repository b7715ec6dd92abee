import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, rmdir, stat, utimes, writeFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../clock.ts';
import { createBucketLock } from './bucket-lock.ts';
import type { BucketStore } from './bucket-store.ts';
import { defaultChecksum, type Checksum } from './checksums.ts';
import { s3Errors } from './errors.ts';
import { objectMetadataSchema, type ObjectHeaders, type ObjectMetadata } from './object-metadata.ts';
import { encodeKey } from './object-path.ts';
import { isMissing } from './walk.ts';

const MAX_KEY_BYTES = 1_024;
const DEFAULT_HEADERS: ObjectHeaders = { 'content-type': 'binary/octet-stream' };

export interface ObjectStoreOptions {
  readonly buckets: BucketStore;
  /** A folder on the same disk as the buckets', where files are written before they are moved into place. */
  readonly temporary: string;
  readonly clock: Clock;
  readonly newId: () => string;
}

export interface NewObject {
  readonly body: Uint8Array;
  readonly headers: ObjectHeaders;
  readonly checksum?: Checksum | undefined;
}

/** Called with what is there now; it throws when the write must not happen. */
export type WriteCheck = (existing: ObjectMetadata | undefined) => void;

/**
 * The objects: each a file, and beside it `.<name>%meta` with what S3 keeps about it. A file is written whole, then
 * moved into place: a reader sees the old object or the new one. The time of the file is the object's own; a file
 * that was changed or put there by hand is noticed by its time and size, and is an object like any other.
 */
export function createObjectStore({ buckets, temporary, clock, newId }: ObjectStoreOptions) {
  const lock = createBucketLock();

  async function locate(bucket: string, key: string) {
    const isUsable = key !== '' && key.isWellFormed();
    if (!isUsable) throw s3Errors.invalidArgument('A key is 1 to 1024 bytes of UTF-8.');
    if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw s3Errors.keyTooLong();
    const root = await buckets.folder(bucket);
    const file = path.join(root, ...encodeKey(key));
    return { root, file, metaFile: path.join(path.dirname(file), `.${path.basename(file)}%meta`) };
  }

  async function readMetadata(bucket: string, key: string): Promise<ObjectMetadata | undefined> {
    const { file, metaFile } = await locate(bucket, key);
    const found = await orMissing(stat(file));
    if (found?.isFile() !== true) return undefined;
    const lastModifiedMs = Math.round(found.mtimeMs);
    const text = await orMissing(readFile(metaFile, 'utf8'));
    const kept = text === undefined ? undefined : parseMetadata(text);
    if (kept?.size === found.size && kept.lastModifiedMs === lastModifiedMs) return kept;
    const described = describe(key, await readFile(file), kept?.headers ?? DEFAULT_HEADERS, lastModifiedMs);
    await moveInto(metaFile, JSON.stringify(described));
    return described;
  }

  async function moveInto(file: string, content: string | Uint8Array, modifiedMs?: number): Promise<void> {
    const written = path.join(temporary, newId());
    await writeFile(written, content);
    if (modifiedMs !== undefined) await utimes(written, modifiedMs / 1_000, modifiedMs / 1_000);
    await rename(written, file);
  }

  /** Deletes the folders from `folder` up to `root` that nothing is left in. */
  async function prune(folder: string, root: string): Promise<void> {
    for (let at = folder; at !== root; at = path.dirname(at)) {
      try {
        await rmdir(at);
      } catch {
        return;
      }
    }
  }

  return {
    /** @throws AwsApiError what `check` throws, `NoSuchBucket`, `KeyTooLongError`. */
    put(
      bucket: string,
      key: string,
      object: NewObject,
      check: WriteCheck = () => {},
    ): Promise<ObjectMetadata> {
      return lock.run(bucket, async () => {
        const { file, metaFile } = await locate(bucket, key);
        check(await readMetadata(bucket, key));
        const described = describe(key, object.body, object.headers, clock.now(), object.checksum);
        await mkdir(path.dirname(file), { recursive: true });
        await moveInto(file, object.body, described.lastModifiedMs);
        await moveInto(metaFile, JSON.stringify(described));
        return described;
      });
    },
    /** @throws AwsApiError `NoSuchKey`, `NoSuchBucket`. */
    head(bucket: string, key: string): Promise<ObjectMetadata> {
      return lock.run(bucket, async () => found(key, await readMetadata(bucket, key)));
    },
    /** Opens an object to read it: what is read is what the metadata tells of, whatever happens meanwhile. */
    open(bucket: string, key: string): Promise<{ metadata: ObjectMetadata; file: FileHandle }> {
      return lock.run(bucket, async () => {
        const metadata = found(key, await readMetadata(bucket, key));
        const { file } = await locate(bucket, key);
        return { metadata, file: await open(file) };
      });
    },
    /** Deletes an object; that there is none is no error. */
    remove(bucket: string, key: string, check: WriteCheck = () => {}): Promise<void> {
      return lock.run(bucket, async () => {
        const { root, file, metaFile } = await locate(bucket, key);
        const existing = await readMetadata(bucket, key);
        check(existing);
        if (existing === undefined) return;
        await rm(file, { force: true });
        await rm(metaFile, { force: true });
        await prune(path.dirname(file), root);
      });
    },
    /** Deletes the bucket after all that is being written to it. @throws AwsApiError `BucketNotEmpty`. */
    removeBucket(bucket: string): Promise<void> {
      return lock.run(bucket, () => buckets.remove(bucket));
    },
    settled: () => lock.settled(),
  };
}

export type ObjectStore = ReturnType<typeof createObjectStore>;

function describe(
  key: string,
  body: Uint8Array,
  headers: ObjectHeaders,
  lastModifiedMs: number,
  checksum: Checksum = defaultChecksum(body),
): ObjectMetadata {
  const etag = createHash('md5').update(body).digest('hex');
  return { key, size: body.length, lastModifiedMs, etag, headers: { ...headers }, checksum };
}

function parseMetadata(text: string): ObjectMetadata | undefined {
  try {
    return objectMetadataSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function found(key: string, metadata: ObjectMetadata | undefined): ObjectMetadata {
  if (metadata === undefined) throw s3Errors.noSuchKey(key);
  return metadata;
}

async function orMissing<Value>(reading: Promise<Value>): Promise<Value | undefined> {
  try {
    return await reading;
  } catch (thrown) {
    if (isMissing(thrown)) return undefined;
    throw thrown;
  }
}
