const DAY_MS = 24 * 3_600_000;

/** What people are told of, whatever else is set: that it has ended. */
export const ENDED = 0;

/**
 * Which warning of a certificate's end is due:
 *
 *     days left   40      30      20       7       3       0 and fewer
 *     due         -       30      30       7       7       0: it has ended
 *
 * Each is due once. The nearer one stands for those before it, so that a certificate that is first seen when it has
 * three days left is told of once.
 *
 * @param warningDays how many days ahead, in any order
 * @param warnedDays the last warning that people got
 */
export function dueWarning(
  { notAfterMs, warnedDays }: { readonly notAfterMs: number; readonly warnedDays?: number },
  warningDays: readonly number[],
  nowMs: number,
): number | undefined {
  const reached = [...warningDays, ENDED].filter((days) => notAfterMs - nowMs <= days * DAY_MS);
  if (reached.length === 0) return undefined;
  const nearest = Math.min(...reached);
  return warnedDays === undefined || nearest < warnedDays ? nearest : undefined;
}
