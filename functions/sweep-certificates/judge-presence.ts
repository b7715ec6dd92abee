import { latestSeenMs } from '../../shared/device-registry/presence.ts';

const DAY_MS = 24 * 3_600_000;

/** What is known of a device, all in milliseconds since the epoch. */
export interface Sightings {
  /** By its item. */
  readonly lastSeenMs?: number | undefined;
  /** People have been told that nobody has seen it since then. */
  readonly unseenSinceMs?: number | undefined;
  /** Its newest lifecycle event, or this moment when it is connected. */
  readonly presenceMs?: number | undefined;
  /** When it was activated: one that has never come is missed from then on. */
  readonly activeSinceMs: number;
}

export type PresenceVerdict =
  | { readonly kind: 'nothing' }
  /** Its item is behind. */
  | { readonly kind: 'seen'; readonly atMs: number }
  /** People are told that nobody has seen it since then. */
  | { readonly kind: 'unseen'; readonly sinceMs: number }
  /** People are told that it is back. */
  | { readonly kind: 'back'; readonly atMs: number };

/**
 * Decides what is to be said of a device:
 *
 *     seen ──(not for `unseenDays`)──▶ unseen, told once ──(seen after that)──▶ back, told once ──▶ as seen
 *
 * @param unseenDays 0: nobody is missed, and who was is still told to be back
 */
export function judgePresence(sightings: Sightings, unseenDays: number, nowMs: number): PresenceVerdict {
  const { lastSeenMs, unseenSinceMs, presenceMs, activeSinceMs } = sightings;
  // A clock there may be ahead of the clock here; nobody was here in the future.
  const seenMs = latestSeenMs(lastSeenMs, presenceMs === undefined ? undefined : Math.min(presenceMs, nowMs));
  if (unseenSinceMs !== undefined) {
    return seenMs !== undefined && seenMs > unseenSinceMs
      ? { kind: 'back', atMs: seenMs }
      : { kind: 'nothing' };
  }
  const sinceMs = latestSeenMs(seenMs, activeSinceMs) ?? activeSinceMs;
  if (unseenDays > 0 && nowMs - sinceMs > unseenDays * DAY_MS) return { kind: 'unseen', sinceMs };
  return seenMs !== undefined && seenMs !== lastSeenMs ? { kind: 'seen', atMs: seenMs } : { kind: 'nothing' };
}
