import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judgePresence, type Sightings } from '../../../functions/sweep-certificates/judge-presence.ts';

const SEED = 20_261_123;
const DAY_MS = 24 * 3_600_000;
const T = Date.UTC(2026, 10, 21);
const day = (days: number): number => T + days * DAY_MS;

test.each<[string, Partial<Sightings>, number, object]>([
  ['was activated and has not come yet', {}, day(30), { kind: 'nothing' }],
  ['was activated and never came', {}, day(30) + 1, { kind: 'unseen', sinceMs: T }],
  ['was seen within the days', { lastSeenMs: day(5) }, day(35), { kind: 'nothing' }],
  ['was not', { lastSeenMs: day(5) }, day(35) + 1, { kind: 'unseen', sinceMs: day(5) }],
  [
    'has come since its item was written',
    { lastSeenMs: day(1), presenceMs: day(9) },
    day(10),
    { kind: 'seen', atMs: day(9) },
  ],
  [
    'has an event that its item knows',
    { lastSeenMs: day(9), presenceMs: day(9) },
    day(10),
    { kind: 'nothing' },
  ],
  [
    'has an event older than its item',
    { lastSeenMs: day(9), presenceMs: day(1) },
    day(10),
    { kind: 'nothing' },
  ],
  ['has an event of the future', { presenceMs: day(50) }, day(10), { kind: 'seen', atMs: day(10) }],
  ['is told of already', { lastSeenMs: day(1), unseenSinceMs: day(1) }, day(90), { kind: 'nothing' }],
  [
    'is back',
    { lastSeenMs: day(1), unseenSinceMs: day(1), presenceMs: day(80) },
    day(90),
    { kind: 'back', atMs: day(80) },
  ],
  [
    'is back by its item',
    { lastSeenMs: day(80), unseenSinceMs: day(1) },
    day(90),
    { kind: 'back', atMs: day(80) },
  ],
  ['came long ago and was given a new certificate', { lastSeenMs: day(-99) }, day(10), { kind: 'nothing' }],
])('A device that %s.', (_what, sightings, nowMs, expected) => {
  expect(judgePresence({ activeSinceMs: T, ...sightings }, 30, nowMs)).toEqual(expected);
});

test('With 0 days nobody is missed, and who was is still told to be back.', () => {
  const long = { activeSinceMs: T, lastSeenMs: T };
  expect(judgePresence(long, 0, day(1_000))).toEqual({ kind: 'nothing' });
  const back = { ...long, unseenSinceMs: T, presenceMs: day(9) };
  expect(judgePresence(back, 0, day(10))).toEqual({ kind: 'back', atMs: day(9) });
});

test(`However a device comes and goes, each absence is told once and its end once (seed ${SEED}).`, () => {
  const look = fc.record({ hours: fc.integer({ min: 0, max: 40 * 24 }), comes: fc.boolean() });
  fc.assert(
    fc.property(fc.array(look, { maxLength: 60 }), (looks) => {
      let nowMs = T;
      let presenceMs: number | undefined;
      let item: Pick<Sightings, 'lastSeenMs' | 'unseenSinceMs'> = {};
      const told: string[] = [];
      for (const { hours, comes } of looks) {
        nowMs += hours * 3_600_000;
        if (comes) presenceMs = nowMs;
        const verdict = judgePresence({ ...item, presenceMs, activeSinceMs: T }, 30, nowMs);
        if (verdict.kind === 'seen' || verdict.kind === 'back') item = { lastSeenMs: verdict.atMs };
        if (verdict.kind === 'unseen') item = { ...item, unseenSinceMs: verdict.sinceMs };
        if (verdict.kind === 'unseen' || verdict.kind === 'back') told.push(verdict.kind);
        const isMissed = nowMs - Math.max(T, presenceMs ?? T) > 30 * DAY_MS;
        expect(item.unseenSinceMs !== undefined).toBe(isMissed);
        expect(judgePresence({ ...item, presenceMs, activeSinceMs: T }, 30, nowMs)).toEqual({
          kind: 'nothing',
        });
      }
      expect(told).toEqual(told.map((_, at) => (at % 2 === 0 ? 'unseen' : 'back')));
    }),
    { seed: SEED, numRuns: 300 },
  );
});
