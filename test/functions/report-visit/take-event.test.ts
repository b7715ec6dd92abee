import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CareEvent } from '../../../functions/report-visit/care-event.ts';
import { emptyLog, KEEP_MS, MAX_EVENTS, rulesOf, type CareLog } from '../../../functions/report-visit/log.ts';
import { takeEvent, type Taken } from '../../../functions/report-visit/take-event.ts';
import { markTold, TELLING_MS } from '../../../functions/report-visit/telling.ts';
import type { VisitChanges } from '../../../functions/report-visit/visit-changes.ts';
import { visitsOf } from '../../../functions/report-visit/visits.ts';
import { isPress } from '../../../functions/report-visit/log.ts';
import { visitKey, type Visit } from '../../../shared/household/visit.ts';
import { careEvent, DURAND, HOUR_MS, MINUTE_MS, T0 } from './support.ts';

const PARAMETERS = { numRuns: 300 };

/** A home that takes events, and the table of its visits. */
function home() {
  let log: CareLog = emptyLog(DURAND);
  const table = new Map<string, Visit>();
  const apply = ({ puts, deletes }: VisitChanges): void => {
    for (const visit of deletes) table.delete(visitKey(visit));
    for (const visit of puts) table.set(visitKey(visit), visit);
  };
  return {
    table,
    log: () => log,
    take(event: CareEvent, nowMs = T0): Taken {
      const taken = takeEvent(log, event, DURAND, nowMs);
      if ('next' in taken) {
        apply(taken.changes);
        ({ next: log } = taken);
      }
      return taken;
    },
  };
}

const toldBy = (taken: Taken): string[] =>
  'notices' in taken ? taken.notices.map(({ kind }) => kind) : [taken.kind];

/** Takes events in their order; says what each told. */
function tell(...events: CareEvent[]): string[][] {
  const own = home();
  return events.map((event) => toldBy(own.take(event)));
}

test('An arrival and a departure are told, the departure with its visit; repetitions are not.', () => {
  const own = home();
  const told = [
    careEvent(0, 'arrival'),
    careEvent(1, 'arrival'),
    careEvent(45, 'departure'),
    careEvent(46, 'departure'),
  ].map((event) => {
    const taken = own.take(event);
    return taken.kind === 'taken' ? taken.notices : taken;
  });
  expect(told).toEqual([
    [{ kind: 'arrival', carer: 1, atMs: T0 }],
    [],
    [{ kind: 'departure', carer: 1, atMs: T0 + 45 * MINUTE_MS, arrivedAtMs: T0 }],
    [],
  ]);
  expect([...own.table.values()]).toEqual([
    { carer: 1, state: 'CLOSED', arrivedAtMs: T0, departedAtMs: T0 + 45 * MINUTE_MS },
  ]);
});

test('What comes after something later of the same carer finds its place, and nobody is told.', () => {
  const own = home();
  expect(toldBy(own.take(careEvent(45, 'departure')))).toEqual(['departure']);
  expect([...own.table.values()]).toMatchObject([{ state: 'NO_ARRIVAL' }]);
  expect(toldBy(own.take(careEvent(0, 'arrival')))).toEqual([]);
  expect([...own.table.values()]).toMatchObject([{ state: 'CLOSED', arrivedAtMs: T0 }]);
  // Of another carer it is news.
  expect(toldBy(own.take(careEvent(5, 'arrival', { carer: 2 })))).toEqual(['arrival']);
});

test('Two buttons that are pressed within one second tell once.', () => {
  expect(tell(careEvent(0, 'arrival'), careEvent(0, 'arrival', { device: 'B0771' }))).toEqual([
    ['arrival'],
    [],
  ]);
});

