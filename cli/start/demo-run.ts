import { playSeries } from '../../demo/player.ts';
import type { Progress } from '../../demo/progress.ts';
import { connectDevice, Results } from '../../demo/results.ts';
import { DEMO_DEVICES, readSeries } from '../../demo/series.ts';
import { Tally } from '../../demo/tally.ts';
import type { RunningCloud } from '../../local/running.ts';

export interface DemoRun {
  readonly tallies: readonly Tally[];
  /** Seconds that each device played. */
  readonly seconds: ReadonlyMap<string, number>;
}

export interface DemoOptions {
  readonly cloud: RunningCloud;
  /** Readings a second and device; undefined: as fast as results come back. */
  readonly perSecond?: number;
  readonly laps?: number;
  /** Readings of each series that are played. @default all */
  readonly first?: number;
  readonly progress?: Progress;
  readonly signal: AbortSignal;
  /** Told the tallies as they are, now and then. */
  readonly onTick: (tallies: readonly Tally[]) => void;
}

const TICK_MS = 500;

/** Plays every series, each as a device with a connection of its own, until all have ended or `signal` says so. */
export async function runDemo(options: DemoOptions): Promise<DemoRun> {
  const { cloud, perSecond, laps, first, progress, signal, onTick } = options;
  const results = await Results.watch(cloud.mqttUrl);
  const whole = await Promise.all(DEMO_DEVICES.map(readSeries));
  const series = whole.map((one) => ({ ...one, readings: one.readings.slice(0, first) }));
  const tallies = series.map((one) => new Tally(one));
  const seconds = new Map<string, number>();
  const ticker = setInterval(() => {
    onTick(tallies);
    progress?.save();
  }, TICK_MS);
  try {
    await Promise.all(
      series.map(async (one, index) => {
        const tally = tallies[index];
        if (tally === undefined) return;
        const { device } = one;
        const client = await connectDevice(cloud.mqttUrl, device);
        const startedMs = performance.now();
        await playSeries({
          series: one,
          client,
          results,
          tally,
          signal,
          from: progress?.played(device) ?? 0,
          ...(perSecond === undefined ? {} : { perSecond }),
          ...(laps === undefined ? {} : { laps }),
          ...(progress === undefined ? {} : { onPlayed: (played) => progress.set(device, played) }),
        });
        seconds.set(device, (performance.now() - startedMs) / 1_000);
        client.end(true);
      }),
    );
  } finally {
    clearInterval(ticker);
    progress?.save();
    // Not waited for: the cloud may be gone already.
    void results.close();
  }
  return { tallies, seconds };
}
