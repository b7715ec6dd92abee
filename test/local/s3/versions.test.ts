import {
  DeleteObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startS3 } from './support.ts';

const Bucket = 'versions';
const KEYS = ['a', 'b/1', 'b/2', 'c', 'd <&>'];

let running: Awaited<ReturnType<typeof startS3>>;
beforeAll(async () => {
  running = await startS3();
  await running.s3.ensureBucket(Bucket);
  for (const key of KEYS) {
    await running.s3.putObject({ bucket: Bucket, key, body: Buffer.from(key), contentType: 'text/plain' });
  }
});
afterAll(() => running.close());

test('Every object has the one version that S3 calls null, page by page, with prefixes rolled up.', async () => {
  const whole = await running.client.send(new ListObjectVersionsCommand({ Bucket }));
  expect(whole.Versions?.map(({ Key, VersionId, IsLatest }) => [Key, VersionId, IsLatest])).toEqual(
    KEYS.map((key) => [key, 'null', true]),
  );
  expect(whole).toMatchObject({ IsTruncated: false, Name: Bucket });
  expect(whole.DeleteMarkers).toBeUndefined();

  const pages: unknown[] = [];
  let page: ListObjectVersionsCommandOutput | undefined;
  do {
    const marker = page === undefined ? {} : { KeyMarker: page.NextKeyMarker };
    page = await running.client.send(
      new ListObjectVersionsCommand({ Bucket, Delimiter: '/', MaxKeys: 2, ...marker }),
    );
    pages.push([
      ...(page.Versions ?? []).map(({ Key }) => Key),
      ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix),
    ]);
  } while (page.IsTruncated === true);
  expect(pages).toEqual([
    ['a', 'b/'],
    ['c', 'd <&>'],
  ]);
});

test('What is listed so is deleted so.', async () => {
  const { Versions: versions = [] } = await running.client.send(
    new ListObjectVersionsCommand({ Bucket, Prefix: 'b/' }),
  );
  const Objects = versions.map(({ Key, VersionId }) => ({ Key, VersionId }));
  expect(Objects).toHaveLength(2);
  await running.client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  const left = await running.client.send(new ListObjectsV2Command({ Bucket }));
  expect(left.Contents?.map(({ Key }) => Key)).toEqual(['a', 'c', 'd <&>']);
});
