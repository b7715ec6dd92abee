import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { errorText } from '../../shared/errors.ts';
import type { Clock } from '../clock.ts';
import type { BufferedService } from '../endpoint/service.ts';
import { ConfigurationError } from '../errors.ts';
import { createBucketStore } from './bucket-store.ts';
import { createHandler } from './handler.ts';
import { createObjectStore } from './object-store.ts';

/** Where files are written before they are moved into place; no bucket has such a name. */
const TEMPORARY_FOLDER = '.temporary';

export interface S3Options {
  /** Each bucket is a folder in it. It is made when it is not there. */
  readonly directory: string;
  readonly clock: Clock;
  readonly region: string;
  /** Names temporary files. @default randomUUID */
  readonly newId?: () => string;
}

export interface S3 {
  /** Makes the bucket unless it is there. @throws AwsApiError `InvalidBucketName`. */
  ensureBucket(name: string): Promise<void>;
  /** Puts one object for another part of the cloud. @throws AwsApiError `NoSuchBucket`, `KeyTooLongError`. */
  putObject(object: {
    readonly bucket: string;
    readonly key: string;
    readonly body: Uint8Array;
    readonly contentType: string;
  }): Promise<void>;
  /** Reads one object for another part of the cloud. @throws AwsApiError `NoSuchBucket`, `NoSuchKey`. */
  getObject(object: { readonly bucket: string; readonly key: string }): Promise<Uint8Array>;
  /** Deletes all buckets. */
  reset(): Promise<void>;
  /** Serves the signing name `s3`. */
  readonly handler: BufferedService;
  /** Waits for all that is being written. */
  close(): Promise<void>;
}

/**
 * Amazon S3: buckets as folders, objects as files one can open.
 *
 * @throws ConfigurationError when the folder cannot be made or written.
 */
export function createS3({ directory, clock, region, newId = randomUUID }: S3Options): S3 {
  const temporary = path.join(directory, TEMPORARY_FOLDER);
  try {
    rmSync(temporary, { recursive: true, force: true });
    mkdirSync(temporary, { recursive: true });
  } catch (cause) {
    throw new ConfigurationError(
      `The buckets cannot be kept in ${directory}: ${errorText(cause)}. It must be a folder that may be written.`,
      { code: 'BUCKET_FOLDER_UNUSABLE', data: { directory }, cause },
    );
  }
  const buckets = createBucketStore(directory, clock);
  const objects = createObjectStore({ buckets, temporary, clock, newId });

  return {
    async ensureBucket(name) {
      await buckets.create(name);
    },
    async putObject({ bucket, key, body, contentType }) {
      await objects.put(bucket, key, { body, headers: { 'content-type': contentType } });
    },
    async getObject({ bucket, key }) {
      const { file } = await objects.open(bucket, key);
      try {
        return await file.readFile();
      } finally {
        await file.close();
      }
    },
    async reset() {
      await objects.settled();
      rmSync(directory, { recursive: true, force: true });
      mkdirSync(temporary, { recursive: true });
    },
    handler: createHandler(buckets, objects, region),
    close: () => objects.settled(),
  };
}
