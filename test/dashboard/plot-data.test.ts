import { expect, test } from 'vitest';
import { gapLimitMs, plotData } from '../../dashboard/plot-data.ts';
import { Series } from '../../dashboard/series.ts';
import { point } from './results.ts';

function seriesOf(points: readonly Parameters<typeof point>[]): Series {
  const series = new Series();
  for (const args of points) series.add(point(...args));
  return series;
}

test('Regular readings are one line.', () => {
  const plot = plotData(seriesOf([0, 1000, 2000, 3000, 4000].map((time) => [time])));
  expect(plot).toMatchObject({ points: 5, bandPoints: 5, gaps: 0, times: [0, 1000, 2000, 3000, 4000] });
});

test('The line is broken over more than five steps, and not over five.', () => {
  const times = Array.from({ length: 30 }, (_none, index) => index * 1000);
  const plot = plotData(seriesOf([...times, 34_000, 40_000].map((time) => [time])));
  expect(plot.gaps).toBe(1);
  expect(plot.points).toBe(32);
  const broken = plot.value.indexOf(null);
  expect(plot.times[broken]).toBe(37_000);
  expect([plot.mean[broken], plot.lower[broken], plot.upper[broken]]).toEqual([null, null, null]);
});

test('Readings that come in bursts stay one line.', () => {
  const times = Array.from({ length: 60 }, (_none, index) => Math.floor(index / 6) * 1000 + (index % 6));
  expect(plotData(seriesOf(times.map((time) => [time]))).gaps).toBe(0);
});

test.each([[0], [1], [2], [3]])('%d readings are too few to tell a gap.', (count) => {
  const times = Float64Array.from({ length: count }, (_none, index) => index ** 9);
  expect(gapLimitMs(times, new Uint8Array(count))).toBe(Number.POSITIVE_INFINITY);
});

test('A late reading stands beside the line and does not break it.', () => {
  const plot = plotData(seriesOf([[0], [1000], [2000], [1500, { value: 7, late: true, anomaly: true }]]));
  expect(plot.value).toEqual([20, 20, undefined, 20]);
  expect(plot.mean).toEqual([19.5, 19.5, undefined, 19.5]);
  expect(plot.late).toEqual([undefined, undefined, 7, undefined]);
  expect(plot.anomalies).toEqual([2]);
  expect(plot.bandPoints).toBe(3);
});

test('What was not known is left out of the band.', () => {
  const unknown = { mean: Number.NaN, lower: Number.NaN, upper: Number.NaN, z: Number.NaN };
  const plot = plotData(seriesOf([[0, unknown], [1000]]));
  expect(plot.lower).toEqual([null, 16.2]);
  expect(plot.z).toEqual([null, 0.5]);
  expect(plot).toMatchObject({ points: 2, bandPoints: 1 });
});

test('Spans of warm-up are found, each its own.', () => {
  const plot = plotData(
    seriesOf([[0, { warmingUp: true }], [1000, { warmingUp: true }], [2000], [3000, { warmingUp: true }]]),
  );
  expect(plot.warmUps).toEqual([
    { from: 0, to: 1000 },
    { from: 3000, to: 3000 },
  ]);
});

test('The places of anomalies count the broken places too.', () => {
  const times = [0, 1000, 2000, 3000, 4000, 5000, 90_000];
  const plot = plotData(seriesOf(times.map((time) => [time, { anomaly: time > 80_000 }])));
  expect(plot.anomalies.map((index) => plot.times[index])).toEqual([90_000]);
});