test('A low battery is told once a day and button, by the days of the home.', () => {
  const low = (minute: number, more: Partial<CareEvent> = {}) =>
    careEvent(minute, 'alive', { batteryMillivolts: 4_400, ...more });
  // The day of Paris ends at 23:00 UTC, fifteen hours after T0.
  expect(
    tell(
      careEvent(0, 'alive', { batteryMillivolts: 4_425 }),
      low(1),
      low(2),
      low(3, { device: 'B0771' }),
      careEvent(4, 'arrival', { batteryMillivolts: 4_000 }),
      low(15 * 60 - 1),
      low(15 * 60),
      careEvent(15 * 60 + 1, 'alive'),
    ),
  ).toEqual([[], ['low-battery'], [], ['low-battery'], ['arrival'], [], ['low-battery'], []]);
  // An old voltage after a newer one is no news.
  expect(tell(careEvent(10, 'alive', { batteryMillivolts: 6_000 }), low(1))).toEqual([[], []]);
});

test('The same message again is told by nobody while it is being told, again once that has failed, and never after.', () => {
  const own = home();
  const arrival = careEvent(0, 'arrival', { batteryMillivolts: 4_000 });
  const first = own.take(arrival);
  own.take(careEvent(30, 'departure'));
  const before = own.log();
  const untilMs = T0 + TELLING_MS;
  expect(own.take(arrival, untilMs - 1)).toEqual({ kind: 'being-told', untilMs });
  expect(own.log()).toBe(before);
  const again = own.take(arrival, untilMs);
  expect(again).toMatchObject({
    kind: 'untold',
    changes: { puts: [], deletes: [] },
    notices: 'notices' in first ? first.notices : [],
  });
  expect(own.take(arrival, untilMs + TELLING_MS - 1)).toEqual({
    kind: 'being-told',
    untilMs: untilMs + TELLING_MS,
  });
  const told = markTold(own.log(), arrival);
  expect(takeEvent(told, arrival, DURAND, untilMs)).toEqual({ kind: 'known' });
  expect(told.events[0]).not.toHaveProperty('tellingUntilMs');
});

test('What nobody is told of is leased to nobody.', () => {
  const own = home();
  const alive = careEvent(0, 'alive');
  own.take(alive);
  expect(own.log().events[0]).not.toHaveProperty('tellingUntilMs');
  expect(own.take(alive)).toEqual({ kind: 'known' });
});

test('What comes after three days has no place any more; what is over by then is removed from the log.', () => {
  const own = home();
  own.take(careEvent(0, 'arrival'));
  own.take(careEvent(30, 'departure'));
  own.take(careEvent(31, 'alive'));
  const later = KEEP_MS / MINUTE_MS + 480 + 32;
  own.take(careEvent(later, 'alive'));
  expect(own.log().events).toHaveLength(1);
  expect(own.table.size).toBe(1);
  expect(own.take(careEvent(31, 'arrival')).kind).toBe('too-late');
  expect(own.take(careEvent(later - 1, 'arrival')).kind).toBe('taken');
});

test('A log is bounded: old visits leave it, and a button that is stuck is told so.', () => {
  const own = home();
  for (let minute = 0; minute < MAX_EVENTS; minute += 1) own.take(careEvent(minute, 'arrival'));
  expect(own.take(careEvent(MAX_EVENTS, 'arrival')).kind).toBe('stuck');
  // Another visit lets the first one leave.
  expect(own.take(careEvent(200, 'arrival')).kind).toBe('taken');
  expect(own.log().events).toHaveLength(1);
  expect([...own.table.values()]).toMatchObject([{ state: 'NO_DEPARTURE' }, { state: 'OPEN' }]);
});

test('Other settings make other visits of what is in the log.', () => {
  const own = home();
  own.take(careEvent(0, 'arrival'));
  own.take(careEvent(30, 'arrival'));
  expect(own.table.size).toBe(2);
  const taken = takeEvent(own.log(), careEvent(40, 'alive'), { ...DURAND, repeatMinutes: 30 }, T0);
  expect(taken).toMatchObject({
    changes: { puts: [{ arrivedAtMs: T0, state: 'OPEN' }], deletes: [{ arrivedAtMs: T0 + 30 * MINUTE_MS }] },
  });
});

