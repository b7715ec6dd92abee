import { expect, test } from 'vitest';
import { getMessage } from '../../../../local/iot/shadows/get.ts';
import { after, T0, update } from './support.ts';

/** The state that a get tells after updates. */
function stateAfter(...states: readonly unknown[]): unknown {
  const { document } = after(...states);
  return document && getMessage(document, T0)['state'];
}

const lists = { reported: { list: ['value_1', 'value_2'] } };
const nested = { reported: { a: { b: { c: 'd', e: 'f' } } } };

// Observed on AWS: the states that two updates lead to.
test.each<[first: object, second: object, then: object]>([
  [
    { desired: { on: true } },
    { reported: { on: false } },
    { desired: { on: true }, reported: { on: false }, delta: { on: true } },
  ],
  [
    { desired: { on: true } },
    { reported: { x: 1, on: true } },
    { desired: { on: true }, reported: { x: 1, on: true } },
  ],
  [{}, { reported: { on: false } }, { reported: { on: false } }],
  [{}, { reported: { on: null } }, {}],
  [{ desired: {} }, { reported: { on: false } }, { reported: { on: false } }],
  [{ desired: { on: true } }, { reported: {} }, { desired: { on: true }, delta: { on: true } }],
  [
    { desired: { on: true } },
    { reported: { x: true } },
    { desired: { on: true }, reported: { x: true }, delta: { on: true } },
  ],
  [
    lists,
    { desired: { list: ['value_1'] } },
    { desired: { list: ['value_1'] }, ...lists, delta: { list: ['value_1'] } },
  ],
  [
    { reported: { list: [['a'], ['b']] } },
    { desired: { list: [['a']] } },
    { desired: { list: [['a']] }, reported: { list: [['a'], ['b']] }, delta: { list: [['a']] } },
  ],
  [
    nested,
    { desired: { a: { b: { c: 'd2' } } } },
    { desired: { a: { b: { c: 'd2' } } }, ...nested, delta: { a: { b: { c: 'd2' } } } },
  ],
  [
    { reported: { a: { b1: { c: 'd' } } } },
    { desired: { a: { b1: { c: 'd' }, b2: 's' } } },
    {
      desired: { a: { b1: { c: 'd' }, b2: 's' } },
      reported: { a: { b1: { c: 'd' } } },
      delta: { a: { b2: 's' } },
    },
  ],
  [
    { desired: { a: 1, b: { c: 3 } } },
    { desired: { a: 1, b: { c: {} }, d: {} } },
    { desired: { a: 1, b: { c: {} }, d: {} }, delta: { a: 1, b: { c: {} }, d: {} } },
  ],
  [
    { desired: { b: { c: 3 } } },
    { desired: { b: { c: { d: 3 } } } },
    { desired: { b: { c: { d: 3 } } }, delta: { b: { c: { d: 3 } } } },
  ],
  [{ desired: { a: 1, b: 2 } }, { desired: { a: null } }, { desired: { b: 2 }, delta: { b: 2 } }],
  [{ desired: { a: 1 } }, { desired: { a: null } }, {}],
  [{ desired: { a: { b: 1 } } }, { desired: { a: { b: null } } }, { desired: { a: {} }, delta: { a: {} } }],
])('After %j and %j the state is %j.', (first, second, then) => {
  expect(stateAfter(first, second)).toEqual(then);
});

