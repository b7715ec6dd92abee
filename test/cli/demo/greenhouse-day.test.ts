import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  DAY_MINUTES,
  lightAt,
  minuteOf,
  PROBES,
  readingAt,
  timeOf,
  TRIALS,
  windAt,
} from '../../../cli/demo/greenhouse/day.ts';
import { nextMidsummer } from '../../../cli/demo/greenhouse/demo.ts';
import { faultOf, judge, neededAt } from '../../../cli/demo/greenhouse/judge.ts';
import type { Order } from '../../../cli/demo/greenhouse/record.ts';
import { dayLines, jsonLines, summaryLines } from '../../../cli/demo/greenhouse/report.ts';
import { Output } from '../../../cli/terminal.ts';

test.each([
  ['02:00', 0],
  ['05:10', 10_000],
  ['06:40', 36_500],
  ['06:50', 33_500],
  ['12:00', 15_000],
  ['15:00', 35_000],
  ['22:00', 40_000],
] as const)('At %s the light is about %d lux.', (time, lux) => {
  expect(Math.abs(lightAt(minuteOf(time)) - lux)).toBeLessThanOrEqual(lux / 100);
});

test('The haze stays between the thresholds, or above both, by a minute’s light and by any probe’s.', () => {
  for (let minute = minuteOf('06:30'); minute < minuteOf('08:30'); minute += 1) {
    expect(lightAt(minute)).toBeGreaterThan(30_000);
    expect(Math.abs(lightAt(minute) - 35_000)).toBeGreaterThan(1_000);
  }
});

test('The probes take turns, fall silent after one bright reading, and one is blinded.', () => {
  const day = Array.from({ length: DAY_MINUTES }, (_, minute) => readingAt(minute));
  expect(day.slice(0, 6).map((reading) => reading?.device)).toEqual([...PROBES, ...PROBES]);
  const [silentFrom, silentTo] = [minuteOf('05:00'), minuteOf('05:25')];
  expect(day[silentFrom]?.lux).toBe(36_000);
  expect(day.slice(silentFrom + 1, silentTo).every((reading) => reading === undefined)).toBe(true);
  expect(day.filter((reading) => reading === undefined)).toHaveLength(24);
  const cloudy = day.slice(minuteOf('10:00'), minuteOf('10:40'));
  expect(new Set(cloudy.filter((one) => one?.device === 'c').map((one) => one?.lux))).toEqual(
    new Set([41_000]),
  );
  expect(cloudy.every((one) => one?.device === 'c' || (one?.lux ?? 0) < 21_000)).toBe(true);
});

test('The weather station is never silent for longer than ten minutes, and speaks every minute in the storm.', () => {
  const heard = Array.from({ length: DAY_MINUTES }, (_, minute) => minute).filter(
    (minute) => windAt(minute) !== undefined,
  );
  const gaps = heard.slice(1).map((minute, index) => minute - (heard[index] ?? 0));
  expect(Math.max(...gaps)).toBe(10);
  expect(windAt(minuteOf('13:25'))).toBe(18);
  expect(windAt(minuteOf('13:30'))).toBe(3);
});

test('Times are read and written.', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: DAY_MINUTES - 1 }), (minute) => {
      expect(minuteOf(timeOf(minute))).toBe(minute);
    }),
  );
});

test.each([
  ['2026-06-20T23:59:59Z', '2026-06-21'],
  ['2026-06-21T00:00:00Z', '2027-06-21'],
  ['2026-12-31T12:00:00Z', '2027-06-21'],
])('After %s the next Midsummer is on %s.', (now, day) => {
  expect(new Date(nextMidsummer(Date.parse(now))).toISOString()).toBe(`${day}T00:00:00.000Z`);
});

test.each([
  ['06:46', 'shaded', undefined],
  ['06:40', 'shaded', 'it was bright for too short a time'],
  ['07:02', 'open', 'are no darkness'],
  ['05:17', 'shaded', 'are not bright'],
  ['10:16', 'open', undefined],
  ['10:05', 'open', 'it was dark for too short a time'],
  ['13:21', 'open', undefined],
  ['13:25', 'shaded', 'the wind blows'],
  ['14:46', 'shaded', undefined],
  ['21:50', 'shaded', 'it is night'],
  ['21:50', 'open', undefined],
] as const)('At %s a move to %s is judged: %s.', (time, target, fault) => {
  const found = faultOf(minuteOf(time), target);
  if (fault === undefined) expect(found).toBeUndefined();
  else expect(found).toContain(fault);
});