const events = (days: number): fc.Arbitrary<CareEvent[]> =>
  fc.uniqueArray(
    fc.record({
      device: fc.constantFrom('B0770', 'B0771'),
      timeMs: fc.integer({ min: 0, max: days * 24 * 12 }).map((five) => T0 + five * 5 * MINUTE_MS),
      seqNumber: fc.integer({ min: 0, max: 4_095 }),
      kind: fc.constantFrom('arrival', 'departure', 'alive'),
      carer: fc.integer({ min: 0, max: 2 }),
      batteryMillivolts: fc.constantFrom(4_000, 6_000),
    }),
    {
      maxLength: MAX_EVENTS,
      selector: ({ device, timeMs, seqNumber }) => `${device} ${timeMs} ${seqNumber}`,
    },
  );

/** The table that events make when each comes once and in time. */
function tableOf(taken: readonly CareEvent[]): Visit[] {
  const asOfMs = Math.max(...taken.map(({ timeMs }) => timeMs));
  return visitsOf(taken.filter(isPress), rulesOf(DURAND), asOfMs).map(({ visit }) => visit);
}

const sortedTable = (table: ReadonlyMap<string, Visit>): Visit[] =>
  [...table].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, visit]) => visit);

test('In whatever order events come, and however often, the table has the visits that they make.', () => {
  fc.assert(
    fc.property(events(2), fc.infiniteStream(fc.nat()), (all, dice) => {
      const own = home();
      const order = [...all, ...all.filter(() => (dice.next().value ?? 0) % 3 === 0)]
        .map((event) => ({ event, at: dice.next().value ?? 0 }))
        .sort((a, b) => a.at - b.at);
      for (const { event } of order) expect(['taken', 'known', 'being-told']).toContain(own.take(event).kind);
      expect(sortedTable(own.table)).toEqual(all.length === 0 ? [] : tableOf(all));
    }),
    PARAMETERS,
  );
});

test('Over many days, what is refused is old, and the table has the visits of all that was taken.', () => {
  fc.assert(
    fc.property(events(14), (all) => {
      const own = home();
      const taken: CareEvent[] = [];
      for (const event of all) {
        const newestMs = Math.max(0, ...taken.map(({ timeMs }) => timeMs));
        const { kind } = own.take(event);
        if (kind === 'taken') taken.push(event);
        else expect(event.timeMs).toBeLessThan(newestMs - KEEP_MS);
      }
      expect(sortedTable(own.table)).toEqual(taken.length === 0 ? [] : tableOf(taken));
      // What is left can still change: nothing that is over for good is kept.
      const newestMs = Math.max(...taken.map(({ timeMs }) => timeMs));
      const least = newestMs - KEEP_MS - 2 * DURAND.longestVisitMinutes * MINUTE_MS - 2 * HOUR_MS;
      expect(own.log().events.every(({ timeMs }) => timeMs >= least)).toBe(true);
    }),
    PARAMETERS,
  );
});

test('In their own order, each arrival and each departure of a visit is told once, and nothing else.', () => {
  fc.assert(
    fc.property(events(2), (all) => {
      const own = home();
      const presses = all
        .filter(isPress)
        .map((event) => ({ ...event, device: 'B0770', batteryMillivolts: 6_000 }))
        .toSorted((a, b) => a.timeMs - b.timeMs);
      // A button sends one message at a time.
      const single = presses.filter(({ timeMs }, index) => presses[index - 1]?.timeMs !== timeMs);
      const told = single.flatMap((event) => toldBy(own.take(event)));
      const visits = [...own.table.values()];
      const arrivals = visits.filter(({ arrivedAtMs }) => arrivedAtMs !== undefined).length;
      const departures = visits.filter(({ departedAtMs }) => departedAtMs !== undefined).length;
      expect(told.filter((kind) => kind === 'arrival')).toHaveLength(arrivals);
      expect(told.filter((kind) => kind === 'departure')).toHaveLength(departures);
      expect(told).toHaveLength(arrivals + departures);
    }),
    PARAMETERS,
  );
});
