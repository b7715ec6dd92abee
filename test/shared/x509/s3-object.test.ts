import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCrlSource } from '../../../shared/x509/crl-source.ts';
import { createReadObject } from '../../../shared/x509/s3-object.ts';
import { startS3 } from '../../local/s3/support.ts';
import { makeCa, makeCrl, NOW_MS } from './pki.ts';

let s3: Awaited<ReturnType<typeof startS3>>;
const ca = makeCa();
const list = makeCrl(ca, { serials: [Uint8Array.of(5)] });

beforeAll(async () => {
  s3 = await startS3();
  await s3.s3.ensureBucket('lists');
  await s3.s3.putObject({
    bucket: 'lists',
    key: 'of/ca.crl',
    body: list,
    contentType: 'application/pkix-crl',
  });
});
afterAll(() => s3.close());

const readObject = createReadObject(() => s3.client);
const all = { ifNoneMatch: undefined, maxBytes: 100_000 };

test('A list is read from S3 with its ETag, and with that not again.', async () => {
  const { bytes, etag } = await readObject('lists', 'of/ca.crl', all);
  expect(Buffer.compare(bytes ?? Buffer.of(), list)).toBe(0);
  expect(await readObject('lists', 'of/ca.crl', { ...all, ifNoneMatch: etag })).toEqual({ etag });
});

test('What is not there, or too large, is not read.', async () => {
  await expect(readObject('lists', 'none', all)).rejects.toMatchObject({ name: 'NoSuchKey' });
  await expect(readObject('lists', 'of/ca.crl', { ...all, maxBytes: 10 })).rejects.toThrow('bytes');
});

test('A revocation list in S3 is asked for by `s3://bucket/key`, and refreshed by its ETag.', async () => {
  let nowMs = NOW_MS;
  const lists = createCrlSource({ fetch, readObject, now: () => nowMs });
  for (const _ of [1, 2]) {
    const crl = await lists.read(['s3://lists/of/ca.crl'], ca.certificate);
    expect(crl.find(Uint8Array.of(5))).toBeDefined();
    nowMs += 600_000;
  }
  await expect(lists.read(['s3://lists/none'], ca.certificate)).rejects.toMatchObject({
    code: 'CRL_UNREACHABLE',
  });
});
