import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deltaOf } from '../../../../local/iot/shadows/delta.ts';
import type { ShadowRecord } from '../../../../local/iot/shadows/document.ts';
import { isEqualJson, parseJson, stringifyJson } from '../../../../local/iot/shadows/json.ts';
import { readUpdate } from '../../../../local/iot/shadows/request.ts';
import { T0, update } from './support.ts';

const runs = { numRuns: 400 };

const key = fc.constantFrom('a', 'b', 'c', '__proto__');
const leaf = fc.oneof(
  fc.integer(),
  fc.boolean(),
  fc.constantFrom('', 'x'),
  fc.array(fc.integer(), { maxLength: 2 }),
);
/** What a section can be set to; with `nulls` also what takes members away. */
function section(nulls: boolean, depth = 3): fc.Arbitrary<unknown> {
  const below = depth === 0 ? leaf : fc.oneof(leaf, section(nulls, depth - 1));
  const value = nulls ? fc.oneof(below, fc.constant(null)) : below;
  return fc.array(fc.tuple(key, value), { maxLength: 3 }).map((entries) => Object.fromEntries(entries));
}
const state = (nulls: boolean) =>
  fc.record({ desired: section(nulls), reported: section(nulls) }, { requiredKeys: [] });

function follow(states: readonly unknown[], start?: ShadowRecord): ShadowRecord {
  let record: ShadowRecord = start ?? { version: 0, document: undefined };
  for (const one of states) {
    const result = update(record, stringify(one));
    if ('rejected' in result) throw new Error(result.rejected.message);
    record = { version: result.next.version, document: result.next };
  }
  return record;
}

function stringify(one: unknown): string {
  return JSON.stringify({ state: one });
}

test('The same update once more changes nothing but the version.', () => {
  fc.assert(
    fc.property(fc.array(state(true), { maxLength: 3 }), state(true), (before, patch) => {
      const once = follow([...before, patch]);
      const twice = follow([patch], once);
      expect(twice.document?.state).toEqual(once.document?.state);
      expect(twice.document?.metadata).toEqual(once.document?.metadata);
    }),
    runs,
  );
});

test('The version grows by one with every update, and never otherwise.', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(state(true), fc.option(fc.nat(5)))), (requests) => {
      let record: ShadowRecord = { version: 0, document: undefined };
      for (const [one, version] of requests) {
        const result = update(record, { state: one, ...(version === null ? {} : { version }) });
        expect('rejected' in result).toBe(version !== null && version !== record.version);
        if ('rejected' in result) continue;
        expect(result.next.version).toBe(record.version + 1);
        record = { version: result.next.version, document: result.next };
      }
    }),
    runs,
  );
});

test('Reporting the delta empties it.', () => {
  fc.assert(
    fc.property(fc.array(state(false), { minLength: 1, maxLength: 3 }), (states) => {
      const record = follow(states);
      const delta = record.document && deltaOf(record.document);
      fc.pre(delta !== undefined);
      const result = update(record, stringifyJson({ state: { reported: delta?.state ?? {} } }));
      const left = 'next' in result ? deltaOf(result.next) : delta;
      expect(left).toBeUndefined();
      expect(result).not.toHaveProperty('delta');
    }),
    runs,
  );
});

test('Metadata has the shape of the state, with a time at each value.', () => {
  const shape = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shape);
    if (typeof value !== 'object' || value === null) return { timestamp: T0 };
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, shape(item)]));
  };
  fc.assert(
    fc.property(fc.array(state(true), { minLength: 1, maxLength: 4 }), (states) => {
      const { document } = follow(states);
      expect(document?.metadata).toEqual(shape(document?.state));
    }),
    runs,
  );
});

test('No null is ever kept, and no empty section.', () => {
  fc.assert(
    fc.property(fc.array(state(true), { minLength: 1, maxLength: 4 }), (states) => {
      const { document } = follow(states);
      const text = JSON.stringify(document?.state);
      expect(text).not.toContain('null');
      expect(Object.values(document?.state ?? {})).not.toContainEqual({});
    }),
    runs,
  );
});

test('JSON that is read and written again is the same, whole numbers of any size too.', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.bigInt(), (value, whole) => {
      const text = JSON.stringify(value);
      expect(stringifyJson(parseJson(text))).toBe(text);
      expect(isEqualJson(parseJson(text), parseJson(text))).toBe(true);
      expect(stringifyJson(parseJson(`[${whole}]`))).toBe(`[${whole}]`);
    }),
    runs,
  );
});

test('Whatever the bytes of a request, it is read or refused with a code.', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.json().map((text) => Buffer.from(text)),
    fc.anything().map((value) => Buffer.from(`{"state":${JSON.stringify(value) ?? ''}}`)),
  );
  fc.assert(
    fc.property(bytes, (payload) => {
      const read = readUpdate(payload);
      if ('rejection' in read) expect([400, 415]).toContain(read.rejection.code);
      else expect(read.request.state).toBeTypeOf('object');
    }),
    runs,
  );
});

test('Brackets without end are refused, not an end of the program.', () => {
  expect(readUpdate(Buffer.from('['.repeat(128 * 1024)))).toMatchObject({ rejection: { code: 400 } });
  const nested = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
  expect(readUpdate(Buffer.from(`{"state":{"desired":${nested}}}`))).toMatchObject({
    rejection: { code: 400 },
  });
});
