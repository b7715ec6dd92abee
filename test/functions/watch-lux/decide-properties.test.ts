import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Input } from '../../../functions/watch-lux/input.ts';
import { askedBy } from '../../../functions/watch-lux/light.ts';
import { decodeZone, encodeState } from '../../../functions/watch-lux/zone-item.ts';
import { MINUTE, NOON, ZoneUnderTest } from './zone-under-test.ts';

const SETTINGS = {
  shadeDwellSeconds: 240,
  reopenDwellSeconds: 300,
  staleAfterSeconds: 90,
  minimumIntervalSeconds: 600,
  maximumMovesPerDay: 5,
  wind: { lockFromMetersPerSecond: 12, releaseBelowMetersPerSecond: 8, releaseAfterSeconds: 120 },
  frost: {},
};
const DAY_MS = 24 * 60 * MINUTE;
const SAFETY = ['wind', 'frost', 'fire'];

/** Light that stays for a while, so that dwells come to their end, with a silence now and then. */
const weather = fc.array(
  fc.record({
    lux: fc.constantFrom(0, 29_999, 30_000, 30_001, 32_000, 34_999, 35_000, 60_000),
    readings: fc.integer({ min: 1, max: 14 }),
    stepSeconds: fc.constantFrom(20, 60, 60, 89, 120, 300),
    silenceSeconds: fc.constantFrom(0, 0, 0, 30, 91, 900),
  }),
  { minLength: 5, maxLength: 30 },
);

interface Reading {
  readonly timeMs: number;
  readonly lux: number;
}

function readingsOf(phases: typeof weather extends fc.Arbitrary<infer Phases> ? Phases : never): Reading[] {
  const readings: Reading[] = [];
  let timeMs = NOON;
  for (const { lux, readings: count, stepSeconds, silenceSeconds } of phases) {
    for (let index = 0; index < count; index += 1) {
      timeMs += stepSeconds * 1000;
      readings.push({ timeMs, lux });
    }
    timeMs += silenceSeconds * 1000;
  }
  return readings;
}

/** Plays readings with a tick every minute between them. */
function play(zone: ZoneUnderTest, readings: readonly Reading[]): void {
  let tickMs = NOON;
  for (const { timeMs, lux } of readings) {
    for (; tickMs < timeMs; tickMs += MINUTE) zone.tick(tickMs);
    zone.lux(timeMs, lux);
  }
}

const other: fc.Arbitrary<(timeMs: number) => Input> = fc.oneof(
  fc.integer({ min: 0, max: 25 }).map((windMetersPerSecond) => (timeMs: number): Input => ({
    kind: 'safety',
    device: 's',
    timeMs,
    windMetersPerSecond,
  })),
  fc.boolean().map((fire) => (timeMs: number): Input => ({ kind: 'safety', device: 'd', timeMs, fire })),
  fc.integer({ min: -3, max: 8 }).map((temperatureCelsius) => (timeMs: number): Input => ({
    kind: 'safety',
    device: 's',
    timeMs,
    temperatureCelsius,
  })),
  fc.constantFrom('open', 'shaded', 'stay', null).chain((position) =>
    fc.integer({ min: 1, max: 60 }).map((minutes) => (receivedAtMs: number): Input => ({
      kind: 'hold',
      position,
      minutes,
      receivedAtMs,
    })),
  ),
);

const NIGHT = { night: { latitude: 60, longitude: 100, position: 'shaded' } };

