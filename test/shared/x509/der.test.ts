import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  bitStringOf,
  bytesOf,
  childrenOf,
  contentOf,
  objectIdentifierOf,
  readDer,
  serialBytesOf,
  tags,
  type DerValue,
} from '../../../shared/x509/der.ts';
import { der, objectIdentifier, sequence, unsignedInteger } from '../../../shared/x509/der-writer.ts';
import { X509Error } from '../../../shared/x509/errors.ts';
import { textOf } from '../../../shared/x509/text.ts';
import { timeOf } from '../../../shared/x509/time.ts';

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));

test.each([
  ['nothing', ''],
  ['a tag alone', '30'],
  ['content that is cut off', '04 02 01'],
  ['a byte after the value', '05 00 00'],
  ['the indefinite length', '30 80 00 00'],
  ['a length in more bytes than it needs', '04 81 01 00'],
  ['a length with a leading zero', '04 82 00 80'],
  ['a length of five bytes', '04 85 01 00 00 00 00'],
  ['a tag of several bytes', '1f 81 01 00'],
])('DER with %s is refused.', (_what, bytes) => {
  expect(() => readDer(hex(bytes))).toThrow(X509Error);
});

test.each([
  ['1.2.840.113549.1.1.11', '06 09 2a 86 48 86 f7 0d 01 01 0b'],
  ['2.5.4.3', '06 03 55 04 03'],
  ['2.999.3', '06 03 88 37 03'],
  ['1.3.6.1.5.5.7.48.1.1', '06 09 2b 06 01 05 05 07 30 01 01'],
])('The object identifier %s is read and written as %s.', (identifier, bytes) => {
  expect(objectIdentifierOf(readDer(hex(bytes)), 'it')).toBe(identifier);
  expect(Buffer.from(objectIdentifier(identifier)).toString('hex')).toBe(bytes.replaceAll(' ', ''));
});

test.each(['06 00', '06 01 80', '06 0a ff ff ff ff ff ff ff ff ff 7f'])(
  'The object identifier %s is refused.',
  (bytes) => {
    expect(() => objectIdentifierOf(readDer(hex(bytes)), 'it')).toThrow(X509Error);
  },
);

test.each([
  ['00', '020100'],
  ['7f', '02017f'],
  ['80', '02020080'],
  ['0000ff', '020200ff'],
  ['', '020100'],
])('The number %s is written %s, never negative and never too long.', (digits, written) => {
  expect(Buffer.from(unsignedInteger(hex(digits))).toString('hex')).toBe(written);
});

test('A bit string that ends within a byte is no key and no signature.', () => {
  expect(() => bitStringOf(readDer(hex('03 02 07 80')), 'it')).toThrow('not a bit string of whole bytes');
});

test('A plain value contains no others.', () => {
  expect(() => childrenOf(readDer(hex('04 02 30 00')))).toThrow(X509Error);
});

test.each([
  ['0c 03 c3 bc 21', 'ü!'],
  ['0c 01 ff', undefined],
  ['12 02 31 32', '12'],
  ['13 02 61 62', 'ab'],
  ['14 01 fc', 'ü'],
  ['1e 04 00 fc 00 21', 'ü!'],
  ['1e 03 00 fc 00', undefined],
  ['1c 04 00 01 f6 00', '\u{1f600}'],
  ['1c 04 00 11 00 00', undefined],
  ['1c 03 00 00 00', undefined],
  ['04 01 61', undefined],
])('The text %s is %j.', (bytes, text) => {
  const read = (): string => textOf(readDer(hex(bytes)));
  if (text === undefined) expect(read).toThrow(X509Error);
  else expect(read()).toBe(text);
});

test.each([
  ['02 01 00', '00'],
  ['02 02 00 ff', 'ff'],
  ['02 03 00 00 ff', 'ff'],
  ['02 02 01 02', '0102'],
])('The serial number %s has the bytes %s.', (bytes, serial) => {
  expect(Buffer.from(serialBytesOf(readDer(hex(bytes)), 'it')).toString('hex')).toBe(serial);
});

const time = (tag: number, text: string): DerValue => readDer(der(tag, Buffer.from(text)));

test.each([
  [tags.utcTime, '261121120000Z', '2026-11-21T12:00:00.000Z'],
  [tags.utcTime, '491231235959Z', '2049-12-31T23:59:59.000Z'],
  [tags.utcTime, '500101000000Z', '1950-01-01T00:00:00.000Z'],
  [tags.generalizedTime, '20500228000000Z', '2050-02-28T00:00:00.000Z'],
  [tags.generalizedTime, '99991231235959Z', '9999-12-31T23:59:59.000Z'],
])('The time %i %s is %s.', (tag, text, iso) => {
  expect(new Date(timeOf(time(tag, text), 'it')).toISOString()).toBe(iso);
});

test.each([
  [tags.utcTime, '2611211200Z'],
  [tags.utcTime, '261121120000+0100'],
  [tags.utcTime, '260230000000Z'],
  [tags.utcTime, '261121120060Z'],
  [tags.utcTime, '261321120000Z'],
  [tags.generalizedTime, '20261121120000.5Z'],
  [tags.utf8String, '261121120000Z'],
])('The time %i %s is refused.', (tag, text) => {
  expect(() => timeOf(time(tag, text), 'it')).toThrow(X509Error);
});

interface Tree {
  readonly tag: number;
  readonly content: Uint8Array | readonly Tree[];
}

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    fc.record({ tag: fc.constantFrom(2, 4, 6, 12), content: fc.uint8Array({ maxLength: 300 }) }),
    fc.record({ tag: fc.constantFrom(0x30, 0x31, 0xa0), content: fc.array(tie('tree'), { maxLength: 5 }) }),
  ),
}));

function write({ tag, content }: Tree): Uint8Array {
  return content instanceof Uint8Array ? der(tag, content) : der(tag, ...content.map(write));
}

function read(value: DerValue): Tree {
  const isConstructed = (value.tag & 0x20) !== 0;
  return {
    tag: value.tag,
    content: isConstructed ? childrenOf(value).map(read) : Uint8Array.from(contentOf(value)),
  };
}

test('What is written is read again, whatever it is.', () => {
  fc.assert(
    fc.property(tree, (one) => {
      const bytes = write(one);
      expect(read(readDer(bytes))).toEqual(one);
      expect(Buffer.compare(bytesOf(readDer(bytes)), bytes)).toBe(0);
    }),
    { numRuns: 300 },
  );
});

test('Any bytes are read, or refused as DER that cannot be used, and nothing else happens.', () => {
  const refusedOrRead = (bytes: Uint8Array): void => {
    try {
      read(readDer(bytes));
    } catch (error) {
      expect(error).toBeInstanceOf(X509Error);
    }
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), refusedOrRead), { numRuns: 2_000 });
  // Nearly right bytes get further than random ones.
  fc.assert(
    fc.property(tree, fc.nat(), fc.nat(255), (one, at, byte) => {
      const bytes = Uint8Array.from(write(one));
      bytes[at % bytes.length] = byte;
      refusedOrRead(bytes);
    }),
    { numRuns: 1_000 },
  );
});

test('A value of more than a thousand others is refused: nothing but a revocation list has so many.', () => {
  const many = sequence(...Array.from({ length: 1_001 }, () => unsignedInteger(Uint8Array.of(1))));
  expect(() => childrenOf(readDer(many))).toThrow('more than 1000');
});
