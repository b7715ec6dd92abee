import { createHash, X509Certificate } from 'node:crypto';
// Node 24 breaks node:tls for the whole process when toLegacyObject is called before it has been loaded.
import 'node:tls';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contextTag, tags } from '../../../../shared/x509/der.ts';
import { der, objectIdentifier, sequence } from '../../../../shared/x509/der-writer.ts';
import { set, utf8String } from '../../../../local/iot/x509/der-writer.ts';
import { readAlternativeNames, writeHostNames } from '../../../../local/iot/x509/alternative-names.ts';
import { readCertificate, readCertificates } from '../../../../local/iot/x509/certificate.ts';
import { nameFields, nameText, readName, writeName } from '../../../../local/iot/x509/distinguished-name.ts';
import { CertificateError } from '../../../../local/iot/x509/errors.ts';
import { keyPair, makeCa, makeCertificate } from '../../../support/x509.ts';

const lightBulb = {
  Country: ['US'],
  Organization: ['IoT Devices'],
  OrganizationalUnit: ['LightBulb', 'Second'],
  State: ['NY'],
  CommonName: ['LightBulb Device Cert'],
  GivenName: ['Bulb'],
  Initials: ['ZZ'],
  DistinguishedNameQualifier: ['Bulb001'],
  Surname: ['Multi Color'],
  Title: ['RGB'],
  Pseudonym: ['RGB Device'],
  GenerationQualifier: ['4'],
  SerialNumber: ['123'],
};

test("The certificate id is the SHA-256 of the DER, as Node's own fingerprint says.", () => {
  const { certificate, pem } = makeCertificate();
  const x509 = new X509Certificate(pem);
  expect(certificate.certificateId).toBe(x509.fingerprint256.replaceAll(':', '').toLowerCase());
  expect(certificate.certificateId).toBe(createHash('sha256').update(x509.raw).digest('hex'));
});

test('Every field of a subject is read, several values in their order.', () => {
  const ca = makeCa('Lamp CA');
  const { certificate } = makeCertificate({ subject: lightBulb, issuer: ca });
  expect(certificate.subject).toEqual(lightBulb);
  expect(certificate.issuer).toEqual({ CommonName: ['Lamp CA'] });
  expect(Object.keys(lightBulb).sort()).toEqual([...nameFields].sort());
});

test("Node's own reader finds the same subject in what is written here.", () => {
  const { pem } = makeCertificate({ subject: lightBulb });
  expect(new X509Certificate(pem).toLegacyObject().subject).toEqual({
    C: 'US',
    O: 'IoT Devices',
    OU: ['LightBulb', 'Second'],
    ST: 'NY',
    CN: 'LightBulb Device Cert',
    GN: 'Bulb',
    initials: 'ZZ',
    dnQualifier: 'Bulb001',
    SN: 'Multi Color',
    title: 'RGB',
    pseudonym: 'RGB Device',
    generationQualifier: '4',
    serialNumber: '123',
  });
});

test('The serial number is in decimal digits, as policies see it.', () => {
  const { certificate } = makeCertificate();
  const hex = certificate.x509.serialNumber;
  expect(certificate.serialNumber).toBe(BigInt(`0x${hex}`).toString());
  expect(certificate.serialNumber).toMatch(/^\d+$/);
});

test('Only a certificate whose basic constraints say so is a CA.', () => {
  expect(makeCa().certificate.isCa).toBe(true);
  expect(makeCertificate().certificate.isCa).toBe(false);
});

test.each([
  ['the last second of 2049 (UTCTime)', Date.UTC(2049, 11, 31, 23, 59, 59)],
  ['the first second of 2050 (GeneralizedTime)', Date.UTC(2050, 0)],
  ['the year 9999', Date.UTC(9999, 11, 31, 23, 59, 59)],
])('A certificate can end at %s.', (_, notAfterMs) => {
  const { certificate } = makeCertificate({ notAfterMs });
  expect(certificate.notAfterMs).toBe(notAfterMs);
  expect(certificate.notBeforeMs).toBe(Date.UTC(2026, 0));
});

test('A directory name is written with the last step first and what is special escaped.', () => {
  const name = writeName({
    Country: ['US'],
    Organization: ['IoT, "Inc."'],
    OrganizationalUnit: ['SmartHome'],
    CommonName: ['LightBulbCert'],
  });
  expect(nameText(name)).toBe(String.raw`cn=LightBulbCert,ou=SmartHome,o=IoT\, \"Inc.\",c=US`);
});

test('Alternative names of every kind are read.', () => {
  const directory = writeName({ Country: ['US'], CommonName: ['LightBulbCert'] });
  const names = sequence(
    der(contextTag(2, false), Buffer.from('example.com')),
    der(contextTag(2, false), Buffer.from('example.org')),
    der(contextTag(7, false), Uint8Array.of(1, 2, 3, 4)),
    der(contextTag(7, false), Buffer.from('20010db8000000000000000000000001', 'hex')),
    der(contextTag(6, false), Buffer.from('urn:device:1')),
    der(contextTag(1, false), Buffer.from('device1@example.com')),
    der(contextTag(4, true), directory),
    der(contextTag(8, false), objectIdentifier('1.2.3.4').subarray(2)),
  );
  expect(readAlternativeNames(names)).toEqual({
    DNSName: ['example.com', 'example.org'],
    IPAddress: ['1.2.3.4', '2001:db8::1'],
    UniformResourceIdentifier: ['urn:device:1'],
    RFC822Name: ['device1@example.com'],
    DirectoryName: ['cn=LightBulbCert,c=US'],
  });
});

