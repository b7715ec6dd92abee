import { z } from 'zod';

/** How often each value came; percentiles are made of it. */
export type Distribution = ReadonlyMap<number, number>;

/** More different values than this are not kept apart. */
const MAX_DISTINCT = 200;

/** Values are rounded to so many digits, one less each time, until few enough are left: 4 digits are exact to 0.05 %. */
const ROUNDINGS = [4, 3, 2, 1] as const;

const pairs = z.array(z.tuple([z.number(), z.number()]));

/**
 * Both together. Where that has too many different values they are rounded, so a percentile of many values is near
 * the true one and not exact.
 *
 * @returns undefined when one of the two is unknown, or when there are too many values even so.
 */
export function mergeDistributions(
  one: Distribution | undefined,
  other: Distribution | undefined,
): Distribution | undefined {
  if (one === undefined || other === undefined) return undefined;
  const merged = new Map(one);
  addDistribution(merged, other);
  return fewEnough(merged);
}

/** Adds to a distribution in place; `fewEnough` has to follow before there are too many values. */
export function addDistribution(to: Map<number, number>, other: Distribution): void {
  for (const [value, count] of other) to.set(value, (to.get(value) ?? 0) + count);
}

/** The distribution with at most 200 different values; undefined when that cannot be. */
export function fewEnough(distribution: Distribution): Distribution | undefined {
  if (distribution.size <= MAX_DISTINCT) return distribution;
  for (const digits of ROUNDINGS) {
    const rounded = roundTo(distribution, digits);
    if (rounded.size <= MAX_DISTINCT) return rounded;
  }
  return undefined;
}

function roundTo(distribution: Distribution, digits: number): Map<number, number> {
  const rounded = new Map<number, number>();
  for (const [value, count] of distribution) {
    const key = Number(value.toPrecision(digits));
    rounded.set(key, (rounded.get(key) ?? 0) + count);
  }
  return rounded;
}

/**
 * The value below which `percent` of the samples lie, between two samples on the line that joins them: 0 gives the
 * smallest, 100 the greatest, 50 the median.
 */
export function percentileOf(distribution: Distribution, percent: number): number {
  const sorted = [...distribution].sort(([a], [b]) => a - b);
  const samples = sorted.reduce((sum, [, count]) => sum + count, 0);
  const rank = ((samples - 1) * percent) / 100;
  const lower = valueAt(sorted, Math.floor(rank));
  const upper = valueAt(sorted, Math.ceil(rank));
  return lower + (upper - lower) * (rank - Math.floor(rank));
}

/** The sample at a place, counted from 0; a place behind the last has the last. */
function valueAt(sorted: readonly (readonly [number, number])[], place: number): number {
  let passed = 0;
  for (const [value, count] of sorted) {
    passed += count;
    if (place < passed) return value;
  }
  return sorted.at(-1)?.[0] ?? Number.NaN;
}

/** As text for the database; null when it is unknown. */
export function writeDistribution(distribution: Distribution | undefined): string | null {
  return distribution === undefined ? null : JSON.stringify([...distribution]);
}

export function readDistribution(text: unknown): Distribution | undefined {
  return typeof text === 'string' ? new Map(pairs.parse(JSON.parse(text))) : undefined;
}
