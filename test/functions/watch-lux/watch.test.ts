import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Notice } from '../../../functions/watch-lux/effect.ts';
import { parseMessage } from '../../../functions/watch-lux/message.ts';
import { watch, type WatchServices } from '../../../functions/watch-lux/watch.ts';
import { ZoneStore } from '../../../functions/watch-lux/zone-store.ts';
import { CommandStore } from '../../../shared/greenhouse/command-store.ts';
import { ShadeStore } from '../../../shared/greenhouse/shade-store.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';
import { createCommandsTable } from '../../support/greenhouse.ts';
import { MINUTE, NOON } from './zone-under-test.ts';

let dynamodb: TestDynamoDb;
let zonesTable: string;
let shadesTable: string;
let now: number;
let requests: string[];
let published: { topic: string; message: unknown; retain?: boolean }[];
let notices: Notice[];
let counts: string[];
let failing: string | undefined;
let logged: Readonly<Record<string, unknown>>[];
let broken: string[];
/** What happens once before a shade is written. */
let beforeShade: (() => Promise<void>) | undefined;
let invocations = 0;
let zone: string;

beforeAll(async () => {
  dynamodb = await startTestDynamoDb();
  zonesTable = await dynamodb.createTable('zone');
  shadesTable = await dynamodb.createTable('zone');
  await createCommandsTable(dynamodb, 'commands');
});
afterAll(() => dynamodb.stop());
beforeEach(() => {
  now = NOON;
  requests = [];
  published = [];
  notices = [];
  counts = [];
  failing = undefined;
  logged = [];
  broken = [];
  beforeShade = undefined;
  zone = `zone-${(invocations += 1)}`;
});

afterEach(async () => {
  for (const name of broken) {
    await dynamodb.client.send(new DeleteCommand({ TableName: zonesTable, Key: { zone: name } }));
  }
});

/** A shade with its repeater at a host. */
const shadeAt = (host: string) => ({
  repeater: { host },
  codes: {
    open: { code: '38000,1,1,5,6', idempotent: true },
    shaded: { code: '38000,1,1,7,8', idempotent: true },
  },
});

/** The shades, with something in between before one is written. */
class DisturbedShadeStore extends ShadeStore {
  override async save(...change: Parameters<ShadeStore['save']>): ReturnType<ShadeStore['save']> {
    const disturb = beforeShade;
    beforeShade = undefined;
    await disturb?.();
    return super.save(...change);
  }
}

/** One warm Lambda container. */
function container(): WatchServices {
  const client: typeof dynamodb.client = Object.create(dynamodb.client, {
    send: {
      value: (command: Parameters<typeof dynamodb.client.send>[0]) => {
        requests.push(command.constructor.name);
        return dynamodb.client.send(command);
      },
    },
  });
  return {
    zones: new ZoneStore(client, zonesTable),
    commands: new CommandStore(client, 'commands'),
    shades: new DisturbedShadeStore(client, shadesTable),
    publish: async (topic, message, options = { retain: false }) => {
      if (failing !== undefined && topic.endsWith(failing)) throw new Error('throttled');
      published.push({ topic, message, ...(options.retain ? { retain: true } : {}) });
    },
    tellPeople: async (_zone, notice) => void notices.push(notice),
    now: () => now,
    count: (name) => counts.push(name),
    log: (line) => void logged.push(line),
  };
}

function call(
  services: WatchServices,
  message: Record<string, unknown>,
  requestId = `request-${(invocations += 1)}`,
): Promise<Record<string, unknown>> {
  return watch(parseMessage({ zone, receivedAt: now, ...message }, now), requestId, services);
}

const setUp = (services: WatchServices, change: Record<string, unknown> = {}) =>
  call(services, { kind: 'settings', settings: { probes: ['p'], ...change } });

const lux = (services: WatchServices, timeMs: number, value: number, requestId?: string) => {
  now = timeMs;
  return call(services, { kind: 'lux', device: 'p', time: timeMs, lux: value }, requestId);
};

const onTopic = (end: string) => published.filter(({ topic }) => topic === `greenhouse/${zone}/${end}`);

test('A warm container makes one write a reading, and reads nothing.', async () => {
  const warm = container();
  await setUp(warm);
  await lux(warm, NOON, 10_000);
  requests.length = 0;
  for (let minute = 1; minute <= 10; minute += 1) await lux(warm, NOON + minute * MINUTE, 10_000);
  expect(requests).toEqual(Array.from({ length: 10 }, () => 'UpdateItemCommand'));
  expect(onTopic('state'), 'numbers alone wait for the tick').toHaveLength(1);
});

