import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../local/clock.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const DAY_MS = 86_400_000;

test('A wait longer than the 24 days that a timer of Node can count is waited for whole.', () => {
  const fired = vi.fn();
  systemClock.schedule(60 * DAY_MS, fired);
  vi.advanceTimersByTime(60 * DAY_MS - 1);
  expect(fired).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(fired).toHaveBeenCalledTimes(1);
});

test.each([10, 60 * DAY_MS])('A wait of %d ms can be cancelled at any time.', (delayMs) => {
  const fired = vi.fn();
  const timer = systemClock.schedule(delayMs, fired);
  vi.advanceTimersByTime(delayMs / 2);
  timer.cancel();
  vi.advanceTimersByTime(delayMs);
  expect(fired).not.toHaveBeenCalled();
});