test('A server certificate answers for its hosts and for no others, by Node.', () => {
  const { certificate } = makeCertificate({
    use: { for: 'server', hosts: ['localhost', '127.0.0.1', '::1', '2001:db8::7'] },
  });
  expect(certificate.x509.checkHost('localhost')).toBe('localhost');
  expect(certificate.x509.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(certificate.x509.checkIP('::1')).toBe('::1');
  expect(certificate.x509.checkHost('example.com')).toBeUndefined();
  expect(certificate.subjectAlternativeNames).toEqual({
    DNSName: ['localhost'],
    IPAddress: ['127.0.0.1', '::1', '2001:db8::7'],
  });
});

test('Addresses come back from a certificate as they were put in.', () => {
  const address = fc.oneof(fc.ipV4(), fc.ipV6());
  fc.assert(
    fc.property(fc.array(address, { minLength: 1, maxLength: 4 }), (hosts) => {
      const normal = hosts.map((host) =>
        host.includes(':') ? new URL(`http://[${host}]`).hostname.slice(1, -1) : host,
      );
      expect(readAlternativeNames(writeHostNames(hosts))).toEqual({ IPAddress: normal });
    }),
  );
});

test('Names of any text come back as they were written.', () => {
  const values = fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), {
    minLength: 1,
    maxLength: 3,
  });
  const names = fc.dictionary(fc.constantFrom(...nameFields), values, { maxKeys: 5, noNullPrototype: true });
  fc.assert(
    fc.property(names, (name) => {
      expect(readName(writeName(name))).toEqual(name);
    }),
  );
});

test.each([
  ['BMPString', der(tags.bmpString, Buffer.from('Lämpchen', 'utf16le').swap16()), 'Lämpchen'],
  ['PrintableString', der(tags.printableString, Buffer.from('lamp')), 'lamp'],
  ['TeletexString', der(tags.teletexString, Buffer.from('Lämpchen', 'latin1')), 'Lämpchen'],
  ['UniversalString', der(tags.universalString, Uint8Array.of(0, 1, 0xf6, 0)), '😀'],
])('A name may be a %s.', (_, value, text) => {
  const name = sequence(set(sequence(objectIdentifier('2.5.4.3'), value)));
  expect(readName(name)).toEqual({ CommonName: [text] });
});

test.each([
  ['nothing', Uint8Array.of()],
  ['a number', der(tags.integer, Uint8Array.of(1))],
  ['an empty sequence', sequence()],
  ['a text', Buffer.from('-----BEGIN CERTIFICATE-----')],
  [
    'a certificate with more bytes behind it',
    Buffer.concat([makeCertificate().certificate.der, Buffer.alloc(1)]),
  ],
  ['half a certificate', makeCertificate().certificate.der.subarray(0, 200)],
  ['a name alone', writeName({ CommonName: ['x'] })],
])('What is %s is refused as a certificate.', (_, bytes) => {
  expect(() => readCertificate(bytes)).toThrow(
    expect.objectContaining({ name: 'CertificateError', code: 'MALFORMED_CERTIFICATE' }),
  );
});

test('A damaged certificate is refused in a typed way or read, never anything else.', () => {
  const whole = makeCertificate({ subject: lightBulb, keys: keyPair() }).certificate.der;
  const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(damage, (changes) => {
      const bytes = Buffer.from(whole);
      for (const [offset, value] of changes) bytes[offset] = value;
      try {
        expect(readCertificate(bytes).certificateId).toMatch(/^[0-9a-f]{64}$/);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(CertificateError);
      }
    }),
    { numRuns: 500 },
  );
});

test('A PEM text with several certificates and comments between them is read in its order.', () => {
  const [first, second] = [makeCertificate(), makeCa()];
  const text = `the device\n${first.pem}\nits CA\n${second.pem.replaceAll('\n', '\r\n')}`;
  expect(readCertificates(text).map(({ certificateId }) => certificateId)).toEqual([
    first.certificate.certificateId,
    second.certificate.certificateId,
  ]);
});

test.each([
  ['no block', 'lamp', 'MALFORMED_PEM'],
  ['no end', '-----BEGIN CERTIFICATE-----\nAAAA\n', 'MALFORMED_PEM'],
  ['another end', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END X-----', 'MALFORMED_PEM'],
  ['an empty block', '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----', 'MALFORMED_PEM'],
  ['broken base64', '-----BEGIN CERTIFICATE-----\nA=AA\n-----END CERTIFICATE-----', 'MALFORMED_PEM'],
  ['a key', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----', 'MALFORMED_PEM'],
  [
    'no certificate inside',
    '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
    'MALFORMED_CERTIFICATE',
  ],
  ['more text than AWS takes', 'x'.repeat(65_537), 'MALFORMED_PEM'],
])('A PEM text with %s is refused.', (_, text, code) => {
  expect(() => readCertificates(text)).toThrow(expect.objectContaining({ name: 'CertificateError', code }));
});

test('A name with private attributes is read without them.', () => {
  const name = sequence(
    set(sequence(objectIdentifier('1.2.3.4'), der(tags.octetString, Uint8Array.of(1)))),
    set(sequence(objectIdentifier('2.5.4.3'), utf8String('lamp'))),
  );
  expect(readName(name)).toEqual({ CommonName: ['lamp'] });
});
