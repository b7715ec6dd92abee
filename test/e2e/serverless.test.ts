import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isAlive } from '../../local/processes.ts';
import { findRunning, type RunningCloud } from '../../local/running.ts';
import { eventually } from '../support/cloud.ts';
import { useCloud } from '../support/cloud-user.ts';
import { listenersOf } from '../support/listeners.ts';
import { newFolder, SERVICE_FOLDER, TEST_SETTINGS } from '../support/service.ts';

const manifest = createRequire(import.meta.url).resolve('serverless/package.json');
const SERVERLESS = path.join(path.dirname(manifest), 'bin/serverless.js');

/** Runs `serverless` as a person at a terminal does. */
function serverless(words: readonly string[], env: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, [SERVERLESS, ...words], {
    cwd: SERVICE_FOLDER,
    env: { ...process.env, ...TEST_SETTINGS, SLS_NOTIFICATIONS_MODE: 'off', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (said.out += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (said.err += chunk));
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve, reject) => {
    child.once('close', (code) => resolve({ code, ...said })).once('error', reject);
  });
  return { child, said, ended };
}

const folder = newFolder();
const env = { GLASSHOUSE_FOLDER: folder };
let offline: ReturnType<typeof serverless>;
let cloud: RunningCloud;
let user: Awaited<ReturnType<typeof useCloud>>;

beforeAll(async () => {
  offline = serverless(['offline'], env);
  cloud = await eventually(() => findRunning(folder), 30_000);
  user = await useCloud(cloud);
});
afterAll(async () => {
  user.leave();
  offline.child.kill('SIGTERM');
  await offline.ended;
  rmSync(folder, { recursive: true, force: true });
});

function readEvent(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(path.join(SERVICE_FOLDER, 'events', name), 'utf8'));
}

/** Invokes a function with a sample event; its result is what is printed last. */
async function invokeLocal(functionKey: string, event: string) {
  const words = ['invoke', 'local', '-f', functionKey, '--path', `events/${event}`];
  const { code, out, err } = await serverless(words, env).ended;
  const json = out.slice(out.search(/^\{$/m));
  return { code, err, result: code === 0 ? (JSON.parse(json) as unknown) : out };
}

test('`serverless offline` alone starts the cloud and says where everything is.', async () => {
  await expect.poll(() => offline.said.out + offline.said.err).toContain('The glass copy runs:');
  const said = offline.said.out + offline.said.err;
  expect(said).toContain(cloud.pageUrl);
  expect(said).toContain(cloud.mqttUrl);
  expect(said).toContain(`AWS_ENDPOINT_URL=${cloud.endpointUrl}`);
  expect(await user.score(readEvent('score-anomaly.reading.json'))).toMatchObject({ late: false });
});

test.skipIf(process.platform !== 'linux')('Everything listens on 127.0.0.1 and nowhere else.', () => {
  const listeners = listenersOf(cloud.pid);
  for (const url of [cloud.endpointUrl, cloud.mqttUrl, cloud.pageUrl]) {
    expect(listeners).toContain(new URL(url).host);
  }
  expect(listeners.length).toBeGreaterThanOrEqual(4);
  for (const listener of listeners) expect(listener).toMatch(/^127\.0\.0\.1:\d+$/);
});

test('Functions are invoked against the running cloud with the sample events, also several at once.', async () => {
  const [reading, text, settings] = await Promise.all([
    invokeLocal('score-anomaly', 'score-anomaly.reading.json'),
    invokeLocal('score-anomaly', 'score-anomaly.not-a-number.json'),
    invokeLocal('tune-scoring', 'tune-scoring.one-device.json'),
  ]);
  const sent = readEvent('score-anomaly.reading.json');
  const { device } = sent;
  expect(reading).toMatchObject({ code: 0, result: { reading: sent, device, late: false } });
  expect(text).toMatchObject({ code: 0, result: { rejected: { code: 'COLUMN_NOT_A_NUMBER' } } });
  expect(settings).toMatchObject({ code: 0, result: { written: true } });

  expect(user.resultsOf(String(device)).at(-1)).toEqual(reading.result);
  expect(await user.takeAll('RejectionsQueue')).toMatchObject([
    { input: readEvent('score-anomaly.not-a-number.json') },
  ]);
  const change = readEvent('tune-scoring.one-device.json');
  expect(await user.item('ScoringStateTable', 'key', String(change['device']))).toMatchObject({
    alpha0: 0.7,
    mode: 'classic',
    settingsChangedAt: change['receivedAt'],
  });
});

test('Whatever else bundles beside it, a cloud keeps its bundles.', () => {
  const bundles = path.join(SERVICE_FOLDER, '.esbuild', String(cloud.pid), '.build');
  expect(existsSync(path.join(bundles, 'functions/score-anomaly/handler.mjs'))).toBe(true);
});

test('Without a running cloud, an invocation says that there is none, and how to start one.', async () => {
  const words = ['invoke', 'local', '-f', 'score-anomaly', '--path', 'events/score-anomaly.reading.json'];
  const { code, out, err } = await serverless(words, { GLASSHOUSE_FOLDER: path.join(folder, 'none') }).ended;
  expect(code).toBe(1);
  expect(out + err).toMatch(
    /no cloud is running, .+: start one with `npm start` or `npx serverless offline`/,
  );
  expect(out + err).not.toContain('    at ');
});

test('A taken port ends `serverless offline` with a message that says what to change.', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const address = taken.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const other = newFolder();
  const settings = { GLASSHOUSE_FOLDER: other, GLASSHOUSE_MQTT_PORT: String(port) };
  const { code, out, err } = await serverless(['offline'], settings).ended;
  taken.close();
  rmSync(other, { recursive: true, force: true });
  expect(code).toBe(1);
  expect(out + err).toMatch(new RegExp(`Port ${port} .+ GLASSHOUSE_MQTT_PORT`));
  expect(out + err).not.toContain('    at ');
});

/** Processes whose command line names a folder. */
function processesOf(named: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(named);
    } catch {
      return false;
    }
  });
}

test.skipIf(process.platform !== 'linux')(
  'A signal that comes while it starts ends it whole as well, its engine too.',
  async () => {
    const other = newFolder();
    const { child, ended } = serverless(['offline'], { GLASSHOUSE_FOLDER: other });
    await eventually(() => processesOf(other)[0], 30_000);
    child.kill('SIGTERM');
    expect((await ended).code).toBe(143);
    expect(processesOf(other)).toEqual([]);
    expect(findRunning(other)).toBeUndefined();
    rmSync(other, { recursive: true, force: true });
  },
);

test('Ctrl-C ends it whole: no process, no claim on the folder.', async () => {
  offline.child.kill('SIGINT');
  expect(await offline.ended).toMatchObject({ code: 0 });
  expect(isAlive(cloud.dynamodbPid ?? 0)).toBe(false);
  expect(findRunning(folder)).toBeUndefined();
});
