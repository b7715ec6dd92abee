import { startOf, type Visit } from '../../shared/household/visit.ts';
import { visitsOfLog, type CareLog, type LoggedPress } from './log.ts';
import type { Notice } from './notice.ts';
import { visitChanges, type VisitChanges } from './visit-changes.ts';
import { visitsOf, type FoldedVisit } from './visits.ts';

/** Sigfox tries a callback again for seven minutes: a departure that takes so long is not missing. */
export const GRACE_MS = 480_000;

/** What a look at the clock finds out about a home. */
export interface Found {
  readonly next: CareLog;
  readonly changes: VisitChanges;
  readonly notices: readonly Notice[];
}

/**
 * Finds the visits whose departure is missing by now and of which nobody was told.
 *
 * @returns undefined where there is none.
 */
export function findMissing(log: CareLog, nowMs: number): Found | undefined {
  const heardMs = nowMs - GRACE_MS;
  const looked = { ...log, asOfMs: Math.max(log.asOfMs, heardMs) };
  const missing = untoldMissing(looked).filter((visit) => isMissingSince(looked, visit, heardMs));
  const changes = visitChanges(log, looked);
  if (missing.length === 0 && changes.puts.length === 0) return undefined;
  const notices = missing.map((visit): Notice => ({
    kind: 'missing-departure',
    carer: visit.carer,
    atMs: startOf(visit),
  }));
  return { next: looked, changes, notices };
}

/** Notes that people were told of these missing departures. */
export function markMissingTold(log: CareLog, notices: readonly Notice[]): CareLog {
  const isTold = ({ carer, timeMs, kind }: LoggedPress): boolean =>
    kind === 'arrival' &&
    notices.some((one) => one.kind === 'missing-departure' && one.carer === carer && one.atMs === timeMs);
  const told = new Set<unknown>(visitsOfLog(log).flatMap(({ presses }) => presses.filter(isTold)));
  return {
    ...log,
    events: log.events.map((event) => (told.has(event) ? { ...event, missingTold: true } : event)),
  };
}

/**
 * When somebody has to look at the clock for this home again: at the end of the longest time of its open visits, at
 * once for what is missing already and was not told.
 *
 * @returns undefined where nothing can be missing.
 */
export function nextLookMs(log: CareLog): number | undefined {
  const open = visitsOfLog(log).filter(({ visit }) => visit.state === 'OPEN');
  const ends = open.map(({ visit }) => startOf(visit) + log.rules.longestMs + GRACE_MS);
  const times = untoldMissing(log).length > 0 ? [...ends, 0] : ends;
  return times.length === 0 ? undefined : Math.min(...times);
}

function untoldMissing(log: CareLog): readonly Visit[] {
  return visitsOfLog(log)
    .filter(isUntoldMissing)
    .map(({ visit }) => visit);
}

function isUntoldMissing({ visit, presses }: FoldedVisit<LoggedPress>): boolean {
  return visit.state === 'NO_DEPARTURE' && !presses.some(({ missingTold }) => missingTold === true);
}

/** Whether it was missing already by what had happened until then: later presses may not be all here yet. */
function isMissingSince(log: CareLog, visit: Visit, untilMs: number): boolean {
  const presses = visitsOfLog(log)
    .flatMap(({ presses: own }) => own)
    .filter(({ timeMs }) => timeMs <= untilMs);
  return visitsOf(presses, log.rules, untilMs).some(
    (then) =>
      then.visit.state === 'NO_DEPARTURE' &&
      then.visit.carer === visit.carer &&
      then.visit.arrivedAtMs === visit.arrivedAtMs,
  );
}
