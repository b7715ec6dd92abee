import { createHash } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { request, type OutgoingHttpHeaders } from 'node:http';
import { once } from 'node:events';
import path from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketPolicyCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type ChecksumAlgorithm,
} from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { authorization } from '../endpoint/support.ts';
import { startS3 } from './support.ts';

const Bucket = 'readings';
let running: Awaited<ReturnType<typeof startS3>>;
beforeAll(async () => {
  running = await startS3();
  await running.s3.ensureBucket(Bucket);
});
afterAll(() => running.close());

let made = 0;
async function newBucket(): Promise<string> {
  made += 1;
  await running.s3.ensureBucket(`bucket-${made}`);
  return `bucket-${made}`;
}

async function put(bucket: string, ...keys: string[]): Promise<void> {
  for (const key of keys) {
    await running.s3.putObject({ bucket, key, body: Buffer.from(key), contentType: 'text/plain' });
  }
}

async function get(key: string, options: object = {}) {
  const got = await running.client.send(new GetObjectCommand({ Bucket, Key: key, ...options }));
  return { ...got, text: (await got.Body?.transformToString()) ?? '' };
}

/** A request as it is, signed for S3. */
async function send(method: string, at: string, headers: OutgoingHttpHeaders = {}, body?: string | Buffer) {
  const options = { host: '127.0.0.1', port: running.port, path: at, method };
  const outgoing = request({ ...options, headers: { ...authorization('s3'), ...headers } });
  const answered = once(outgoing, 'response');
  outgoing.end(body);
  const [response] = await answered;
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

test('An object goes there and back with its headers, its own metadata and its checksum.', async () => {
  const body = 'grün';
  const etag = `"${createHash('md5').update(body).digest('hex')}"`;
  const sent = await running.client.send(
    new PutObjectCommand({
      Bucket,
      Key: 'a/b.json',
      Body: body,
      ContentType: 'application/json',
      CacheControl: 'no-store',
      ContentEncoding: 'identity',
      Metadata: { device: 'lamp-1' },
    }),
  );
  expect(sent).toMatchObject({ ETag: etag, ChecksumCRC32: expect.any(String), ChecksumType: 'FULL_OBJECT' });
  const got = await get('a/b.json');
  expect(got).toMatchObject({
    text: body,
    ETag: etag,
    ContentLength: 5,
    ContentType: 'application/json',
    CacheControl: 'no-store',
    ContentEncoding: 'identity',
    Metadata: { device: 'lamp-1' },
    LastModified: new Date(running.clock.now()),
    ChecksumCRC32: sent.ChecksumCRC32,
  });
  expect(await readFile(path.join(running.directory, Bucket, 'a', 'b.json'), 'utf8')).toBe(body);
  const head = await running.client.send(new HeadObjectCommand({ Bucket, Key: 'a/b.json' }));
  expect(head).toMatchObject({ ETag: etag, ContentLength: 5, Metadata: { device: 'lamp-1' } });
});

test.each(['CRC32', 'CRC32C', 'SHA1', 'SHA256'] satisfies ChecksumAlgorithm[])(
  'A stream that is sent in chunks with a trailing %s arrives whole.',
  async (ChecksumAlgorithm) => {
    const body = Buffer.alloc(200_000, 'glass ');
    await running.client.send(
      new PutObjectCommand({
        Bucket,
        Key: `stream-${ChecksumAlgorithm}`,
        Body: Readable.from([body.subarray(0, 70_000), body.subarray(70_000)]),
        ContentLength: body.length,
        ChecksumAlgorithm,
      }),
    );
    const got = await get(`stream-${ChecksumAlgorithm}`, { ChecksumMode: 'ENABLED' });
    expect(got.text).toBe(body.toString());
    expect(got.ContentEncoding).toBeUndefined();
    expect(got[`Checksum${ChecksumAlgorithm}`]).toMatch(/=$/);
  },
);

test.each([
  ['bytes=0-3', 'abcd', 'bytes 0-3/10'],
  ['bytes=4-', 'efghij', 'bytes 4-9/10'],
  ['bytes=-2', 'ij', 'bytes 8-9/10'],
  ['bytes=8-99', 'ij', 'bytes 8-9/10'],
  ['bytes=-99', 'abcdefghij', 'bytes 0-9/10'],
  ['bytes=0-1,4-5', 'abcdefghij', undefined],
  ['bytes=5-2', 'abcdefghij', undefined],
  ['lines=1-2', 'abcdefghij', undefined],
])('The range "%s" of abcdefghij is "%s".', async (Range, expected, contentRange) => {
  await running.client.send(new PutObjectCommand({ Bucket, Key: 'alphabet', Body: 'abcdefghij' }));
  const got = await get('alphabet', { Range });
  expect([got.text, got.ContentRange]).toEqual([expected, contentRange]);
});

test('A range behind the end is an error that tells the size.', async () => {
  await running.client.send(new PutObjectCommand({ Bucket, Key: 'short', Body: 'abc' }));
  const answer = await send('GET', `/${Bucket}/short`, { range: 'bytes=3-' });
  expect(answer).toMatchObject({ status: 416, headers: { 'content-range': 'bytes */3' } });
  await expect(get('short', { Range: 'bytes=9-' })).rejects.toMatchObject({ name: 'InvalidRange' });
});

test('An empty object is an object.', async () => {
  await running.client.send(new PutObjectCommand({ Bucket, Key: 'empty/', Body: Buffer.alloc(0) }));
  expect(await get('empty/')).toMatchObject({ text: '', ContentLength: 0 });
});

test('Conditions decide over writes.', async () => {
  const write = (Body: string, conditions: object) =>
    running.client.send(new PutObjectCommand({ Bucket, Key: 'once', Body, ...conditions }));
  const missing = write('0', { IfMatch: '"x"' });
  await expect(missing).rejects.toMatchObject({ name: 'NoSuchKey' });
  const first = await write('1', { IfNoneMatch: '*' });
  await expect(write('2', { IfNoneMatch: '*' })).rejects.toMatchObject({
    name: 'PreconditionFailed',
    $metadata: { httpStatusCode: 412 },
  });
  await write('3', { IfMatch: first.ETag });
  await expect(write('4', { IfMatch: first.ETag })).rejects.toMatchObject({ name: 'PreconditionFailed' });
  await expect(write('5', { IfNoneMatch: '"x"' })).rejects.toMatchObject({ name: 'NotImplemented' });
  expect((await get('once')).text).toBe('3');
  const removing = new DeleteObjectCommand({ Bucket, Key: 'once', IfMatch: '"x"' });
  await expect(running.client.send(removing)).rejects.toMatchObject({ name: 'PreconditionFailed' });
});

test('Of many writers that want to be first, one is.', async () => {
  const Key = 'race';
  const writes = Array.from({ length: 10 }, (_, index) =>
    running.client.send(new PutObjectCommand({ Bucket, Key, Body: String(index), IfNoneMatch: '*' })),
  );
  const results = await Promise.allSettled(writes);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('Conditions decide over reads.', async () => {
  const { ETag } = await running.client.send(new PutObjectCommand({ Bucket, Key: 'cond', Body: 'x' }));
  const at = new Date(running.clock.now());
  const before = new Date(at.getTime() - 1_000);
  expect((await get('cond', { IfMatch: ETag })).text).toBe('x');
  expect((await get('cond', { IfNoneMatch: '"y"', IfModifiedSince: at })).text).toBe('x');
  expect((await get('cond', { IfModifiedSince: before, IfUnmodifiedSince: at })).text).toBe('x');
  for (const [options, status] of [
    [{ IfMatch: '"y"' }, 412],
    [{ IfUnmodifiedSince: before }, 412],
    [{ IfNoneMatch: ETag }, 304],
    [{ IfModifiedSince: at }, 304],
  ] as const) {
    await expect(get('cond', options)).rejects.toMatchObject({ $metadata: { httpStatusCode: status } });
  }
});

test('What is not there is an error with its name.', async () => {
  await expect(get('nothing')).rejects.toMatchObject({ name: 'NoSuchKey' });
  const head = new HeadObjectCommand({ Bucket, Key: 'nothing' });
  await expect(running.client.send(head)).rejects.toMatchObject({ name: 'NotFound' });
  const list = new ListObjectsV2Command({ Bucket: 'nowhere' });
  await expect(running.client.send(list)).rejects.toMatchObject({ name: 'NoSuchBucket' });
  await running.client.send(new DeleteObjectCommand({ Bucket, Key: 'nothing' }));
});

test('Buckets are created, found, listed and deleted when they are empty.', async () => {
  await running.client.send(new CreateBucketCommand({ Bucket: 'a.new-bucket' }));
  const again = running.client.send(new CreateBucketCommand({ Bucket: 'a.new-bucket' }));
  await expect(again).rejects.toMatchObject({ name: 'BucketAlreadyOwnedByYou' });
  const head = await running.client.send(new HeadBucketCommand({ Bucket: 'a.new-bucket' }));
  expect(head.BucketRegion).toBe('eu-west-1');
  const { Buckets } = await running.client.send(new ListBucketsCommand({}));
  expect(Buckets).toContainEqual(
    expect.objectContaining({ Name: 'a.new-bucket', CreationDate: new Date(running.clock.now()) }),
  );
  await put('a.new-bucket', 'x/y/z');
  const remove = () => running.client.send(new DeleteBucketCommand({ Bucket: 'a.new-bucket' }));
  await expect(remove()).rejects.toMatchObject({ name: 'BucketNotEmpty' });
  await running.client.send(new DeleteObjectCommand({ Bucket: 'a.new-bucket', Key: 'x/y/z' }));
  expect(await readdir(path.join(running.directory, 'a.new-bucket'))).toEqual(['.bucket']);
  await remove();
  const gone = running.client.send(new HeadBucketCommand({ Bucket: 'a.new-bucket' }));
  await expect(gone).rejects.toMatchObject({ name: 'NotFound' });
});

test.each(['ab', '%2e%2e', 'Upper', 'a..b', '-a-', '192.168.0.1', '.temporary', 'a_b'])(
  'The bucket name %s is refused.',
  async (name) => {
    const answer = await send('PUT', `/${name}`);
    expect(answer.status).toBe(400);
    expect(answer.body).toContain('<Code>InvalidBucketName</Code>');
  },
);

test('Keys are listed in the order of their bytes, page by page.', async () => {
  const bucket = await newBucket();
  const keys = [
    'a',
    'a-b',
    'a/',
    'a/b',
    'a/c/d',
    'a0',
    'B',
    'b',
    'é',
    '\uFF61',
    '\u{1F600}',
    'z <&>"',
    'a//x',
  ];
  await put(bucket, ...keys);
  const expected = keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const listed: string[] = [];
  let ContinuationToken: string | undefined;
  do {
    const token: { ContinuationToken?: string } =
      ContinuationToken === undefined ? {} : { ContinuationToken };
    const page = await running.client.send(
      new ListObjectsV2Command({ Bucket: bucket, MaxKeys: 2, ...token }),
    );
    expect(page.KeyCount).toBe(page.Contents?.length);
    listed.push(...(page.Contents ?? []).map(({ Key = '' }) => Key));
    ContinuationToken = page.NextContinuationToken;
    expect(page.IsTruncated).toBe(ContinuationToken !== undefined);
  } while (ContinuationToken !== undefined);
  expect(listed).toEqual(expected);
  const after = await running.client.send(new ListObjectsV2Command({ Bucket: bucket, StartAfter: 'a/b' }));
  expect(after.Contents?.map(({ Key }) => Key)).toEqual(expected.slice(expected.indexOf('a/b') + 1));
  const [first] = after.Contents ?? [];
  expect(first).toMatchObject({
    Size: 5,
    ETag: `"${createHash('md5').update('a/c/d').digest('hex')}"`,
    StorageClass: 'STANDARD',
    LastModified: new Date(running.clock.now()),
  });
});

test('A delimiter rolls keys up, in both versions of the listing.', async () => {
  const bucket = await newBucket();
  await put(bucket, 'x/1', 'y/2026/01/a', 'y/2026/01/b', 'y/2026/02/c', 'y/2027/d', 'y/e', 'y/');
  const pages: string[][] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await running.client.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: 'y/',
        Delimiter: '/',
        MaxKeys: 2,
        ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
      }),
    );
    const prefixes = (page.CommonPrefixes ?? []).map(({ Prefix = '' }) => Prefix);
    pages.push([...(page.Contents ?? []).map(({ Key = '' }) => Key), ...prefixes]);
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  expect(pages).toEqual([
    ['y/', 'y/2026/'],
    ['y/e', 'y/2027/'],
  ]);

  const first = await running.client.send(
    new ListObjectsCommand({ Bucket: bucket, Delimiter: '/', MaxKeys: 1 }),
  );
  expect(first).toMatchObject({ CommonPrefixes: [{ Prefix: 'x/' }], NextMarker: 'x/', IsTruncated: true });
  const second = await running.client.send(
    new ListObjectsCommand({ Bucket: bucket, Delimiter: '/', Marker: first.NextMarker }),
  );
  expect(second).toMatchObject({ CommonPrefixes: [{ Prefix: 'y/' }], IsTruncated: false });
});

