import type { IncomingHttpHeaders } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { buffer } from 'node:stream/consumers';
import { AwsApiError } from '../errors.ts';
import { verifyChecksums } from './checksums.ts';
import { decodeChunked, isChunked } from './chunked-body.ts';
import { checkRead, checkWrite, type Conditions } from './conditions.ts';
import { s3Errors } from './errors.ts';
import { readObjectHeaders, responseHeaders } from './object-metadata.ts';
import type { ObjectStore } from './object-store.ts';
import { parseXml } from './parse-xml.ts';
import { readRange } from './range.ts';
import { sendNothing, sendXml, type S3Request } from './request.ts';

const MAX_DELETED = 1_000;

/** Parameters by which a reader sets headers of the answer (S3 API Reference, GetObject). */
const RESPONSE_OVERRIDES = {
  'response-content-type': 'content-type',
  'response-content-language': 'content-language',
  'response-expires': 'expires',
  'response-cache-control': 'cache-control',
  'response-content-disposition': 'content-disposition',
  'response-content-encoding': 'content-encoding',
} as const;

/** The operations on objects. */
export function objectOperations(store: ObjectStore) {
  async function putObject(request: S3Request): Promise<void> {
    const { bucket, key, headers } = request;
    const { body, checksum } = readBody(request);
    const conditions = requestConditions(headers);
    const kept = readObjectHeaders(headers);
    const put = await store.put(bucket, key, { body, headers: kept, checksum }, (existing) =>
      checkWrite(conditions, key, existing),
    );
    const { etag, 'x-amz-checksum-type': type, ...others } = responseHeaders(put, true);
    const sums = Object.entries(others).filter(([name]) => name.startsWith('x-amz-checksum-'));
    const answer = { etag, 'x-amz-checksum-type': type, ...Object.fromEntries(sums) };
    sendNothing(request.response, 200, answer);
  }

  async function getObject(request: S3Request): Promise<void> {
    const { bucket, key, headers, query, response } = request;
    refuseVersions(query);
    const { metadata, file } = await store.open(bucket, key);
    try {
      if (checkRead(requestConditions(headers), metadata) === 'not modified') {
        sendNotModified(request, metadata);
        return;
      }
      const range = readRange(
        isRangeWanted(headers, metadata.etag) ? headers.range : undefined,
        metadata.size,
      );
      response.writeHead(range === undefined ? 200 : 206, {
        ...responseHeaders(metadata, range === undefined && isChecksumWanted(headers)),
        ...overrides(query),
        'content-length': range === undefined ? metadata.size : range.last - range.first + 1,
        ...(range === undefined
          ? {}
          : { 'content-range': `bytes ${range.first}-${range.last}/${metadata.size}` }),
      });
      if (metadata.size === 0) {
        response.end();
        return;
      }
      const { first: start, last: end } = range ?? { first: 0, last: metadata.size - 1 };
      await sendFile(file.createReadStream({ start, end, autoClose: false }), response);
    } finally {
      await file.close();
    }
  }

  async function headObject(request: S3Request): Promise<void> {
    const { bucket, key, headers, query } = request;
    refuseVersions(query);
    const metadata = await store.head(bucket, key);
    if (checkRead(requestConditions(headers), metadata) === 'not modified') {
      sendNotModified(request, metadata);
      return;
    }
    const range = readRange(headers.range, metadata.size);
    sendNothing(request.response, range === undefined ? 200 : 206, {
      ...responseHeaders(metadata, range === undefined && isChecksumWanted(headers)),
      ...overrides(query),
      'content-length': String(range === undefined ? metadata.size : range.last - range.first + 1),
      ...(range === undefined
        ? {}
        : { 'content-range': `bytes ${range.first}-${range.last}/${metadata.size}` }),
    });
  }

  async function deleteObject(request: S3Request): Promise<void> {
    const { bucket, key, headers, query, response } = request;
    refuseVersions(query);
    const { ifMatch } = requestConditions(headers);
    await store.remove(bucket, key, (existing) => checkWrite({ ifMatch }, key, existing));
    sendNothing(response, 204);
  }

  async function deleteObjects(request: S3Request): Promise<void> {
    const { bucket, response } = request;
    const { children } = parseXml(readBody(request).body.toString());
    const objects = children.filter(({ name }) => name === 'Object');
    if (objects.length === 0 || objects.length > MAX_DELETED) throw s3Errors.malformedXml();
    const isQuiet = children.some(({ name, text }) => name === 'Quiet' && text.trim() === 'true');
    const deleted: { Key: string }[] = [];
    const failed: { Key: string; Code: string; Message: string }[] = [];
    for (const object of objects) {
      const field = (wanted: string) => object.children.find(({ name }) => name === wanted)?.text;
      const Key = field('Key') ?? '';
      try {
        refuseVersion(field('VersionId'));
        await store.remove(bucket, Key, (existing) => checkWrite({ ifMatch: field('ETag') }, Key, existing));
        deleted.push({ Key });
      } catch (thrown) {
        if (!(thrown instanceof AwsApiError)) throw thrown;
        const { code: Code, message: Message } = thrown;
        failed.push({ Key, Code, Message });
      }
    }
    sendXml(response, 'DeleteResult', { Deleted: isQuiet ? [] : deleted, Error: failed });
  }

  async function copyObject(request: S3Request): Promise<void> {
    const { bucket, key, headers, response } = request;
    const source = readCopySource(headers['x-amz-copy-source']);
    const directive = headers['x-amz-metadata-directive'] ?? 'COPY';
    if (source.bucket === bucket && source.key === key && directive !== 'REPLACE') {
      throw new AwsApiError(
        400,
        'InvalidRequest',
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata.",
      );
    }
    const { metadata, file } = await store.open(source.bucket, source.key);
    let body: Buffer;
    try {
      if (checkRead(copyConditions(headers), metadata) === 'not modified') {
        throw s3Errors.preconditionFailed('x-amz-copy-source-if-none-match');
      }
      body = await buffer(file.createReadStream({ autoClose: false }));
    } finally {
      await file.close();
    }
    const kept = readObjectHeaders(headers);
    const copied = await store.put(
      bucket,
      key,
      { body, headers: directive === 'REPLACE' ? kept : metadata.headers, checksum: metadata.checksum },
      (existing) => checkWrite(requestConditions(headers), key, existing),
    );
    sendXml(response, 'CopyObjectResult', {
      ETag: `"${copied.etag}"`,
      LastModified: new Date(copied.lastModifiedMs).toISOString(),
    });
  }

  return { putObject, getObject, headObject, deleteObject, deleteObjects, copyObject };
}

