import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { createAdjustableClock, type AdjustableClock } from '../../../local/clock/index.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

let machine: ManualClock;
let clock: AdjustableClock;
let startMs: number;
/** What has happened, each with the time since the start at which it did. */
let events: [what: string, atMs: number][];
beforeEach(() => {
  machine = new ManualClock();
  clock = createAdjustableClock(machine);
  startMs = clock.now();
  events = [];
});

function note(what: string, delayMs: number) {
  return clock.schedule(delayMs, () => events.push([what, clock.now() - startMs]));
}

test('It says the time of the machine until it is told otherwise.', () => {
  machine.advance(1_234);
  expect(clock.now()).toBe(machine.now());
  expect(clock.read()).toEqual({ nowMs: machine.now(), offsetMs: 0, speed: 1 });
});

test('A timer fires when it is due, and a cancelled one does not.', () => {
  note('kept', 100);
  const cancelled = note('cancelled', 50);
  cancelled.cancel();
  machine.advance(99);
  expect(events).toEqual([]);
  machine.advance(1);
  expect(events).toEqual([['kept', 100]]);
  cancelled.cancel();
});

test('Advancing fires what falls due on the way, in order and each at its own instant; then time goes on.', async () => {
  note('c', 3 * MINUTE_MS);
  note('a', MINUTE_MS);
  note('later', HOUR_MS);
  note('b', 2 * MINUTE_MS);
  note('b too', 2 * MINUTE_MS);
  expect(await clock.advance(5 * MINUTE_MS)).toBe(4);
  expect(events).toEqual([
    ['a', MINUTE_MS],
    ['b', 2 * MINUTE_MS],
    ['b too', 2 * MINUTE_MS],
    ['c', 3 * MINUTE_MS],
  ]);
  expect(clock.now() - startMs).toBe(5 * MINUTE_MS);
  machine.advance(1_000);
  expect(clock.now() - startMs).toBe(5 * MINUTE_MS + 1_000);
  machine.advance(55 * MINUTE_MS - 1_000);
  expect(events.at(-1)).toEqual(['later', HOUR_MS]);
});

test('A timer that is set on the way, by a timer or by what it set off, fires on the same way.', async () => {
  const tick = (): void => {
    events.push(['tick', clock.now() - startMs]);
    clock.schedule(20 * MINUTE_MS, tick);
  };
  clock.schedule(20 * MINUTE_MS, tick);
  let isOpen = true;
  await clock.advance(HOUR_MS, async () => {
    if (events.length === 1 && isOpen) {
      isOpen = false;
      note('set off', 5 * MINUTE_MS);
    }
  });
  expect(events.map(([what, atMs]) => [what, atMs / MINUTE_MS])).toEqual([
    ['tick', 20],
    ['set off', 25],
    ['tick', 40],
    ['tick', 60],
  ]);
});

test('Each step waits until what it set off has come to rest, and time stands still meanwhile.', async () => {
  const log: string[] = [];
  note('first', 1_000);
  note('second', 2_000);
  await clock.advance(3_000, async () => {
    const before = clock.now();
    machine.advance(10_000);
    await Promise.resolve();
    log.push(`${events.length} fired at ${clock.now() - startMs}`);
    expect(clock.now()).toBe(before);
  });
  expect(log).toEqual(['0 fired at 0', '1 fired at 1000', '2 fired at 2000']);
  expect(clock.now() - startMs).toBe(3_000);
});

test('Advances that are asked for at once happen one after the other.', async () => {
  await Promise.all([clock.advance(1_000), clock.advance(2_000), clock.advance(3_000)]);
  expect(clock.now() - startMs).toBe(6_000);
});

test('A timer that throws ends its advance where it is; the clock goes on.', async () => {
  clock.schedule(1_000, () => {
    throw new Error('on purpose');
  });
  note('after', 2_000);
  await expect(clock.advance(5_000)).rejects.toThrow('on purpose');
  expect(clock.now() - startMs).toBe(1_000);
  machine.advance(1_000);
  expect(events).toEqual([['after', 2_000]]);
  expect(await clock.advance(1_000)).toBe(0);
});

test('A timer that sets itself again at once does not hold up the rest.', () => {
  let turns = 0;
  const again = (): void => {
    turns += 1;
    if (turns < 5) clock.schedule(0, again);
  };
  clock.schedule(0, again);
  note('other', 1);
  machine.advance(1);
  expect(events).toEqual([['other', 1]]);
  expect(turns).toBe(5);
});

