import { visitKey, type Visit } from '../../shared/household/visit.ts';
import { visitsOfLog, type CareLog } from './log.ts';

/** What has to be done in the table of visits, so that it has what a log now says in place of what it said. */
export interface VisitChanges {
  readonly puts: readonly Visit[];
  /** Visits whose keys no visit has any more. */
  readonly deletes: readonly Visit[];
}

export const NO_CHANGES: VisitChanges = { puts: [], deletes: [] };

/** @param next before anything is trimmed of it: what is trimmed stays in the table as it is. */
export function visitChanges(before: CareLog, next: CareLog): VisitChanges {
  const old = visitsByKey(before);
  const wanted = visitsByKey(next);
  return {
    puts: [...wanted].filter(([key, visit]) => !isSameVisit(old.get(key), visit)).map(([, visit]) => visit),
    deletes: [...old].filter(([key]) => !wanted.has(key)).map(([, visit]) => visit),
  };
}

function visitsByKey(log: CareLog): ReadonlyMap<string, Visit> {
  return new Map(visitsOfLog(log).map(({ visit }) => [visitKey(visit), visit]));
}

function isSameVisit(a: Visit | undefined, b: Visit): boolean {
  return a?.state === b.state && a.arrivedAtMs === b.arrivedAtMs && a.departedAtMs === b.departedAtMs;
}
