import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { RepeaterLeases } from '../../../functions/move-shade/lease.ts';
import { moveShade, type MoveShadeServices } from '../../../functions/move-shade/move-shade.ts';
import { parseNotice } from '../../../functions/move-shade/notice.ts';
import {
  SimulatedShade,
  startIrRepeater,
  type IrRepeater,
} from '../../../local/devices/ir-repeater/index.ts';
import { CommandStore } from '../../../shared/greenhouse/command-store.ts';
import type { NewCommand } from '../../../shared/greenhouse/command.ts';
import { parseIrCode } from '../../../shared/greenhouse/ir-code.ts';
import { sendOnce, type After } from '../../../shared/greenhouse/repeater-client.ts';
import type { Shade } from '../../../shared/greenhouse/shade.ts';
import { ShadeStore } from '../../../shared/greenhouse/shade-store.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';
import { createCommandsTable } from '../../support/greenhouse.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const OPEN = '40000,1,1,1000,3000';
const SHADED = '40000,1,1,3000,1000';

/** A wait of the client is a wait of the clock: nobody sleeps. */
const after: After = (ms, callback) => {
  const timer = clock.schedule(ms, callback);
  return () => timer.cancel();
};

let dynamodb: TestDynamoDb;
let clock: ManualClock;
let repeater: IrRepeater;
let motor: SimulatedShade;
let services: MoveShadeServices;
let zones = 0;
let zone: string;

beforeAll(async () => {
  dynamodb = await startTestDynamoDb();
  await createCommandsTable(dynamodb, 'commands');
  const shades = await dynamodb.createTable('zone');
  clock = new ManualClock();
  const codes = { open: parseIrCode(OPEN), shaded: parseIrCode(SHADED) };
  motor = new SimulatedShade({ clock, travelMs: 40_000, codes });
  repeater = await startIrRepeater({ clock, port: 0, onEmission: ({ code }) => motor.see(code) });
  services = {
    commands: new CommandStore(dynamodb.client, 'commands'),
    shades: new ShadeStore(dynamodb.client, shades),
    leases: new RepeaterLeases(dynamodb.client, 'commands'),
    send: (address, sendir) => sendOnce({ address, sendir, after }),
    now: () => clock.now(),
    elapsedMs: () => clock.now(),
    pause: async (ms) => clock.advance(ms),
    budgetMs: 20_000,
  };
});
afterAll(async () => {
  await repeater.stop();
  await dynamodb.stop();
});
beforeEach(async () => {
  zones += 1;
  zone = `zone-${zones}`;
  await services.shades.save(zone, shade(), clock.now());
});

function shade(changes: Partial<Shade> = {}, idempotent = true): Shade {
  return {
    repeater: { host: '127.0.0.1', port: repeater.port },
    connector: '1:1',
    codes: { open: { code: OPEN, idempotent }, shaded: { code: SHADED, idempotent } },
    ...changes,
  };
}

async function queue(sequence: number, changes: Partial<NewCommand> = {}): Promise<NewCommand> {
  const createdAtMs = clock.now();
  const command: NewCommand = {
    zone,
    sequence,
    target: 'shaded',
    reason: 'light',
    why: '36200 lux',
    attempt: 1,
    createdAtMs,
    expiresAtMs: createdAtMs + 300_000,
    ...changes,
  };
  await services.commands.queue(command);
  return command;
}

/** Lets the time pass, a little at a time, until it is over. */
async function whileTimePasses<Value>(work: Promise<Value>): Promise<Value> {
  let isOver = false;
  void work.finally(() => (isOver = true)).catch(() => undefined);
  await expect.poll(() => (clock.advance(25), isOver), { interval: 5 }).toBe(true);
  return work;
}

const move = (sequence: number, owner = `request-${sequence}`) =>
  whileTimePasses(moveShade({ zone, sequence }, owner, services));

test('A queued command moves the shade, and is acknowledged when its code has left.', async () => {
  await queue(1);
  const before = repeater.emissions.length;
  expect(await move(1)).toMatchObject({ status: 'ACKED', emitted: 'yes', tries: 1, idempotent: true });
  expect(repeater.emissions.slice(before)).toMatchObject([
    { connector: '1:1', id: 1, code: parseIrCode(SHADED) },
  ]);
  clock.advance(40_000);
  expect(motor.position).toBe(1);
  await queue(2, { target: 'open' });
  await move(2);
  clock.advance(40_000);
  expect(motor.position).toBe(0);
});

test('A notice that comes twice sends once; one of no command does nothing.', async () => {
  await queue(1);
  const before = repeater.emissions.length;
  await whileTimePasses(
    Promise.all([
      moveShade({ zone, sequence: 1 }, 'a', services),
      moveShade({ zone, sequence: 1 }, 'b', services),
      moveShade({ zone, sequence: 1 }, 'c', services),
    ]),
  );
  await move(1);
  expect(repeater.emissions.length - before).toBe(1);
  expect(await move(99)).toBeUndefined();
});

test('The newest command wins: an older one is superseded and not sent.', async () => {
  await queue(1);
  await queue(2, { target: 'open' });
  const before = repeater.emissions.length;
  expect(await move(1)).toMatchObject({ status: 'SUPERSEDED', emitted: 'no' });
  expect(repeater.emissions.length).toBe(before);
  expect(await move(2)).toMatchObject({ status: 'ACKED' });
});

