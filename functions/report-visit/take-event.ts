import type { Household } from '../../shared/household/household.ts';
import type { CareEvent } from './care-event.ts';
import {
  isPress,
  isSameEvent,
  KEEP_MS,
  rulesOf,
  trimLog,
  visitsOfLog,
  type CareLog,
  type LoggedEvent,
  type NoticeKind,
} from './log.ts';
import { localDay, type Notice } from './notice.ts';
import { leaseTelling, tellingOf } from './telling.ts';
import { NO_CHANGES, visitChanges, type VisitChanges } from './visit-changes.ts';

/** What comes of an event. */
export type Taken =
  /** It is new: `next` has it, leased for `notices` where there are any. */
  | {
      readonly kind: 'taken';
      readonly next: CareLog;
      readonly changes: VisitChanges;
      readonly notices: readonly Notice[];
    }
  /** It is in the log already, and whoever had to tell of it has failed: `next` has it leased anew. */
  | {
      readonly kind: 'untold';
      readonly next: CareLog;
      readonly changes: VisitChanges;
      readonly notices: readonly Notice[];
    }
  /** It is in the log already, and nothing is left to tell of it. */
  | { readonly kind: 'known' }
  /** It is in the log already, and another invocation tells of it until then. */
  | { readonly kind: 'being-told'; readonly untilMs: number }
  /** Its place in the log was removed already. */
  | { readonly kind: 'too-late' }
  /** One visit has more presses than a log may have. */
  | { readonly kind: 'stuck' };

/**
 * Decides what an event of a button does to the log of its home. The visits that come of it do not depend on the
 * order in which events come, nor on how often each comes; who is told of what does:
 *
 * - an arrival or departure is told once, not its repetitions, and not when a later press of the same carer is
 *   known already;
 * - a low battery is told once a day and button, by the home's own days.
 *
 * Nobody may tell of anything before `next` is written: it is what keeps others from telling it too.
 */
export function takeEvent(log: CareLog, event: CareEvent, household: Household, nowMs: number): Taken {
  const known = log.events.find((one) => isSameEvent(one, event));
  if (known !== undefined) return takeAgain(log, known, nowMs);
  const newestMs = Math.max(log.horizonMs, ...log.events.map(({ timeMs }) => timeMs));
  if (event.timeMs <= log.horizonMs || event.timeMs < newestMs - KEEP_MS) return { kind: 'too-late' };
  const withEvent = (notices: readonly NoticeKind[]): CareLog => ({
    ...log,
    rules: rulesOf(household),
    asOfMs: Math.max(log.asOfMs, event.timeMs),
    events: [...log.events, { ...event, notices }],
  });
  const notices = newsOf(withEvent([]), event, household);
  const whole = notices.length === 0 ? withEvent([]) : leaseTelling(withEvent(notices), event, nowMs);
  const next = trimLog(whole);
  if (next === undefined) return { kind: 'stuck' };
  return {
    kind: 'taken',
    next,
    changes: visitChanges(log, whole),
    notices: noticesOf({ ...event, notices }, whole),
  };
}

function takeAgain(log: CareLog, known: LoggedEvent, nowMs: number): Taken {
  const telling = tellingOf(known, nowMs);
  if (telling.kind === 'over') return { kind: 'known' };
  if (telling.kind === 'under-way') return { kind: 'being-told', untilMs: telling.untilMs };
  return {
    kind: 'untold',
    next: leaseTelling(log, known, nowMs),
    changes: NO_CHANGES,
    notices: noticesOf(known, log),
  };
}

function newsOf(log: CareLog, event: CareEvent, household: Household): readonly NoticeKind[] {
  const { kind, timeMs, carer } = event;
  const isOvertaken = log.events.some(
    (one) => isPress(one) && one.carer === carer && one.timeMs > timeMs && isPress(event),
  );
  const visits = visitsOfLog(log).map(({ visit }) => visit);
  const isFirst = visits.some(
    (visit) =>
      visit.carer === carer && (kind === 'arrival' ? visit.arrivedAtMs : visit.departedAtMs) === timeMs,
  );
  const news: NoticeKind[] = [];
  if (kind !== 'alive' && isFirst && !isOvertaken && !isTwin(log, event)) news.push(kind);
  if (isBatteryNews(log, event, household)) news.push('low-battery');
  return news;
}

/** Two buttons of a home may be pressed within one second: only one of them is told. */
function isTwin({ events }: CareLog, { kind, timeMs, carer, device }: CareEvent): boolean {
  return events.some(
    (one) => one.kind === kind && one.carer === carer && one.timeMs === timeMs && one.device !== device,
  );
}

function isBatteryNews(
  { events }: CareLog,
  { device, timeMs, batteryMillivolts = Infinity }: CareEvent,
  { lowBatteryMillivolts, timeZone }: Household,
): boolean {
  if (batteryMillivolts > lowBatteryMillivolts) return false;
  const day = localDay(timeMs, timeZone);
  const own = events.filter((one) => one.device === device);
  // An old voltage is no news after a newer one.
  if (own.some((one) => one.timeMs > timeMs && one.batteryMillivolts !== undefined)) return false;
  return !own.some((one) => one.notices.includes('low-battery') && localDay(one.timeMs, timeZone) === day);
}

/** What people are told of an event, with what is known now. */
function noticesOf(event: LoggedEvent, log: CareLog): readonly Notice[] {
  const { device, timeMs, carer, batteryMillivolts = 0 } = event;
  return event.notices.map((kind): Notice => {
    if (kind === 'low-battery') return { kind, device, atMs: timeMs, millivolts: batteryMillivolts };
    if (kind !== 'departure') return { kind, carer, atMs: timeMs };
    const closed = visitsOfLog(log).find(
      ({ visit }) => visit.carer === carer && visit.departedAtMs === timeMs,
    )?.visit;
    const { arrivedAtMs } = closed ?? {};
    return { kind, carer, atMs: timeMs, ...(arrivedAtMs === undefined ? {} : { arrivedAtMs }) };
  });
}
