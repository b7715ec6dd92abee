import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readMarkerPage, readMarkerPageOf } from '../../../../local/iot/registry/markers.ts';

/** AWS's pattern of a marker: what it refuses, its own API would refuse to take back. */
const MARKER = /^[A-Za-z0-9+/]+={0,2}$/;

test('A list is gone through by markers of its own form, in pages of any size, whatever its keys.', () => {
  const keys = fc.uniqueArray(fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }), { maxLength: 12 });
  fc.assert(
    fc.property(keys, fc.integer({ min: 1, max: 5 }), (all, pageSize) => {
      const found: string[] = [];
      let marker: string | undefined;
      do {
        const { items, next } = readMarkerPageOf({ marker, pageSize }, ['list'], all, (key) => key);
        expect(items.length).toBeLessThanOrEqual(pageSize);
        found.push(...items);
        marker = next.nextMarker;
        if (marker !== undefined) expect(marker).toMatch(MARKER);
      } while (marker !== undefined);
      expect(found).toEqual(all);
    }),
  );
});

test('A list that grows between two pages repeats nothing.', () => {
  const rows = [{ seq: 1 }, { seq: 2 }, { seq: 3 }];
  const read = (marker?: string) =>
    readMarkerPage({ marker, pageSize: 2 }, ['list'], ({ after = Infinity, limit }) =>
      rows
        .filter(({ seq }) => seq < after)
        .toReversed()
        .slice(0, limit),
    );
  const first = read();
  rows.push({ seq: 4 });
  expect(first.items).toEqual([{ seq: 3 }, { seq: 2 }]);
  expect(read(first.next.nextMarker)).toEqual({ items: [{ seq: 1 }], next: {} });
});