test('A command whose time is over expires and is not sent.', async () => {
  await queue(1, { expiresAtMs: clock.now() });
  expect(await move(1)).toMatchObject({ status: 'EXPIRED', emitted: 'no' });
});

test('What the repeater would refuse is never sent, and its error is named.', async () => {
  const seed = 'sendir,1:1,15,37993,1,1,246,160,20,20,60,';
  const codes = { open: { code: OPEN, idempotent: true }, shaded: { code: seed, idempotent: true } };
  await services.shades.save(zone, shade({ codes }), clock.now());
  await queue(1);
  expect(await move(1)).toMatchObject({
    status: 'REJECTED',
    problem: { code: 'IR_CODE_010', message: expect.stringContaining('ERR_1:1,010') },
  });
});

test('A zone without a shade is a command without a way.', async () => {
  zone = 'nowhere';
  await queue(1);
  expect(await move(1)).toMatchObject({ status: 'REJECTED', problem: { code: 'SHADE_UNKNOWN' } });
});

test('What the repeater refuses is rejected, once.', async () => {
  repeater.disturb({ kind: 'error', code: '013' });
  await queue(1);
  expect(await move(1)).toMatchObject({ status: 'REJECTED', tries: 1, problem: { code: 'REPEATER_013' } });
});

test('Without an answer a code that may come twice is sent again, and a toggle is not.', async () => {
  repeater.disturb({ kind: 'drop-answer' });
  await queue(1);
  expect(await move(1)).toMatchObject({ status: 'ACKED', tries: 2 });

  await services.shades.save(zone, shade({}, false), clock.now());
  repeater.disturb({ kind: 'drop-answer' });
  const before = repeater.emissions.length;
  await queue(2);
  expect(await move(2)).toMatchObject({
    status: 'TIMED_OUT',
    emitted: 'unknown',
    idempotent: false,
    tries: 1,
  });
  expect(repeater.emissions.length - before).toBe(1);
});

test('A busy repeater is waited for.', async () => {
  for (let time = 0; time < 3; time += 1) repeater.disturb({ kind: 'busy' });
  await queue(1);
  expect(await move(1)).toMatchObject({ status: 'ACKED', tries: 4 });
});

test('A repeater that is not there is not reached: surely nothing was sent.', async () => {
  const gone = await startIrRepeater({ clock, port: 0 });
  await gone.stop();
  const elsewhere = shade({ repeater: { host: '127.0.0.1', port: gone.port } });
  await services.shades.save(zone, elsewhere, clock.now());
  await queue(1);
  expect(await move(1)).toMatchObject({
    status: 'TIMED_OUT',
    emitted: 'no',
    problem: { code: 'REPEATER_UNREACHABLE' },
  });
});

test('One repeater does one thing at a time: a command that does not get it stays queued.', async () => {
  const address = { host: '127.0.0.1', port: repeater.port };
  expect(await services.leases.take(address, 'other', clock.now(), clock.now() + 60_000)).toBe(true);
  await queue(1);
  const before = repeater.emissions.length;
  expect(await move(1)).toMatchObject({ status: 'QUEUED' });
  expect(repeater.emissions.length).toBe(before);
  // Its holder is gone for good: the lease ends by itself.
  clock.advance(60_000);
  expect(await move(1)).toMatchObject({ status: 'ACKED' });
});

test('A lease is taken by one, kept by its owner, and given back by nobody else.', async () => {
  const address = { host: 'h', port: 1 };
  const { leases } = services;
  const now = clock.now();
  const taken = await Promise.all(
    ['a', 'b', 'c'].map((owner) => leases.take(address, owner, now, now + 1000)),
  );
  expect(taken.filter(Boolean)).toHaveLength(1);
  const owner = ['a', 'b', 'c'][taken.indexOf(true)] ?? '';
  expect(await leases.take(address, owner, now, now + 1000)).toBe(true);
  await leases.release(address, 'somebody');
  expect(await leases.take(address, 'somebody', now, now + 1000)).toBe(false);
  await leases.release(address, owner);
  expect(await leases.take(address, 'somebody', now, now + 1000)).toBe(true);
});

test('A newer command while the repeater is busy ends the older one.', async () => {
  for (let time = 0; time < 50; time += 1) repeater.disturb({ kind: 'busy' });
  await queue(1);
  const moving = moveShade({ zone, sequence: 1 }, 'r', services);
  await queue(2, { target: 'open' });
  expect(await whileTimePasses(moving)).toMatchObject({ status: 'SUPERSEDED', emitted: 'no' });
});

test.each([
  [null, 'COMMAND_UNREADABLE'],
  [{ zone: 'a/b', sequence: 1 }, 'COMMAND_UNREADABLE'],
  [{ zone: 'lease/x', sequence: 0 }, 'COMMAND_UNREADABLE'],
  [{ zone: 'north', sequence: 1.5 }, 'COMMAND_UNREADABLE'],
  [{ zone: 'north' }, 'COMMAND_UNREADABLE'],
])('%j names no command.', (message, code) => {
  expect(() => parseNotice(message)).toThrow(expect.objectContaining({ code }));
});