/** A request's body out of its chunks, checked against what the request says of it. */
function readBody({ headers, body: raw }: Pick<S3Request, 'headers' | 'body'>) {
  if (!isChunked(headers)) return { body: raw, checksum: verifyChecksums(headers, raw) };
  const declared = headers['x-amz-decoded-content-length'];
  const { body, trailers } = decodeChunked(raw, declared === undefined ? undefined : Number(declared));
  return { body, checksum: verifyChecksums({ ...headers, ...trailers }, body) };
}

function requestConditions(headers: IncomingHttpHeaders): Conditions {
  return {
    ifMatch: headers['if-match'],
    ifNoneMatch: headers['if-none-match'],
    ifModifiedSince: headers['if-modified-since'],
    ifUnmodifiedSince: headers['if-unmodified-since'],
  };
}

function copyConditions(headers: IncomingHttpHeaders): Conditions {
  const field = (name: string): string | undefined => {
    const value = headers[`x-amz-copy-source-${name}`];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    ifMatch: field('if-match'),
    ifNoneMatch: field('if-none-match'),
    ifModifiedSince: field('if-modified-since'),
    ifUnmodifiedSince: field('if-unmodified-since'),
  };
}

function readCopySource(header: string | string[] | undefined): { bucket: string; key: string } {
  const [, bucketText = '', keyText = '', versionId] =
    /^\/?([^/]+)\/([^?]+)(?:\?versionId=(.*))?$/.exec(String(header)) ?? [];
  refuseVersion(versionId);
  try {
    const key = decodeURIComponent(keyText);
    if (key !== '') return { bucket: decodeURIComponent(bucketText), key };
  } catch {
    // Told below, as the same mistake.
  }
  throw s3Errors.invalidArgument(
    'Copy Source must mention the source bucket and key: sourcebucket/sourcekey.',
  );
}

function refuseVersions(query: URLSearchParams): void {
  refuseVersion(query.get('versionId') ?? undefined);
  if (query.has('partNumber')) throw s3Errors.notImplemented('Reading a part by its number');
}

/** Without versioning an object has the one version `null`. */
function refuseVersion(versionId: string | undefined): void {
  if (versionId !== undefined && versionId !== 'null') {
    throw s3Errors.invalidArgument('Invalid version id specified: buckets of this cloud have no versions.');
  }
}

function isChecksumWanted(headers: IncomingHttpHeaders): boolean {
  return headers['x-amz-checksum-mode'] === 'ENABLED';
}

function isRangeWanted(headers: IncomingHttpHeaders, etag: string): boolean {
  const ifRange = headers['if-range'];
  return ifRange === undefined || ifRange === `"${etag}"`;
}

function overrides(query: URLSearchParams): Record<string, string> {
  const set: Record<string, string> = {};
  for (const [parameter, name] of Object.entries(RESPONSE_OVERRIDES)) {
    const value = query.get(parameter);
    if (value === null) continue;
    if (!/^[\t\u0020-\u007E\u0080-\u00FF]*$/.test(value)) {
      throw s3Errors.invalidArgument(`${parameter} cannot stand in a header.`);
    }
    set[name] = value;
  }
  return set;
}

function sendNotModified({ response }: S3Request, metadata: Parameters<typeof responseHeaders>[0]): void {
  const { etag = '', 'last-modified': lastModified = '' } = responseHeaders(metadata, false);
  sendNothing(response, 304, { etag, 'last-modified': lastModified });
}

async function sendFile(file: NodeJS.ReadableStream, response: S3Request['response']): Promise<void> {
  try {
    await pipeline(file, response);
  } catch (thrown) {
    // A reader that goes away half-way is no failure of ours.
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_STREAM_PREMATURE_CLOSE'))
      throw thrown;
  }
}
