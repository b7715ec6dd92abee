import { expect, test } from 'vitest';
import { describeZone } from '../../../functions/watch-lux/describe.ts';
import { aggregateOf, bandOf } from '../../../functions/watch-lux/light.ts';
import { configOf, MINUTE, NOON, ZoneUnderTest } from './zone-under-test.ts';

test.each([
  [35_001, 'BRIGHT'],
  [35_000, 'BRIGHT'],
  [34_999.9, 'IN_BAND'],
  [30_000.1, 'IN_BAND'],
  [30_000, 'DARK'],
  [0, 'DARK'],
] as const)('%d lux are %s: no level is in no band.', (lux, band) => {
  expect(bandOf(lux, configOf().settings)).toBe(band);
});

test.each([
  ['median', [9, 1, 5], 5],
  ['median', [9, 1, 5, 6], 5.5],
  ['mean', [9, 1, 5], 5],
  ['max', [9, 1, 5], 9],
] as const)('The %s of %j is %d.', (aggregate, values, expected) => {
  expect(aggregateOf(values, aggregate)).toBe(expected);
});

test('Fifteen bright minutes draw the shade, and not one minute less.', () => {
  const zone = new ZoneUnderTest();
  zone.shine(NOON, 14, 36_200);
  expect(zone.moves).toEqual([]);
  zone.lux(NOON + 15 * MINUTE, 36_200);
  expect(zone.moves).toEqual([
    {
      atMs: NOON + 15 * MINUTE,
      command: expect.objectContaining({ zone: 'north', target: 'shaded', reason: 'light' }),
    },
  ]);
  expect(zone.state).toMatchObject({ desired: 'shaded', assumed: 'open', mode: 'light' });
  expect(zone.notices[0]).toMatchObject({ kind: 'moved', about: 'light' });
  expect(zone.notices[0]?.text).toMatch(/36200 lux, at 35000 or more, since 2026-06-01T12:00:00.000Z/);
});

test('A tick ends a dwell without a new reading.', () => {
  const zone = new ZoneUnderTest();
  zone.shine(NOON, 14, 36_200);
  zone.tick(NOON + 14 * MINUTE + 59_999);
  expect(zone.moves).toEqual([]);
  zone.tick(NOON + 15 * MINUTE);
  expect(zone.moves.length).toBe(1);
});

test('One bright reading and fifteen minutes of silence move nothing.', () => {
  const zone = new ZoneUnderTest();
  zone.lux(NOON, 90_000);
  for (let minute = 1; minute <= 20; minute += 1) zone.tick(NOON + minute * MINUTE);
  expect(zone.state).not.toHaveProperty('candidate');
  expect(zone.state).not.toHaveProperty('light');
  zone.lux(NOON + 21 * MINUTE, 90_000);
  expect(zone.moves).toEqual([]);
  expect(zone.state.candidate?.sinceMs).toBe(NOON + 21 * MINUTE);
});

test('A silence ends a dwell also when nobody looked meanwhile.', () => {
  const zone = new ZoneUnderTest();
  zone.lux(NOON, 90_000);
  zone.lux(NOON + 16 * MINUTE, 90_000);
  expect(zone.moves).toEqual([]);
});

test('Darkness ends a bright dwell; what lies between does not, but nothing moves in it.', () => {
  const dark = new ZoneUnderTest();
  dark.shine(NOON, 10, 36_000);
  dark.lux(NOON + 11 * MINUTE, 30_000);
  dark.shine(NOON + 12 * MINUTE, 10, 36_000);
  expect(dark.moves).toEqual([]);

  const between = new ZoneUnderTest();
  between.shine(NOON, 5, 36_000);
  between.shine(NOON + 6 * MINUTE, 12, 33_000);
  expect(between.moves).toEqual([]);
  between.lux(NOON + 19 * MINUTE, 35_000);
  expect(between.moves.length).toBe(1);
});

