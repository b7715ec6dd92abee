import { expect, test } from 'vitest';
import { RequestCounts } from '../../../../local/iot/api/request-counts.ts';
import { createThrottle } from '../../../../local/iot/api/throttle.ts';

test('Every request is counted by its operation, and those that were throttled once more.', () => {
  const counts = new RequestCounts();
  const throttle = counts.around(createThrottle({ UpdateCertificate: 2 }, () => 0));
  expect(counts.snapshot()).toEqual({ asked: {}, throttled: {} });
  for (const _ of [1, 2]) throttle('UpdateCertificate');
  for (const _ of [1, 2, 3]) expect(() => throttle('UpdateCertificate')).toThrow('Rate exceeded');
  throttle('DescribeThing');
  expect(counts.snapshot()).toEqual({
    asked: { UpdateCertificate: 5, DescribeThing: 1 },
    throttled: { UpdateCertificate: 3 },
  });
});