test.each<[what: string, states: readonly unknown[], then: object]>([
  [
    'An array takes the place of an array whole',
    [{ desired: { a: [1, 2, 3] } }, { desired: { a: [4] } }],
    { desired: { a: [4] }, delta: { a: [4] } },
  ],
  [
    'Null clears a section',
    [{ desired: { a: 1 }, reported: { a: 1 } }, { desired: null }],
    { reported: { a: 1 } },
  ],
  ['A null state clears both', [{ desired: { a: 1 }, reported: { a: 1 } }, null], {}],
  ['An empty state clears nothing', [{ reported: { a: 1 } }, {}], { reported: { a: 1 } }],
  [
    'An object of nulls makes nothing',
    [{ reported: { a: 1 } }, { reported: { b: { c: { d: null } } } }],
    { reported: { a: 1 } },
  ],
  [
    'An empty object takes nothing away',
    [{ reported: { a: { b: 1 } } }, { reported: { a: {} } }],
    { reported: { a: { b: 1 } } },
  ],
  [
    'A value takes the place of an object',
    [{ reported: { a: { b: 1 } } }, { reported: { a: 2 } }],
    { reported: { a: 2 } },
  ],
  [
    'What is only reported is no difference',
    [{ desired: { a: 1 }, reported: { a: 1, b: 2 } }],
    { desired: { a: 1 }, reported: { a: 1, b: 2 } },
  ],
  [
    'The order of members is no difference',
    [{ desired: { a: [{ b: 1, c: 2 }] }, reported: { a: [{ c: 2, b: 1 }] } }],
    { desired: { a: [{ b: 1, c: 2 }] }, reported: { a: [{ c: 2, b: 1 }] } },
  ],
  [
    'Another type is a difference',
    [{ desired: { a: '1' }, reported: { a: 1 } }],
    { desired: { a: '1' }, reported: { a: 1 }, delta: { a: '1' } },
  ],
])('%s.', (_what, states, then) => {
  expect(stateAfter(...states)).toEqual(then);
});

test('The messages of a first update: what was sent, the difference, and the whole with nothing before it.', () => {
  const state = { desired: { color: { r: 255 }, tones: [1, [2]] } };
  const metadata = { color: { r: { timestamp: T0 } }, tones: [{ timestamp: T0 }, [{ timestamp: T0 }]] };
  const result = update(undefined, { state, clientToken: 't' });
  expect(result).toMatchObject({
    accepted: { state, metadata: { desired: metadata }, version: 1, timestamp: T0, clientToken: 't' },
    delta: { version: 1, timestamp: T0, state: state.desired, metadata, clientToken: 't' },
    documents: {
      previous: null,
      current: { state, metadata: { desired: metadata }, version: 1 },
      timestamp: T0,
      clientToken: 't',
    },
  });
});

test('A later update tells only what it sent, and stamps only that.', () => {
  const first = after({ desired: { a: 1, b: 1 } });
  const result = update(first, { state: { reported: { a: 1 } } }, T0 + 5);
  expect(result).toMatchObject({
    accepted: {
      state: { reported: { a: 1 } },
      metadata: { reported: { a: { timestamp: T0 + 5 } } },
      version: 2,
      timestamp: T0 + 5,
    },
    documents: {
      previous: { state: { desired: { a: 1, b: 1 } }, version: 1 },
      current: {
        state: { desired: { a: 1, b: 1 }, reported: { a: 1 } },
        metadata: {
          desired: { a: { timestamp: T0 }, b: { timestamp: T0 } },
          reported: { a: { timestamp: T0 + 5 } },
        },
        version: 2,
      },
    },
  });
  expect('delta' in result && result.delta).toEqual({
    version: 2,
    timestamp: T0 + 5,
    state: { b: 1 },
    metadata: { b: { timestamp: T0 } },
  });
  expect(JSON.stringify(result)).not.toContain('clientToken');
});

test('A value that is sent again is stamped again; one that is taken away is stamped in the answer.', () => {
  const result = update(
    after({ desired: { a: 1, b: 2 } }),
    { state: { desired: { a: 1, b: null } } },
    T0 + 9,
  );
  expect(result).toMatchObject({
    accepted: {
      state: { desired: { a: 1, b: null } },
      metadata: { desired: { a: { timestamp: T0 + 9 }, b: { timestamp: T0 + 9 } } },
    },
    next: { metadata: { desired: { a: { timestamp: T0 + 9 } } } },
  });
});

test('A state of null is answered as AWS answers it.', () => {
  const result = update(after({ desired: { a: 1 } }), { state: null }, T0 + 1);
  expect('accepted' in result && JSON.stringify(result.accepted)).toBe(
    `{"state":null,"metadata":{"timestamp":${T0 + 1}},"version":2,"timestamp":${T0 + 1}}`,
  );
  expect(result).not.toHaveProperty('delta');
});

function deep(levels: number): unknown {
  return levels === 1 ? { leaf: 1 } : { a: deep(levels - 1) };
}

