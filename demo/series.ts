import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { parseEventTime } from '../shared/event-time.ts';

/** One reading of a series, as its device sends it. */
export interface SeriesReading {
  readonly timeMs: number;
  readonly value: number;
}

/** A span of time in which people who know the series saw something wrong. */
export interface LabelledWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A real series of the Numenta Anomaly Benchmark, which one device of the demo plays. */
export interface Series {
  readonly device: string;
  readonly readings: readonly SeriesReading[];
  readonly windows: readonly LabelledWindow[];
}

const DATA = new URL('./data/', import.meta.url);

export const DEMO_DEVICES = [
  'ambient_temperature_system_failure',
  'machine_temperature_system_failure',
  'nyc_taxi',
] as const;

const windowsSchema = z.record(z.string(), z.array(z.tuple([z.iso.datetime(), z.iso.datetime()])));

/** Reads the series that `device` plays. */
export async function readSeries(device: string): Promise<Series> {
  const readings: SeriesReading[] = [];
  const lines = createInterface({ input: createReadStream(new URL(`${device}.csv`, DATA)) });
  for await (const line of lines) {
    const [timestamp, value] = line.split(',');
    const timeMs = parseEventTime(timestamp);
    if (timeMs !== undefined && value !== undefined) readings.push({ timeMs, value: Number(value) });
  }
  const labelled = windowsSchema.parse(JSON.parse(readFileSync(new URL('windows.json', DATA), 'utf8')));
  const windows = (labelled[device] ?? []).map(([from, to]) => ({
    fromMs: Date.parse(from),
    toMs: Date.parse(to),
  }));
  return { device, readings, windows };
}

/** How much later a series is in its next lap, so that time goes on: its length and one usual step. */
export function lapMs({ readings }: Series): number {
  const [first, second] = readings;
  const last = readings.at(-1);
  if (first === undefined || second === undefined || last === undefined) return 0;
  return last.timeMs - first.timeMs + (second.timeMs - first.timeMs);
}