test.each([
  ['03:00', 'open'],
  ['04:00', undefined],
  ['05:20', 'open'],
  ['07:30', undefined],
  ['09:30', 'shaded'],
  ['10:10', undefined],
  ['10:30', 'open'],
  ['13:25', 'open'],
  ['13:35', undefined],
  ['15:00', 'shaded'],
  ['22:00', 'open'],
] as const)('At %s the shade has to be %s.', (time, needed) => {
  expect(neededAt(minuteOf(time))).toBe(needed);
});

/** What a shade does that obeys these orders at once. */
function recordOf(orders: readonly Partial<Order>[]) {
  const all = orders.map((order): Order => {
    return { minute: 0, target: 'shaded', isDone: true, status: 'ACKED', reason: 'light', why: '', ...order };
  });
  const positions = Array.from({ length: DAY_MINUTES }, (_, minute) => {
    const last = all.findLast((order) => order.isDone && order.minute <= minute);
    return last?.target === 'shaded' ? 1 : 0;
  });
  return { orders: all, positions, readings: 0, seconds: 0 };
}

test('A shade that never moves is in the wrong place for as long as it is bright.', () => {
  const { moves, wrong, misplacedMinutes, stormMinutes, stretches } = judge(recordOf([]));
  const needed = Array.from({ length: DAY_MINUTES }, (_, minute) => neededAt(minute));
  expect({ moves, wrong, stormMinutes }).toEqual({ moves: 0, wrong: 0, stormMinutes: 0 });
  expect(misplacedMinutes).toBe(needed.filter((one) => one === 'shaded').length);
  expect(stretches.reduce((sum, { minutes }) => sum + minutes, 0)).toBe(misplacedMinutes);
});

test('An order to where the shade is already is wrong, one that has not left is none, and each is put down to its trial.', () => {
  const { orders, moves, wrong } = judge(
    recordOf([
      { minute: minuteOf('00:16'), target: 'open' },
      { minute: minuteOf('07:02'), target: 'shaded', isDone: false, status: 'TIMED_OUT' },
      { minute: minuteOf('07:04'), target: 'shaded' },
      { minute: minuteOf('21:45'), target: 'open' },
      { minute: minuteOf('22:00'), target: 'shaded' },
    ]),
  );
  expect(orders.map(({ verdict, defect }) => [verdict, defect?.number])).toEqual([
    ['wrong', 10],
    ['failed', undefined],
    ['right', undefined],
    ['right', undefined],
    ['wrong', 14],
  ]);
  expect({ moves, wrong }).toEqual({ moves: 4, wrong: 2 });
});

test('A shade that stays drawn in the storm is counted as such.', () => {
  const { stormMinutes } = judge(recordOf([{ minute: minuteOf('12:56') }]));
  expect(stormMinutes).toBe(8);
});

test('What is printed has a line for every order and every trial, and no colour but on a terminal.', () => {
  const orders = [
    { minute: minuteOf('07:02'), target: 'open' as const, reason: 'alarm', why: 'x: 15 datapoints' },
  ];
  const day = { alarms: judge(recordOf([{ minute: 400 }, ...orders])), dwell: judge(recordOf([])) };
  const plain = new Output(process.stdout, false);
  const lines = [...dayLines(day, plain), ...summaryLines(day, plain)];
  expect(lines.join('\n')).not.toContain('\u001b');
  for (const { what } of TRIALS) expect(lines.some((line) => line.includes(what))).toBe(true);
  expect(lines.find((line) => line.startsWith('07:02'))).toMatch(
    /^07:02 +(3\d,\d{3} lx) .*open {3}WRONG: \1 are no darkness \(6\)/,
  );
  expect(dayLines(day, new Output(process.stdout, true)).join('\n')).toContain('\u001b');
  const json = jsonLines(day, { startMs: Date.UTC(2027, 5, 21), seconds: 1.234567 }).map((line): unknown =>
    JSON.parse(line),
  );
  expect(json).toHaveLength(4);
  expect(json).toContainEqual(
    expect.objectContaining({ design: 'alarms', moves: 2, date: '2027-06-21', seconds: 1.235 }),
  );
});
