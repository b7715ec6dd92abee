import { startOf, type Visit } from '../../shared/household/visit.ts';

/** A carer has come, or gone. */
export interface Press {
  readonly timeMs: number;
  readonly kind: 'arrival' | 'departure';
  readonly carer: number;
}

export interface VisitRules {
  /** The same pressed again within this is one press. */
  readonly repeatMs: number;
  /** A visit that takes longer is one whose departure was forgotten. */
  readonly longestMs: number;
}

/** A visit and the presses that make it, repetitions too. */
export interface FoldedVisit<Own extends Press> {
  readonly visit: Visit;
  readonly presses: readonly Own[];
}

interface Folding<Own extends Press> {
  arrivedAtMs?: number;
  departedAtMs?: number;
  readonly presses: Own[];
}

/**
 * The visits that some presses make, from the earliest on. The order in which presses are given means nothing:
 * only their times count, so that a press that arrives late finds its place as if it had come in time.
 *
 * @param asOfMs a visit still open is not OPEN but NO_DEPARTURE where it has lasted too long by then.
 */
export function visitsOf<Own extends Press>(
  presses: readonly Own[],
  rules: VisitRules,
  asOfMs: number,
): readonly FoldedVisit<Own>[] {
  const byCarer = Map.groupBy(presses, ({ carer }) => carer);
  return [...byCarer.values()]
    .flatMap((own) => visitsOfCarer(own.toSorted(byTime), rules, asOfMs))
    .sort((a, b) => startOf(a.visit) - startOf(b.visit) || a.visit.carer - b.visit.carer);
}

function visitsOfCarer<Own extends Press>(
  presses: readonly Own[],
  { repeatMs, longestMs }: VisitRules,
  asOfMs: number,
): FoldedVisit<Own>[] {
  const visits: Folding<Own>[] = [];
  let last: Own | undefined;
  for (const press of presses) {
    const { kind, timeMs } = press;
    const current = visits.at(-1);
    const isRepeated = last?.kind === kind && timeMs - last.timeMs <= repeatMs;
    last = press;
    if (current !== undefined && isRepeated) {
      current.presses.push(press);
    } else if (kind === 'arrival') {
      visits.push({ arrivedAtMs: timeMs, presses: [press] });
    } else if (current !== undefined && isOpen(current) && timeMs - current.arrivedAtMs <= longestMs) {
      current.departedAtMs = timeMs;
      current.presses.push(press);
    } else {
      visits.push({ departedAtMs: timeMs, presses: [press] });
    }
  }
  const { carer = 0 } = presses[0] ?? {};
  return visits.map(({ presses: own, ...times }, index) => {
    const isLast = index === visits.length - 1;
    return { visit: { carer, ...times, state: stateOf(times, isLast, longestMs, asOfMs) }, presses: own };
  });
}

function isOpen<Times extends { arrivedAtMs?: number; departedAtMs?: number }>(
  times: Times,
): times is Times & { arrivedAtMs: number } {
  return times.arrivedAtMs !== undefined && times.departedAtMs === undefined;
}

function stateOf(
  times: { arrivedAtMs?: number; departedAtMs?: number },
  isLast: boolean,
  longestMs: number,
  asOfMs: number,
): Visit['state'] {
  if (isOpen(times)) return isLast && asOfMs <= times.arrivedAtMs + longestMs ? 'OPEN' : 'NO_DEPARTURE';
  return times.arrivedAtMs === undefined ? 'NO_ARRIVAL' : 'CLOSED';
}

/** At one instant somebody has come before they have gone. */
function byTime(a: Press, b: Press): number {
  return a.timeMs - b.timeMs || (a.kind === b.kind ? 0 : a.kind === 'arrival' ? -1 : 1);
}
