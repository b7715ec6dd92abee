import { GlasshouseError } from '../../shared/errors.ts';
import { RejectedInputError } from '../../shared/rejections.ts';
import type { CareEvent } from './care-event.ts';
import { inTurn, note, save, type VisitServices } from './in-turn.ts';
import type { Notice } from './notice.ts';
import { takeEvent } from './take-event.ts';
import { markTold } from './telling.ts';

/** Another invocation is telling of the same event: try it later, in case that one fails. */
export class EventBeingToldError extends GlasshouseError {
  override readonly name = 'EventBeingToldError' as const;
}

/**
 * Takes in what a button reports: into the log of its home and the visits that follow from it, then to the people
 * around it, then into the log that they were told. Delivered again it is stored no second time, and told a second
 * time only where the first failed before it was noted. Two that come at once do not both tell: what is told is leased
 * by the conditional write that comes before it (HouseholdStore.save), and who finds the lease of another fails for
 * now, so that Lambda tries again and finds the event told, or takes the lease of one that has failed.
 *
 *     (no such event) ──(nothing to tell)──────────────────────────────▶ over
 *            │                                                             ▲
 *            └──(store it, with a lease)──▶ under way ──(told: note it)────┘
 *                                            ▲     │
 *                                (lease it anew)   (the lease runs out)
 *                                            │     ▼
 *                                              due
 *
 * @returns what was told.
 * @throws RejectedInputError BUTTON_UNKNOWN, HOUSEHOLD_UNKNOWN, HOUSEHOLD_UNUSABLE, EVENT_TOO_LATE or BUTTON_STUCK
 * @throws HouseholdContendedError HOUSEHOLD_CONTENDED (retryable)
 * @throws EventBeingToldError EVENT_BEING_TOLD (retryable)
 */
export async function reportVisit(event: CareEvent, services: VisitServices): Promise<readonly Notice[]> {
  const { store, tell, count, now } = services;
  const { device } = event;
  const name = await store.householdOf(device);
  if (name === undefined) {
    const message = `no home has the button ${device}: npx glasshouse sigfox button ${device} HOUSEHOLD --person NAME`;
    throw new RejectedInputError('BUTTON_UNKNOWN', message, 'device');
  }
  const notices = await inTurn(name, services, async (home) => {
    const taken = takeEvent(home.log, event, home.household, now());
    if (taken.kind === 'too-late') {
      const message = 'the event is older than what is known of its home: its place among the visits is gone';
      throw new RejectedInputError('EVENT_TOO_LATE', message, 'time');
    }
    if (taken.kind === 'stuck') {
      const message = 'one visit has more presses than anybody makes: is the button stuck?';
      throw new RejectedInputError('BUTTON_STUCK', message, 'device');
    }
    if (taken.kind === 'being-told') throw beingTold(device, name, taken.untilMs);
    if (taken.kind !== 'known' && !(await save(store, home, taken))) return undefined;
    count(taken.kind === 'taken' ? 'CareEventStored' : 'CareEventRepeated');
    if (taken.kind === 'known') return [];
    for (const notice of taken.notices) await tell(notice, home.household);
    return taken.notices;
  });
  if (notices.length > 0) await note(name, services, (log) => markTold(log, event));
  return notices;
}

function beingTold(device: string, household: string, untilMs: number): EventBeingToldError {
  const until = new Date(untilMs).toISOString();
  return new EventBeingToldError(
    `this event of the button ${device} is being told by another invocation, at most until ${until}: try it again after that`,
    { code: 'EVENT_BEING_TOLD', retryable: true, data: { device, household, untilMs } },
  );
}