test('Names in a listing can be had percent-encoded.', async () => {
  const bucket = await newBucket();
  await put(bucket, 'a b/ü+\u0001');
  const answer = await send('GET', `/${bucket}?list-type=2&encoding-type=url`);
  expect(answer.body).toContain('<Key>a%20b/%C3%BC%2B%01</Key>');
});

test('Many objects are deleted at once.', async () => {
  const bucket = await newBucket();
  await put(bucket, 'a', 'b<&>', 'c/d');
  const result = await running.client.send(
    new DeleteObjectsCommand({
      Bucket: bucket,
      Delete: {
        Objects: [{ Key: 'a' }, { Key: 'b<&>' }, { Key: 'nothing' }, { Key: 'c/d', VersionId: 'v1' }],
      },
    }),
  );
  expect(result.Deleted).toEqual([{ Key: 'a' }, { Key: 'b<&>' }, { Key: 'nothing' }]);
  expect(result.Errors).toMatchObject([{ Key: 'c/d', Code: 'InvalidArgument' }]);
  const Delete = { Objects: [{ Key: 'c/d' }], Quiet: true };
  const quiet = await running.client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete }));
  expect(quiet.Deleted).toBeUndefined();
  const left = await running.client.send(new ListObjectsV2Command({ Bucket: bucket }));
  expect(left.KeyCount).toBe(0);
});

