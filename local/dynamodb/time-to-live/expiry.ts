import { z } from 'zod';

/** What expired longer ago than five years is left where it is: whoever wrote it meant another unit, or no time. */
export const MAX_AGE_SECONDS = 5 * 365 * 86_400;

const numberSchema = z.object({ N: z.string() });

/**
 * When an item expires, in seconds since the epoch, by its attribute as DynamoDB writes it; undefined when that is
 * no number: then the item never expires.
 */
export function expirySeconds(attribute: unknown): number | undefined {
  const parsed = numberSchema.safeParse(attribute);
  if (!parsed.success) return undefined;
  const seconds = Number(parsed.data.N);
  return Number.isFinite(seconds) ? seconds : undefined;
}

/** Whether an item is to be deleted now: it has expired, and not longer ago than five years. */
export function isExpired(seconds: number, nowSeconds: number): boolean {
  return seconds < nowSeconds && seconds >= nowSeconds - MAX_AGE_SECONDS;
}
