import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createCrlSource, type CrlSourceOptions } from '../../../shared/x509/crl-source.ts';
import { keysOf, makeCa, makeCrl, NOW_MS, type CrlOptions } from './pki.ts';
import { startServer, type Asked, type TestServer } from './server.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

let server: TestServer;
let nowMs = NOW_MS;
const ca = makeCa();
const revoked = Uint8Array.of(1, 2, 3);

beforeAll(async () => {
  server = await startServer();
});
beforeEach(() => {
  nowMs = NOW_MS;
  server.asked.length = 0;
});
afterAll(() => server.stop());

function source(options: Partial<CrlSourceOptions> = {}) {
  return createCrlSource({ fetch, now: () => nowMs, timeoutMs: 2_000, ...options });
}

/** Serves a list with the ETag of its content, as web servers and S3 do. */
function serveList(options: CrlOptions = {}): void {
  const body = makeCrl(ca, { serials: [revoked], ...options });
  const etag = `"${createHash('md5').update(body).digest('hex')}"`;
  server.answers(({ headers }) =>
    headers['if-none-match'] === etag ? { status: 304 } : { headers: { etag }, body },
  );
}

test('A list is fetched once and kept; after five minutes it is asked for again by its ETag.', async () => {
  serveList();
  const lists = source();
  const address = [`${server.url}/a.crl`];
  expect((await lists.read(address, ca.certificate)).find(revoked)).toBeDefined();
  nowMs += 4 * MINUTE_MS;
  await lists.read(address, ca.certificate);
  expect(server.asked).toHaveLength(1);
  nowMs += MINUTE_MS;
  expect((await lists.read(address, ca.certificate)).find(revoked)).toBeDefined();
  expect(server.asked.map(({ headers }) => headers['if-none-match'] === undefined)).toEqual([true, false]);
  await lists.read(address, ca.certificate);
  expect(server.asked).toHaveLength(2);
});

test('A new list takes the place of the old one.', async () => {
  serveList();
  const lists = source();
  const address = [`${server.url}/a.crl`];
  await lists.read(address, ca.certificate);
  const other = Uint8Array.of(9);
  serveList({ serials: [revoked, other] });
  nowMs += 5 * MINUTE_MS;
  expect((await lists.read(address, ca.certificate)).find(other)).toBeDefined();
});

test('While its place is down a list counts until the next one was due, and not a moment longer.', async () => {
  serveList({ nextUpdateMs: NOW_MS + HOUR_MS });
  const failed: string[] = [];
  const lists = source({ onRefreshFailed: (address) => failed.push(address) });
  const address = [`${server.url}/a.crl`];
  await lists.read(address, ca.certificate);
  server.answers(() => ({ status: 503 }));
  nowMs = NOW_MS + 59 * MINUTE_MS;
  expect((await lists.read(address, ca.certificate)).find(revoked)).toBeDefined();
  expect(failed).toEqual(address);
  nowMs = NOW_MS + HOUR_MS;
  await expect(lists.read(address, ca.certificate)).rejects.toMatchObject({
    code: 'CRL_UNREACHABLE',
    retryable: true,
  });
});

