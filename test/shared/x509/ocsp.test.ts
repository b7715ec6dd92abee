import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { askOcsp } from '../../../shared/x509/ocsp.ts';
import { bytesOf, childrenOf, readDer, required, tags } from '../../../shared/x509/der.ts';
import { X509Error } from '../../../shared/x509/errors.ts';
import { ocspCertificateId, writeOcspRequest } from '../../../shared/x509/ocsp-request.ts';
import { readOcspResponse } from '../../../shared/x509/ocsp-response.ts';
import { keysOf, makeCa, makeCertificate, makeOcspAnswer, NOW_MS, type OcspAnswerOptions } from './pki.ts';
import { recorded } from './recorded.ts';
import { startServer, type TestServer } from './server.ts';

const HOUR_MS = 3_600_000;

let server: TestServer;
const ca = makeCa();
const leaf = makeCertificate({ issuer: ca });
const id = ocspCertificateId(leaf.certificate, ca.certificate);
const responder = makeCertificate({
  commonNames: ['Responder'],
  issuer: ca,
  keys: keysOf('responder'),
  extendedKeyUsage: ['1.3.6.1.5.5.7.3.9'],
});

beforeAll(async () => {
  server = await startServer();
});
beforeEach(() => {
  server.asked.length = 0;
});
afterAll(() => server.stop());

function ask(nowMs = NOW_MS) {
  const options = { fetch, now: () => nowMs, timeoutMs: 2_000 };
  return askOcsp([`${server.url}/ocsp`], leaf.certificate, ca.certificate, options);
}

const answer = (options: OcspAnswerOptions = {}) =>
  server.answers(() => ({ body: makeOcspAnswer(id, ca, options) }));

/** The list of what is asked for, without the extensions of the request. */
function requestList(request: Uint8Array): string {
  const [body] = childrenOf(readDer(request));
  const [list] = childrenOf(required(body, tags.sequence, 'the body'));
  return Buffer.from(bytesOf(required(list, tags.sequence, 'the list'))).toString('hex');
}

test("The request is OpenSSL's, but for the nonce.", () => {
  const nonce = Uint8Array.of(1, 2, 3);
  const ours = writeOcspRequest(ocspCertificateId(recorded.good, recorded.ca), nonce);
  expect(requestList(ours)).toBe(requestList(recorded.ocspRequest));
  expect(Buffer.from(ours).toString('hex')).toContain('0403010203');
});

test.each([
  ['named by its name', recorded.ocspGood],
  ['named by its key', recorded.ocspGoodByKey],
])("An answer of OpenSSL's responder, %s, is found to be good.", async (_what, body) => {
  server.answers(() => ({ body }));
  const options = { fetch, now: () => recorded.recordedAtMs };
  const found = await askOcsp([server.url], recorded.good, recorded.ca, options);
  expect(found).toMatchObject({ status: 'good', thisUpdateMs: recorded.recordedAtMs });
});

test("An answer of OpenSSL's responder says what was revoked, when and why.", async () => {
  server.answers(() => ({ body: recorded.ocspRevoked }));
  const options = { fetch, now: () => recorded.recordedAtMs };
  const found = await askOcsp([server.url], recorded.revoked, recorded.ca, options);
  expect(found).toMatchObject({ status: 'revoked', reasonCode: 1 });
  expect(found.revokedAtMs).toBeLessThanOrEqual(recorded.recordedAtMs);
});

test('The request is posted, with a nonce of its own each time.', async () => {
  answer();
  await ask();
  await ask();
  expect(server.asked.map(({ method, headers }) => [method, headers['content-type']])).toEqual([
    ['POST', 'application/ocsp-request'],
    ['POST', 'application/ocsp-request'],
  ]);
  const [first, second] = server.asked;
  expect(Buffer.compare(first?.body ?? Buffer.of(), second?.body ?? Buffer.of())).not.toBe(0);
});

test.each<[string, OcspAnswerOptions, object]>([
  ['of the CA', {}, { status: 'good' }],
  ['of the CA, named by its name', { named: 'by-name' }, { status: 'good' }],
  ['of a responder that the CA has certified', { responder }, { status: 'good' }],
  ['that one is revoked', { status: 'revoked', reason: 4 }, { status: 'revoked', reasonCode: 4 }],
  ['that one is revoked without a reason', { status: 'revoked' }, { status: 'revoked', reasonCode: 0 }],
  ['without the time of the next one', { nextUpdateMs: null }, { status: 'good' }],
])('An answer %s counts.', async (_what, options, expected) => {
  answer(options);
  expect(await ask()).toMatchObject(expected);
});

const strangers = makeCa('Other CA');