test('No two movements are closer than the minimum interval, unless the second is for safety.', () => {
  fc.assert(
    fc.property(weather, fc.array(other, { maxLength: 30 }), fc.boolean(), (phases, others, night) => {
      const zone = new ZoneUnderTest(night ? { ...SETTINGS, ...NIGHT } : SETTINGS);
      const readings = readingsOf(phases);
      let tickMs = NOON;
      for (const [index, { timeMs, lux }] of readings.entries()) {
        for (; tickMs < timeMs; tickMs += MINUTE) zone.tick(tickMs);
        zone.lux(timeMs, lux);
        const make = others[index % 7 === 3 ? Math.floor(index / 7) : others.length];
        if (make !== undefined) zone.hear(make(timeMs + 1), timeMs + 1);
      }
      const { moves } = zone;
      for (const [index, { atMs, command }] of moves.entries()) {
        const before = moves[index - 1];
        if (SAFETY.includes(command.reason)) continue;
        if (before !== undefined) expect(atMs - before.atMs).toBeGreaterThanOrEqual(600_000);
        if (command.reason !== 'light') continue;
        const ofDay = moves.slice(0, index).filter((one) => atMs - one.atMs < DAY_MS);
        expect(ofDay.length, 'the light keeps the limit of the day').toBeLessThan(5);
      }
      // It moves from where it is to somewhere else.
      for (const [index, { command }] of moves.entries()) {
        expect(command.target).toBe(index % 2 === 0 ? 'shaded' : 'open');
      }
    }),
    { numRuns: 300 },
  );
});

test('A stream that is shuffled and doubled moves as its readings do that are in order.', () => {
  fc.assert(
    fc.property(weather, fc.array(fc.nat(), { maxLength: 40 }), (phases, copies) => {
      const readings = readingsOf(phases);
      const clean = new ZoneUnderTest(SETTINGS);
      for (const { timeMs, lux } of readings) clean.lux(timeMs, lux);

      // After any reading, any of those before it may come again, also with another value.
      const noisy = new ZoneUnderTest(SETTINGS);
      for (const [index, { timeMs, lux }] of readings.entries()) {
        noisy.lux(timeMs, lux);
        for (const copy of copies.filter((one) => one % readings.length === index)) {
          const late = readings[copy % (index + 1)];
          if (late === undefined) continue;
          expect(noisy.lux(late.timeMs, copy % 2 === 0 ? late.lux : 99_000, 'p', timeMs).kind).toBe('late');
        }
      }
      expect(noisy.moves).toEqual(clean.moves);
      expect(noisy.state).toEqual(clean.state);
    }),
    { numRuns: 200 },
  );
});

test('However a stream is shuffled, it moves as those of its readings do that came in order.', () => {
  fc.assert(
    fc.property(weather, fc.infiniteStream(fc.nat()), (phases, order) => {
      const readings = readingsOf(phases);
      // Each is delivered up to four places later than it was sent.
      const deliveries = readings
        .map((reading, index) => ({ reading, place: index + (order.next().value % 5) }))
        .sort((a, b) => a.place - b.place);
      const shuffled = new ZoneUnderTest(SETTINGS);
      const accepted: { reading: Reading; nowMs: number }[] = [];
      let nowMs = NOON;
      for (const { reading } of deliveries) {
        nowMs = Math.max(nowMs, reading.timeMs);
        const { kind } = shuffled.lux(reading.timeMs, reading.lux, 'p', nowMs);
        if (kind === 'decided') accepted.push({ reading, nowMs });
      }
      const ordered = new ZoneUnderTest(SETTINGS);
      for (const { reading, nowMs: at } of accepted) ordered.lux(reading.timeMs, reading.lux, 'p', at);
      expect(ordered.moves).toEqual(shuffled.moves);
      const times = accepted.map(({ reading }) => reading.timeMs);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    }),
    { numRuns: 200 },
  );
});

