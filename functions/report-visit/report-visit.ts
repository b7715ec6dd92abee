import { GlasshouseError } from '../../shared/errors.ts';
import type { Household } from '../../shared/household/household.ts';
import { RejectedInputError } from '../../shared/rejections.ts';
import type { CareEvent } from './care-event.ts';
import { findMissing, markMissingTold, nextLookMs } from './find-missing.ts';
import type { HouseholdStore, StoredHousehold } from './household-store.ts';
import type { CareLog } from './log.ts';
import type { Notice } from './notice.ts';
import { markTold, takeEvent } from './take-event.ts';
import type { VisitChanges } from './visit-changes.ts';

export interface VisitServices {
  readonly store: HouseholdStore;
  readonly tell: (notice: Notice, household: Household) => Promise<void>;
  readonly now: () => number;
  readonly pause: (ms: number) => Promise<void>;
  readonly count: (name: string) => void;
}

/** So much happened in one home at once that this found no gap: try it later. */
export class HouseholdContendedError extends GlasshouseError {
  override readonly name = 'HouseholdContendedError' as const;
}

/** One wins every round. */
const MAX_ROUNDS = 20;

const PAUSE_MS = 10;

/**
 * Takes in what a button reports: into the log of its home and the visits that follow from it, then to the people
 * around it, then into the log that they were told. Delivered again it is stored no second time, and told a second
 * time only where the first failed before it was noted.
 *
 * @returns what was told.
 * @throws RejectedInputError BUTTON_UNKNOWN, HOUSEHOLD_UNKNOWN, HOUSEHOLD_UNUSABLE, EVENT_TOO_LATE or BUTTON_STUCK
 * @throws HouseholdContendedError (retryable)
 */
export async function reportVisit(event: CareEvent, services: VisitServices): Promise<readonly Notice[]> {
  const { store, tell, count } = services;
  const { device } = event;
  const name = await store.householdOf(device);
  if (name === undefined) {
    const message = `no home has the button ${device}: npx glasshouse sigfox button ${device} HOUSEHOLD --person NAME`;
    throw new RejectedInputError('BUTTON_UNKNOWN', message, 'device');
  }
  const notices = await inTurn(name, services, async (home) => {
    const taken = takeEvent(home.log, event, home.household);
    if (taken.kind === 'too-late') {
      const message = 'the event is older than what is known of its home: its place among the visits is gone';
      throw new RejectedInputError('EVENT_TOO_LATE', message, 'time');
    }
    if (taken.kind === 'stuck') {
      const message = 'one visit has more presses than anybody makes: is the button stuck?';
      throw new RejectedInputError('BUTTON_STUCK', message, 'device');
    }
    if (taken.kind === 'taken' && !(await save(store, home, taken))) return undefined;
    count(taken.kind === 'known' ? 'CareEventRepeated' : 'CareEventStored');
    for (const notice of taken.notices) await tell(notice, home.household);
    return taken.notices;
  });
  if (notices.length > 0) await note(name, services, (log) => markTold(log, event));
  return notices;
}

/**
 * Looks at the clock for every home that has to be looked at, and tells once of each departure that is missing.
 * One home that cannot be looked after keeps no other from it.
 *
 * @throws what the first such home failed with, once all others are done.
 */
export async function tellOfMissing(nowMs: number, services: VisitServices): Promise<readonly Notice[]> {
  const told: Notice[] = [];
  const failures: unknown[] = [];
  for await (const name of services.store.due(nowMs)) {
    try {
      told.push(...(await tellOfHome(name, nowMs, services)));
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return told;
}

/** What was told is noted after it: a look that fails in between tells it again. */
async function tellOfHome(name: string, nowMs: number, services: VisitServices): Promise<readonly Notice[]> {
  const { store, tell, count } = services;
  const notices = await inTurn(name, services, async (home) => {
    const found = findMissing(home.log, nowMs);
    if (found === undefined) return [];
    if (!(await save(store, home, found))) return undefined;
    for (const notice of found.notices) await tell(notice, home.household);
    return found.notices;
  });
  if (notices.length === 0) return [];
  await note(name, services, (log) => markMissingTold(log, notices));
  for (const _notice of notices) count('DepartureMissing');
  return notices;
}

/** Writes into a log what changes no visit. */
async function note(name: string, services: VisitServices, change: (log: CareLog) => CareLog): Promise<void> {
  await inTurn(name, services, async (home) => {
    const noted = { next: change(home.log), changes: { puts: [], deletes: [] } };
    return (await save(services.store, home, noted)) ? noted : undefined;
  });
}

function save(
  store: HouseholdStore,
  home: StoredHousehold,
  { next, changes }: { readonly next: CareLog; readonly changes: VisitChanges },
): Promise<boolean> {
  return store.save(home, { next, changes, lookAtMs: nextLookMs(next) });
}

/** Does `work` on a home as it stands, again while it gives undefined because something came between. */
async function inTurn<Result>(
  name: string,
  { store, pause }: VisitServices,
  work: (home: StoredHousehold) => Promise<Result | undefined>,
): Promise<Result> {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const home = await store.load(name);
    if (home === undefined) {
      throw new RejectedInputError('HOUSEHOLD_UNKNOWN', `there is no home ${name}`, 'household');
    }
    if (typeof home === 'string') {
      const message = `the settings of the home ${name} cannot be used: ${home}`;
      throw new RejectedInputError('HOUSEHOLD_UNUSABLE', message, home.split(':')[0]);
    }
    const result = await work(home);
    if (result !== undefined) return result;
    await pause(PAUSE_MS * (round + 1));
  }
  throw new HouseholdContendedError(`the home ${name} was written to ${MAX_ROUNDS} times meanwhile`, {
    code: 'HOUSEHOLD_CONTENDED',
    retryable: true,
    data: { household: name },
  });
}