test.each([
  ['it is not there', () => ({ status: 404 }), 'CRL_UNREACHABLE'],
  [
    'it is a redirect',
    ({ path }: Asked) =>
      path === '/b.crl' ? { body: makeCrl(ca) } : { status: 302, headers: { location: '/b.crl' } },
    'CRL_UNREACHABLE',
  ],
  ['it is nothing that was asked for', () => ({ status: 304 }), 'CRL_UNREACHABLE'],
  ['it is no list', () => ({ body: Buffer.from('<html>') }), 'CRL_UNUSABLE'],
  ['it is larger than allowed', () => ({ body: new Uint8Array(200_000) }), 'CRL_UNREACHABLE'],
  ['its time is over', () => ({ body: makeCrl(ca, { nextUpdateMs: NOW_MS }) }), 'CRL_STALE'],
  ['its time has not come', () => ({ body: makeCrl(ca, { thisUpdateMs: NOW_MS + HOUR_MS }) }), 'CRL_STALE'],
  [
    'somebody else has signed it',
    () => ({ body: makeCrl(ca, { signer: keysOf('somebody').privateKey }) }),
    'CRL_UNUSABLE',
  ],
  ['another CA has made it', () => ({ body: makeCrl(makeCa('Other CA')) }), 'CRL_UNUSABLE'],
])('A list cannot be had when %s.', async (_what, answer, code) => {
  server.answers(answer);
  await expect(
    source({ maxBytes: 100_000 }).read([`${server.url}/a.crl`], ca.certificate),
  ).rejects.toMatchObject({
    name: 'RevocationUnavailableError',
    code,
    retryable: true,
  });
});

test('A server that does not answer in time is an outage.', async () => {
  server.answers(() => new Promise(() => {}));
  await expect(source({ timeoutMs: 50 }).read([`${server.url}/a.crl`], ca.certificate)).rejects.toMatchObject(
    { code: 'CRL_UNREACHABLE' },
  );
});

test.each([
  'ldap://127.0.0.1/cn=ca',
  'file:///etc/passwd',
  'not an address',
  's3://bucket/key',
  `data:application/pkix-crl;base64,${Buffer.from(makeCrl(ca)).toString('base64')}`,
])('Nothing is fetched from %s.', async (address) => {
  await expect(source().read([address], ca.certificate)).rejects.toMatchObject({ code: 'CRL_UNREACHABLE' });
  expect(server.asked).toEqual([]);
});

test('A certificate that names no place of a list cannot be checked.', async () => {
  await expect(source().read([], ca.certificate)).rejects.toMatchObject({ code: 'CRL_UNREACHABLE' });
});

test('The next place is asked when one has no list.', async () => {
  server.answers(({ path }) => (path === '/b.crl' ? { body: makeCrl(ca) } : { status: 500 }));
  const addresses = ['ldap://x', `${server.url}/a.crl`, `${server.url}/b.crl`];
  expect((await source().read(addresses, ca.certificate)).size).toBe(0);
  expect(server.asked.map(({ path }) => path)).toEqual(['/a.crl', '/b.crl']);
});

test('A list in S3 is read by bucket and key, and again by its ETag.', async () => {
  const asked: unknown[] = [];
  const lists = source({
    readObject: (bucket, key, { ifNoneMatch }) => {
      asked.push([bucket, key, ifNoneMatch]);
      return Promise.resolve(ifNoneMatch === 'e1' ? {} : { bytes: makeCrl(ca), etag: 'e1' });
    },
  });
  await lists.read(['s3://lists/of/ca.crl'], ca.certificate);
  nowMs += 5 * MINUTE_MS;
  await lists.read(['s3://lists/of/ca.crl'], ca.certificate);
  expect(asked).toEqual([
    ['lists', 'of/ca.crl', undefined],
    ['lists', 'of/ca.crl', 'e1'],
  ]);
});

test('A list that was checked for one CA is checked anew for another at the same address.', async () => {
  serveList();
  const lists = source();
  await lists.read([`${server.url}/a.crl`], ca.certificate);
  const impostor = makeCa('Test CA', { keys: keysOf('impostor') });
  await expect(lists.read([`${server.url}/a.crl`], impostor.certificate)).rejects.toMatchObject({
    code: 'CRL_UNUSABLE',
  });
});

test('Of many lists the oldest ones are forgotten.', async () => {
  serveList();
  const lists = source();
  for (let index = 0; index < 9; index += 1) await lists.read([`${server.url}/${index}`], ca.certificate);
  await lists.read([`${server.url}/8`], ca.certificate);
  expect(server.asked).toHaveLength(9);
  await lists.read([`${server.url}/0`], ca.certificate);
  expect(server.asked).toHaveLength(10);
});
