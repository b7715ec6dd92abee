import { GlasshouseError } from '../../shared/errors.ts';
import type { Household } from '../../shared/household/household.ts';
import { RejectedInputError } from '../../shared/rejections.ts';
import { nextLookMs } from './find-missing.ts';
import type { HouseholdStore, StoredHousehold } from './household-store.ts';
import type { CareLog } from './log.ts';
import type { Notice } from './notice.ts';
import { NO_CHANGES, type VisitChanges } from './visit-changes.ts';

/** What the function works with. */
export interface VisitServices {
  readonly store: HouseholdStore;
  readonly tell: (notice: Notice, household: Household) => Promise<void>;
  readonly now: () => number;
  readonly pause: (ms: number) => Promise<void>;
  readonly count: (name: string) => void;
  /** Takes a line for the function's log of errors. */
  readonly logError: (line: Readonly<Record<string, unknown>>) => void;
}

/** So much happened in one home at once that this found no gap: try it later. */
export class HouseholdContendedError extends GlasshouseError {
  override readonly name = 'HouseholdContendedError' as const;
}

/** One wins every round. */
const MAX_ROUNDS = 20;

const PAUSE_MS = 10;

/**
 * Does `work` on a home as it stands, again while it gives undefined because something came between.
 *
 * @throws RejectedInputError HOUSEHOLD_UNKNOWN or HOUSEHOLD_UNUSABLE
 * @throws HouseholdContendedError HOUSEHOLD_CONTENDED (retryable)
 */
export async function inTurn<Result>(
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

/**
 * Writes into a log what changes no visit.
 *
 * @throws what inTurn throws.
 */
export async function note(
  name: string,
  services: VisitServices,
  change: (log: CareLog) => CareLog,
): Promise<void> {
  await inTurn(name, services, async (home) => {
    const noted = { next: change(home.log), changes: NO_CHANGES };
    return (await save(services.store, home, noted)) ? noted : undefined;
  });
}

/** @returns false when it has to be decided again. */
export function save(
  store: HouseholdStore,
  home: StoredHousehold,
  { next, changes }: { readonly next: CareLog; readonly changes: VisitChanges },
): Promise<boolean> {
  return store.save(home, { next, changes, lookAtMs: nextLookMs(next) });
}