test('What happens to a zone is told at once and kept for whoever asks, the time that is left every minute.', async () => {
  const warm = container();
  await setUp(warm);
  await lux(warm, NOON, 10_000);
  await lux(warm, NOON + 20_000, 12_000);
  expect(onTopic('state')).toMatchObject([{ retain: true, message: { light: { lux: 10_000 } } }]);
  await lux(warm, NOON + 30_000, 36_200);
  expect(onTopic('state').at(-1)?.message).toMatchObject({
    light: { lux: 36_200, band: 'BRIGHT' },
    candidate: { target: 'shaded' },
    secondsUntilMove: 900,
  });
  // The time that is left goes on though nothing is written.
  for (const [minutes, secondsLeft] of [
    [1, 870],
    [2, 810],
  ] as const) {
    now = NOON + minutes * MINUTE;
    await call(warm, { kind: 'tick' });
    expect(onTopic('state').at(-1)?.message).toMatchObject({ secondsUntilMove: secondsLeft });
  }
  expect(onTopic('state')).toHaveLength(4);
});

test('While nothing is about to happen, the numbers of the probes are told every five minutes.', async () => {
  const warm = container();
  await setUp(warm);
  for (let minute = 0; minute < 15; minute += 1) {
    await lux(warm, NOON + minute * MINUTE, 10_000 + minute);
    await call(warm, { kind: 'tick' });
  }
  const told = onTopic('state').map(({ message }) => message);
  expect(told).toMatchObject([0, 5, 10].map((minute) => ({ light: { lux: 10_000 + minute } })));
});

test('A minute in which nothing happened is one call for all zones: nothing is written, nothing is told.', async () => {
  const warm = container();
  await setUp(warm);
  await lux(warm, NOON, 10_000);
  now = NOON + MINUTE;
  await call(warm, { kind: 'tick' });
  requests.length = 0;
  published.length = 0;
  now += 1000;
  await call(warm, { kind: 'tick' });
  expect(requests).toEqual(['ScanCommand']);
  expect(onTopic('state')).toEqual([]);
  // Another container does not know what was told.
  await call(container(), { kind: 'tick' });
  expect(onTopic('state')).toHaveLength(1);
});

test('Bright light queues a command, publishes it, tells people, and says so in the state.', async () => {
  const warm = container();
  await setUp(warm);
  for (let minute = 0; minute <= 15; minute += 1) await lux(warm, NOON + minute * MINUTE, 36_200);
  expect(onTopic('command')).toEqual([
    {
      topic: `greenhouse/${zone}/command`,
      message: expect.objectContaining({
        zone,
        target: 'shaded',
        status: 'QUEUED',
        createdAt: '2026-06-01T12:15:00.000Z',
      }),
    },
  ]);
  expect(await warm.commands.newest(zone)).toMatchObject({
    target: 'shaded',
    status: 'QUEUED',
    reason: 'light',
  });
  expect(notices).toMatchObject([{ kind: 'moved', about: 'light' }]);
  expect(onTopic('state').at(-1)?.message).toMatchObject({
    position: { desired: 'shaded', assumed: 'open' },
  });
});

test('However many containers hear of readings, none is lost and the shade moves once.', async () => {
  const pool = [container(), container(), container()];
  const [first] = pool;
  if (first === undefined) throw new Error('there are three');
  await call(first, { kind: 'settings', settings: { probes: ['a', 'b', 'c'] } });
  for (let minute = 0; minute <= 16; minute += 1) {
    now = NOON + minute * MINUTE;
    await Promise.all(
      ['a', 'b', 'c'].map((device, index) =>
        call(pool[(index + minute) % 3] ?? first, { kind: 'lux', device, time: now, lux: 40_000 }),
      ),
    );
  }
  const stored = await container().zones.load(zone);
  expect(stored?.state?.probes).toEqual(
    Object.fromEntries(['a', 'b', 'c'].map((device) => [device, { timeMs: now, lux: 40_000 }])),
  );
  expect(stored?.version, 'the settings, and every reading').toBe(1 + 17 * 3);
  expect(stored?.state?.moveTimesMs).toHaveLength(1);
  expect(onTopic('command')).toHaveLength(1);
});