test('A late reading, and the same one again, decide nothing.', () => {
  const zone = new ZoneUnderTest();
  zone.lux(NOON, 36_000);
  const before = zone.state;
  expect(zone.lux(NOON, 36_000, 'p', NOON + 10)).toMatchObject({ kind: 'late', changed: false });
  expect(zone.lux(NOON - MINUTE, 1, 'p', NOON + 20)).toMatchObject({ kind: 'late', changed: false });
  // Newer than all that came, and older than what counts.
  expect(zone.lux(NOON + MINUTE, 1, 'p', NOON + 10 * MINUTE)).toMatchObject({ kind: 'late', changed: false });
  expect(zone.state).toBe(before);
});

test('Between two movements lies the minimum interval, however short the dwells are.', () => {
  const zone = new ZoneUnderTest({
    shadeDwellSeconds: 200,
    reopenDwellSeconds: 200,
    minimumIntervalSeconds: 1800,
  });
  zone.shine(NOON, 4, 40_000);
  zone.shine(NOON + 5 * MINUTE, 40, 1_000);
  expect(zone.moves.map(({ atMs }) => (atMs - NOON) / MINUTE)).toEqual([4, 34]);
});

test('The day’s limit stops the light, is told once, and its end too.', () => {
  const zone = new ZoneUnderTest({ maximumMovesPerDay: 2, shadeDwellSeconds: 200, reopenDwellSeconds: 200 });
  for (let turn = 0; turn < 5; turn += 1)
    zone.shine(NOON + turn * 20 * MINUTE, 19, turn % 2 === 0 ? 40_000 : 100);
  expect(zone.moves.length).toBe(2);
  expect(zone.told.filter((one) => one === 'limit/moves').length).toBe(1);
  const nextDay = NOON + 24 * 60 * MINUTE + 5 * MINUTE;
  zone.lux(nextDay, 100);
  expect(zone.told).toContain('recovered/limit/moves');
});

test('The day’s limit does not keep a person from the shade.', () => {
  const zone = new ZoneUnderTest({ maximumMovesPerDay: 1 });
  zone.shine(NOON, 15, 40_000);
  const later = NOON + 60 * MINUTE;
  zone.hear({ kind: 'hold', position: 'open', minutes: 60, receivedAtMs: later }, later);
  expect(zone.moves.at(-1)).toMatchObject({ atMs: later, command: { target: 'open', reason: 'hold' } });
});

test('The light of lamps at night moves nothing.', () => {
  const midnight = Date.UTC(2026, 5, 1, 0);
  const zone = new ZoneUnderTest({ night: { latitude: 0, longitude: 0, position: 'open' } }, midnight);
  zone.shine(midnight, 60, 40_000);
  expect(zone.moves).toEqual([]);
  expect(zone.state.mode).toBe('night');
});

test('Several probes count together, those that are silent do not count.', () => {
  const zone = new ZoneUnderTest({ probes: ['a', 'b', 'c'], aggregate: 'median' });
  for (let minute = 0; minute <= 15; minute += 1) {
    const at = NOON + minute * MINUTE;
    zone.lux(at, 90_000, 'a');
    zone.lux(at + 1, 40_000, 'b');
    zone.lux(at + 2, 100, 'c');
  }
  expect(zone.state.light).toEqual({ lux: 40_000, band: 'BRIGHT' });
  // Only c goes on: five minutes later it alone counts.
  for (let minute = 16; minute <= 20; minute += 1) zone.lux(NOON + minute * MINUTE, 100, 'c');
  expect(zone.state.light).toEqual({ lux: 100, band: 'DARK' });
  expect(zone.told).toEqual(expect.arrayContaining(['silent/a', 'silent/b']));
  expect(zone.told).not.toContain('silent/c');
  zone.lux(NOON + 21 * MINUTE, 100, 'a');
  expect(zone.told).toContain('recovered/silent/a');
});