test.each<[body: unknown, code: number, message: string]>([
  ['', 400, 'Invalid JSON'],
  ['{"state":', 400, 'Invalid JSON'],
  ['{"state":{"desired":{"a":1e999}}}', 400, 'Invalid JSON'],
  ['66', 400, 'Missing required node: state'],
  ['[]', 400, 'Missing required node: state'],
  [{ version: 1 }, 400, 'Missing required node: state'],
  [{ state: 1 }, 400, 'State node must be an object'],
  [{ state: [] }, 400, 'State node must be an object'],
  [{ state: { desired: 1 } }, 400, 'Desired node must be an object'],
  [{ state: { reported: [] } }, 400, 'Reported node must be an object'],
  [{ state: { delta: {} } }, 400, "State contains an invalid node: 'delta'"],
  [{ state: { desired: { a: [null] } } }, 400, "State contains an invalid node: 'a'"],
  [{ state: { desired: { a: { b: [1, [null]] } } } }, 400, "State contains an invalid node: 'b'"],
  [{ state: { desired: { a: [{ b: null }] } } }, 400, "State contains an invalid node: 'b'"],
  [{ state: {}, version: '1' }, 400, 'Invalid version'],
  [{ state: {}, version: 1.5 }, 400, 'Invalid version'],
  [{ state: {}, version: -1 }, 400, 'Invalid version'],
  ['{"state":{},"version":9007199254740993}', 400, 'Invalid version'],
  [{ state: {}, clientToken: 1 }, 400, 'Invalid clientToken'],
  [{ state: {}, clientToken: 'ü'.repeat(33) }, 400, 'Invalid clientToken'],
  [{ state: { desired: deep(7) } }, 400, 'JSON contains too many levels of nesting; maximum is 6'],
  [
    { state: { reported: { a: [[[[[[1]]]]]] } } },
    400,
    'JSON contains too many levels of nesting; maximum is 6',
  ],
  [{ state: {}, version: 7 }, 409, 'Version conflict'],
  [{ state: { desired: { a: 'x'.repeat(8_185) } } }, 413, 'The payload exceeds the maximum size allowed'],
  [{ state: { desired: { a: 'ü'.repeat(4_093) } } }, 413, 'The payload exceeds the maximum size allowed'],
])('%j is refused: %i %s.', (body, code, message) => {
  expect(update(undefined, body)).toEqual({ rejected: { code, message } });
});

test.each<[what: string, body: unknown]>([
  ['a token of 64 bytes', { state: {}, clientToken: 'ü'.repeat(32) }],
  ['six levels', { state: { desired: deep(6) } }],
  ['8,192 bytes', { state: { desired: { a: 'x'.repeat(8_184) } } }],
  ['the version of nothing', { state: {}, version: 0 }],
  ['members that shadows do not know', { state: {}, timestamp: 0, more: [null] }],
])('Taken: %s.', (_what, body) => {
  expect(update(undefined, body)).not.toHaveProperty('rejected');
});

test('Both sections together may have 8 KB, however small the update is.', () => {
  const current = after({ desired: { a: 'x'.repeat(4_088) } }, { reported: { a: 'x'.repeat(4_080) } });
  expect(update(current, { state: { reported: { b: 1 } } })).not.toHaveProperty('rejected');
  expect(update(current, { state: { reported: { bcdefg: 1 } } })).toMatchObject({ rejected: { code: 413 } });
});

test('Only the current version may be named.', () => {
  const current = after({ desired: { a: 1 } }, { desired: { a: 2 } });
  expect(update(current, { state: { desired: { a: 3 } }, version: 2 })).toMatchObject({
    next: { version: 3 },
  });
  for (const version of [0, 1, 3]) {
    expect(update(current, { state: { desired: { a: 3 } }, version })).toMatchObject({
      rejected: { code: 409 },
    });
  }
});

test('A member called __proto__ is a member like any other.', () => {
  const result = update(undefined, '{"state":{"reported":{"__proto__":{"a":1}}}}');
  const reported = 'next' in result ? result.next.state.reported : undefined;
  expect(Object.keys(reported ?? {})).toEqual(['__proto__']);
  expect({}).not.toHaveProperty('a');
});