test('A copy takes the metadata along, or new ones.', async () => {
  const Key = 'from/ü &+.txt';
  await running.client.send(
    new PutObjectCommand({ Bucket, Key, Body: 'copy me', ContentType: 'text/plain', Metadata: { a: '1' } }),
  );
  const CopySource = `${Bucket}/${encodeURIComponent(Key)}`;
  running.clock.advance(5_000);
  const copied = await running.client.send(new CopyObjectCommand({ Bucket, Key: 'to', CopySource }));
  expect(copied.CopyObjectResult?.LastModified).toEqual(new Date(running.clock.now()));
  expect(await get('to')).toMatchObject({ text: 'copy me', ContentType: 'text/plain', Metadata: { a: '1' } });
  await running.client.send(
    new CopyObjectCommand({ Bucket, Key, CopySource, MetadataDirective: 'REPLACE', Metadata: { b: '2' } }),
  );
  expect(await get(Key)).toMatchObject({ text: 'copy me', Metadata: { b: '2' } });
  const itself = new CopyObjectCommand({ Bucket, Key, CopySource });
  await expect(running.client.send(itself)).rejects.toMatchObject({ name: 'InvalidRequest' });
  const unmatched = new CopyObjectCommand({ Bucket, Key: 'to', CopySource, CopySourceIfMatch: '"x"' });
  await expect(running.client.send(unmatched)).rejects.toMatchObject({ name: 'PreconditionFailed' });
});

