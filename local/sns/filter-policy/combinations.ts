import { alternativesOf, isFields, type Fields } from '../../event-pattern/index.ts';

/** SNS takes no policy that stands for more combinations of values. */
export const MAX_COMBINATIONS = 150;

/**
 * How complex a policy is, as SNS counts it: the lengths of its lists, each times the depth at which the list stands,
 * multiplied with each other; the patterns of a `$or` are added up.
 *
 * Counting ends where it is more than the limit: a policy may be nested deeper than a stack is.
 */
export function combinations(policy: Fields, depth = 1): number {
  if (depth > MAX_COMBINATIONS) return Infinity;
  let count = 1;
  for (const [key, value] of Object.entries(policy)) {
    const alternatives = alternativesOf(key, value);
    if (alternatives !== undefined) {
      count *= alternatives.reduce((sum, one) => sum + combinations(one, depth), 0);
    } else if (Array.isArray(value)) {
      // An empty list is refused for what it is.
      count *= Math.max(1, value.length) * depth;
    } else if (isFields(value)) {
      count *= combinations(value, depth + 1);
    }
    if (count > MAX_COMBINATIONS) return Infinity;
  }
  return count;
}
