import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { continuedName, decodeFile, decodeFolder, encodeKey } from '../../../local/s3/object-path.ts';

test.each([
  ['readings/2026/01/lamp-1.json', 'readings/2026/01/lamp-1.json'],
  ['year=2026/a.csv', 'year=2026/a.csv'],
  ['a', 'a.%'],
  ['a/b', 'a/b.%'],
  ['v1.2/x.txt', 'v1%2e2/x.txt'],
  ['README.md', '^r^e^a^d^m^e.md'],
  ['..', '%2e%2e.%'],
  ['../../etc/passwd', '%2e%2e/%2e%2e/etc/passwd.%'],
  ['.', '%2e.%'],
  ['.hidden', '%2ehidden.%'],
  ['/a', '%/a.%'],
  ['a/', 'a/%.%'],
  ['a//b', 'a/%/b.%'],
  ['ü:\\\0', '%c3%bc%3a%5c%00.%'],
  ['a.', 'a%2e.%'],
])('The key %j is the file %s.', (key, file) => {
  expect(encodeKey(key).join('/')).toBe(file);
});

/** Keys out of what file systems trip over. */
const nasty = fc
  .array(
    fc.constantFrom(
      '.',
      '..',
      '/',
      '%',
      '%2e',
      '.%',
      '%meta',
      '.bucket',
      '^',
      'a',
      'A',
      'ü',
      '\0',
      '\\',
      'x'.repeat(199),
    ),
    {
      minLength: 1,
      maxLength: 8,
    },
  )
  .map((parts) => parts.join(''));
const key = fc.oneof(
  nasty,
  fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }).filter((k) => k.isWellFormed()),
);

/** What a walk does: joins folders that go on, and decodes the rest. */
function decode(parts: readonly string[]): string | undefined {
  const segments: (string | undefined)[] = [];
  let begun = '';
  for (const [index, part] of parts.entries()) {
    const longer = index < parts.length - 1 ? continuedName(part) : undefined;
    if (longer !== undefined) {
      begun += longer;
      continue;
    }
    segments.push(index < parts.length - 1 ? decodeFolder(begun + part) : decodeFile(begun + part));
    begun = '';
  }
  return segments.includes(undefined) ? undefined : segments.join('/');
}

test('Every key comes back from its path, and no path leaves the folder or is too long a name.', () => {
  fc.assert(
    fc.property(key, (given) => {
      const parts = encodeKey(given);
      expect(decode(parts)).toBe(given);
      expect(path.posix.normalize(parts.join('/'))).toBe(parts.join('/'));
      expect(path.join('/root', ...parts).startsWith('/root/')).toBe(true);
      for (const part of parts) {
        expect(part).toMatch(/^(?!\.{1,2}$)[a-z0-9._=+,@^%-]{1,202}$/);
        expect(part.endsWith('%meta')).toBe(false);
      }
    }),
    { numRuns: 500 },
  );
});

test('Two keys never share a path, nor is one’s file the other’s folder, even where case does not count.', () => {
  fc.assert(
    fc.property(key, key, fc.string({ maxLength: 5 }), (one, other, tail) => {
      for (const second of [
        other,
        `${one}/${tail}`,
        one.toUpperCase(),
        one.toLowerCase(),
        one.normalize('NFD'),
      ]) {
        if (one === second || !second.isWellFormed()) continue;
        const [a, b] = [encodeKey(one).join('/').toLowerCase(), encodeKey(second).join('/').toLowerCase()];
        expect(a).not.toBe(b);
        expect(a.startsWith(`${b}/`) || b.startsWith(`${a}/`)).toBe(false);
      }
    }),
    { numRuns: 500 },
  );
});

test.each(['.bucket', '.a.json%meta', 'README.md', 'a b.txt', '..', '.DS_Store'])(
  'The file %s is no object.',
  (name) => {
    expect(decodeFile(name)).toBeUndefined();
  },
);
