import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { plotData } from '../../dashboard/plot-data.ts';
import { Series } from '../../dashboard/series.ts';
import { FIRST_VIEW, moved, valueRange, visibleRange, zoomed, type View } from '../../dashboard/view.ts';
import { point } from './results.ts';

const times = Array.from({ length: 1000 }, (_none, index) => index * 1000);

test('The first view follows the last 300 readings.', () => {
  const { min, max } = visibleRange(FIRST_VIEW, times);
  expect(min).toBe(700_000);
  expect(max).toBeGreaterThan(999_000);
});

test('Zooming a view that follows changes how many readings it shows, and it follows on.', () => {
  expect(zoomed(FIRST_VIEW, 1 / 1.5, 0.5, times)).toEqual({ kind: 'latest', readings: 200 });
  expect(zoomed(FIRST_VIEW, 1e-9, 0.5, times)).toEqual({ kind: 'latest', readings: 10 });
  expect(zoomed(FIRST_VIEW, 1e9, 0.5, times)).toEqual({ kind: 'latest', readings: 2000 });
});

test('Zooming a fixed view keeps the instant under the pointer where it is.', () => {
  const view: View = { kind: 'fixed', range: { min: 400_000, max: 500_000 } };
  expect(zoomed(view, 0.5, 0.25, times)).toEqual({ kind: 'fixed', range: { min: 412_500, max: 462_500 } });
});

test('Moving a view that follows makes it stand still.', () => {
  expect(moved(FIRST_VIEW, -0.25, times).kind).toBe('fixed');
});

test('However it is moved and zoomed, a view stays within the readings and has a width.', () => {
  const step = fc.oneof(
    fc.record({
      factor: fc.double({ min: 0.01, max: 100, noNaN: true }),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    fc.record({ share: fc.double({ min: -3, max: 3, noNaN: true }) }),
  );
  const start = { kind: 'fixed', range: { min: 100_000, max: 300_000 } } as const;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let view: View = start;
      for (const one of steps) {
        view = 'share' in one ? moved(view, one.share, times) : zoomed(view, one.factor, one.at, times);
      }
      const { min, max } = visibleRange(view, times);
      expect(max - min).toBeGreaterThan(0);
      expect(min).toBeGreaterThanOrEqual(0);
      expect(min).toBeLessThanOrEqual(999_000 * 1.015);
      expect(max).toBeLessThanOrEqual(999_000 * 1.015 + 10);
    }),
  );
});

test.each([[[]], [[5]]])('A view of %j has a width too.', (few: number[]) => {
  for (const view of [
    FIRST_VIEW,
    moved(FIRST_VIEW, -1, few),
    zoomed(moved(FIRST_VIEW, 1, few), 3, 0.5, few),
  ]) {
    const { min, max } = visibleRange(view, few);
    expect(max).toBeGreaterThan(min);
  }
});

test('The values shown hold all readings of the span, and a band that is far too high is cut.', () => {
  const series = new Series();
  series.add(point(0, { value: 0, lower: -1, upper: 1 }));
  series.add(point(1000, { value: 10, lower: -1e6, upper: 12 }));
  series.add(point(2000, { value: 1e9 }));
  const { min, max } = valueRange(plotData(series), { min: 0, max: 1500 });
  expect(min).toBeGreaterThan(-10);
  expect(min).toBeLessThan(-7.5);
  expect(max).toBeGreaterThan(12);
  expect(max).toBeLessThan(14);
});

test('A flat line has room around it.', () => {
  const series = new Series();
  for (const time of [0, 1000]) series.add(point(time, { value: 5, lower: 5, upper: 5 }));
  const { min, max } = valueRange(plotData(series), { min: 0, max: 1000 });
  expect(min).toBeLessThan(5);
  expect(max).toBeGreaterThan(5);
});
