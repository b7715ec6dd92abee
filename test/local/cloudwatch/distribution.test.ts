import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  mergeDistributions,
  percentileOf,
  readDistribution,
  writeDistribution,
  type Distribution,
} from '../../../local/cloudwatch/distribution.ts';
import { parseStatistic } from '../../../local/cloudwatch/statistic.ts';
import { summaryOf } from '../../../local/cloudwatch/summary.ts';

function distributionOf(values: readonly number[]): Distribution | undefined {
  return values
    .map((value): Distribution | undefined => new Map([[value, 1]]))
    .reduce(mergeDistributions, new Map());
}

/** On the line between the two samples that stand around the rank. */
function naivePercentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = ((sorted.length - 1) * percent) / 100;
  const [lower = 0, upper = lower] = [sorted[Math.floor(rank)], sorted[Math.ceil(rank)]];
  return lower + (upper - lower) * (rank - Math.floor(rank));
}

const percent = fc.double({ min: 0, max: 100, noNaN: true });

test('The percentile of few different values is exact, in whatever order they came.', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -90, max: 90 }), { minLength: 1, maxLength: 400 }),
      percent,
      (values, p) => {
        const distribution = distributionOf(values) ?? new Map();
        expect(percentileOf(distribution, p)).toBeCloseTo(naivePercentile(values, p), 9);
        expect(readDistribution(writeDistribution(distribution))).toEqual(distribution);
      },
    ),
  );
});

test('The percentile of many different values is near the true one.', () => {
  const value = fc.double({ min: 100, max: 1_000, noNaN: true });
  fc.assert(
    fc.property(fc.array(value, { minLength: 300, maxLength: 600 }), percent, (values, p) => {
      const distribution = distributionOf(values) ?? new Map();
      expect(distribution.size).toBeLessThanOrEqual(200);
      const exact = naivePercentile(values, p);
      expect(Math.abs(percentileOf(distribution, p) - exact)).toBeLessThanOrEqual(exact * 0.06);
      expect([...distribution.values()].reduce((sum, count) => sum + count, 0)).toBe(values.length);
    }),
    { numRuns: 20 },
  );
});

test('Values of every size at once are too many to be told apart: there is no percentile then.', () => {
  const huge = Array.from({ length: 3_000 }, (_, n) => (1 + (n % 9)) * 10 ** ((n % 200) - 100));
  expect(distributionOf(huge)).toBeUndefined();
  expect(mergeDistributions(undefined, new Map([[1, 1]]))).toBeUndefined();
});

test.each([
  ['p0', 5],
  ['p99.9999999999', 5],
  ['p100', 5],
  ['Sum', 10],
  ['SampleCount', 2],
  ['Average', 5],
  ['Minimum', 5],
])('The statistic %s of two samples of 5 is %d.', (name, value) => {
  expect(parseStatistic(name)?.valueOf(summaryOf(5, 2))).toBe(value);
});

test.each(['p', 'p101', 'p-1', 'p50.12345678901', 'P50', 'tm90', 'TC(1:2)', 'IQM', 'sum', ''])(
  'The statistic "%s" is not served.',
  (name) => {
    expect(parseStatistic(name)).toBeUndefined();
  },
);
