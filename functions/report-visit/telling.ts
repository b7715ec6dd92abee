import { isSameEvent, type CareLog, type LoggedEvent } from './log.ts';
import type { CareEvent } from './care-event.ts';

/**
 * How long one invocation has an event to itself to tell of it, in milliseconds: longer than an invocation may run
 * (function.yml), so that two never tell at once, and shorter than the minute after which Lambda tries again, so that
 * the next one may tell what a failed one could not.
 */
export const TELLING_MS = 45_000;

/** How it stands with telling people of an event: see reportVisit. */
export type Telling =
  /** They were told, or there is nothing to tell. */
  | { readonly kind: 'over' }
  /** Another invocation is at it until `untilMs`. */
  | { readonly kind: 'under-way'; readonly untilMs: number }
  /** Nobody is at it, or whoever was has failed. */
  | { readonly kind: 'due' };

/** @param nowMs at its very end a lease is over. */
export function tellingOf({ notices, isTold, tellingUntilMs = 0 }: LoggedEvent, nowMs: number): Telling {
  if (isTold === true || notices.length === 0) return { kind: 'over' };
  return tellingUntilMs > nowMs ? { kind: 'under-way', untilMs: tellingUntilMs } : { kind: 'due' };
}

/** Takes an event of a log to oneself, to tell of it. It holds once it is written. */
export function leaseTelling(log: CareLog, event: CareEvent, nowMs: number): CareLog {
  return changeEvent(log, event, (one) => ({ ...one, tellingUntilMs: nowMs + TELLING_MS }));
}

/** Notes that people were told of an event: delivered again, it tells nobody. */
export function markTold(log: CareLog, event: CareEvent): CareLog {
  return changeEvent(log, event, ({ tellingUntilMs: _over, ...one }) => ({ ...one, isTold: true }));
}

function changeEvent(log: CareLog, event: CareEvent, change: (one: LoggedEvent) => LoggedEvent): CareLog {
  return { ...log, events: log.events.map((one) => (isSameEvent(one, event) ? change(one) : one)) };
}