test('The bucket may stand in the host.', async () => {
  const { port } = running;
  for (const host of [
    `${Bucket}.localhost:${port}`,
    `${Bucket}.127.0.0.1:${port}`,
    `${Bucket}.s3.localhost`,
  ]) {
    expect((await send('PUT', '/in/host', { host }, host)).status).toBe(200);
    expect((await send('GET', `/${Bucket}/in/host`)).body).toBe(host);
    expect((await send('GET', '/?list-type=2&prefix=in/', { host })).body).toContain('<Key>in/host</Key>');
  }
});

test('A reader may set headers of the answer.', async () => {
  await put(Bucket, 'page');
  const got = await get('page', { ResponseContentType: 'text/html', ResponseCacheControl: 'no-cache' });
  expect(got).toMatchObject({ ContentType: 'text/html', CacheControl: 'no-cache' });
});

test.each([
  ['content-md5', 'AAAAAAAAAAAAAAAAAAAAAA=='],
  ['x-amz-checksum-crc32', 'AAAAAA=='],
  ['x-amz-checksum-sha256', 'AAAA'],
])('A body that does not fit its %s is refused.', async (name, value) => {
  const answer = await send('PUT', `/${Bucket}/bad`, { [name]: value }, 'body');
  expect(answer.status).toBe(400);
  expect(answer.body).toContain('<Code>BadDigest</Code>');
  expect((await send('GET', `/${Bucket}/bad`)).status).toBe(404);
});

