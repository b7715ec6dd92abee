import type { Household } from '../../shared/household/household.ts';
import type { CareEvent } from './care-event.ts';
import { visitsOf, type FoldedVisit, type Press, type VisitRules } from './visits.ts';

export const NOTICE_KINDS = ['arrival', 'departure', 'low-battery', 'missing-departure'] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** An event as a home's log has it. */
export interface LoggedEvent extends CareEvent {
  /** What people are told of it, decided when it came in. */
  readonly notices: readonly NoticeKind[];
  /** They were: the same event delivered again tells nobody. */
  readonly isTold?: true;
  /** Until then it is told by the one invocation that wrote this, and by no other. */
  readonly tellingUntilMs?: number;
  /** Of an arrival: people were told that no departure followed. */
  readonly missingTold?: true;
}

/** The last events of a home, from which its visits follow. */
export interface CareLog {
  /** In no order that means anything. */
  readonly events: readonly LoggedEvent[];
  /** Events up to here were removed: whether one that comes now is among them cannot be told any more. */
  readonly horizonMs: number;
  /** The latest time that is known to have come: that of an event, or of a look at the clock. */
  readonly asOfMs: number;
  /** How the visits in the table were made of the events: the settings may have changed since. */
  readonly rules: VisitRules;
}

/** Events that are kept: at four visits a day, a week of them. */
export const MAX_EVENTS = 48;

/** How long what is over is kept: what comes later than this has no place any more. */
export const KEEP_MS = 72 * 3_600_000;

const MINUTE_MS = 60_000;

export function rulesOf({ repeatMinutes, longestVisitMinutes }: Household): VisitRules {
  return { repeatMs: repeatMinutes * MINUTE_MS, longestMs: longestVisitMinutes * MINUTE_MS };
}

export function emptyLog(household: Household): CareLog {
  return { events: [], horizonMs: 0, asOfMs: 0, rules: rulesOf(household) };
}

export type LoggedPress = LoggedEvent & Press;

export function isPress<Event extends CareEvent>(event: Event): event is Event & Press {
  return event.kind !== 'alive';
}

/** The visits of a log, each with its events. */
export function visitsOfLog({ events, rules, asOfMs }: CareLog): readonly FoldedVisit<LoggedPress>[] {
  return visitsOf(events.filter(isPress), rules, asOfMs);
}

/** Whether two are the same message of the same device. */
export function isSameEvent(a: CareEvent, b: CareEvent): boolean {
  return a.device === b.device && a.timeMs === b.timeMs && a.seqNumber === b.seqNumber;
}

/**
 * The log without what is over: whole visits at a time, the oldest first, so that the visits that are left do not
 * change by it.
 *
 * @returns undefined when the newest visit alone has more events than a log may have.
 */
export function trimLog(log: CareLog): CareLog | undefined {
  const { longestMs } = log.rules;
  const newestMs = Math.max(...log.events.map(({ timeMs }) => timeMs));
  const visits = visitsOfLog(log).map(({ presses }): readonly LoggedEvent[] => presses);
  const others = log.events.filter((event) => !isPress(event)).map((event) => [event]);
  const groups = [...visits, ...others].toSorted((a, b) => endOf(a) - endOf(b));
  let { horizonMs } = log;
  let left = log.events.length;
  const gone = new Set<LoggedEvent>();
  for (const group of groups) {
    // A visit can still change for as long as it may last after the last that is heard of it.
    if (endOf(group) + longestMs >= newestMs - KEEP_MS && left <= MAX_EVENTS) break;
    for (const event of group) gone.add(event);
    left -= group.length;
    horizonMs = Math.max(horizonMs, endOf(group));
  }
  if (left === 0) return undefined;
  return gone.size === 0
    ? log
    : { ...log, horizonMs, events: log.events.filter((event) => !gone.has(event)) };
}

function endOf(group: readonly LoggedEvent[]): number {
  return Math.max(...group.map(({ timeMs }) => timeMs));
}
