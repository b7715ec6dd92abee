import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dueWarning, ENDED } from '../../../functions/sweep-certificates/expiry.ts';

const SEED = 20_261_122;
const DAY_MS = 24 * 3_600_000;
const NOW_MS = Date.UTC(2026, 10, 21);

test.each<[string, number, number | undefined, number | undefined]>([
  ['long before', 31, undefined, undefined],
  ['a moment before the first warning', 30 + 1 / DAY_MS, undefined, undefined],
  ['at the first warning', 30, undefined, 30],
  ['after it was told', 29, 30, undefined],
  ['at the second', 7, 30, 7],
  ['first seen after both were due', 3, undefined, 7],
  ['after the second', 3, 7, undefined],
  ['at the end', 0, 7, ENDED],
  ['first seen after its end', -100, undefined, ENDED],
  ['told of its end', -100, ENDED, undefined],
  ['warned by other settings', 20, 14, undefined],
])('%s: %d days left, warned at %s, due is %s.', (_when, daysLeft, warnedDays, expected) => {
  const certificate = {
    notAfterMs: NOW_MS + daysLeft * DAY_MS,
    ...(warnedDays === undefined ? {} : { warnedDays }),
  };
  expect(dueWarning(certificate, [30, 7], NOW_MS)).toBe(expected);
  expect(dueWarning(certificate, [7, 30], NOW_MS), 'the order of the settings').toBe(expected);
});

test(`However often and when one looks, each warning comes at most once, nearer ones later (seed ${SEED}).`, () => {
  const days = fc.uniqueArray(fc.integer({ min: 1, max: 400 }), { maxLength: 5 });
  const looks = fc.array(fc.integer({ min: 0, max: 40 * 24 }), { maxLength: 60 });
  fc.assert(
    fc.property(
      days,
      looks,
      fc.integer({ min: -50, max: 400 }),
      (warningDays, hoursBetween, firstDaysLeft) => {
        const notAfterMs = NOW_MS + firstDaysLeft * DAY_MS;
        const told: number[] = [];
        let nowMs = NOW_MS;
        for (const hours of hoursBetween) {
          nowMs += hours * 3_600_000;
          const warnedDays = told.at(-1);
          const due = dueWarning(
            { notAfterMs, ...(warnedDays === undefined ? {} : { warnedDays }) },
            warningDays,
            nowMs,
          );
          const daysLeft = (notAfterMs - nowMs) / DAY_MS;
          const nearest = [...warningDays, ENDED].filter((one) => daysLeft <= one).sort((a, b) => a - b)[0];
          if (due !== undefined) told.push(due);
          // Whatever was told before, people know of the nearest that is reached.
          if (nearest !== undefined) expect(told.at(-1)).toBe(nearest);
          else expect(told).toEqual([]);
        }
        expect(told).toEqual([...new Set(told)].sort((a, b) => b - a));
      },
    ),
    { seed: SEED, numRuns: 300 },
  );
});
