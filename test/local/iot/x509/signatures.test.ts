import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findIssuers, isIssuedBy } from '../../../../local/iot/x509/chain.ts';
import { readSigningRequest } from '../../../../local/iot/x509/signing-request.ts';
import { readName, writeName } from '../../../../local/iot/x509/distinguished-name.ts';
import { sequence } from '../../../../shared/x509/der-writer.ts';
import { readPemOf, toPem } from '../../../../local/iot/x509/pem.ts';
import { keyPair, makeCa, makeCertificate, makeSigningRequest } from '../../../support/x509.ts';

const ca = makeCa();
const other = makeCa('Other CA');
const device = makeCertificate({ issuer: ca });

test('A certificate is issued by the CA that signed it, and Node thinks so too.', () => {
  expect(isIssuedBy(device.certificate, ca.certificate)).toBe(true);
  expect(new X509Certificate(device.pem).checkIssued(new X509Certificate(ca.pem))).toBe(true);
  expect(isIssuedBy(ca.certificate, ca.certificate)).toBe(true);
});

test('RSA certificates are signed and checked as well.', () => {
  const rsaCa = makeCa('RSA CA', keyPair('ca', 'RSA-2048'));
  const leaf = makeCertificate({ issuer: rsaCa, keys: keyPair('leaf', 'RSA-2048') });
  expect(isIssuedBy(leaf.certificate, rsaCa.certificate)).toBe(true);
  expect(new X509Certificate(leaf.pem).checkIssued(new X509Certificate(rsaCa.pem))).toBe(true);
});

test.each([
  ['another CA', device, other],
  ['a CA of the same name with another key', device, makeCa('Test CA', keyPair('impostor'))],
  ['a CA of another name with the same key', device, makeCa('Renamed CA', ca.keys)],
  ['a certificate that is no CA', makeCertificate({ issuer: device }), device],
])('A certificate is not issued by %s.', (_, leaf, signer) => {
  expect(isIssuedBy(leaf.certificate, signer.certificate)).toBe(false);
});

test('Among CAs with the same name and key, all have issued a certificate.', () => {
  const again = makeCa('Test CA', ca.keys);
  const found = findIssuers(device.certificate, [ca, other, again]);
  expect(found).toEqual([ca, again]);
});

test.each(['EC-P256', 'RSA-2048'] as const)('A signing request with an %s key is read.', (kind) => {
  const keys = keyPair('csr', kind);
  const { subject, publicKey } = readSigningRequest(makeSigningRequest({ CommonName: ['lamp'] }, keys));
  expect(readName(subject)).toEqual({ CommonName: ['lamp'] });
  expect(publicKey.equals(keys.publicKey)).toBe(true);
});

const good = makeSigningRequest({ CommonName: ['lamp'] }, keyPair());
const small = generateKeyPairSync('rsa', { modulusLength: 1024 });
const curve = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });

test.each([
  ['signed by another key', makeSigningRequest({}, keyPair(), keyPair('thief')), 'CSR_SIGNATURE_INVALID'],
  ['with a small RSA key', makeSigningRequest({}, small), 'KEY_NOT_SUPPORTED'],
  ['on an unusual curve', makeSigningRequest({}, curve), 'KEY_NOT_SUPPORTED'],
  [
    'signed by a key of another kind',
    makeSigningRequest({}, keyPair(), keyPair('csr', 'RSA-2048')),
    'SIGNATURE_NOT_SUPPORTED',
  ],
  ['that is empty', toPem('CERTIFICATE REQUEST', sequence()), 'MALFORMED_CSR'],
  [
    'with a broken name',
    makeSigningRequest({}, keyPair(), keyPair(), sequence(writeName({}))),
    'MALFORMED_CSR',
  ],
  ['twice', good + good, 'MALFORMED_PEM'],
  ['that is a certificate', device.pem, 'MALFORMED_PEM'],
])('A signing request %s is refused.', (_, pem, code) => {
  expect(() => readSigningRequest(pem)).toThrow(expect.objectContaining({ name: 'CertificateError', code }));
});

test('A damaged signing request is refused in a typed way, unless the damage is none.', () => {
  const [whole = Uint8Array.of()] = readPemOf(good, ['CERTIFICATE REQUEST']);
  const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(damage, (changes) => {
      const bytes = Buffer.from(whole);
      for (const [offset, value] of changes) bytes[offset] = value;
      const read = () => readSigningRequest(toPem('CERTIFICATE REQUEST', bytes));
      if (bytes.equals(whole)) expect(read).not.toThrow();
      else expect(read).toThrow(expect.objectContaining({ name: 'CertificateError' }));
    }),
    { numRuns: 300 },
  );
});
