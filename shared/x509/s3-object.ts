import { GetObjectCommand, S3ServiceException, type S3Client } from '@aws-sdk/client-s3';
import type { ReadObject } from './crl-source.ts';

const NOT_MODIFIED = 304;

/** Reads revocation lists that are kept in S3. */
export function createReadObject(client: () => S3Client): ReadObject {
  return async (Bucket, Key, { ifNoneMatch, maxBytes }) => {
    try {
      const object = await client().send(
        new GetObjectCommand({
          Bucket,
          Key,
          ...(ifNoneMatch === undefined ? {} : { IfNoneMatch: ifNoneMatch }),
        }),
      );
      const { Body: body, ContentLength: size = Number.POSITIVE_INFINITY, ETag: etag } = object;
      if (body === undefined || size > maxBytes)
        throw new Error(`the object has ${size} bytes, not 1 to ${maxBytes}`);
      return { bytes: await body.transformToByteArray(), ...(etag === undefined ? {} : { etag }) };
    } catch (error) {
      const isUnchanged =
        error instanceof S3ServiceException && error.$metadata.httpStatusCode === NOT_MODIFIED;
      if (!isUnchanged || ifNoneMatch === undefined) throw error;
      return { etag: ifNoneMatch };
    }
  };
}