test('An invocation that is cut off after its write does the same when it is tried again.', async () => {
  const warm = container();
  await setUp(warm);
  for (let minute = 0; minute <= 14; minute += 1) await lux(warm, NOON + minute * MINUTE, 36_200);
  failing = '/command';
  await expect(lux(warm, NOON + 15 * MINUTE, 36_200, 'cut-off')).rejects.toThrow('throttled');
  expect(notices).toEqual([]);
  failing = undefined;
  // Another reading comes between, in another container.
  await lux(container(), NOON + 16 * MINUTE, 36_200);
  const before = await warm.zones.load(zone);
  await lux(container(), NOON + 15 * MINUTE, 36_200, 'cut-off');
  expect(onTopic('command')).toHaveLength(1);
  expect(notices).toMatchObject([{ kind: 'moved' }]);
  expect(await warm.zones.load(zone)).toEqual(before);
});

test('A late reading is counted and changes nothing.', async () => {
  const warm = container();
  await setUp(warm);
  await lux(warm, NOON, 1000);
  const before = await warm.zones.load(zone);
  expect(await call(warm, { kind: 'lux', device: 'p', time: NOON - 1000, lux: 90_000 })).toEqual({
    zone,
    kind: 'late',
  });
  expect(await warm.zones.load(zone)).toEqual(before);
  expect(counts).toContain('InputLate');
});

test('A tick lets a dwell end, and learns from the table what has become of a command.', async () => {
  const warm = container();
  await setUp(warm);
  for (let minute = 0; minute <= 14; minute += 1) await lux(warm, NOON + minute * MINUTE, 36_200);
  now = NOON + 15 * MINUTE;
  await call(warm, { kind: 'tick' });
  expect(onTopic('command')).toHaveLength(1);
  const command = await warm.commands.newest(zone);
  if (command === undefined) throw new Error('it was commanded');
  await warm.commands.advance(command, 'ACKED', { emitted: 'yes', endedAtMs: now });
  now += MINUTE;
  await call(warm, { kind: 'tick' });
  expect((await warm.zones.load(zone))?.state).toMatchObject({
    assumed: 'shaded',
    command: { status: 'ACKED' },
  });
});

test('A command that was sent and never ended is given up in its table too, and published.', async () => {
  const warm = container();
  await setUp(warm);
  for (let minute = 0; minute <= 15; minute += 1) await lux(warm, NOON + minute * MINUTE, 36_200);
  const command = await warm.commands.newest(zone);
  if (command === undefined) throw new Error('it was commanded');
  await warm.commands.advance(command, 'SENT', { sentAtMs: now, idempotent: false });
  now += 2 * MINUTE;
  await call(warm, { kind: 'tick' });
  expect(await warm.commands.newest(zone)).toMatchObject({ status: 'TIMED_OUT', emitted: 'unknown' });
  expect(onTopic('command').at(-1)?.message).toMatchObject({ status: 'TIMED_OUT' });
  expect(notices).toContainEqual(expect.objectContaining({ kind: 'failed' }));
});

test('Settings are whole; the later stands, a container that remembers others learns them at its next write.', async () => {
  const warm = container();
  await setUp(warm, { shadeFromLux: 50_000 });
  await lux(warm, NOON, 40_000);
  const other = container();
  now = NOON + 1000;
  await call(other, { kind: 'settings', settings: { probes: ['p'] }, receivedAt: NOON + 500 });
  expect(
    await call(other, { kind: 'settings', settings: { probes: ['q'] }, receivedAt: NOON + 499 }),
  ).toEqual({
    changed: false,
  });
  await lux(warm, NOON + MINUTE, 40_000);
  expect(warm.zones.remembered(zone)).toMatchObject({
    config: { settings: { probes: ['p'], shadeFromLux: 35_000 } },
    state: { light: { band: 'BRIGHT' }, candidate: { sinceMs: NOON + MINUTE } },
  });
});

test('The shade of a zone is kept with its settings; a code that the repeater would refuse is refused at once.', async () => {
  const warm = container();
  const codes = (code: string) => ({
    repeater: { host: '10.0.0.7' },
    codes: { open: { code: '38000,1,1,5,6', idempotent: true }, shaded: { code, idempotent: false } },
  });
  const change = { kind: 'settings', settings: { probes: ['p'] } };
  await expect(call(warm, { ...change, shade: codes('37993,1,1,246,160,20,20,60') })).rejects.toMatchObject({
    name: 'RejectedInputError',
    code: 'IR_CODE_010',
  });
  expect(await warm.zones.load(zone)).toBeUndefined();
  await call(warm, { ...change, shade: codes('38000,1,1,7,8') });
  expect(await warm.shades.load(zone)).toMatchObject({
    repeater: { host: '10.0.0.7', port: 4998 },
    connector: '1:1',
  });
});

