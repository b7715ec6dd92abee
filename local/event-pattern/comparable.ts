import type { PatternDialect } from './dialect.ts';

/**
 * A number as patterns compare it: only so many digits after the point count, and none is as great as one beyond the
 * limit.
 *
 * @returns undefined for a number that is not compared.
 */
export function comparable(value: number, { greatestNumber, decimals }: PatternDialect): number | undefined {
  if (!(Math.abs(value) <= greatestNumber)) return undefined;
  return decimals === undefined ? value : Math.round(value * 10 ** decimals);
}
