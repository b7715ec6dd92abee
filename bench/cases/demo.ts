import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectAsync } from 'mqtt';
import { runDemo } from '../../cli/start/demo-run.ts';
import { readRejected } from '../../cli/start/rejected.ts';
import { findRunning } from '../../local/running.ts';
import { readStatus, withCloud } from '../cloud-under-test.ts';
import { percentile, type BenchCase } from '../measurement.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const START_WAIT_MS = 60_000;

export const demo: BenchCase = {
  name: 'demo',
  summary: 'from npm start to the first scored reading, and the whole demo (a minute or two)',
  async run() {
    const firstScored = await secondsToFirstScored();
    const { seconds, lost, firstMb, lastMb } = await wholeDemo();
    return [
      {
        what: 'npm start → first scored reading',
        value: firstScored,
        unit: 's',
        bound: { of: 'value', at: 'most', limit: 4.5 },
      },
      {
        what: 'the whole demo, 40,282 readings',
        value: seconds,
        unit: 's',
        bound: { of: 'value', at: 'most', limit: 100 },
      },
      { what: 'readings lost', value: lost, unit: '', bound: { of: 'value', at: 'most', limit: 0 } },
      {
        what: "the cloud's memory, last quarter of the demo",
        value: lastMb,
        unit: 'MB',
        against: { what: 'second quarter', value: firstMb },
        bound: { of: 'ratio', at: 'most', limit: 1.15 },
      },
    ];
  },
};

async function secondsToFirstScored(): Promise<number> {
  const folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-bench-'));
  const ports = ['mqtt', 'mqtts', 'https', 'http-api', 'endpoint', 'page'].flatMap((port) => [
    `--${port}-port`,
    '0',
  ]);
  const startedMs = performance.now();
  const child = spawn('npm', ['start', '--', ...ports], {
    cwd: ROOT,
    env: { ...process.env, GLASSHOUSE_FOLDER: folder },
    stdio: 'ignore',
    detached: true,
  });
  try {
    while (performance.now() - startedMs < START_WAIT_MS) {
      const running = findRunning(folder);
      if (running === undefined) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        continue;
      }
      const client = await connectAsync(running.mqttUrl);
      const scored = new Promise<void>((resolve) => {
        client.once('message', () => resolve());
      });
      await client.subscribeAsync('anom/pred');
      await scored;
      client.end(true);
      return (performance.now() - startedMs) / 1_000;
    }
    throw new Error(`no reading was scored within ${START_WAIT_MS / 1_000} s of npm start`);
  } finally {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
    await ended;
    // npm ends before the cloud that it has started.
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** What `npm start -- --once` does, with an eye on memory. */
async function wholeDemo() {
  return withCloud(async ({ cloud }) => {
    const memory: number[] = [];
    const watch = setInterval(() => {
      void readStatus(cloud.endpointUrl).then(({ memoryMb }) => memory.push(memoryMb));
    }, 500);
    const startedMs = performance.now();
    const { tallies } = await runDemo({
      cloud,
      laps: 1,
      signal: new AbortController().signal,
      onTick: () => {},
    });
    const seconds = (performance.now() - startedMs) / 1_000;
    clearInterval(watch);
    const sum = (pick: (tally: (typeof tallies)[number]) => number): number =>
      tallies.reduce((total, tally) => total + pick(tally), 0);
    const lost =
      sum(({ sent }) => sent) - sum(({ scored }) => scored) - (await readRejected(cloud.endpointUrl));
    const quarter = Math.floor(memory.length / 4);
    const typical = (from: number): number =>
      percentile(
        memory.slice(from, from + quarter).sort((a, b) => a - b),
        0.5,
      );
    return { seconds, lost, firstMb: typical(quarter), lastMb: typical(3 * quarter) };
  });
}