test('What no zone can use is rejected by name.', async () => {
  const warm = container();
  await expect(lux(warm, NOON, 1)).rejects.toMatchObject({ code: 'ZONE_UNKNOWN' });
  await setUp(warm);
  await expect(call(warm, { kind: 'lux', device: 'x', time: NOON, lux: 1 })).rejects.toMatchObject({
    code: 'PROBE_UNKNOWN',
  });
  await expect(call(warm, { kind: 'command', sequence: 7 })).rejects.toMatchObject({
    code: 'COMMAND_UNKNOWN',
  });
  for (let station = 0; station < 24; station += 1) {
    const message = { kind: 'safety', device: `s${station}`, time: NOON, fire: false };
    if (station < 22) await call(warm, message);
    else await expect(call(warm, message)).rejects.toMatchObject({ code: 'STATIONS_TOO_MANY' });
  }
});

test('Of two changes at once that cross between their writes, the later has both its settings and its shade.', async () => {
  const slow = container();
  const later = {
    kind: 'settings',
    settings: { probes: ['b'] },
    shade: shadeAt('later'),
    receivedAt: NOON + 2,
  };
  beforeShade = async () => void (await call(container(), later));
  const earlier = { kind: 'settings', settings: { probes: ['a'] }, shade: shadeAt('earlier') };
  expect(await call(slow, { ...earlier, receivedAt: NOON + 1 })).toEqual({
    changed: true,
    shadeChanged: false,
  });
  expect((await slow.zones.load(zone))?.config.settings.probes).toEqual(['b']);
  expect(await slow.shades.load(zone)).toMatchObject({ repeater: { host: 'later' } });
  expect(counts).toContain('ShadeChangeLate');
});

test('A change that is cut off before its shade, and comes again after a later one of the settings, leaves its shade.', async () => {
  const change = { kind: 'settings', settings: { probes: ['a'] }, shade: shadeAt('mine'), receivedAt: NOON };
  beforeShade = () => Promise.reject(new Error('throttled'));
  await expect(call(container(), change, 'cut-off')).rejects.toThrow('throttled');
  await call(container(), { kind: 'settings', settings: { probes: ['b'] }, receivedAt: NOON + 1 });
  const retry = container();
  expect(await call(retry, change, 'cut-off')).toEqual({ changed: false, shadeChanged: true });
  expect((await retry.zones.load(zone))?.config.settings.probes).toEqual(['b']);
  expect(await retry.shades.load(zone)).toMatchObject({ repeater: { host: 'mine' } });
});

const unreadable = async (name: string): Promise<void> => {
  const item = { zone: name, version: 1, settings: '{' };
  await dynamodb.client.send(new PutCommand({ TableName: zonesTable, Item: item }));
  broken.push(name);
};

test('Zones that cannot be read keep no other from its tick, and are told of without having the tick tried again.', async () => {
  const warm = container();
  await setUp(warm);
  await lux(warm, NOON, 1);
  await unreadable('aa');
  await unreadable('bb');
  now = NOON + 10 * MINUTE;
  expect(await call(container(), { kind: 'tick' }, 'the-tick')).toMatchObject({ failed: 2 });
  expect(notices).toContainEqual(expect.objectContaining({ kind: 'silent', about: 'p' }));
  const of = { retryable: false, code: 'ZONE_UNREADABLE', requestId: 'the-tick' };
  expect(logged.toSorted((a, b) => String(a['zone']).localeCompare(String(b['zone'])))).toMatchObject([
    { ...of, zone: 'aa' },
    { ...of, zone: 'bb' },
  ]);
  expect(counts.filter((name) => name === 'ZoneFailed')).toHaveLength(2);
  expect(counts.filter((name) => name === 'ZoneToMend')).toHaveLength(2);
});

test('A failure that another try may end has the tick tried again, whichever zones fail for good beside it.', async () => {
  const warm = container();
  await setUp(warm);
  await lux(warm, NOON, 1);
  await unreadable('aa');
  await unreadable('zz');
  failing = `${zone}/state`;
  now = NOON + 10 * MINUTE;
  await expect(call(container(), { kind: 'tick' }, 'again')).rejects.toThrow('throttled');
  expect(logged).toHaveLength(3);
  expect(logged).toContainEqual(
    expect.objectContaining({ zone, reason: 'throttled', retryable: true, requestId: 'again' }),
  );
  expect(counts.filter((name) => name === 'ZoneFailed')).toHaveLength(3);
  expect(counts.filter((name) => name === 'ZoneToMend')).toHaveLength(2);
  failing = undefined;
  expect(await call(container(), { kind: 'tick' }, 'again')).toMatchObject({ failed: 2 });
});
