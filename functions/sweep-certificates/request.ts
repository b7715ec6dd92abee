import { parseEventTime } from '../../shared/event-time.ts';
import { RejectedInputError } from '../../shared/rejections.ts';

/**
 * What the function is invoked for:
 *
 * - `sweep`: the daily schedule. `runId` is the time of the event, so that the same event again is the same sweep;
 * - `recheck`: somebody has changed the allow-list, and those who wait for it are not to wait until the night;
 * - `continue`: the other schedule. It goes on with what ran out of time, and begins nothing.
 */
export type SweepRequest = { readonly kind: RunKind; readonly runId: string } | { readonly kind: 'continue' };

/** What can be under way at a time, one of each. */
export type RunKind = 'sweep' | 'recheck';

/**
 * Reads EventBridge's scheduled event, `{"continue": true}`, or `{"recheck": true}`.
 *
 * @param requestId Lambda's: it names a re-check, and is the same when Lambda tries one again
 * @throws RejectedInputError EVENT_UNUSABLE
 */
export function parseSweepRequest(event: unknown, requestId: string): SweepRequest {
  if (typeof event === 'object' && event !== null) {
    if ('recheck' in event && event.recheck === true) return { kind: 'recheck', runId: requestId };
    if ('continue' in event && event.continue === true) return { kind: 'continue' };
    const isScheduled = 'source' in event && event.source === 'aws.events' && 'time' in event;
    const atMs = isScheduled ? parseEventTime(event.time) : undefined;
    if (atMs !== undefined) return { kind: 'sweep', runId: new Date(atMs).toISOString() };
  }
  throw new RejectedInputError(
    'EVENT_UNUSABLE',
    'the event is none of EventBridge\'s schedule, {"recheck": true} and {"continue": true}',
  );
}
