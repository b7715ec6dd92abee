import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  readBitString,
  readChildren,
  readDer,
  readObjectIdentifier,
} from '../../../../local/iot/x509/der-reader.ts';
import { tags } from '../../../../local/iot/x509/der-tags.ts';
import {
  bitString,
  der,
  objectIdentifier,
  octetString,
  sequence,
  time,
  unsignedInteger,
} from '../../../../local/iot/x509/der-writer.ts';
import { readPem, toPem } from '../../../../local/iot/x509/pem.ts';

const malformed = expect.objectContaining({ name: 'CertificateError', code: 'MALFORMED_DER' });
const hex = (value: Uint8Array): string => Buffer.from(value).toString('hex');
const bytes = (digits: string): Uint8Array => Buffer.from(digits, 'hex');

// X.690 §8.19.5 and other well-known encodings.
test.each([
  ['2.999.3', '0603883703'],
  ['1.2.840.113549.1.1.11', '06092a864886f70d01010b'],
  ['2.5.4.3', '0603550403'],
  ['0.9.2342.19200300.100.1.25', '060a0992268993f22c640119'],
])('The object identifier %s is written %s and read again.', (dotted, digits) => {
  expect(hex(objectIdentifier(dotted))).toBe(digits);
  expect(readObjectIdentifier(readDer(bytes(digits)), 'it')).toBe(dotted);
});

test.each([
  ['00', '020100'],
  ['7f', '02017f'],
  ['80', '02020080'],
  ['0000ff', '020200ff'],
  ['', '020100'],
])('The number %s is written %s, never negative and never too long.', (digits, written) => {
  expect(hex(unsignedInteger(bytes(digits)))).toBe(written);
});

test.each([
  ['2049-12-31T23:59:59Z', '491231235959Z', tags.utcTime],
  ['2050-01-01T00:00:00Z', '20500101000000Z', tags.generalizedTime],
])('The time %s is written %s.', (iso, text, tag) => {
  const value = readDer(time(Date.parse(iso)));
  expect(Buffer.from(value.content).toString()).toBe(text);
  expect(value.tag).toBe(tag);
});

test.each([
  ['nothing at all', ''],
  ['a tag alone', '30'],
  ['less than the length says', '3003020100ff'.slice(0, 8)],
  ['more than the length says', '020100ff'],
  ['an indefinite length', '30800201000000'],
  ['a length of five bytes', '308500000000010203'],
  ['a long length where a short one does', '30810102'],
  ['a length with a leading zero', `308200800${'0'.repeat(255)}`],
  ['a tag of two bytes', '1f8101'],
])('Bytes with %s are no DER.', (_, digits) => {
  expect(() => readDer(bytes(digits))).toThrow(malformed);
});

test.each([
  ['an empty identifier', '0600'],
  ['an unfinished identifier', '060188'],
  ['an identifier with a number that is too large', '060a2affffffffffffffff7f'],
])('There is no reading %s.', (_, digits) => {
  expect(() => readObjectIdentifier(readDer(bytes(digits)), 'it')).toThrow(malformed);
});

test('A bit string that ends within a byte is no key and no signature.', () => {
  expect(() => readBitString(readDer(bitString(Uint8Array.of(0x80), 7)), 'it')).toThrow(malformed);
});

test('A plain value contains no others, and one value contains no more than a thousand.', () => {
  expect(() => readChildren(readDer(octetString(sequence())))).toThrow(malformed);
  const many = Array.from({ length: 1_001 }, () => sequence());
  expect(() => readChildren(readDer(sequence(...many)))).toThrow(malformed);
});

test('What is written is read again, whatever its length.', () => {
  const contents = fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 6 });
  fc.assert(
    fc.property(contents, (parts) => {
      const whole = sequence(...parts.map((part) => octetString(part)));
      const read = readChildren(readDer(whole));
      expect(read.map(({ content }) => hex(content))).toEqual(parts.map(hex));
    }),
  );
});

test('Any bytes are read whole or refused in a typed way.', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (input) => {
      try {
        const { tag, content } = readDer(input);
        expect(hex(der(tag, content))).toBe(hex(input));
      } catch (thrown) {
        expect(thrown).toEqual(malformed);
      }
    }),
    { numRuns: 1_000 },
  );
});

test('Blocks of PEM come back as they were written; any other text is refused in a typed way.', () => {
  const blocks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 200 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(blocks, fc.string({ maxLength: 40 }), (contents, noise) => {
      const text = contents.map((content) => toPem('CERTIFICATE', content)).join('');
      expect(readPem(text).map(({ der: read }) => hex(read))).toEqual(contents.map(hex));
      expect(() => readPem(noise)).toThrow(expect.objectContaining({ code: 'MALFORMED_PEM' }));
    }),
  );
});
