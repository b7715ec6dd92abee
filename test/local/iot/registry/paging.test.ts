import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readPage } from '../../../../local/iot/registry/paging.ts';

const name = fc.stringMatching(/^[a-z]{1,3}$/);

/** A listing of what is in the set now. */
function page(names: ReadonlySet<string>, maxResults: number, nextToken: string | undefined) {
  return readPage(
    { nextToken, maxResults },
    {
      scope: ['test'],
      defaultResults: 10,
      read: (after, limit) =>
        [...names]
          .sort()
          .filter((one) => one > after)
          .slice(0, limit),
      keyOf: (one) => one,
    },
  );
}

test('Pages give everything once and in order, whatever comes and goes between them.', () => {
  const change = fc.record({
    added: fc.array(name, { maxLength: 4 }),
    removed: fc.array(name, { maxLength: 4 }),
  });
  fc.assert(
    fc.property(
      fc.uniqueArray(name),
      fc.integer({ min: 1, max: 7 }),
      fc.array(change),
      (start, size, changes) => {
        const names = new Set(start);
        const touched = new Set<string>();
        const seen: string[] = [];
        let nextToken: string | undefined;
        let rounds = 0;
        do {
          const found = page(names, size, nextToken);
          expect(found.items.length).toBeLessThanOrEqual(size);
          seen.push(...found.items);
          ({ nextToken } = found);
          const { added = [], removed = [] } = changes[rounds] ?? {};
          for (const one of added) names.add(one);
          for (const one of removed) names.delete(one);
          for (const one of [...added, ...removed]) touched.add(one);
          rounds += 1;
        } while (nextToken !== undefined);
        expect(seen).toEqual([...new Set(seen)].sort());
        // What nobody touched is there; what is there was in the listing at some time.
        const stayed = start.filter((one) => !touched.has(one));
        expect(seen.filter((one) => stayed.includes(one)).sort()).toEqual([...stayed].sort());
        expect(seen.filter((one) => !start.includes(one) && !touched.has(one))).toEqual([]);
      },
    ),
    { seed: 7 },
  );
});

test('A last page that is full has no token.', () => {
  expect(page(new Set(['a', 'b']), 2, undefined)).toEqual({ items: ['a', 'b'] });
  expect(page(new Set(), 2, undefined)).toEqual({ items: [] });
});

test('Text that is no token of this listing is refused as the request that it is.', () => {
  const other = readPage(
    { maxResults: 1 },
    {
      scope: ['other', 'a/b', undefined, 1, true],
      defaultResults: 1,
      read: () => ['a', 'b'],
      keyOf: (one) => one,
    },
  );
  const json = (content: unknown): string => Buffer.from(JSON.stringify(content)).toString('base64url');
  const given = fc.oneof(
    fc.string(),
    fc.base64String(),
    fc.json().map((text) => Buffer.from(text).toString('base64url')),
    fc.constantFrom(other.nextToken ?? '', json(['string:test', '']), json(['string:test', 1]), json([])),
  );
  fc.assert(
    fc.property(given, (nextToken) => {
      expect(() => page(new Set(['a']), 1, nextToken)).toThrow(
        expect.objectContaining({ code: 'InvalidRequestException', status: 400 }),
      );
    }),
    { seed: 8 },
  );
  expect(other.nextToken).toBeDefined();
});

test('Filters that only look alike are different listings.', () => {
  const listing = (scope: readonly (string | undefined)[]) => ({
    scope,
    defaultResults: 1,
    read: () => ['a', 'b'],
    keyOf: (one: string) => one,
  });
  const { nextToken } = readPage({}, listing(['x', 'a/b', undefined]));
  for (const scope of [
    ['x', 'a', 'b', undefined],
    ['x', 'a/b', '-'],
    ['x', 'a/b', 'undefined'],
  ]) {
    expect(() => readPage({ nextToken }, listing(scope))).toThrow('nextToken');
  }
  expect(readPage({ nextToken }, listing(['x', 'a/b', undefined])).items).toEqual(['a']);
});
