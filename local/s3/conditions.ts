import { s3Errors } from './errors.ts';
import type { ObjectMetadata } from './object-metadata.ts';

/** The conditions of a request (RFC 9110, section 13), as their headers have them. */
export interface Conditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  readonly ifModifiedSince?: string | undefined;
  readonly ifUnmodifiedSince?: string | undefined;
}

/**
 * Whether an object may be read, or has not changed for this reader.
 *
 * `If-Match` beats `If-Unmodified-Since` and `If-None-Match` beats `If-Modified-Since`.
 *
 * @throws AwsApiError `PreconditionFailed`.
 */
export function checkRead(conditions: Conditions, object: ObjectMetadata): 'read' | 'not modified' {
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = conditions;
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, object.etag)) throw s3Errors.preconditionFailed('If-Match');
  } else if (isLater(object, ifUnmodifiedSince)) {
    throw s3Errors.preconditionFailed('If-Unmodified-Since');
  }
  if (ifNoneMatch !== undefined) return matches(ifNoneMatch, object.etag) ? 'not modified' : 'read';
  return isLater(object, ifModifiedSince) === false ? 'not modified' : 'read';
}

/**
 * Whether an object may be written or deleted over the one that is there, if there is one.
 *
 * @throws AwsApiError `PreconditionFailed`; `NoSuchKey` for `If-Match` where there is nothing; `NotImplemented` for
 *   `If-None-Match` with anything but `*`, as on S3.
 */
export function checkWrite({ ifMatch, ifNoneMatch }: Conditions, key: string, object?: ObjectMetadata): void {
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') {
    throw s3Errors.notImplemented('If-None-Match of an ETag on a write');
  }
  if (ifNoneMatch === '*' && object !== undefined) throw s3Errors.preconditionFailed('If-None-Match');
  if (ifMatch === undefined) return;
  if (object === undefined) throw s3Errors.noSuchKey(key);
  if (!matches(ifMatch, object.etag)) throw s3Errors.preconditionFailed('If-Match');
}

function matches(header: string, etag: string): boolean {
  return header.split(',').some((part) => {
    const tag = part.trim().replace(/^W\//, '').replaceAll('"', '');
    return tag === '*' || tag === etag;
  });
}

/** Whether the object is newer than a date, to the second that dates in headers have; undefined without a date. */
function isLater({ lastModifiedMs }: ObjectMetadata, date: string | undefined): boolean | undefined {
  const atMs = date === undefined ? NaN : Date.parse(date);
  return Number.isNaN(atMs) ? undefined : Math.floor(lastModifiedMs / 1_000) > Math.floor(atMs / 1_000);
}
