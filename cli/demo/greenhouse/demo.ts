import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EXIT } from '../../errors.ts';
import type { Demo } from '../demo.ts';
import { bundleFunctions } from './bundle.ts';
import { commandLines } from './command-lines.ts';
import { DAY_MINUTES, timeOf } from './day.ts';
import { judge } from './judge.ts';
import { dayLines, jsonLines, summaryLines } from './report.ts';
import { runDesign } from './run-design.ts';
import type { DesignRecord } from './record.ts';
import type { ShadeControl } from './service.ts';

const SERVICE_FOLDER = path.join(import.meta.dirname, '../../..');

/**
 * One bright day in two greenhouses: two CloudWatch alarms move the shade of one, as in the blog post "IoT for Non-IP
 * Devices", and watch-lux moves that of the other. Each has a cloud of its own from this repository's serverless.yml,
 * on free ports and with a clock that is advanced, and a simulated repeater with a shade before it.
 *
 * It ends well also when a design moved wrongly, for that is what is to be seen.
 */
export const demo: Demo = {
  async run({ terminal: { out, err }, isJson, withCommands, signal }) {
    if (withCommands) for (const line of commandLines()) await err.line(line);
    const tell = (text: string): void => void err.line(err.paint('dim', text));
    const { records, startMs, seconds } = await runBoth(tell, signal);
    const day = { alarms: judge(records.alarms), dwell: judge(records.dwell) };
    if (isJson) {
      for (const line of jsonLines(day, { startMs, seconds })) await out.line(line);
      return EXIT.done;
    }
    for (const line of dayLines(day, out)) await out.line(line);
    await out.line();
    for (const line of summaryLines(day, out)) await out.line(line);
    tell(`${DAY_MINUTES} minutes in two clouds took ${seconds.toFixed(1)} s`);
    return EXIT.done;
  },
};

/** Both designs at once. When one fails, or the signal comes, both end. */
async function runBoth(tell: (text: string) => void, signal: AbortSignal) {
  const startMs = nextMidsummer(Date.now());
  const folder = await mkdtemp(path.join(tmpdir(), 'glasshouse-greenhouse-'));
  const failing = new AbortController();
  const startedMs = performance.now();
  const bundles = bundleFunctions(SERVICE_FOLDER, path.join(folder, 'bundles'));
  const run = async (design: ShadeControl): Promise<DesignRecord> => {
    const options = {
      design,
      serviceFolder: SERVICE_FOLDER,
      bundles,
      folder: await mkdtemp(path.join(folder, `${design}-`)),
      startMs,
      onMinute: (minute: number) => {
        if (design === 'dwell' && minute % 360 === 359) tell(`it is ${timeOf(minute + 1)} …`);
      },
      tell: (message: string) => tell(`${design}: ${message}`),
      signal: AbortSignal.any([signal, failing.signal]),
    };
    return runDesign(options).catch((error: unknown) => {
      failing.abort();
      throw error;
    });
  };
  try {
    const runs = { alarms: run('alarms'), dwell: run('dwell') };
    // Neither is left running when the other has failed.
    await Promise.allSettled(Object.values(runs));
    const records = { alarms: await runs.alarms, dwell: await runs.dwell };
    return { records, startMs, seconds: (performance.now() - startedMs) / 1_000 };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The midnight, in UTC, at which the next 21 June begins that is yet to come: a clock goes forward only. */
export function nextMidsummer(nowMs: number): number {
  const year = new Date(nowMs).getUTCFullYear();
  const thisYear = Date.UTC(year, 5, 21);
  return thisYear > nowMs ? thisYear : Date.UTC(year + 1, 5, 21);
}
