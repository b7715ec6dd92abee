import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { ZONES, READINGS, runZones } from '../greenhouse-zones.ts';
import type { BenchCase, Measurement } from '../measurement.ts';

const CLI = path.join(import.meta.dirname, '../../cli/main.ts');

export const greenhouse: BenchCase = {
  name: 'greenhouse',
  summary: `a day of two designs, and ${ZONES} zones of ${READINGS} readings each`,
  async run() {
    const seconds = await demoSeconds();
    const { zones, bare, writesPerReading, lost } = await runZones();
    const measurements: Measurement[] = [
      {
        what: 'demo greenhouse: 1,440 minutes of two designs, clouds and all',
        value: seconds,
        unit: 's',
        bound: { of: 'value', at: 'most', limit: 10 },
      },
      {
        what: `watch-lux: ${ZONES} zones × ${READINGS} readings`,
        value: zones,
        unit: 'readings/s',
        against: { what: 'bare UpdateItem of the same size', value: bare },
        bound: { of: 'ratio', at: 'least', limit: 0.6 },
      },
      {
        what: 'DynamoDB requests a reading',
        value: writesPerReading,
        unit: 'requests',
        bound: { of: 'value', at: 'most', limit: 1.01 },
      },
      { what: 'lost updates', value: lost, unit: 'readings', bound: { of: 'value', at: 'most', limit: 0 } },
    ];
    return measurements;
  },
};

/** The command as a person calls it, from its start to its end. */
async function demoSeconds(): Promise<number> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, [CLI, 'demo', 'greenhouse', '--json'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code]: unknown[] = await once(child, 'exit');
  if (code !== 0) throw new Error(`demo greenhouse ended with ${String(code)}`);
  return (performance.now() - startedMs) / 1_000;
}