test.each([
  ['4\r\nbody\r\n0\r\n\r\n', '4', 200],
  ['4;chunk-signature=ab\r\nbody\r\n0;chunk-signature=cd\r\nx-amz-checksum-crc32:5Dv3Qw==\r\n\r\n', '4', 400],
  ['4\r\nbody\r\n0\r\n\r\n', '5', 400],
  ['4\r\nbod', '4', 400],
  ['nonsense', '4', 400],
  ['ffffffff\r\nbody\r\n0\r\n\r\n', '4', 400],
])('The chunks %j of %s bytes are answered with %i.', async (body, declared, status) => {
  const headers = {
    'content-encoding': 'aws-chunked',
    'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
    'x-amz-decoded-content-length': declared,
  };
  expect((await send('PUT', `/${Bucket}/chunks`, headers, body)).status).toBe(status);
});

test.each([
  [
    'CreateMultipartUpload',
    () => running.client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'x' })),
  ],
  ['GetObjectAcl', () => running.client.send(new GetObjectAclCommand({ Bucket, Key: 'x' }))],
  ['GetBucketPolicy', () => running.client.send(new GetBucketPolicyCommand({ Bucket }))],
  [
    'PutObjectTagging',
    () => running.client.send(new PutObjectTaggingCommand({ Bucket, Key: 'x', Tagging: { TagSet: [] } })),
  ],
])('%s is refused by its name.', async (name, send) => {
  const sending = send();
  await expect(sending).rejects.toMatchObject({ name: 'NotImplemented', $metadata: { httpStatusCode: 501 } });
  await expect(sending).rejects.toThrow(`The operation ${name} `);
});

test('What would be lost silently is refused.', async () => {
  const tagged = new PutObjectCommand({ Bucket, Key: 'x', Body: 'x', Tagging: 'a=b' });
  await expect(running.client.send(tagged)).rejects.toThrow('x-amz-tagging is not part of this cloud.');
});

