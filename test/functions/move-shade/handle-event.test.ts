import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { handleEvent, type HandleEventServices } from '../../../functions/move-shade/handle-event.ts';
import { RepeaterLeases } from '../../../functions/move-shade/lease.ts';
import { CommandStore } from '../../../shared/greenhouse/command-store.ts';
import { ShadeStore } from '../../../shared/greenhouse/shade-store.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';
import { createCommandsTable } from '../../support/greenhouse.ts';

const NOON = Date.UTC(2026, 5, 1, 12);
const MINUTE = 60_000;

let dynamodb: TestDynamoDb;
let dwell: HandleEventServices;
let nowMs: number;
let zone: string;
let zones = 0;
let sent: string[];
let published: { topic: string; message: unknown }[];
let counts: string[];

beforeAll(async () => {
  dynamodb = await startTestDynamoDb();
  await createCommandsTable(dynamodb, 'commands');
  dwell = {
    commands: new CommandStore(dynamodb.client, 'commands'),
    shades: new ShadeStore(dynamodb.client, await dynamodb.createTable('zone')),
    leases: new RepeaterLeases(dynamodb.client, 'commands'),
    send: async ({ host }) => {
      sent.push(host);
      return { kind: 'complete' };
    },
    now: () => nowMs,
    elapsedMs: () => nowMs,
    pause: async (ms) => void (nowMs += ms),
    budgetMs: 20_000,
    publish: async (topic, message) => void published.push({ topic, message }),
    count: (name) => void counts.push(name),
  };
});
afterAll(() => dynamodb.stop());
beforeEach(async () => {
  nowMs = NOON;
  zone = `zone-${(zones += 1)}`;
  sent = [];
  published = [];
  counts = [];
  const code = (text: string) => ({ code: text, idempotent: true });
  const codes = { open: code('40000,1,1,1000,3000'), shaded: code('40000,1,1,3000,1000') };
  await dwell.shades.save(zone, { repeater: repeater(), connector: '1:1', codes }, nowMs);
});

const repeater = () => ({ host: zone, port: 4998 });
const byAlarms = (): HandleEventServices => ({
  ...dwell,
  alarms: { zone, shadeAlarm: 'bright', reopenAlarm: 'dark' },
});
const othersUseItUntil = (untilMs: number) => dwell.leases.take(repeater(), 'others', nowMs, untilMs);

function alarm(state = 'ALARM'): unknown {
  const told = {
    AlarmName: 'bright',
    NewStateValue: state,
    NewStateReason: 'Threshold Crossed',
    StateChangeTime: '2026-06-01T12:00:00.000+0000',
  };
  return { Records: [{ EventSource: 'aws:sns', Sns: { Message: JSON.stringify(told) } }] };
}

test('An alarm moves the shade, and the end of its command is published.', async () => {
  expect(await handleEvent(alarm(), 'r', byAlarms())).toMatchObject({ status: 'ACKED', target: 'shaded' });
  expect(sent).toEqual([zone]);
  expect(published).toMatchObject([{ topic: `greenhouse/${zone}/command`, message: { status: 'ACKED' } }]);
  expect(counts).toEqual(['CommandACKED']);
  expect(await handleEvent(alarm('OK'), 'r', byAlarms())).toEqual({ status: null });
});

test('An alarm that finds the repeater in use fails, so that it is tried again, and then moves the shade.', async () => {
  await othersUseItUntil(NOON + MINUTE);
  await expect(handleEvent(alarm(), 'r', byAlarms())).rejects.toMatchObject({
    name: 'RepeaterInUseError',
    code: 'REPEATER_IN_USE',
    retryable: true,
    data: { zone, sequence: NOON / 1000 },
  });
  expect([sent, published]).toEqual([[], []]);
  nowMs += MINUTE;
  expect(await handleEvent(alarm(), 'r', byAlarms())).toMatchObject({ status: 'ACKED' });
  expect(sent).toEqual([zone]);
});

test('Both retries of Lambda, after one and two minutes, come within the life of a command.', async () => {
  // The repeater is free again just when the last try begins.
  await othersUseItUntil(NOON + 3 * MINUTE + 2 * dwell.budgetMs);
  for (const waitMs of [MINUTE, 2 * MINUTE]) {
    const beganMs = nowMs;
    await expect(handleEvent(alarm(), 'r', byAlarms())).rejects.toMatchObject({ code: 'REPEATER_IN_USE' });
    nowMs = beganMs + dwell.budgetMs + waitMs;
  }
  expect(await handleEvent(alarm(), 'r', byAlarms())).toMatchObject({ status: 'ACKED' });
});

test('Where watch-lux decides, a command that waits is left to its tick, and is not published.', async () => {
  await othersUseItUntil(NOON + MINUTE);
  await dwell.commands.queue({
    zone,
    sequence: 1,
    target: 'shaded',
    reason: 'light',
    why: '36200 lux',
    attempt: 1,
    createdAtMs: NOON,
    expiresAtMs: NOON + 5 * MINUTE,
  });
  expect(await handleEvent({ zone, sequence: 1 }, 'r', dwell)).toEqual({ status: 'QUEUED' });
  expect(published).toEqual([]);
  expect(await handleEvent({ zone, sequence: 2 }, 'r', dwell)).toEqual({ status: null });
  await expect(handleEvent(alarm(), 'r', dwell)).rejects.toMatchObject({ code: 'ALARMS_OFF' });
});