test('What is between the thresholds never moves the shade, and nothing moves while the light is there.', () => {
  const between = fc.array(fc.double({ min: 30_000.001, max: 34_999.999, noNaN: true }), {
    minLength: 1,
    maxLength: 60,
  });
  fc.assert(
    fc.property(between, fc.constantFrom('open', 'shaded'), (values, safePosition) => {
      const zone = new ZoneUnderTest({ ...SETTINGS, safePosition });
      play(
        zone,
        values.map((lux, index) => ({ timeMs: NOON + (index + 1) * MINUTE, lux })),
      );
      expect(zone.moves).toEqual([]);
    }),
  );
  fc.assert(
    fc.property(weather, (phases) => {
      const zone = new ZoneUnderTest(SETTINGS);
      play(zone, readingsOf(phases));
      for (const { state, effects } of zone.decisions) {
        const move = effects.find((effect) => effect.kind === 'command' && effect.command.attempt === 1);
        // What is published again is no movement.
        if (move?.kind !== 'command' || state.command?.reminders !== 0) continue;
        expect(state.light && askedBy(state.light.band)).toBe(move.command.target);
      }
    }),
    { numRuns: 200 },
  );
});

test('Where it is brighter the shade is drawn whenever it is where it is less bright.', () => {
  // Without what keeps movements apart: a shade that may not move stays, however bright it is.
  const free = { ...SETTINGS, reopenDwellSeconds: 240, minimumIntervalSeconds: 0, maximumMovesPerDay: 96 };
  let drawn = 0;
  fc.assert(
    fc.property(weather, fc.infiniteStream(fc.constantFrom(0, 0, 1, 3_000, 40_000)), (phases, more) => {
      const less = new ZoneUnderTest(free);
      const brighter = new ZoneUnderTest(free);
      for (const { timeMs, lux } of readingsOf(phases)) {
        less.lux(timeMs, lux);
        brighter.lux(timeMs, lux + more.next().value);
        if (less.state.desired !== 'shaded') continue;
        drawn += 1;
        expect(brighter.state.desired).toBe('shaded');
      }
    }),
    { numRuns: 300 },
  );
  expect(drawn, 'the streams do draw the shade').toBeGreaterThan(100);
});

test('No movement comes across a silence: its whole dwell was seen.', () => {
  let moves = 0;
  fc.assert(
    fc.property(weather, (phases) => {
      const zone = new ZoneUnderTest(SETTINGS);
      const readings = readingsOf(phases);
      play(zone, readings);
      for (const { atMs, command } of zone.moves) {
        moves += 1;
        const dwellMs = command.target === 'shaded' ? 240_000 : 300_000;
        const seen = readings.filter(({ timeMs }) => timeMs <= atMs);
        const first = seen.findLastIndex(({ timeMs }) => timeMs <= atMs - dwellMs);
        expect(first, 'something was seen when the dwell began').toBeGreaterThanOrEqual(0);
        const times = [...seen.slice(first).map(({ timeMs }) => timeMs), atMs];
        const gaps = times.slice(1).map((timeMs, index) => timeMs - (times[index] ?? 0));
        expect(Math.max(...gaps)).toBeLessThanOrEqual(90_000);
        const against =
          command.target === 'shaded' ? (lux: number) => lux <= 30_000 : (lux: number) => lux >= 35_000;
        expect(seen.slice(first).some(({ lux }) => against(lux))).toBe(false);
      }
    }),
    { numRuns: 300 },
  );
  expect(moves, 'the streams do move the shade').toBeGreaterThan(100);
});

test('A state comes back from the table as it went in, and the same input gives the same decision.', () => {
  fc.assert(
    fc.property(weather, fc.array(other, { maxLength: 10 }), (phases, others) => {
      const zone = new ZoneUnderTest(SETTINGS);
      play(zone, readingsOf(phases));
      const last = Math.max(NOON, ...Object.values(zone.state.probes).map(({ timeMs }) => timeMs));
      for (const [index, make] of others.entries()) zone.hear(make(last + index + 1), last + index + 1);
      const state = {
        ...zone.state,
        recent: [{ requestId: 'r', effects: zone.decisions.flatMap((one) => one.effects) }],
      };
      const item = {
        zone: { S: 'north' },
        version: { N: '0' },
        settings: { S: JSON.stringify(zone.config.settings) },
        state: encodeState(state),
      };
      expect(decodeZone(item)).toEqual({ version: 0, config: zone.config, state });
    }),
  );
});
