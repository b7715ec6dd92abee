import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectDevice, Results } from '../../demo/results.ts';
import { playSeries } from '../../demo/player.ts';
import type { Series } from '../../demo/series.ts';
import { Tally } from '../../demo/tally.ts';
import { startTestCloud, type TestCloud } from '../support/cloud.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud({});
});
afterAll(() => cloud.stop());

const series: Series = {
  device: 'a',
  readings: [
    { timeMs: 0, value: 1 },
    { timeMs: 1_000, value: 2 },
    { timeMs: 2_000, value: 3 },
  ],
  windows: [],
};

/** Plays against a scorer that answers as `answer` says: what it returns for a reading is published. */
async function play(options: { from?: number; laps?: number; perSecond?: number }) {
  const seen: string[] = [];
  const scorer = await cloud.connect('scorer');
  await scorer.subscribeAsync('anom/detect');
  scorer.on('message', (_topic, payload) => {
    const { device, timestamp, value }: Record<string, string> = JSON.parse(payload.toString());
    seen.push(`${timestamp} ${value}`);
    scorer.publish('anom/pred', JSON.stringify({ device, time: timestamp, anomaly: false, late: false }));
  });
  const results = await Results.watch(cloud.running.mqttUrl);
  const client = await connectDevice(cloud.running.mqttUrl, 'a');
  const tally = new Tally(series);
  const played: number[] = [];
  const startedMs = performance.now();
  const { from = 0, laps = 1, perSecond } = options;
  await playSeries({
    series,
    client,
    results,
    tally,
    from,
    laps,
    ...(perSecond === undefined ? {} : { perSecond }),
    onPlayed: (count) => played.push(count),
    signal: new AbortController().signal,
  });
  const seconds = (performance.now() - startedMs) / 1_000;
  client.end(true);
  scorer.end(true);
  await results.close();
  return { seen, tally, played, seconds };
}

test('A device sends its readings one after the other, each once, and counts them.', async () => {
  const { seen, tally, played } = await play({});
  expect(seen).toEqual([
    '1970-01-01T00:00:00.000Z 1',
    '1970-01-01T00:00:01.000Z 2',
    '1970-01-01T00:00:02.000Z 3',
  ]);
  expect([tally.sent, tally.scored, tally.repeated]).toEqual([3, 3, 0]);
  expect(played).toEqual([1, 2, 3]);
});

test('It goes on from where it ended, and time goes on from lap to lap.', async () => {
  const { seen } = await play({ from: 2, laps: 2 });
  expect(seen).toEqual([
    '1970-01-01T00:00:02.000Z 3',
    '1970-01-01T00:00:03.000Z 1',
    '1970-01-01T00:00:04.000Z 2',
    '1970-01-01T00:00:05.000Z 3',
  ]);
});

test('A speed is kept.', async () => {
  const { seconds } = await play({ perSecond: 10 });
  expect(seconds).toBeGreaterThan(0.25);
});