test.each<[string, OcspAnswerOptions, string]>([
  ['that the certificate is not known', { status: 'unknown' }, 'OCSP_UNKNOWN'],
  ['signed by another key', { signer: keysOf('thief').privateKey }, 'OCSP_UNUSABLE'],
  [
    'of a responder of another CA',
    {
      responder: makeCertificate({
        issuer: strangers,
        commonNames: ['Responder'],
        keys: keysOf('responder'),
        extendedKeyUsage: ['1.3.6.1.5.5.7.3.9'],
      }),
    },
    'OCSP_UNUSABLE',
  ],
  [
    'of a device of the same CA',
    { responder: makeCertificate({ issuer: ca, keys: keysOf('responder') }) },
    'OCSP_UNUSABLE',
  ],
  [
    'of a responder whose certificate is over',
    {
      responder: makeCertificate({
        issuer: ca,
        keys: keysOf('responder'),
        extendedKeyUsage: ['1.3.6.1.5.5.7.3.9'],
        notAfterMs: NOW_MS - 1,
      }),
    },
    'OCSP_UNUSABLE',
  ],
  ['with the nonce of another request', { nonce: Uint8Array.of(1) }, 'OCSP_UNUSABLE'],
  ['that is over', { nextUpdateMs: NOW_MS - HOUR_MS }, 'OCSP_STALE'],
  ['of tomorrow', { thisUpdateMs: NOW_MS + HOUR_MS, nextUpdateMs: NOW_MS + 2 * HOUR_MS }, 'OCSP_STALE'],
  [
    'that is old and does not say for how long',
    { thisUpdateMs: NOW_MS - 2 * HOUR_MS, nextUpdateMs: null },
    'OCSP_STALE',
  ],
])('An answer %s is an outage.', async (_what, options, code) => {
  answer(options);
  await expect(ask()).rejects.toMatchObject({ name: 'RevocationUnavailableError', code, retryable: true });
});

test.each([
  ['another certificate', { ...id, serial: Uint8Array.of(9) }],
  ['the same number of an issuer with another name', { ...id, issuerNameHash: new Uint8Array(20) }],
  ['the same number of an issuer with another key', { ...id, issuerKeyHash: new Uint8Array(20) }],
])('An answer for %s is an outage.', async (_what, other) => {
  server.answers(() => ({ body: makeOcspAnswer(other, ca) }));
  await expect(ask()).rejects.toMatchObject({ code: 'OCSP_UNUSABLE' });
});

test('The nonce of the request comes back.', async () => {
  // The nonce is the last sixteen bytes of the request.
  server.answers(({ body }) => ({ body: makeOcspAnswer(id, ca, { nonce: body.subarray(-16) }) }));
  expect(await ask()).toMatchObject({ status: 'good' });
});

test.each([1, 2, 3, 5, 6])('A responder that reports the failure %i is an outage.', async (failure) => {
  server.answers(() => ({ body: Uint8Array.of(0x30, 3, 0x0a, 1, failure) }));
  await expect(ask()).rejects.toMatchObject({ code: 'OCSP_UNREACHABLE' });
});

test.each([
  ['an error', () => ({ status: 500 }), 'OCSP_UNREACHABLE'],
  ['nothing', () => ({}), 'OCSP_UNUSABLE'],
  ['something else', () => ({ body: Buffer.from('<html>') }), 'OCSP_UNUSABLE'],
  ['too much', () => ({ body: new Uint8Array(100_000) }), 'OCSP_UNREACHABLE'],
])('A responder that answers with %s is an outage.', async (_what, how, code) => {
  server.answers(how);
  await expect(ask()).rejects.toMatchObject({ code });
});

test('The next responder is asked when one does not answer.', async () => {
  server.answers(({ path }) => (path === '/b' ? { body: makeOcspAnswer(id, ca) } : { status: 503 }));
  const addresses = [`${server.url}/a`, `${server.url}/b`];
  const found = await askOcsp(addresses, leaf.certificate, ca.certificate, { fetch, now: () => NOW_MS });
  expect(found.status).toBe('good');
});

test('Any bytes in place of an answer are refused as such, and nothing else happens.', () => {
  const original = makeOcspAnswer(id, ca, {
    responder,
    nonce: Uint8Array.of(1),
    status: 'revoked',
    reason: 1,
  });
  fc.assert(
    fc.property(fc.nat(original.length - 1), fc.nat(255), fc.nat(original.length), (at, byte, end) => {
      const bytes = Uint8Array.from(original.subarray(0, Math.max(end, at + 1)));
      bytes[at] = byte;
      try {
        readOcspResponse(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(X509Error);
      }
    }),
    { numRuns: 2_000 },
  );
});

test('With any bit turned an answer never makes a revoked certificate good.', async () => {
  const original = makeOcspAnswer(id, ca, { responder, status: 'revoked', reason: 1 });
  await fc.assert(
    fc.asyncProperty(fc.nat(original.length * 8 - 1), async (bit) => {
      const bytes = Uint8Array.from(original);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const options = { now: () => NOW_MS, fetch: () => Promise.resolve(new Response(bytes)) };
      const asked = askOcsp(['http://127.0.0.1/'], leaf.certificate, ca.certificate, options);
      const status = await asked.then(
        (found) => found.status,
        () => 'outage',
      );
      expect(status).not.toBe('good');
    }),
    { numRuns: 800 },
  );
});
