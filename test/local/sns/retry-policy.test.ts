import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  BACKOFF_FUNCTIONS,
  CUSTOMER_ENDPOINTS,
  delayBefore,
  MANAGED_ENDPOINTS,
  totalDelaySeconds,
  totalRetries,
  type RetryPolicy,
} from '../../../local/sns/delivery/retry-policy.ts';

function delays(policy: RetryPolicy, count: number): (number | undefined)[] {
  return Array.from({ length: count }, (_, retries) => delayBefore(retries, policy));
}

test('Queues and functions are tried 100,015 times over 23 days, mail and phones 50 times over six hours.', () => {
  expect(totalRetries(MANAGED_ENDPOINTS)).toBe(100_015);
  expect(totalDelaySeconds(MANAGED_ENDPOINTS) / 86_400).toBeCloseTo(23.1, 1);
  expect(delays(MANAGED_ENDPOINTS, 6)).toEqual([0, 0, 0, 1, 1, 1]);
  expect(delayBefore(14, MANAGED_ENDPOINTS)).toBe(20);
  expect(delayBefore(100_014, MANAGED_ENDPOINTS)).toBe(20);
  expect(delayBefore(100_015, MANAGED_ENDPOINTS)).toBeUndefined();
  expect(totalRetries(CUSTOMER_ENDPOINTS)).toBe(50);
  expect(totalDelaySeconds(CUSTOMER_ENDPOINTS) / 3_600).toBeCloseTo(6.7, 1);
  expect(delays(CUSTOMER_ENDPOINTS, 3)).toEqual([10, 10, 10]);
});

test.each([
  ['linear', [10, 20, 30, 40]],
  ['arithmetic', [10, 15, 25, 40]],
  ['geometric', [10, 15.87, 25.2, 40]],
  ['exponential', [10, 14.29, 22.86, 40]],
] as const)('The waits of a backoff that is %s are %j seconds.', (backoffFunction, expected) => {
  const policy = {
    immediate: 1,
    preBackoff: 1,
    backoff: 4,
    postBackoff: 1,
    minDelaySeconds: 10,
    maxDelaySeconds: 40,
    backoffFunction,
  };
  const rounded = delays(policy, 8).map((one) =>
    one === undefined ? undefined : Math.round(one * 100) / 100,
  );
  expect(rounded).toEqual([0, 10, ...expected, 40, undefined]);
});

test('In every policy the waits of a backoff grow from the least to the greatest, and their number is what it says.', () => {
  const policies = fc.record({
    immediate: fc.nat({ max: 5 }),
    preBackoff: fc.nat({ max: 5 }),
    backoff: fc.nat({ max: 30 }),
    postBackoff: fc.nat({ max: 5 }),
    minDelaySeconds: fc.integer({ min: 1, max: 60 }),
    maxDelaySeconds: fc.integer({ min: 60, max: 3_600 }),
    backoffFunction: fc.constantFrom(...BACKOFF_FUNCTIONS),
  });
  fc.assert(
    fc.property(policies, (policy) => {
      const waits: number[] = [];
      for (let next = delayBefore(0, policy); next !== undefined; next = delayBefore(waits.length, policy)) {
        waits.push(next);
      }
      expect(waits).toHaveLength(totalRetries(policy));
      expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeCloseTo(totalDelaySeconds(policy), 3);
      const grown = waits.slice(policy.immediate);
      const sorted = grown.toSorted((one, other) => one - other);
      for (const [at, wait] of grown.entries()) expect(wait).toBeCloseTo(sorted[at] ?? 0, 6);
      for (const wait of grown) {
        expect(wait).toBeGreaterThanOrEqual(policy.minDelaySeconds - 1e-6);
        expect(wait).toBeLessThanOrEqual(policy.maxDelaySeconds + 1e-6);
      }
    }),
  );
});
