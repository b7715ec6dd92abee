import { expect, test } from 'vitest';
import { backOffMs } from '../../dashboard/back-off.ts';
import { formatCounted, formatTime, formatValue, timeLabels } from '../../dashboard/format.ts';
import { sigmas, SLIDER_SCALES } from '../../dashboard/slider-scale.ts';

test.each([
  [0.002, 3.2544],
  [0.05, 2.038],
  [1e-6, 5.0784],
  [0.398, 0.0684],
  [0.4, 0],
])('A density of %d is reached at %d standard deviations.', (threshold, z) => {
  expect(sigmas(threshold)).toBeCloseTo(z, 3);
});

test.each(SLIDER_SCALES.map((scale) => [scale.name, scale] as const))(
  'Every step of the slider for %s comes back to its place.',
  (_name, scale) => {
    for (let position = scale.min; position <= scale.max; position += scale.step) {
      const back = scale.toPosition(scale.toSetting(position));
      expect(Math.abs(back - position)).toBeLessThan(scale.step / 2);
    }
  },
);

test('The ends of the sliders are the ends of what may be set.', () => {
  const ends = SLIDER_SCALES.map(({ name, min, max, toSetting }) => [name, toSetting(min), toSetting(max)]);
  expect(ends).toEqual([
    ['alpha0', 0.5, 0.999],
    ['beta', 0, 1],
    ['threshold', 1e-6, 0.1],
  ]);
});

test.each([
  [0, 250],
  [1, 250],
  [2, 500],
  [3, 1000],
  [4, 2000],
  [5, 2000],
  [5000, 2000],
])('Before attempt %d it waits %d ms.', (attempt, waitMs) => {
  expect(backOffMs(attempt)).toBe(waitMs);
});

test.each([
  [0, '0'],
  [10_844, '10,844'],
  [-416.2334, '-416.233'],
  [0.00005, '5.000e-5'],
  [1e60, '1.000e+60'],
])('The value %d is written %s.', (value, text) => {
  expect(formatValue(value)).toBe(text);
});

test('One is counted as one.', () => {
  expect(formatCounted(1, 'anomaly', 'anomalies')).toBe('1 anomaly');
  expect(formatCounted(1234, 'anomaly', 'anomalies')).toBe('1,234 anomalies');
});

test.each([
  [Date.UTC(2014, 6, 1), '2014-07-01 00:00:00'],
  [Date.UTC(2014, 6, 1, 0, 0, 0, 25), '2014-07-01 00:00:00.025'],
])('%d is the time %s.', (epochMs, text) => {
  expect(formatTime(epochMs)).toBe(text);
});

const HOUR_MS = 3_600_000;
const EVENING = Date.UTC(2014, 6, 1, 22);

test.each([
  ['hours, with the date where it changes', HOUR_MS, ['22:00\n2014-07-01', '23:00', '00:00\n2014-07-02']],
  ['seconds', 1000, ['22:00:00\n2014-07-01', '22:00:01', '22:00:02']],
  ['milliseconds', 1, ['22:00:00.000\n2014-07-01', '22:00:00.001', '22:00:00.002']],
  ['days, with the year', 24 * HOUR_MS, ['07-01\n2014', '07-02', '07-03']],
])('The time axis shows %s.', (_what, stepMs, labels) => {
  expect(timeLabels([EVENING, EVENING + stepMs, EVENING + 2 * stepMs], stepMs)).toEqual(labels);
});

test('An axis may reach past the last date.', () => {
  expect(timeLabels([9e15], 1000)).toHaveLength(1);
});
