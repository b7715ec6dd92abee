import { iotError } from '../registry/errors.ts';

/** Lets a request through, or throws `ThrottlingException`. */
export type Throttle = (operation: string) => void;

/**
 * A token bucket for each operation that has a rate: it holds what one second allows, and fills steadily.
 *
 * @param requestsPerSecond by operation; what is not in there is never throttled.
 * @param now milliseconds
 */
export function createThrottle(
  requestsPerSecond: Readonly<Record<string, number>>,
  now: () => number,
): Throttle {
  const buckets = new Map<string, { tokens: number; filledAtMs: number }>();
  return (operation) => {
    const rate = requestsPerSecond[operation];
    if (rate === undefined) return;
    const atMs = now();
    const bucket = buckets.get(operation) ?? { tokens: rate, filledAtMs: atMs };
    const gained = (Math.max(0, atMs - bucket.filledAtMs) / 1000) * rate;
    const tokens = Math.min(rate, bucket.tokens + gained);
    buckets.set(operation, { tokens: tokens >= 1 ? tokens - 1 : tokens, filledAtMs: atMs });
    if (tokens < 1) throw iotError('ThrottlingException', 'Rate exceeded');
  };
}
