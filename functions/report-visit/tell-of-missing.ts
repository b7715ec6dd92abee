import { errorText, GlasshouseError } from '../../shared/errors.ts';
import { findMissing, markMissingTold } from './find-missing.ts';
import { inTurn, note, save, type VisitServices } from './in-turn.ts';
import type { Notice } from './notice.ts';

/**
 * Looks at the clock for every home that has to be looked at, and tells once of each departure that is missing.
 * One home that cannot be looked after keeps no other from it: each is logged with its name and counted as
 * `HomeNotLookedAfter`.
 *
 * @throws what the first home failed with of which another try may do better, once all others are done. What only
 *   people can mend (settings or a log that cannot be used) is not thrown: the run of the schedule is not to blame,
 *   and would end in a queue each quarter of an hour.
 */
export async function tellOfMissing(nowMs: number, services: VisitServices): Promise<readonly Notice[]> {
  const told: Notice[] = [];
  const failures: unknown[] = [];
  for await (const name of services.store.due(nowMs)) {
    try {
      told.push(...(await tellOfHome(name, nowMs, services)));
    } catch (error) {
      services.count('HomeNotLookedAfter');
      services.logError(describeFailure(name, error));
      if (mayPass(error)) failures.push(error);
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

/** Errors that are none of the house (a service that is away, say) are taken for bad luck. */
function mayPass(error: unknown): boolean {
  return !(error instanceof GlasshouseError) || error.retryable;
}

function describeFailure(household: string, error: unknown): Readonly<Record<string, unknown>> {
  const known = error instanceof GlasshouseError ? { code: error.code } : {};
  const name = error instanceof Error ? { error: error.name } : {};
  const detail = errorText(error);
  return {
    message: 'a home could not be looked after',
    household,
    ...name,
    ...known,
    retryable: mayPass(error),
    detail,
  };
}
