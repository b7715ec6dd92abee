import { AwsApiError } from '../errors.ts';
import type { BucketStore } from './bucket-store.ts';
import { s3Errors } from './errors.ts';
import { decodeToken, encodeToken, listKeys, type ListPage } from './listing.ts';
import type { ObjectStore } from './object-store.ts';
import { sendNothing, sendXml, type S3Request } from './request.ts';
import type { Position } from './walk.ts';

const MAX_KEYS = 1_000;
const STORAGE_CLASS = 'STANDARD';

/** The operations on buckets. */
export function bucketOperations(buckets: BucketStore, objects: ObjectStore, region: string) {
  async function createBucket({ bucket, response }: S3Request): Promise<void> {
    const isNew = await buckets.create(bucket);
    // In us-east-1, and only there, creating a bucket of one's own again is no error.
    if (!isNew && region !== 'us-east-1') throw s3Errors.bucketExists(bucket);
    sendNothing(response, 200, { location: `/${bucket}` });
  }

  async function headBucket({ bucket, response }: S3Request): Promise<void> {
    await buckets.folder(bucket);
    sendNothing(response, 200, { 'x-amz-bucket-region': region });
  }

  async function deleteBucket({ bucket, response }: S3Request): Promise<void> {
    await buckets.folder(bucket);
    await objects.removeBucket(bucket);
    sendNothing(response, 204);
  }

  async function listBuckets({ query, accessKeyId, response }: S3Request): Promise<void> {
    const prefix = query.get('prefix') ?? '';
    const after = query.get('continuation-token') ?? '';
    const max = readCount(query, 'max-buckets', 10_000) ?? 10_000;
    const all = (await buckets.list()).filter(({ name }) => name.startsWith(prefix) && name > after);
    const page = all.slice(0, max);
    sendXml(response, 'ListAllMyBucketsResult', {
      Owner: { ID: accessKeyId },
      Buckets: {
        Bucket: page.map(({ name, createdAtMs }) => ({
          Name: name,
          CreationDate: new Date(createdAtMs).toISOString(),
          BucketRegion: region,
        })),
      },
      ContinuationToken: page.length < all.length ? page.at(-1)?.name : undefined,
      Prefix: prefix === '' ? undefined : prefix,
    });
  }

  async function listObjectsV2(request: S3Request): Promise<void> {
    const { query, response } = request;
    const token = query.get('continuation-token');
    const startAfter = query.get('start-after');
    let start: Position | undefined = { after: startAfter ?? '', below: false };
    if (token !== null) start = decodeToken(token);
    if (start === undefined) throw s3Errors.invalidArgument('The continuation token provided is incorrect.');
    const { page, common, encode } = await list(request, start, query.get('fetch-owner') === 'true');
    sendXml(response, 'ListBucketResult', {
      ...common,
      StartAfter: startAfter === null ? undefined : encode(startAfter),
      KeyCount: common.Contents.length + common.CommonPrefixes.length,
      ContinuationToken: token ?? undefined,
      NextContinuationToken: page.next === undefined ? undefined : encodeToken(page.next),
    });
  }

  async function listObjects(request: S3Request): Promise<void> {
    const { query, response } = request;
    const marker = query.get('marker') ?? '';
    const delimiter = query.get('delimiter') ?? '';
    const { page, common, encode } = await list(request, positionAfter(marker, query), true);
    const { next } = page;
    sendXml(response, 'ListBucketResult', {
      ...common,
      Marker: encode(marker),
      NextMarker: next === undefined || delimiter === '' ? undefined : encode(next.after),
    });
  }

  /** Buckets of this cloud keep one version of an object, which S3 calls `null`, and no marks of deletions. */
  async function listObjectVersions(request: S3Request): Promise<void> {
    const { query, response } = request;
    const marker = query.get('key-marker') ?? '';
    const { page, common, encode } = await list(request, positionAfter(marker, query), true);
    const { Contents: contents, ...others } = common;
    sendXml(response, 'ListVersionsResult', {
      ...others,
      KeyMarker: encode(marker),
      VersionIdMarker: query.get('version-id-marker') ?? '',
      ...(page.next === undefined
        ? {}
        : { NextKeyMarker: encode(page.next.after), NextVersionIdMarker: 'null' }),
      Version: contents.map((version) => ({ ...version, VersionId: 'null', IsLatest: true })),
    });
  }

  /** What all kinds of the listing have in common. */
  async function list({ bucket, query, accessKeyId }: S3Request, start: Position, withOwner: boolean) {
    const prefix = query.get('prefix') ?? '';
    const delimiter = query.get('delimiter') ?? '';
    const maxKeys = Math.min(readCount(query, 'max-keys', Number.MAX_SAFE_INTEGER) ?? MAX_KEYS, MAX_KEYS);
    const encoding = query.get('encoding-type');
    if (encoding !== null && encoding !== 'url') {
      throw s3Errors.invalidArgument('Invalid Encoding Method specified in Request.');
    }
    const encode = encoding === 'url' ? encodeName : (name: string): string => name;
    const folder = await buckets.folder(bucket);
    const page: ListPage = await listKeys(folder, { prefix, delimiter, maxKeys, start });
    const owner = withOwner ? { Owner: { ID: accessKeyId } } : {};
    const contents = await Promise.all(page.keys.map((key) => describeObject(bucket, key)));
    const common = {
      Name: bucket,
      Prefix: encode(prefix),
      Delimiter: delimiter === '' ? undefined : encode(delimiter),
      MaxKeys: maxKeys,
      EncodingType: encoding ?? undefined,
      IsTruncated: page.next !== undefined,
      Contents: contents
        .filter((found) => found !== undefined)
        .map(({ Key, ...others }) => ({ Key: encode(Key), ...others, ...owner })),
      CommonPrefixes: page.commonPrefixes.map((common) => ({ Prefix: encode(common) })),
    };
    return { page, common, encode };
  }

  /** Undefined when the object was deleted while the listing was made. */
  async function describeObject(bucket: string, key: string) {
    try {
      const { lastModifiedMs, etag, size, checksum } = await objects.head(bucket, key);
      return {
        Key: key,
        LastModified: new Date(lastModifiedMs).toISOString(),
        ETag: `"${etag}"`,
        ChecksumAlgorithm: checksum?.algorithm.toUpperCase(),
        Size: size,
        StorageClass: STORAGE_CLASS,
      };
    } catch (thrown) {
      if (thrown instanceof AwsApiError && thrown.code === 'NoSuchKey') return undefined;
      throw thrown;
    }
  }

  return {
    createBucket,
    headBucket,
    deleteBucket,
    listBuckets,
    listObjectsV2,
    listObjects,
    listObjectVersions,
  };
}

/** A marker may be a common prefix of the page before: then all that it stands for has been told. */
function positionAfter(marker: string, query: URLSearchParams): Position {
  const delimiter = query.get('delimiter') ?? '';
  const prefix = query.get('prefix') ?? '';
  const below =
    delimiter !== '' &&
    marker.endsWith(delimiter) &&
    marker.startsWith(prefix) &&
    marker.length > prefix.length;
  return { after: marker, below };
}

function readCount(query: URLSearchParams, name: string, most: number): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  const count = /^\d{1,15}$/.test(text) ? Number(text) : -1;
  if (count < 0 || count > most) {
    throw new AwsApiError(
      400,
      'InvalidArgument',
      `Argument ${name} must be an integer between 0 and ${most}.`,
    );
  }
  return count;
}

/** `encoding-type=url`: percent-encoded but for the slashes. */
function encodeName(name: string): string {
  return encodeURIComponent(name).replaceAll('%2F', '/');
}
