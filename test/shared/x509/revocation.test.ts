import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createCrlSource } from '../../../shared/x509/crl-source.ts';
import { ocspCertificateId } from '../../../shared/x509/ocsp-request.ts';
import { checkRevocation, type RevocationOptions } from '../../../shared/x509/revocation.ts';
import { makeCa, makeCertificate, makeCrl, makeOcspAnswer, NOW_MS, type CertificateOptions } from './pki.ts';
import { startServer, type TestServer } from './server.ts';

let server: TestServer;
const ca = makeCa();
const serial = Uint8Array.of(1, 2, 3, 4);

beforeAll(async () => {
  server = await startServer();
});
beforeEach(() => {
  server.asked.length = 0;
});
afterAll(() => server.stop());

function check(certificate: CertificateOptions, options: Partial<RevocationOptions> = {}) {
  const leaf = makeCertificate({ issuer: ca, serial, ...certificate });
  const crls = createCrlSource({ fetch, now: () => NOW_MS });
  return checkRevocation(leaf.certificate, ca.certificate, {
    crls,
    fetch,
    now: () => NOW_MS,
    whenNotNamed: 'accept',
    ...options,
  });
}

interface World {
  readonly listed?: readonly Uint8Array[];
  readonly reason?: number;
  readonly ocsp?: 'good' | 'revoked' | 'unknown' | 'down';
  readonly crlIsDown?: boolean;
}

function world({ listed = [], reason, ocsp = 'good', crlIsDown = false }: World): void {
  const id = ocspCertificateId(makeCertificate({ issuer: ca, serial }).certificate, ca.certificate);
  server.answers(({ path }) => {
    if (path === '/ocsp')
      return ocsp === 'down'
        ? { status: 503 }
        : { body: makeOcspAnswer(id, ca, { status: ocsp, reason: 1 }) };
    return crlIsDown
      ? { status: 503 }
      : { body: makeCrl(ca, { serials: listed, reasons: listed.map(() => reason) }) };
  });
}

const crl = () => ({ crlAddresses: [`${server.url}/ca.crl`] });
const ocsp = () => ({ ocspAddresses: [`${server.url}/ocsp`] });

test.each<[string, World, () => CertificateOptions, object]>([
  ['not on the list', {}, crl, { status: 'good', asked: ['CRL'] }],
  ['on the list', { listed: [serial] }, crl, { status: 'revoked', by: 'CRL' }],
  [
    'on the list among others',
    { listed: [Uint8Array.of(9), serial], reason: 1 },
    crl,
    { status: 'revoked', reasonCode: 1 },
  ],
  ['on the list, on hold', { listed: [serial], reason: 6 }, crl, { status: 'on-hold', by: 'CRL' }],
  ['good for its responder', {}, ocsp, { status: 'good', asked: ['OCSP'] }],
  ['revoked for its responder', { ocsp: 'revoked' }, ocsp, { status: 'revoked', by: 'OCSP', reasonCode: 1 }],
  ['good for both', {}, () => ({ ...crl(), ...ocsp() }), { status: 'good', asked: ['CRL', 'OCSP'] }],
  [
    'on the list while its responder is down',
    { listed: [serial], ocsp: 'down' },
    () => ({ ...crl(), ...ocsp() }),
    { status: 'revoked', by: 'CRL' },
  ],
  [
    'revoked for its responder only',
    { ocsp: 'revoked' },
    () => ({ ...crl(), ...ocsp() }),
    { status: 'revoked', by: 'OCSP' },
  ],
  ['checked by nobody', {}, () => ({}), { status: 'unchecked' }],
])('A certificate that is %s is found to be so.', async (_what, how, certificate, expected) => {
  world(how);
  expect(await check(certificate())).toMatchObject(expected);
});

test.each<[string, World, () => CertificateOptions, string]>([
  ['the list cannot be had', { crlIsDown: true }, crl, 'CRL_UNREACHABLE'],
  ['the responder is down', { ocsp: 'down' }, ocsp, 'OCSP_UNREACHABLE'],
  ['the responder does not know it', { ocsp: 'unknown' }, ocsp, 'OCSP_UNKNOWN'],
  [
    'the responder is down, though it is not on the list',
    { ocsp: 'down' },
    () => ({ ...crl(), ...ocsp() }),
    'OCSP_UNREACHABLE',
  ],
  ['its list is at no address of the web', {}, () => ({ crlAddresses: ['ldap://ca'] }), 'CRL_UNREACHABLE'],
])('Nothing is known about a certificate when %s.', async (_what, how, certificate, code) => {
  world(how);
  await expect(check(certificate())).rejects.toMatchObject({ name: 'RevocationUnavailableError', code });
});

test('Where it is demanded, a certificate that nobody can be asked about counts as an outage.', async () => {
  await expect(check({}, { whenNotNamed: 'refuse' })).rejects.toMatchObject({ code: 'REVOCATION_NOT_NAMED' });
});

test('A set address of the lists stands over what certificates say.', async () => {
  world({ listed: [serial] });
  const crlAddress = `${server.url}/lists/{caCertificateId}.crl`;
  const found = await check({ crlAddresses: ['http://127.0.0.1:1/down'] }, { crlAddress });
  expect(found.status).toBe('revoked');
  expect(server.asked.map(({ path }) => path)).toEqual([`/lists/${ca.certificate.certificateId}.crl`]);
});
