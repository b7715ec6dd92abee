import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { reportLines } from '../../cli/start/report.ts';
import { Progress } from '../../demo/progress.ts';
import { DEMO_DEVICES, lapMs, readSeries } from '../../demo/series.ts';
import { Tally } from '../../demo/tally.ts';

test.each([
  ['ambient_temperature_system_failure', 7_267, 2],
  ['machine_temperature_system_failure', 22_695, 4],
  ['nyc_taxi', 10_320, 5],
] as const)('%s is read whole: %d readings, %d labelled windows.', async (device, readings, windows) => {
  const series = await readSeries(device);
  expect(series.readings).toHaveLength(readings);
  expect(series.windows).toHaveLength(windows);
  expect(
    series.readings.every(({ timeMs, value }) => Number.isFinite(timeMs) && Number.isFinite(value)),
  ).toBe(true);
});

test('A lap puts the first reading of the next one a step behind the last of this one.', async () => {
  for (const device of DEMO_DEVICES) {
    const series = await readSeries(device);
    const [first, second] = series.readings;
    const last = series.readings.at(-1);
    const step = (second?.timeMs ?? 0) - (first?.timeMs ?? 0);
    expect((first?.timeMs ?? 0) + lapMs(series)).toBe((last?.timeMs ?? 0) + step);
  }
});

const series = {
  device: 'a',
  readings: [],
  windows: [
    { fromMs: 100, toMs: 200 },
    { fromMs: 300, toMs: 400 },
  ],
};

test('A labelled window is hit by an anomaly within it, its edges included.', () => {
  const tally = new Tally(series);
  const result = (timeMs: number, anomaly: boolean) => ({ device: 'a', timeMs, anomaly, late: false });
  for (const one of [result(150, false), result(250, true), result(400, true)]) tally.take(one);
  expect(tally.windowsHit).toEqual([1, 2]);
  expect([tally.scored, tally.anomalies]).toEqual([3, 2]);
});

test.each([
  [10, 10, 0, 'nothing lost: sent 10 = scored 10 + rejected 0', 0],
  [10, 8, 2, 'nothing lost: sent 10 = scored 8 + rejected 2', 0],
  [10, 8, 0, 'LOST 2: sent 10 = scored 8 + rejected 0', 2],
])(
  'Of %d readings sent, %d scored and %d rejected, the report says: %s.',
  (sent, scored, rejected, line, lost) => {
    const tally = new Tally(series);
    tally.sent = sent;
    tally.scored = scored;
    const report = reportLines({ tallies: [tally], seconds: new Map([['a', 2]]) }, rejected);
    expect(report.lines.at(-1)).toBe(line);
    expect(report.lost).toBe(lost);
  },
);

test('Progress is kept from one run to the next, and a file that cannot be read starts anew.', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-test-'));
  try {
    const progress = new Progress(folder);
    progress.set('a', 7);
    progress.save();
    expect(new Progress(folder).played('a')).toBe(7);
    writeFileSync(path.join(folder, 'demo.json'), 'half a fi');
    expect(new Progress(folder).played('a')).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