test('A key of 1024 bytes is taken, a longer one is not.', async () => {
  const Key = `${'É'.repeat(255)}/${'x'.repeat(513)}`;
  await running.client.send(new PutObjectCommand({ Bucket, Key, Body: 'long' }));
  expect((await get(Key)).text).toBe('long');
  const listed = await running.client.send(new ListObjectsV2Command({ Bucket, Prefix: 'É' }));
  expect(listed.Contents).toMatchObject([{ Key }]);
  const longer = new PutObjectCommand({ Bucket, Key: `${Key}x`, Body: 'x' });
  await expect(running.client.send(longer)).rejects.toMatchObject({ name: 'KeyTooLongError' });
});

test('A file that is changed or put there by hand is an object.', async () => {
  const bucket = await newBucket();
  await put(bucket, 'note.txt');
  const folder = path.join(running.directory, bucket);
  await writeFile(path.join(folder, 'note.txt'), 'changed by hand');
  await writeFile(path.join(folder, 'new.txt'), 'new');
  const got = await running.client.send(new GetObjectCommand({ Bucket: bucket, Key: 'note.txt' }));
  expect(await got.Body?.transformToString()).toBe('changed by hand');
  expect(got).toMatchObject({
    ContentType: 'text/plain',
    ETag: `"${createHash('md5').update('changed by hand').digest('hex')}"`,
  });
  const listed = await running.client.send(new ListObjectsV2Command({ Bucket: bucket }));
  expect(listed.Contents?.map(({ Key, Size }) => [Key, Size])).toEqual([
    ['new.txt', 3],
    ['note.txt', 15],
  ]);
});

test('A reader gets the old object or the new one, whole.', async () => {
  const body = (character: string) => Buffer.alloc(300_000, character);
  const write = (character: string) =>
    running.s3.putObject({ bucket: Bucket, key: 'swap', body: body(character), contentType: 'text/plain' });
  await write('a');
  const reads = Array.from({ length: 20 }, async (_, index) => {
    const [got] = await Promise.all([get('swap'), write(index % 2 === 0 ? 'b' : 'c')]);
    return new Set(got.text).size === 1 && got.text.length === 300_000;
  });
  expect(await Promise.all(reads)).not.toContain(false);
});

test('Any key goes there and back, is listed and is deleted, and nothing outside its bucket changes.', async () => {
  const part = fc.constantFrom(
    '.',
    '..',
    '/',
    '%',
    '%2F',
    '+',
    ' ',
    '?',
    '#',
    '&',
    'a',
    'A',
    'ü',
    '\u{1F600}',
    '\\',
    '"',
    '\n',
    '\u0001',
  );
  const keys = fc.array(part, { minLength: 1, maxLength: 8 }).map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(keys, { minLength: 1, maxLength: 5 }), async (all) => {
      const bucket = await newBucket();
      const before = await readdir(running.directory);
      for (const Key of all) {
        const encoded = encodeURIComponent(Key).replaceAll('%2F', '/');
        expect((await send('PUT', `/${bucket}/${encoded}`, {}, Key)).status).toBe(200);
      }
      for (const Key of all) {
        const got = await running.client.send(new GetObjectCommand({ Bucket: bucket, Key }));
        expect(await got.Body?.transformToString()).toBe(Key);
      }
      // Bare XML has no control characters: keys that hold some are listed encoded.
      const list = new ListObjectsV2Command({ Bucket: bucket, EncodingType: 'url' });
      const { Contents = [] } = await running.client.send(list);
      expect(Contents.map(({ Key = '' }) => decodeURIComponent(Key)).sort()).toEqual([...all].sort());
      for (const Key of all) await running.client.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
      expect(await readdir(path.join(running.directory, bucket))).toEqual(['.bucket']);
      expect(await readdir(running.directory)).toEqual(before);
    }),
    { numRuns: 40 },
  );
  expect((await stat(path.join(running.directory, '.temporary'))).isDirectory()).toBe(true);
  expect(await readdir(path.join(running.directory, '.temporary'))).toEqual([]);
});

test('Nothing of all this was a failure of the cloud itself.', () => {
  expect(running.failures).toEqual([]);
});
