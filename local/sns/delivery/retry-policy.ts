/** How the waits grow between the first and the last one of the backoff. */
export const BACKOFF_FUNCTIONS = ['linear', 'arithmetic', 'geometric', 'exponential'] as const;

export type BackoffFunction = (typeof BACKOFF_FUNCTIONS)[number];

/** When a failed delivery is tried again, in four phases that follow each other. */
export interface RetryPolicy {
  /** Tries without a wait. */
  readonly immediate: number;
  /** Then tries that follow each other after `minDelaySeconds`. */
  readonly preBackoff: number;
  /** Then tries whose waits grow from `minDelaySeconds` to `maxDelaySeconds`. */
  readonly backoff: number;
  /** Then tries that follow each other after `maxDelaySeconds`. */
  readonly postBackoff: number;
  readonly minDelaySeconds: number;
  readonly maxDelaySeconds: number;
  readonly backoffFunction: BackoffFunction;
}

/** Queues and functions: 100,015 tries, over 23 days. (SNS developer guide, "Message delivery retries") */
export const MANAGED_ENDPOINTS: RetryPolicy = {
  immediate: 3,
  preBackoff: 2,
  backoff: 10,
  postBackoff: 100_000,
  minDelaySeconds: 1,
  maxDelaySeconds: 20,
  backoffFunction: 'exponential',
};

/** Mail and text messages: 50 tries, over six hours. */
export const CUSTOMER_ENDPOINTS: RetryPolicy = {
  immediate: 0,
  preBackoff: 2,
  backoff: 10,
  postBackoff: 38,
  minDelaySeconds: 10,
  maxDelaySeconds: 600,
  backoffFunction: 'exponential',
};

/**
 * The wait before another try.
 *
 * @param retries how many tries have followed the first one already.
 * @returns undefined when there is no other try.
 */
export function delayBefore(retries: number, policy: RetryPolicy): number | undefined {
  const { immediate, preBackoff, backoff, postBackoff, minDelaySeconds, maxDelaySeconds } = policy;
  let number = retries;
  if (number < immediate) return 0;
  number -= immediate;
  if (number < preBackoff) return minDelaySeconds;
  number -= preBackoff;
  if (number < backoff) return backoffDelay(number, policy);
  number -= backoff;
  return number < postBackoff ? maxDelaySeconds : undefined;
}

/** All tries after the first one. */
export function totalRetries({ immediate, preBackoff, backoff, postBackoff }: RetryPolicy): number {
  return immediate + preBackoff + backoff + postBackoff;
}

/** How long it takes until the last try, without the time that tries take themselves. */
export function totalDelaySeconds(policy: RetryPolicy): number {
  const { preBackoff, backoff, postBackoff, minDelaySeconds, maxDelaySeconds } = policy;
  let seconds = preBackoff * minDelaySeconds + postBackoff * maxDelaySeconds;
  for (let number = 0; number < backoff; number += 1) seconds += backoffDelay(number, policy);
  return seconds;
}

/**
 * How far a wait is between the least and the greatest one, for the wait `number` of those from 0 to `last`. AWS names
 * the functions and draws them, but gives no formula: the later ones of the list grow later.
 */
const GROWTH: Readonly<Record<BackoffFunction, (number: number, last: number, ratio: number) => number>> = {
  linear: (number, last) => number / last,
  arithmetic: (number, last) => (number * (number + 1)) / (last * (last + 1)),
  geometric: (number, last, ratio) => (ratio ** (number / last) - 1) / (ratio - 1),
  exponential: (number, last) => (2 ** number - 1) / (2 ** last - 1),
};

function backoffDelay(number: number, policy: RetryPolicy): number {
  const { backoff, minDelaySeconds: min, maxDelaySeconds: max, backoffFunction } = policy;
  if (backoff === 1 || max === min) return min;
  return min + (max - min) * GROWTH[backoffFunction](number, backoff - 1, max / min);
}
