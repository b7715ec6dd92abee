import type { MqttClient } from 'mqtt';
import type { Results } from './results.ts';
import { lapMs, type Series } from './series.ts';
import type { Tally } from './tally.ts';

/** A result that takes longer than this is not waited for: the reading is sent again. */
const RESULT_WAIT_MS = 5_000;

/** How often a reading is sent before its device goes on to the next. */
const MAX_SENDINGS = 4;

export interface PlayOptions {
  readonly series: Series;
  readonly client: MqttClient;
  readonly results: Results;
  readonly tally: Tally;
  /** Readings a second; undefined: as fast as results come back. */
  readonly perSecond?: number;
  /** Which reading to begin with, counted over all laps. */
  readonly from: number;
  /** How many laps to play; undefined: for ever. */
  readonly laps?: number;
  /** Told after each reading how many were played, over all laps. */
  readonly onPlayed?: (played: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Plays a series as a device would send it: one reading after the other, the next when the last one's result
 * is back. Lambda keeps no order among asynchronous invocations, here as on AWS, so a device that wants each
 * reading learned waits; one that does not has some of them marked late.
 */
export async function playSeries(options: PlayOptions): Promise<void> {
  const { series, perSecond, from, laps, onPlayed, signal } = options;
  const { length } = series.readings;
  const end = laps === undefined ? Number.POSITIVE_INFINITY : laps * length;
  let dueMs = performance.now();
  for (let index = from; index < end && !signal.aborted; index += 1) {
    const reading = series.readings[index % length];
    if (reading === undefined) return;
    const timeMs = reading.timeMs + Math.floor(index / length) * lapMs(series);
    await play(options, timeMs, reading.value);
    onPlayed?.(index + 1);
    if (perSecond === undefined) continue;
    dueMs = Math.max(dueMs + 1_000 / perSecond, performance.now() - 1_000);
    await pause(dueMs - performance.now(), signal);
  }
}

async function play(
  { series, client, results, tally, signal }: PlayOptions,
  timeMs: number,
  value: number,
): Promise<void> {
  const { device } = series;
  const reading = { device, timestamp: new Date(timeMs).toISOString(), value };
  tally.sent += 1;
  for (let sending = 1; sending <= MAX_SENDINGS && !signal.aborted; sending += 1) {
    if (sending > 1) tally.repeated += 1;
    const result = results.of(device, timeMs, RESULT_WAIT_MS);
    // Sent again, it is the same reading: what was learned stays learned once, and the result comes again.
    client.publish('anom/detect', JSON.stringify(reading), { qos: 1 });
    const found = await result;
    if (found === undefined) continue;
    tally.take(found);
    return;
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}