test('When no probe is heard the shade stays, or goes to safety if that is asked for.', () => {
  const drawn = { whenSilent: 'safe', safePosition: 'shaded' };
  const hold = new ZoneUnderTest({ safePosition: 'shaded' });
  const safe = new ZoneUnderTest({ ...drawn, reopenDwellSeconds: 200 });
  for (const zone of [hold, safe]) {
    zone.shine(NOON, 4, 100);
    for (let minute = 5; minute < 40; minute += 1) zone.tick(NOON + minute * MINUTE);
  }
  expect(hold.moves).toEqual([]);
  expect(safe.moves.map(({ command }) => [command.target, command.reason])).toEqual([
    ['open', 'light'],
    ['shaded', 'silence'],
  ]);
});

const WIND = {
  wind: { lockFromMetersPerSecond: 12, releaseBelowMetersPerSecond: 8, releaseAfterSeconds: 600 },
};
const wind = (timeMs: number, windMetersPerSecond: number) =>
  ({ kind: 'safety', device: 'station', timeMs, windMetersPerSecond }) as const;

test('Wind opens the shade at once, past every dwell and interval, and locks until it has been calm.', () => {
  const zone = new ZoneUnderTest(WIND);
  zone.shine(NOON, 15, 40_000);
  expect(zone.state.desired).toBe('shaded');
  const gust = NOON + 16 * MINUTE;
  zone.hear(wind(gust, 20), gust);
  zone.hear(wind(gust + 3_000, 19), gust + 3_000);
  expect(zone.moves.at(-1)).toMatchObject({
    atMs: gust + 3_000,
    command: { target: 'open', reason: 'wind' },
  });
  // It stays locked between the two thresholds, and while it has not been calm for long.
  for (let minute = 1; minute <= 30; minute += 1) {
    const at = gust + minute * MINUTE;
    zone.lux(at, 40_000);
    zone.hear(wind(at + 1, minute < 15 ? 9 : 5), at + 1);
  }
  const releasedAt = zone.moves.at(-1)?.atMs ?? 0;
  expect(zone.moves.at(-1)?.command).toMatchObject({ target: 'shaded', reason: 'light' });
  expect((releasedAt - gust) / MINUTE).toBeGreaterThanOrEqual(25);
  expect(zone.told).toEqual(expect.arrayContaining(['locked/wind', 'moved/wind', 'recovered/locked/wind']));
});

test('A gust that nobody takes back locks at the next tick; a silent station never releases.', () => {
  const zone = new ZoneUnderTest({
    wind: { ...WIND.wind, releaseAfterSeconds: 3600 },
    stationStaleAfterSeconds: 900,
  });
  zone.shine(NOON, 15, 40_000);
  zone.hear(wind(NOON + 15 * MINUTE + 1, 13), NOON + 15 * MINUTE + 1);
  zone.tick(NOON + 16 * MINUTE);
  expect(zone.state.desired).toBe('open');
  zone.hear(wind(NOON + 17 * MINUTE, 1), NOON + 17 * MINUTE);
  for (let minute = 18; minute < 200; minute += 1) zone.shine(NOON + minute * MINUTE, 0, 40_000);
  expect(zone.state).toMatchObject({ mode: 'safety', desired: 'open' });
  expect(zone.told).toContain('silent/wind/station');
  // It was calm then and is calm now, and that is more than an hour.
  zone.hear(wind(NOON + 200 * MINUTE, 1), NOON + 200 * MINUTE);
  expect(zone.state.mode).toBe('light');
});

test('What a station says late changes nothing.', () => {
  const zone = new ZoneUnderTest(WIND);
  zone.hear(wind(NOON, 20), NOON);
  zone.hear(wind(NOON + 5000, 20), NOON + 5000);
  const before = zone.state.hazards;
  zone.hear(wind(NOON + 4000, 1), NOON + 6000);
  zone.hear(wind(NOON + 5000, 1), NOON + 7000);
  expect(zone.state.hazards).toEqual(before);
});

