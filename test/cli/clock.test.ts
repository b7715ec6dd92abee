import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { command } from '../../cli/commands/clock.ts';
import { createAdjustableClock, createClockApi, type AdjustableClock } from '../../local/clock/index.ts';
import type { OwnHandler } from '../../local/endpoint/service.ts';
import { writeRunning } from '../../local/running.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { startEndpoint } from '../local/endpoint/support.ts';
import { runCommand } from './run-command.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-clock-'));
let endpoint: Awaited<ReturnType<typeof startEndpoint>>;
let machine: ManualClock;
let clock: AdjustableClock;

/** The clock's paths of the cloud's own API. */
const own: OwnHandler = async (request, response) => {
  const api = createClockApi(clock, async () => undefined);
  const answer = request.method === 'GET' ? api.read() : await api.change(JSON.parse(await text(request)));
  response.end(JSON.stringify(answer));
};

beforeAll(async () => {
  endpoint = await startEndpoint({}, own);
  writeRunning(folder, {
    pid: process.pid,
    startedAt: '2026-11-21T00:00:00Z',
    service: 'test',
    stage: 'dev',
    region: 'eu-west-1',
    accountId: '000000000000',
    endpointUrl: endpoint.url,
    mqttUrl: '',
    mqttsUrl: '',
    httpsUrl: '',
    caFile: '',
    pageUrl: '',
    resources: {},
  });
});
afterAll(async () => {
  await endpoint.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  machine = new ManualClock();
  clock = createAdjustableClock(machine);
});

const run = (...words: string[]) =>
  runCommand('clock', command, words, { env: { GLASSHOUSE_FOLDER: folder } });

test('It says the time of the cloud.', async () => {
  expect(await run()).toEqual({ code: 0, out: '2026-11-21T00:00:00.000Z\n', err: '' });
});

test('It advances, and says what fell due and how far ahead the cloud is.', async () => {
  clock.schedule(60_000, () => undefined);
  expect((await run('advance', '1h30m')).out).toBe(
    '2026-11-21T01:30:00.000Z, 1 h 30 min ahead of this machine; 1 timer fell due\n',
  );
  expect((await run('to', '2026-12-24T18:00Z')).out).toBe(
    '2026-12-24T18:00:00.000Z, 33 d 18 h ahead of this machine; 0 timers fell due\n',
  );
});

test.each([
  ['60', '2026-11-21T00:00:00.000Z, 60 times as fast\n'],
  ['0.5', '2026-11-21T00:00:00.000Z, 0.5 times as fast\n'],
  ['0', '2026-11-21T00:00:00.000Z, standing still\n'],
  ['1', '2026-11-21T00:00:00.000Z\n'],
])('It sets the speed to %s.', async (speed, out) => {
  expect((await run('speed', speed)).out).toBe(out);
  expect(clock.read().speed).toBe(Number(speed));
});

test('A clock that stands still falls behind the machine.', async () => {
  await run('speed', '0');
  machine.advance(120_000);
  expect((await run()).out).toBe('2026-11-21T00:00:00.000Z, 2 min behind this machine, standing still\n');
});

test('With --json it prints what the cloud answers.', async () => {
  const { out } = await run('advance', '1s', '--json');
  expect(JSON.parse(out)).toEqual({
    now: '2026-11-21T00:00:01.000Z',
    nowMs: Date.UTC(2026, 10, 21, 0, 0, 1),
    offsetMs: 1_000,
    speed: 1,
    fired: 0,
  });
});

test.each([
  [['advance'], /clock advance takes a length of time such as 90s/],
  [['advance', '15'], /not "15"/],
  [['to', 'tomorrow'], /a time with its zone such as .*, not "tomorrow"/],
  [['to', '2026-02-30'], /not "2026-02-30"/],
  [['speed', '--', '-1'], /clock speed takes a number such as 60, 1 or 0.5, not "-1"/],
  [['speed', 'fast'], /clock speed takes a number/],
  [['back', '1h'], /clock takes advance, to or speed, not "back"/],
  [['advance', '1', 'h'], /takes one value/],
])('%j is a wrong call.', async (words, message) => {
  const { code, err } = await run(...words);
  expect(err).toMatch(message);
  expect(code).toBe(2);
});

test.each([
  [['to', '2020-01-01'], /time does not go back/],
  [['advance', '400d'], /at most 366 days at once/],
  [['speed', '20000'], /a number from 0 to 10000/],
])('What the clock refuses is told: %j.', async (words, message) => {
  const { code, err } = await run(...words);
  expect(err).toMatch(message);
  expect(code).toBe(1);
});

test('Without a cloud there is no time to tell.', async () => {
  const ended = await runCommand('clock', command, [], { env: { GLASSHOUSE_FOLDER: `${folder}/none` } });
  expect(ended).toMatchObject({ code: 1, err: expect.stringContaining('no cloud is running') });
});
