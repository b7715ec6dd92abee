import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placeInSequence } from '../../../functions/ingest-sigfox/sequence.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const PARAMETERS = { seed: 20_260_203, numRuns: 1_000 };

test.each([
  [10, 11, MINUTE_MS, { kind: 'next' }],
  [10, 13, MINUTE_MS, { kind: 'gap', missing: 2 }],
  [4095, 0, MINUTE_MS, { kind: 'next', wrapped: true }],
  [4090, 3, MINUTE_MS, { kind: 'gap', missing: 8, wrapped: true }],
  // 3000 messages are not made in a day, nor 3097.
  [1000, 4000, DAY_MS, { kind: 'reboot' }],
  [1000, 0, DAY_MS, { kind: 'reboot' }],
  [10, 10, MINUTE_MS, { kind: 'reboot' }],
  // After a month, a whole turn is possible.
  [10, 10, 30 * DAY_MS, { kind: 'gap', missing: 4095, wrapped: true }],
  [10, 310, DAY_MS, { kind: 'gap', missing: 299 }],
  [10, 311, DAY_MS, { kind: 'reboot' }],
  [10, 311, DAY_MS + 1, { kind: 'gap', missing: 300 }],
  [10, 11, -1_000, { kind: 'late' }],
  [10, 9, 0, { kind: 'late' }],
] as const)('After number %d comes number %d, %d ms later: %o.', (last, next, elapsedMs, expected) => {
  const before = { timeMs: 40 * DAY_MS, seqNumber: last };
  const after = { timeMs: 40 * DAY_MS + elapsedMs, seqNumber: next };
  expect(placeInSequence(before, after)).toEqual(expected);
});

test('The first message has nothing before it, and without numbers there is no sequence.', () => {
  expect(placeInSequence(undefined, { timeMs: 1, seqNumber: 5 })).toEqual({ kind: 'first' });
  expect(placeInSequence({ timeMs: 1 }, { timeMs: 2, seqNumber: 5 })).toEqual({ kind: 'unknown' });
  expect(placeInSequence({ timeMs: 1, seqNumber: 5 }, { timeMs: 2 })).toEqual({ kind: 'unknown' });
});

test(`A device that loses some messages is never taken for one that counts anew (seed ${PARAMETERS.seed}).`, () => {
  const losses = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4095 }), losses, (first, lost) => {
      let last = { timeMs: 0, seqNumber: first };
      for (const missing of lost) {
        const seqNumber = (last.seqNumber + missing + 1) % 4096;
        const next = { timeMs: last.timeMs + (missing + 1) * 10 * MINUTE_MS, seqNumber };
        const { kind, missing: found = 0 } = placeInSequence(last, next);
        expect([kind, found]).toEqual([missing === 0 ? 'next' : 'gap', missing]);
        last = next;
      }
    }),
    PARAMETERS,
  );
});