test('Frost keeps the shade where it is; fire comes before it.', () => {
  const zone = new ZoneUnderTest({ frost: {}, night: { latitude: 0, longitude: 0, position: 'shaded' } });
  const station = { kind: 'safety', device: 's' } as const;
  zone.hear({ ...station, timeMs: NOON, temperatureCelsius: -1 }, NOON);
  zone.shine(NOON + MINUTE, 30, 90_000);
  zone.hear(
    { kind: 'hold', position: 'shaded', minutes: 60, receivedAtMs: NOON + 31 * MINUTE },
    NOON + 31 * MINUTE,
  );
  expect(zone.moves).toEqual([]);
  expect(zone.state.mode).toBe('safety');

  const burning = new ZoneUnderTest({ frost: {}, safePosition: 'open' });
  burning.shine(NOON, 15, 90_000);
  burning.hear({ ...station, timeMs: NOON + 16 * MINUTE, temperatureCelsius: -5 }, NOON + 16 * MINUTE);
  burning.hear({ ...station, timeMs: NOON + 16 * MINUTE + 1, fire: true }, NOON + 16 * MINUTE + 1);
  expect(burning.moves.at(-1)?.command).toMatchObject({ target: 'open', reason: 'fire' });
});

test('A person’s hold comes before the night, the night before the light; a hold ends by itself.', () => {
  const night = { latitude: 0, longitude: 0, position: 'shaded' };
  const dusk = Date.UTC(2026, 5, 1, 17, 30);
  const zone = new ZoneUnderTest({ night, minimumIntervalSeconds: 60 }, dusk);
  zone.tick(dusk);
  expect(zone.moves).toEqual([]);
  const dark = dusk + 60 * MINUTE;
  zone.tick(dark);
  expect(zone.moves.at(-1)?.command).toMatchObject({ target: 'shaded', reason: 'night' });
  zone.hear({ kind: 'hold', position: 'open', minutes: 10, receivedAtMs: dark + MINUTE }, dark + MINUTE);
  expect(zone.moves.at(-1)?.command).toMatchObject({ target: 'open', reason: 'hold' });
  zone.tick(dark + 10 * MINUTE);
  expect(zone.state.mode).toBe('hold');
  zone.tick(dark + 11 * MINUTE);
  expect(zone.moves.at(-1)?.command).toMatchObject({ target: 'shaded', reason: 'night' });
  expect(zone.told).toEqual(expect.arrayContaining(['hold/open', 'recovered/hold/open']));
});

test('Of two holds the one that was received later stands; null ends it.', () => {
  const zone = new ZoneUnderTest();
  zone.hear({ kind: 'hold', position: 'stay', minutes: 60, receivedAtMs: NOON + 10 }, NOON + 10);
  expect(zone.hear({ kind: 'hold', position: null, minutes: 1, receivedAtMs: NOON }, NOON + 11).kind).toBe(
    'late',
  );
  expect(zone.state.hold?.position).toBe('stay');
  zone.shine(NOON + MINUTE, 20, 90_000);
  expect(zone.moves).toEqual([]);
  zone.hear(
    { kind: 'hold', position: null, minutes: 1, receivedAtMs: NOON + 22 * MINUTE },
    NOON + 22 * MINUTE,
  );
  expect(zone.moves.length).toBe(1);
});

test('The state says the time that is left, the next movement that is allowed, and the last command.', () => {
  const zone = new ZoneUnderTest();
  zone.shine(NOON, 5, 40_000);
  const say = (nowMs: number) => describeZone(zone.state, zone.config, nowMs);
  expect(say(NOON + 5 * MINUTE)).toMatchObject({
    secondsUntilMove: 600,
    nextMoveAllowedAt: null,
    candidate: { target: 'shaded', since: '2026-06-01T12:00:00.000Z' },
    command: null,
  });
  zone.shine(NOON + 6 * MINUTE, 9, 40_000);
  zone.shine(NOON + 16 * MINUTE, 0, 10);
  expect(say(NOON + 16 * MINUTE)).toMatchObject({
    secondsUntilMove: 900,
    nextMoveAllowedAt: '2026-06-01T12:30:00.000Z',
    movesOfDay: 1,
    command: { target: 'shaded', status: 'QUEUED', attempt: 1, expiresAt: '2026-06-01T12:20:00.000Z' },
  });
  zone.lux(NOON + 17 * MINUTE, 32_000);
  expect(say(NOON + 17 * MINUTE)).toMatchObject({ secondsUntilMove: null });
});
