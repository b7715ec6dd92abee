import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isIssuedBy, readCertificate } from '../../../shared/x509/certificate.ts';
import { tags } from '../../../shared/x509/der.ts';
import { der, objectIdentifier, sequence } from '../../../shared/x509/der-writer.ts';
import { X509Error } from '../../../shared/x509/errors.ts';
import {
  allowsKeyUsage,
  crlAddressesOf,
  extendedKeyUsageOf,
  keyUsageBits,
  ocspAddressesOf,
} from '../../../shared/x509/extensions.ts';
import { commonNamesOf } from '../../../shared/x509/name.ts';
import { makeCa, makeCertificate, keysOf, NOW_MS } from './pki.ts';
import { recorded } from './recorded.ts';

test('A certificate that OpenSSL has made is read to its last field.', () => {
  const { good, ca } = recorded;
  expect(good).toMatchObject({
    certificateId: createHash('sha256').update(good.der).digest('hex'),
    serialNumber: '1000',
    commonNames: ['good-lamp'],
    isCa: false,
    isSignedStrongly: true,
    notBeforeMs: Date.UTC(2026, 0, 1),
    notAfterMs: Date.UTC(2056, 0, 1),
  });
  expect(crlAddressesOf(good.extensions)).toEqual([
    'http://127.0.0.1:1/recorded.crl',
    'https://crl.example.com/recorded.crl',
  ]);
  expect(ocspAddressesOf(good.extensions)).toEqual(['http://127.0.0.1:1/ocsp']);
  expect(extendedKeyUsageOf(good.extensions)).toEqual(['1.3.6.1.5.5.7.3.2']);
  expect(allowsKeyUsage(good.extensions, keyUsageBits.digitalSignature)).toBe(true);
  expect(allowsKeyUsage(good.extensions, keyUsageBits.crlSign)).toBe(false);
  expect(ca.isCa).toBe(true);
  expect(isIssuedBy(good, ca)).toBe(true);
});

test('A certificate without those extensions names nobody and restricts nothing.', () => {
  const { certificate } = makeCertificate();
  expect(crlAddressesOf(certificate.extensions)).toBeUndefined();
  expect(ocspAddressesOf(certificate.extensions)).toEqual([]);
  expect(extendedKeyUsageOf(certificate.extensions)).toBeUndefined();
  expect(allowsKeyUsage(certificate.extensions, keyUsageBits.crlSign)).toBe(true);
});

test('An issuer has to be a CA, to have the name, and to have made the signature.', () => {
  const ca = makeCa('CA');
  const { certificate } = makeCertificate({ issuer: ca });
  expect(isIssuedBy(certificate, ca.certificate)).toBe(true);
  expect(isIssuedBy(certificate, makeCa('Other', { keys: ca.keys }).certificate)).toBe(false);
  expect(isIssuedBy(certificate, makeCa('CA', { keys: keysOf('another') }).certificate)).toBe(false);
  expect(isIssuedBy(certificate, makeCa('CA', { keys: ca.keys, isCa: false }).certificate)).toBe(false);
});

test('A signature with SHA-1 is found to be weak.', () => {
  expect(makeCertificate({ isWeak: true }).certificate.isSignedStrongly).toBe(false);
});

test('Every common name is read, whatever kind of text it is, and what looks like one is not.', () => {
  const attribute = (type: string, tag: number, text: Uint8Array) =>
    der(tags.set, sequence(objectIdentifier(type), der(tag, text)));
  const name = sequence(
    attribute('2.5.4.10', tags.utf8String, Buffer.from('o, CN=not-this')),
    attribute('2.5.4.3', tags.utf8String, Buffer.from('Lämp')),
    attribute('2.5.4.3', tags.printableString, Buffer.from('two')),
    attribute('2.5.4.3', tags.bmpString, Buffer.from([0, 0x33])),
  );
  expect(commonNamesOf(name)).toEqual(['Lämp', 'two', '3']);
  expect(() => commonNamesOf(sequence(attribute('2.5.4.3', tags.utf8String, Uint8Array.of(0xff))))).toThrow(
    X509Error,
  );
  expect(() => commonNamesOf(sequence(attribute('2.5.4.3', tags.integer, Uint8Array.of(1))))).toThrow(
    X509Error,
  );
});

test('Serial numbers are the same whether or not they need a byte for their sign.', () => {
  const { certificate } = makeCertificate({ serial: Uint8Array.of(0xff, 1) });
  expect(certificate.serialNumber).toBe('ff01');
  expect(certificate.x509.serialNumber).toBe('FF01');
});

test.each([
  ['text', 'no certificate'],
  ['a PEM text without content', '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----'],
  ['nothing', new Uint8Array()],
  ['too much', 'A'.repeat(65_537)],
])('What is no certificate is refused: %s.', (_what, given) => {
  expect(() => readCertificate(given)).toThrow(expect.objectContaining({ code: 'MALFORMED_CERTIFICATE' }));
});

test('A certificate with any byte changed is read, or refused as malformed, and nothing else happens.', () => {
  const { certificate } = makeCertificate({
    issuer: makeCa(),
    crlAddresses: ['http://127.0.0.1:1/a.crl'],
    ocspAddresses: ['http://127.0.0.1:1/ocsp'],
    extendedKeyUsage: ['1.3.6.1.5.5.7.3.2'],
    notAfterMs: NOW_MS,
  });
  fc.assert(
    fc.property(fc.nat(certificate.der.length - 1), fc.nat(255), (at, byte) => {
      const bytes = Uint8Array.from(certificate.der);
      bytes[at] = byte;
      try {
        const { extensions } = readCertificate(bytes);
        crlAddressesOf(extensions);
        ocspAddressesOf(extensions);
        extendedKeyUsageOf(extensions);
      } catch (error) {
        expect(error).toBeInstanceOf(X509Error);
      }
    }),
    { numRuns: 2_000 },
  );
});
