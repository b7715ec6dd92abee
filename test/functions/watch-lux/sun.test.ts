import { expect, test } from 'vitest';
import { isNight, sunDay } from '../../../functions/watch-lux/sun.ts';

/** Published times, to the minute: what almanacs give for these places. */
test.each([
  ['London, longest day', 51.5074, -0.1278, '2024-06-20', '2024-06-20T03:43Z', '2024-06-20T20:21Z'],
  ['London, shortest day', 51.5074, -0.1278, '2024-12-21', '2024-12-21T08:04Z', '2024-12-21T15:53Z'],
  ['New York, equinox', 40.7128, -74.006, '2024-03-20', '2024-03-20T10:58Z', '2024-03-20T23:08Z'],
  ['Sydney, longest day', -33.8688, 151.2093, '2024-12-21', '2024-12-20T18:41Z', '2024-12-21T09:05Z'],
])(
  '%s: the sun rises and sets within three minutes of the almanac.',
  (_name, latitude, longitude, date, rise, set) => {
    const day = sunDay(Date.parse(`${date}T12:00:00Z`), { latitude, longitude });
    if (day.kind !== 'ordinary') throw new Error(`it is ${day.kind}`);
    expect(Math.abs(day.sunriseMs - Date.parse(rise))).toBeLessThan(180_000);
    expect(Math.abs(day.sunsetMs - Date.parse(set))).toBeLessThan(180_000);
  },
);

test('Beyond the polar circle the sun may stay up, or down.', () => {
  const tromso = { latitude: 69.65, longitude: 18.96 };
  expect(sunDay(Date.parse('2024-06-20T12:00:00Z'), tromso).kind).toBe('polar day');
  expect(sunDay(Date.parse('2024-12-20T12:00:00Z'), tromso).kind).toBe('polar night');
  expect(isNight(Date.parse('2024-06-20T23:59:00Z'), tromso)).toBe(false);
  expect(isNight(Date.parse('2024-12-20T11:00:00Z'), tromso)).toBe(true);
  expect(sunDay(Date.parse('2024-06-20T12:00:00Z'), { latitude: 90, longitude: 0 }).kind).toBe('polar day');
  expect(sunDay(Date.parse('2024-12-20T12:00:00Z'), { latitude: 90, longitude: 0 }).kind).toBe('polar night');
});

test.each([
  [-179, '2024-03-20T01:00Z', false],
  [-179, '2024-03-20T12:00Z', true],
  [0, '2024-03-20T12:00Z', false],
  [0, '2024-03-20T00:00Z', true],
  [179, '2024-03-20T01:00Z', false],
  [179, '2024-03-20T12:00Z', true],
])('At longitude %d it is night at %s: %s.', (longitude, time, night) => {
  expect(isNight(Date.parse(time), { latitude: 10, longitude })).toBe(night);
});

test('The night may begin after sunset and end before sunrise.', () => {
  const place = { latitude: 51.5074, longitude: -0.1278 };
  const offsets = { sunsetOffsetMs: 3_600_000, sunriseOffsetMs: -3_600_000 };
  expect(isNight(Date.parse('2024-06-20T20:50Z'), place)).toBe(true);
  expect(isNight(Date.parse('2024-06-20T20:50Z'), place, offsets)).toBe(false);
  expect(isNight(Date.parse('2024-06-20T03:00Z'), place)).toBe(true);
  expect(isNight(Date.parse('2024-06-20T03:00Z'), place, offsets)).toBe(false);
});
