import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Progress } from '../../demo/progress.ts';
import type { RunningCloud } from '../../local/running.ts';
import type { Arguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../errors.ts';
import { cloudFolder } from '../running-cloud.ts';
import { startCloudProcess } from '../start/cloud-process.ts';
import { runDemo, type DemoRun } from '../start/demo-run.ts';
import { readRejected } from '../start/rejected.ts';
import { reportLines } from '../start/report.ts';
import { counted, type Terminal } from '../terminal.ts';

const SERVICE_FOLDER = path.join(import.meta.dirname, '..', '..');
const DEFAULT_PER_SECOND = 20;

export const command: Command = {
  usage: ['start [options]'],
  description: [
    'Starts the whole cloud on this machine, builds and serves the page, and plays three real series',
    'as three devices over MQTT, for ever. Ctrl-C ends it; the next start goes on where it ended.',
  ],
  options: {
    once: { type: 'boolean', help: 'play each series once, in a cloud of its own, report, and end' },
    first: { type: 'string', value: 'N', help: 'with --once: only the first N readings of each series' },
    fresh: { type: 'boolean', help: 'empty the state first' },
    speed: {
      type: 'string',
      value: 'N',
      help: `readings a second and device, or "max" (${DEFAULT_PER_SECOND})`,
    },
    'no-demo': { type: 'boolean', help: 'play nothing: bring your own devices' },
    'mqtt-port': { type: 'string', value: 'PORT', help: 'MQTT (1883)' },
    'mqtts-port': { type: 'string', value: 'PORT', help: 'MQTT over TLS, with certificates (8883)' },
    'https-port': { type: 'string', value: 'PORT', help: 'HTTPS for devices, with certificates (8443)' },
    'http-api-port': { type: 'string', value: 'PORT', help: "the service's own HTTP API (3001)" },
    'endpoint-port': { type: 'string', value: 'PORT', help: 'the AWS APIs (4566)' },
    'page-port': { type: 'string', value: 'PORT', help: 'the page (8080)' },
  },
  examples: [
    ['start', 'the cloud, the page, the demo'],
    ['start --fresh --speed 200', 'from the beginning, ten times as fast'],
    ['start --once', 'all of the demo as fast as it goes, with a report'],
    ['start --once --first 500', 'a taste of it, in seconds'],
    ['start --no-demo', 'only the cloud'],
  ],
  exitCodes: [[1, 'the cloud could not start, or --once lost a reading']],
  run,
};

interface Request {
  readonly folder: string;
  readonly once: boolean;
  readonly withDemo: boolean;
  /** Undefined: as fast as results come back. */
  readonly perSecond: number | undefined;
  /** Readings of each series that are played; undefined: all. */
  readonly first: number | undefined;
  readonly settings: Readonly<Record<string, string>>;
}

async function run(args: Arguments, terminal: Terminal): Promise<number> {
  if (args.positionals.length > 0) throw args.wrong('start takes no arguments');
  const once = args.flag('once');
  const withDemo = !args.flag('no-demo');
  if (once && !withDemo) throw args.wrong('--once plays the demo and --no-demo does not: choose one');
  const asked = {
    once,
    withDemo,
    perSecond: readSpeed(args, once),
    first: readFirst(args, once),
    settings: readSettings(args, once),
  };
  if (!once) return startIn({ ...asked, folder: cloudFolder(terminal) }, terminal);
  const folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-once-'));
  try {
    return await startIn({ ...asked, folder }, terminal);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function startIn(request: Request, terminal: Terminal): Promise<number> {
  const { folder, once, withDemo, perSecond, first, settings } = request;
  const stopping = new AbortController();
  const stopOnSignal = (): void => stopping.abort();
  process.once('SIGINT', stopOnSignal).once('SIGTERM', stopOnSignal);

  const { ensureBuilt } = await import('../../dashboard/build.ts');
  await ensureBuilt();
  const cloudProcess = await startCloudProcess({
    serviceFolder: SERVICE_FOLDER,
    folder,
    settings,
    tell: (message) => void terminal.err.line(`${terminal.err.paint('yellow', 'cloud:')} ${message}`),
    problemText: withOptions,
  });
  const { cloud, ended } = cloudProcess;
  void ended.then(stopOnSignal);
  try {
    await announce(cloud, terminal);
    if (!withDemo) {
      await aborted(stopping.signal);
      return EXIT.done;
    }
    await terminal.out.line(
      once
        ? 'Three series play once, as fast as results come back …'
        : 'Three real series play. Ctrl-C ends it.',
    );
    const demo = await runDemo({
      cloud,
      signal: stopping.signal,
      onTick: ticker(terminal),
      ...(perSecond === undefined ? {} : { perSecond }),
      ...(first === undefined ? {} : { first }),
      ...(once ? { laps: 1 } : { progress: new Progress(folder) }),
    });
    return once ? await report(demo, cloud.endpointUrl, stopping.signal, terminal) : EXIT.done;
  } finally {
    await cloudProcess.stop();
  }
}

function readSpeed(args: Arguments, once: boolean): number | undefined {
  const text = args.text('speed');
  if (text === undefined) return once ? undefined : DEFAULT_PER_SECOND;
  if (text === 'max') return undefined;
  const perSecond = Number(text);
  if (perSecond > 0 && perSecond <= 10_000) return perSecond;
  throw args.wrong(`--speed takes a number of readings a second, at most 10000, or "max", not "${text}"`);
}

function readFirst(args: Arguments, once: boolean): number | undefined {
  const text = args.text('first');
  if (text === undefined) return undefined;
  if (!once) throw args.wrong('--first goes with --once: without it the series play for ever');
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw args.wrong(`--first takes a number of readings from 1 to 999999, not "${text}"`);
}

const PORTS = ['mqtt-port', 'mqtts-port', 'https-port', 'http-api-port', 'endpoint-port', 'page-port'];

/** A run that plays once has a cloud of its own, so it takes ports that are free beside any other. */
function readSettings(args: Arguments, once: boolean): Record<string, string> {
  const settings: Record<string, string> = args.flag('fresh') ? { GLASSHOUSE_FRESH: '1' } : {};
  for (const name of PORTS) {
    const given = args.text(name);
    if (given !== undefined && !(/^\d{1,5}$/.test(given) && Number(given) <= 65_535)) {
      throw args.wrong(`--${name} takes a port from 0 to 65535, not "${given}"`);
    }
    const port = given ?? (once ? '0' : undefined);
    if (port !== undefined) settings[variableOf(name)] = port;
  }
  refuseSamePort(args);
  return settings;
}

/** Of two doors at one port the second would find it taken, by its own cloud. */
function refuseSamePort(args: Arguments): void {
  const names = new Map<number, string>();
  for (const name of PORTS) {
    const port = Number(args.text(name) ?? '0');
    const other = names.get(port);
    if (port !== 0 && other !== undefined) {
      throw args.wrong(`--${other} and --${name} take two ports, not ${port} for both`);
    }
    names.set(port, name);
  }
}

/** The settings of ports that a message of the cloud names, by the options that set them here. */
function withOptions(message: string): string {
  return PORTS.reduce((text, name) => {
    const variable = variableOf(name);
    // What stands in brackets is the way of those who start it by `serverless offline`.
    return text.replace(
      new RegExp(String.raw`\b${variable}( \([^)]*\))?`, 'g'),
      `--${name} (or ${variable})`,
    );
  }, message);
}

function variableOf(name: string): string {
  return `GLASSHOUSE_${name.toUpperCase().replaceAll('-', '_')}`;
}

async function announce(
  { pageUrl, mqttUrl, mqttsUrl, caFile, httpApiUrl, endpointUrl }: RunningCloud,
  { out }: Terminal,
): Promise<void> {
  await out.line();
  await out.line(`  page      ${out.paint('bold', pageUrl)}`);
  await out.line(`  MQTT      ${mqttUrl}`);
  await out.line(`  devices   ${mqttsUrl}  (certificates; trust ${caFile})`);
  if (httpApiUrl !== undefined) await out.line(`  HTTP API  ${httpApiUrl}`);
  await out.line(`  AWS APIs  AWS_ENDPOINT_URL=${endpointUrl}`);
  await out.line();
}

/** One line that is written over where somebody looks at it; now and then a line where nobody does. */
function ticker({ err }: Terminal) {
  let ticks = 0;
  const everyTicks = process.stderr.isTTY ? 1 : 20;
  return (tallies: DemoRun['tallies']): void => {
    ticks += 1;
    if (ticks % everyTicks !== 0) return;
    const scored = tallies.reduce((sum, tally) => sum + tally.scored, 0);
    const anomalies = tallies.reduce((sum, tally) => sum + tally.anomalies, 0);
    const text = `${counted(scored, 'reading')} scored, ${counted(anomalies, 'anomaly', 'anomalies')}`;
    void err.write(process.stderr.isTTY ? `\r\u001b[2K${text}` : `${text}\n`);
  };
}

async function report(
  demo: DemoRun,
  endpointUrl: string,
  signal: AbortSignal,
  { out, err }: Terminal,
): Promise<number> {
  if (process.stderr.isTTY) await err.write('\r\u001b[2K');
  if (signal.aborted) {
    // The cloud may be gone by now: nobody is left to say what was rejected.
    const scored = demo.tallies.reduce((sum, tally) => sum + tally.scored, 0);
    await out.line(`Ended before all was played: ${counted(scored, 'reading')} scored.`);
    return EXIT.failed;
  }
  const { lines, lost } = reportLines(demo, await readRejected(endpointUrl));
  for (const line of lines) await out.line(line);
  return lost === 0 ? EXIT.done : EXIT.failed;
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
