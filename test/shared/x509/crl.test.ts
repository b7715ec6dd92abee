import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readCrl } from '../../../shared/x509/crl.ts';
import { contextTag } from '../../../shared/x509/der.ts';
import { der, objectIdentifier, sequence, unsignedInteger } from '../../../shared/x509/der-writer.ts';
import { X509Error } from '../../../shared/x509/errors.ts';
import { encodedExtension, keysOf, makeCa, makeCrl, NOW_MS, rsaKeys } from './pki.ts';
import { recorded } from './recorded.ts';

test('The list that OpenSSL has made holds what it was told, and is signed by its CA.', () => {
  const crl = readCrl(recorded.crl);
  expect(crl.size).toBe(2);
  expect(crl.thisUpdateMs).toBe(Date.UTC(2026, 10, 21));
  expect(crl.nextUpdateMs).toBe(Date.UTC(2026, 11, 21));
  expect(crl.find(recorded.revoked.serial)).toMatchObject({ reasonCode: 1 });
  expect(crl.find(recorded.held.serial)).toMatchObject({ reasonCode: 6 });
  expect(crl.find(recorded.good.serial)).toBeUndefined();
  expect(crl.isIssuedBy(recorded.ca)).toBe(true);
  expect(crl.isIssuedBy(makeCa('Recorded CA').certificate)).toBe(false);
});

test.each([
  ['an empty list', {}, 0],
  ['a list of one without a reason', { serials: [Uint8Array.of(7)] }, 1],
  [
    'a list of numbers with and without the bit of the sign',
    { serials: [Uint8Array.of(0xff), Uint8Array.of(0x7f)] },
    2,
  ],
])('%s is read.', (_what, options, size) => {
  const ca = makeCa();
  const crl = readCrl(makeCrl(ca, options));
  expect(crl.size).toBe(size);
  expect(crl.isIssuedBy(ca.certificate)).toBe(true);
  const { serials } = { serials: [], ...options };
  for (const serial of serials) expect(crl.find(serial)).toMatchObject({ reasonCode: 0 });
});

test('A list of an RSA CA is checked too.', () => {
  const ca = makeCa('RSA CA', { keys: keysOf('rsa', () => rsaKeys(2048)) });
  expect(readCrl(makeCrl(ca)).isIssuedBy(ca.certificate)).toBe(true);
  expect(
    readCrl(makeCrl(ca, { signer: keysOf('rsa-2', () => rsaKeys(2048)).privateKey })).isIssuedBy(
      ca.certificate,
    ),
  ).toBe(false);
});

test('A CA whose key is not for lists, another name, and another key have not made a list.', () => {
  const ca = makeCa();
  const crl = readCrl(makeCrl(ca));
  expect(crl.isIssuedBy(makeCa('Test CA', { keys: ca.keys, keyUsage: 0b0000_0100 }).certificate)).toBe(false);
  expect(crl.isIssuedBy(makeCa('Other CA', { keys: ca.keys }).certificate)).toBe(false);
  expect(crl.isIssuedBy(makeCa('Test CA', { keys: keysOf('other') }).certificate)).toBe(false);
  // A list that is signed with a key of another kind is wrong, and no fault.
  expect(crl.isIssuedBy(makeCa('Test CA', { keys: keysOf('rsa', () => rsaKeys(2048)) }).certificate)).toBe(
    false,
  );
});

const flag = (number: number) => der(contextTag(number, false), Uint8Array.of(0xff));

test.each([
  ['holds only changes', encodedExtension('2.5.29.27', true, unsignedInteger(Uint8Array.of(1)))],
  ['is of several issuers', encodedExtension('2.5.29.28', true, sequence(flag(4)))],
  ['holds only CAs', encodedExtension('2.5.29.28', true, sequence(flag(2)))],
  ['has a critical extension that nobody knows', encodedExtension('1.2.3.4', true, sequence())],
])('A list that %s is refused by name.', (_what, extension) => {
  expect(() => readCrl(makeCrl(makeCa(), { extensions: [extension] }))).toThrow(
    expect.objectContaining({ code: 'CRL_NOT_SUPPORTED' }),
  );
});

test.each([
  ['only user certificates', encodedExtension('2.5.29.28', true, sequence(flag(1)))],
  ['something that is not critical', encodedExtension('1.2.3.4', false, sequence())],
])('A list that says it has %s is taken.', (_what, extension) => {
  expect(readCrl(makeCrl(makeCa(), { extensions: [extension] })).size).toBe(0);
});

test('A list without the time of the next one is refused.', () => {
  expect(() => readCrl(makeCrl(makeCa(), { nextUpdateMs: null }))).toThrow(
    expect.objectContaining({ code: 'MALFORMED_CRL' }),
  );
});

test('A list that names two algorithms is refused.', () => {
  const innerAlgorithm = sequence(objectIdentifier('1.2.840.10045.4.3.3'));
  expect(() => readCrl(makeCrl(makeCa(), { innerAlgorithm }))).toThrow(
    expect.objectContaining({ code: 'MALFORMED_CRL' }),
  );
});

test('A certificate and a PEM text are no lists.', () => {
  expect(() => readCrl(recorded.good.der)).toThrow(X509Error);
  expect(() => readCrl(Buffer.from('-----BEGIN X509 CRL-----'))).toThrow(X509Error);
});

test('A number is found exactly when it is on the list.', () => {
  const ca = makeCa();
  const serial = fc.uint8Array({ minLength: 1, maxLength: 20 }).filter(([first = 0]) => first > 0);
  fc.assert(
    fc.property(
      fc.uniqueArray(serial, { maxLength: 30, selector: String }),
      fc.array(serial),
      (listed, others) => {
        const crl = readCrl(makeCrl(ca, { serials: listed, reasons: listed.map((_, index) => index % 7) }));
        expect(crl.size).toBe(listed.length);
        for (const [index, one] of listed.entries()) expect(crl.find(one)?.reasonCode).toBe(index % 7);
        const keys = new Set(listed.map(String));
        for (const one of others) expect(crl.find(one) !== undefined).toBe(keys.has(String(one)));
      },
    ),
    { numRuns: 60 },
  );
});

test('With any bit turned a list is refused, or its signature is wrong.', () => {
  const ca = makeCa();
  const original = makeCrl(ca, { serials: [randomBytes(16), randomBytes(16)], reasons: [1] });
  fc.assert(
    fc.property(fc.nat(original.length * 8 - 1), (bit) => {
      const bytes = Uint8Array.from(original);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      let isGood = false;
      try {
        isGood = readCrl(bytes).isIssuedBy(ca.certificate);
      } catch (error) {
        expect(error).toBeInstanceOf(X509Error);
      }
      expect(isGood).toBe(false);
    }),
    { numRuns: 1_500 },
  );
});

test('A list of 100,000 is indexed once, and every check after it looks at one entry.', () => {
  const ca = makeCa();
  const serials = Array.from({ length: 100_000 }, (_, index) => {
    const serial = new Uint8Array(16).fill(1);
    new DataView(serial.buffer).setUint32(4, index);
    return serial;
  });
  const crl = readCrl(makeCrl(ca, { serials }));
  expect(crl.size).toBe(100_000);
  expect(crl.isIssuedBy(ca.certificate)).toBe(true);
  expect(serials.every((serial) => crl.find(serial)?.revokedAtMs === NOW_MS - 7_200_000)).toBe(true);
  expect(crl.find(new Uint8Array(16).fill(2))).toBeUndefined();
});