test('At a speed of 60 an hour takes a minute, for timers that are set as well; at 0 time stands still.', () => {
  note('half', HOUR_MS / 2);
  note('whole', HOUR_MS);
  clock.setSpeed(60);
  machine.advance(MINUTE_MS / 2);
  expect(events).toEqual([['half', HOUR_MS / 2]]);
  clock.setSpeed(0);
  machine.advance(HOUR_MS);
  expect(clock.read()).toMatchObject({ nowMs: startMs + HOUR_MS / 2, speed: 0 });
  clock.setSpeed(60);
  machine.advance(MINUTE_MS / 2);
  expect(events.at(-1)).toEqual(['whole', HOUR_MS]);
});

test('A speed that is set while the clock advances holds from the end of the advance.', async () => {
  clock.schedule(1_000, () => clock.setSpeed(10));
  await clock.advance(2_000);
  machine.advance(100);
  expect(clock.now() - startMs).toBe(3_000);
});

test('It loses nothing by changes of its speed.', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 5_000 }))),
      (steps) => {
        const own = new ManualClock();
        const tested = createAdjustableClock(own);
        let expected = tested.now();
        for (const [speed, realMs] of steps) {
          tested.setSpeed(speed / 4);
          own.advance(realMs);
          expected += (realMs * speed) / 4;
        }
        expect(tested.now()).toBe(Math.floor(expected));
      },
    ),
  );
});

test('Whatever is set and cancelled, timers fire in the order of their time, never early and none is forgotten.', async () => {
  const timer = fc.record({
    delayMs: fc.integer({ min: 0, max: 10_000 }),
    isCancelled: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(timer, { maxLength: 60 }),
      // What is due at once fires when time first moves.
      fc.array(fc.integer({ min: 0, max: 4_000 }), { minLength: 1, maxLength: 6 }),
      async (timers, ways) => {
        const own = new ManualClock();
        const tested = createAdjustableClock(own);
        const from = tested.now();
        const fired: number[] = [];
        const set = timers.map(({ delayMs }) =>
          tested.schedule(delayMs, () => {
            expect(tested.now() - from).toBe(delayMs);
            fired.push(delayMs);
          }),
        );
        timers.forEach(({ isCancelled }, at) => {
          if (isCancelled) set[at]?.cancel();
        });
        for (const [at, ms] of ways.entries()) {
          if (at % 2 === 0) await tested.advance(ms);
          else own.advance(ms);
        }
        const endMs = tested.now() - from;
        const due = timers.filter(({ isCancelled, delayMs }) => !isCancelled && delayMs <= endMs);
        expect(fired).toEqual(due.map(({ delayMs }) => delayMs).sort((a, b) => a - b));
      },
    ),
  );
});

test('What is overdue after a sleep of the machine fires within a minute.', () => {
  // A sleeping machine's timers do not count: the clock has moved on by two hours, its timers by none.
  let asleepMs = 0;
  const sleepy = {
    now: () => machine.now() + asleepMs,
    schedule: machine.schedule.bind(machine),
  };
  const tested = createAdjustableClock(sleepy);
  let hasFired = false;
  tested.schedule(HOUR_MS, () => (hasFired = true));
  asleepMs = 2 * HOUR_MS;
  machine.advance(MINUTE_MS);
  expect(hasFired).toBe(true);
});

test.each([
  ['back', -1, /time does not go back/],
  ['further than a year', 367 * 24 * HOUR_MS, /at most 366 days at once/],
  ['by what is no number', Number.NaN, /is no time/],
])('It does not go %s.', async (_what, ms, message) => {
  await expect(clock.advance(ms)).rejects.toThrow(message);
  expect(clock.now()).toBe(startMs);
});

test.each([-1, 10_001, Number.NaN, Number.POSITIVE_INFINITY])('%d is no speed.', (speed) => {
  expect(() => clock.setSpeed(speed)).toThrow(/a speed is a number from 0 to 10000/);
});

test('It goes to an instant, and not behind the end of its calendar.', async () => {
  const target = Date.UTC(2027, 0, 1);
  await clock.advanceTo(target);
  expect(clock.now()).toBe(target);
  await expect(clock.advanceTo(Date.UTC(12_000, 0, 1))).rejects.toThrow(/end of the year 9999/);
});
