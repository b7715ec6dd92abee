import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contentOf, readDer, tags } from '../../../../shared/x509/der.ts';
import { time } from '../../../../local/iot/x509/der-writer.ts';
import { readPem, toPem } from '../../../../local/iot/x509/pem.ts';

const hex = (value: Uint8Array): string => Buffer.from(value).toString('hex');

test.each([
  ['2049-12-31T23:59:59Z', '491231235959Z', tags.utcTime],
  ['2050-01-01T00:00:00Z', '20500101000000Z', tags.generalizedTime],
])('The time %s is written %s.', (iso, text, tag) => {
  const value = readDer(time(Date.parse(iso)));
  expect(Buffer.from(contentOf(value)).toString()).toBe(text);
  expect(value.tag).toBe(tag);
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
