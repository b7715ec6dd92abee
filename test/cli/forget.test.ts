import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { forgetCertificate } from '../../cli/certificate/forget.ts';

/** An object in a bucket with versioning, as S3 tells of it: what a cloud on this machine does not keep. */
interface Version {
  readonly key: string;
  readonly versionId: string;
  readonly isMarker?: boolean;
}

let versions: Version[];
let isTruncated: boolean;
let refused: string | undefined;
/** Keys of each request that deletes. */
let deletions: string[][];
let client: S3Client;
let server: ReturnType<typeof createServer>;

function listing(prefix: string): string {
  const found = versions.filter(({ key }) => key.startsWith(prefix));
  const entries = found.map(({ key, versionId, isMarker = false }) => {
    const name = isMarker ? 'DeleteMarker' : 'Version';
    return `<${name}><Key>${key}</Key><VersionId>${versionId}</VersionId></${name}>`;
  });
  return `<ListVersionsResult><IsTruncated>${isTruncated}</IsTruncated>${entries.join('')}</ListVersionsResult>`;
}

async function deleteObjects(request: IncomingMessage): Promise<string> {
  const body = await text(request);
  const named = [...body.matchAll(/<Key>(.+?)<\/Key><VersionId>(.+?)<\/VersionId>/g)];
  deletions.push(named.map(([, key = '', versionId = '']) => `${key.split('/').at(-1)} ${versionId}`));
  if (refused !== undefined) {
    return `<DeleteResult><Error><Key>${refused}</Key><Code>AccessDenied</Code><Message>Access Denied</Message></Error></DeleteResult>`;
  }
  versions = versions.filter(
    (one) => !named.some(([, key, versionId]) => one.key === key && one.versionId === versionId),
  );
  return '<DeleteResult/>';
}

beforeEach(async () => {
  versions = [];
  isTruncated = false;
  refused = undefined;
  deletions = [];
  server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://bucket');
    const isDeletion = request.method === 'POST';
    const answer = isDeletion
      ? deleteObjects(request)
      : Promise.resolve(listing(searchParams.get('prefix') ?? ''));
    void answer.then((xml) => response.setHeader('content-type', 'application/xml').end(xml));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  client = new S3Client({
    endpoint: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    forcePathStyle: true,
  });
});
afterEach(async () => {
  client.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const FOLDER = 'devices/lamp-1/ab/';
const forget = () => forgetCertificate({ client, bucket: 'certificates' }, 'lamp-1', 'ab');

test('Every version of a key is deleted, and every mark of a deletion; the metadata go last.', async () => {
  versions = [
    { key: `${FOLDER}metadata.json`, versionId: 'v1' },
    { key: `${FOLDER}private-key.pem`, versionId: 'v2' },
    { key: `${FOLDER}private-key.pem`, versionId: 'v1' },
    { key: `${FOLDER}certificate.pem`, versionId: 'v1', isMarker: true },
    { key: 'devices/lamp-1/abc/private-key.pem', versionId: 'v1' },
    { key: 'devices/lamp-10/ab/private-key.pem', versionId: 'v1' },
  ];
  await forget();
  expect(deletions.map((keys) => keys.toSorted())).toEqual([
    ['certificate.pem v1', 'private-key.pem v1', 'private-key.pem v2'],
    ['metadata.json v1'],
  ]);
  expect(versions.map(({ key }) => key)).toEqual([
    'devices/lamp-1/abc/private-key.pem',
    'devices/lamp-10/ab/private-key.pem',
  ]);
  deletions = [];
  await forget();
  expect(deletions).toEqual([]);
});

test('What the bucket does not let go is said, and the metadata stay to find it by.', async () => {
  versions = [
    { key: `${FOLDER}metadata.json`, versionId: 'v1' },
    { key: `${FOLDER}private-key.pem`, versionId: 'v1' },
  ];
  refused = `${FOLDER}private-key.pem`;
  await expect(forget()).rejects.toMatchObject({
    code: 'VAULT_NOT_EMPTIED',
    message: expect.stringContaining(`${FOLDER}private-key.pem was not deleted: Access Denied`),
  });
  expect(deletions).toEqual([['private-key.pem v1']]);
});

test('A folder with more than anybody here has put into it is left alone.', async () => {
  isTruncated = true;
  await expect(forget()).rejects.toMatchObject({ code: 'VAULT_FULL' });
  expect(deletions).toEqual([]);
});
