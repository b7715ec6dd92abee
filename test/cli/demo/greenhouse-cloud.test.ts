import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GetRetainedMessageCommand, IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane';
import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { startGreenhouseCloud, type GreenhouseCloud } from '../../../cli/demo/greenhouse/cloud.ts';
import { minuteOf, timeOf } from '../../../cli/demo/greenhouse/day.ts';
import { demo, nextMidsummer } from '../../../cli/demo/greenhouse/demo.ts';
import { judge } from '../../../cli/demo/greenhouse/judge.ts';
import { playDay } from '../../../cli/demo/greenhouse/play-day.ts';
import { runDesign } from '../../../cli/demo/greenhouse/run-design.ts';
import { readGreenhouse, type ShadeControl } from '../../../cli/demo/greenhouse/service.ts';
import { ZONE } from '../../../cli/demo/greenhouse/zone.ts';
import { Output } from '../../../cli/terminal.ts';
import { planService } from '../../../local/template/plan-service.ts';
import { SERVICE_FOLDER } from '../../support/service.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** A cloud of one design, at a time of the day. */
async function cloudAt(shadeControl: ShadeControl, time: string): Promise<GreenhouseCloud> {
  const folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-test-'));
  stops.push(async () => rmSync(folder, { recursive: true, force: true }));
  const told: string[] = [];
  const cloud = await startGreenhouseCloud({
    serviceFolder: SERVICE_FOLDER,
    folder,
    shadeControl,
    startMs: nextMidsummer(Date.now()) + minuteOf(time) * 60_000,
    tell: (message) => void told.push(message),
  });
  stops.unshift(async () => {
    await cloud.stop();
    expect(told).toEqual([]);
  });
  return cloud;
}

async function play(design: ShadeControl, from: string, to: string) {
  const cloud = await cloudAt(design, from);
  const played = await playDay(cloud, { from: minuteOf(from), to: minuteOf(to) });
  const positions = [...Array.from({ length: minuteOf(from) }, () => 0), ...played.positions];
  const { orders } = judge({ ...played, positions, seconds: 0 });
  const said = orders.map(({ minute, target, verdict, defect }) => {
    return `${timeOf(minute)} ${target} ${verdict}${defect === undefined ? '' : ` ${defect.number}`}`;
  });
  return { cloud, orders, said, positions };
}

test('serverless.yml is whole with either design, and neither has anything of the other.', () => {
  const plan = (design: ShadeControl) =>
    planService(readGreenhouse(SERVICE_FOLDER, design), 'http://127.0.0.1:1').plan;
  const [alarms, dwell] = [plan('alarms'), plan('dwell')];
  const kinds = (of: typeof alarms) => of.creations.map(({ kind }) => kind);
  const sql = (of: typeof alarms): string[] =>
    of.creations.flatMap((one) =>
      one.kind === 'topic-rule' ? [z.object({ Sql: z.string() }).parse(one.payload).Sql] : [],
    );
  expect(kinds(alarms).filter((kind) => kind === 'alarm')).toHaveLength(2);
  expect(kinds(alarms)).not.toContain('event-rule');
  expect(kinds(dwell)).not.toContain('alarm');
  expect(kinds(dwell)).toContain('event-rule');
  expect(sql(alarms).filter((text) => /lux [<>] 35000/.test(text))).toHaveLength(2);
  expect(sql(alarms).some((text) => /WHERE topic\(4\) = 'settings'/.test(text))).toBe(true);
  expect(sql(alarms).some((text) => /greenhouse\/\+\/command/.test(text))).toBe(false);
  expect(sql(dwell).some((text) => /35000/.test(text))).toBe(false);
  const shared = Object.keys(alarms.references).filter((id) => id in dwell.references);
  expect(shared).toEqual(expect.arrayContaining(['LuxSensorTable', 'SunshadesTopic', 'StoreLuxRule']));
  const environment = (of: typeof alarms) =>
    of.functions.find(({ key }) => key === 'move-shade')?.environment;
  expect(environment(dwell)).toMatchObject({ ALARMS_ZONE: 'none' });
  expect(environment(alarms)).toMatchObject({
    ALARMS_ZONE: 'north',
    SHADE_ALARM: 'glasshouse-dev-Trigger_SunShade_Open',
    REOPEN_ALARM: 'glasshouse-dev-Trigger_SunShade_Close',
  });
});

test('By two alarms, one bright reading and a silence draw the shade at dawn, and fifteen dark minutes open it.', async () => {
  const { said, orders } = await play('alarms', '04:40', '05:42');
  expect(said).toEqual(['04:55 open wrong 10', '05:17 shaded wrong 8', '05:40 open right']);
  expect(orders[1]).toMatchObject({
    status: 'ACKED',
    reason: 'alarm',
    why: expect.stringMatching(/^glasshouse-dev-Trigger_SunShade_Open: Threshold Crossed: 1 datapoint /),
  });
});

test('By two alarms, a command that the repeater does not take is not sent again while it stays dark.', async () => {
  const { said, positions } = await play('alarms', '11:20', '12:35');
  expect(said).toEqual(['11:35 shaded right', '11:55 open failed']);
  expect(positions.at(-1)).toBe(1);
});

test('watch-lux sends it again until the shade is there, and tells its state to whoever asks.', async () => {
  const { cloud, said, positions } = await play('dwell', '11:20', '12:35');
  expect(said).toEqual([
    '11:35 shaded right',
    '11:56 open failed',
    '11:57 open failed',
    '11:58 open failed',
    '12:00 open failed',
    '12:04 open right',
  ]);
  expect(positions.at(-1)).toBe(0);

  const client = new IoTDataPlaneClient({
    endpoint: cloud.running.endpointUrl,
    region: cloud.running.region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const { payload } = await client.send(new GetRetainedMessageCommand({ topic: `greenhouse/${ZONE}/state` }));
  client.destroy();
  expect(JSON.parse(Buffer.from(payload ?? []).toString())).toMatchObject({
    zone: ZONE,
    mode: 'light',
    position: { desired: 'open', assumed: 'open' },
    light: { band: 'DARK', shadeFromLux: 35_000, reopenToLux: 30_000 },
    secondsUntilMove: null,
    movesOfDay: 2,
    command: { status: 'ACKED', attempt: 5, reason: 'light' },
  });
});

test.each([
  ['no service', '/nowhere', () => new AbortController().signal, 'DEMO_FAILED'],
  ['an early end', SERVICE_FOLDER, () => AbortSignal.timeout(300), 'DEMO_STOPPED'],
])('A design with %s ends with its process, and says why.', async (_what, serviceFolder, signal, code) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-test-'));
  stops.push(async () => rmSync(folder, { recursive: true, force: true }));
  const startMs = nextMidsummer(Date.now());
  const running = runDesign({
    design: 'dwell',
    serviceFolder,
    bundles: Promise.resolve(folder),
    folder,
    startMs,
    signal: signal(),
    onMinute: () => undefined,
    tell: () => undefined,
  });
  await expect(running).rejects.toMatchObject({ code });
});

test('A day that is ended before it begins is not played.', async () => {
  const output = new Output(process.stdout, false);
  const terminal = { stdin: process.stdin, out: output, err: output, env: {}, cwd: '/' };
  const request = { terminal, isJson: false, isKept: false, withCommands: false };
  await expect(demo.run({ ...request, signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'DEMO_STOPPED',
  });
});
