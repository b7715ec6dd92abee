import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ANOMALY, LATE, Series, WARMING_UP } from '../../dashboard/series.ts';
import { point } from './results.ts';

test('A series keeps the newest points in order of time, whatever order they come in.', () => {
  const arrival = fc.record({ time: fc.integer({ min: 0, max: 60 }), value: fc.integer({ min: 0, max: 9 }) });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.array(arrival, { maxLength: 400 }),
      (capacity, arrivals) => {
        const series = new Series(capacity);
        let expected: { time: number; value: number }[] = [];
        for (const { time, value } of arrivals) {
          series.add(point(time, { value, anomaly: value > 7 }));
          const place = expected.findLastIndex((other) => other.time <= time) + 1;
          expected.splice(place, 0, { time, value });
          expected = expected.slice(-capacity);
        }
        expect([...series.view('time')]).toEqual(expected.map(({ time }) => time));
        expect([...series.view('value')]).toEqual(expected.map(({ value }) => value));
        expect([...series.flags()]).toEqual(expected.map(({ value }) => (value > 7 ? ANOMALY : 0)));
        expect(series.length).toBe(expected.length);
        expect(series.lastTime).toBe(expected.at(-1)?.time);
      },
    ),
  );
});

test('A series of two thousand stays right over ten thousand points.', () => {
  const series = new Series();
  for (let time = 0; time < 10_000; time += 1) series.add(point(time, { value: -time }));
  expect(series.length).toBe(2000);
  expect(series.view('time')[0]).toBe(8000);
  expect(series.view('value').at(-1)).toBe(-9999);
});

test('A point is known again by time and value, among others of the same time.', () => {
  const series = new Series(10);
  series.add(point(1, { value: 5 }));
  series.add(point(1, { value: 6 }));
  series.add(point(2, { value: 7 }));
  expect(series.has(1, 5)).toBe(true);
  expect(series.has(1, 6)).toBe(true);
  expect(series.has(1, 7)).toBe(false);
  expect(series.has(3, 7)).toBe(false);
});

test('The flags of a point are kept apart.', () => {
  const series = new Series(10);
  series.add(point(1, { anomaly: true, warmingUp: true }));
  series.add(point(2, { late: true }));
  expect([...series.flags()]).toEqual([ANOMALY | WARMING_UP, LATE]);
});
