import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { checkCertificate } from '../../../functions/activate-certificate/certificate-checks.ts';
import {
  ecKeys,
  keysOf,
  makeCa,
  makeCertificate,
  NOW_MS,
  rsaKeys,
  type CertificateOptions,
} from '../../shared/x509/pki.ts';

const ca = makeCa();
const CLIENT = '1.3.6.1.5.5.7.3.2';
const SERVER = '1.3.6.1.5.5.7.3.1';

function check(options: CertificateOptions, nowMs = NOW_MS) {
  return checkCertificate(makeCertificate({ issuer: ca, ...options }).certificate, ca.certificate, nowMs);
}

test.each<[string, CertificateOptions]>([
  ['a key on P-256', {}],
  ['a key on P-384', { keys: keysOf('p384', () => ecKeys('secp384r1')) }],
  ['an RSA key of 2048 bits', { keys: keysOf('rsa', () => rsaKeys(2_048)) }],
  ['a purpose for clients', { extendedKeyUsage: [SERVER, CLIENT] }],
  ['a name of 128 characters', { commonNames: ['a'.repeat(128)] }],
])('Nothing speaks against a certificate with %s.', (_what, options) => {
  expect(check(options)).toBeUndefined();
});

test.each<[string, CertificateOptions, object]>([
  [
    'that another CA has signed',
    { issuer: makeCa('Other CA') },
    { kind: 'deactivate', reason: 'WRONG_ISSUER' },
  ],
  [
    'that a CA of the same name has signed',
    { issuer: makeCa('Test CA', { keys: keysOf('thief') }) },
    { kind: 'deactivate', reason: 'WRONG_ISSUER' },
  ],
  ['that is signed with SHA-1', { isWeak: true }, { kind: 'deactivate', reason: 'WEAK_SIGNATURE' }],
  ['that is a CA', { isCa: true }, { kind: 'deactivate', reason: 'IS_A_CA' }],
  ['that has ended', { notAfterMs: NOW_MS }, { kind: 'deactivate', reason: 'EXPIRED' }],
  ['that has not begun', { notBeforeMs: NOW_MS + 1_000 }, { kind: 'hold', reason: 'NOT_YET_VALID' }],
  [
    'with a short RSA key',
    { keys: keysOf('rsa-1024', () => rsaKeys(1_024)) },
    { kind: 'deactivate', reason: 'WEAK_KEY', detail: 'its key is RSA of 1024 bits' },
  ],
  [
    'with a key on another curve',
    { keys: keysOf('k1', () => ecKeys('secp256k1')) },
    { kind: 'deactivate', reason: 'WEAK_KEY', detail: 'its key is on secp256k1' },
  ],
  [
    'with a key that AWS IoT does not know',
    { keys: keysOf('ed', () => generateKeyPairSync('ed25519')) },
    { kind: 'deactivate', reason: 'WEAK_KEY', detail: 'its key is ed25519' },
  ],
  ['for servers only', { extendedKeyUsage: [SERVER] }, { kind: 'deactivate', reason: 'WRONG_PURPOSE' }],
  ['without a name', { commonNames: [] }, { kind: 'deactivate', reason: 'BAD_NAME' }],
  ['with two names', { commonNames: ['a', 'b'] }, { kind: 'deactivate', reason: 'BAD_NAME' }],
  ['with too long a name', { commonNames: ['a'.repeat(129)] }, { kind: 'deactivate', reason: 'BAD_NAME' }],
])('A certificate %s is refused.', (_what, options, expected) => {
  expect(check(options)).toMatchObject(expected);
});

test('A certificate counts from its first second until before its last.', () => {
  const options = { notBeforeMs: NOW_MS, notAfterMs: NOW_MS + 10_000 };
  expect(check(options, NOW_MS - 1)).toMatchObject({ reason: 'NOT_YET_VALID' });
  expect(check(options, NOW_MS)).toBeUndefined();
  expect(check(options, NOW_MS + 9_999)).toBeUndefined();
  expect(check(options, NOW_MS + 10_000)).toMatchObject({ reason: 'EXPIRED' });
});
