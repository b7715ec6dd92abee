import { afterAll, beforeAll, expect, test } from 'vitest';
import { RepeaterLeases } from '../../functions/move-shade/lease.ts';
import { moveShade } from '../../functions/move-shade/move-shade.ts';
import { parseNotice } from '../../functions/move-shade/notice.ts';
import { parseMessage } from '../../functions/watch-lux/message.ts';
import { watch, type WatchServices } from '../../functions/watch-lux/watch.ts';
import { ZoneStore } from '../../functions/watch-lux/zone-store.ts';
import { SimulatedShade, startIrRepeater, type IrRepeater } from '../../local/devices/ir-repeater/index.ts';
import { CommandStore } from '../../shared/greenhouse/command-store.ts';
import { publishedCommand } from '../../shared/greenhouse/command.ts';
import { parseIrCode } from '../../shared/greenhouse/ir-code.ts';
import { sendOnce, type After } from '../../shared/greenhouse/repeater-client.ts';
import { ShadeStore } from '../../shared/greenhouse/shade-store.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { createCommandsTable } from '../support/greenhouse.ts';
import { ManualClock } from '../support/manual-clock.ts';

const OPEN = '40000,1,1,1000,3000';
const SHADED = '40000,1,1,3000,1000';
const MINUTE = 60_000;

/** A wait of the client is a wait of the clock: nobody sleeps. */
const after: After = (ms, callback) => {
  const timer = clock.schedule(ms, callback);
  return () => timer.cancel();
};

let dynamodb: TestDynamoDb;
let clock: ManualClock;
let repeater: IrRepeater;
let motor: SimulatedShade;
let services: WatchServices;
let leases: RepeaterLeases;
const queued: unknown[] = [];
const states: unknown[] = [];
const told: string[] = [];
let requests = 0;

beforeAll(async () => {
  dynamodb = await startTestDynamoDb();
  clock = new ManualClock();
  motor = new SimulatedShade({
    clock,
    travelMs: 40_000,
    codes: { open: parseIrCode(OPEN), shaded: parseIrCode(SHADED) },
  });
  repeater = await startIrRepeater({ clock, port: 0, onEmission: ({ code }) => motor.see(code) });
  await createCommandsTable(dynamodb, 'commands');
  leases = new RepeaterLeases(dynamodb.client, 'commands');
  services = {
    zones: new ZoneStore(dynamodb.client, await dynamodb.createTable('zone')),
    commands: new CommandStore(dynamodb.client, 'commands'),
    shades: new ShadeStore(dynamodb.client, await dynamodb.createTable('zone')),
    publish: async (topic, message) => void (topic.endsWith('/command') ? queued : states).push(message),
    tellPeople: async (_zone, { kind, about }) => void told.push(`${kind}/${about}`),
    now: () => clock.now(),
    count: () => undefined,
    log: (line) => expect.fail(JSON.stringify(line)),
  };
});
afterAll(async () => {
  await repeater.stop();
  await dynamodb.stop();
});

const hear = (message: Record<string, unknown>) =>
  watch(
    parseMessage({ zone: 'north', receivedAt: clock.now(), ...message }, clock.now()),
    `request-${(requests += 1)}`,
    services,
  );

/** What the rule on commands does: each that is queued goes to move-shade, and its end back to watch-lux. */
async function deliverCommands(): Promise<void> {
  for (const message of queued.splice(0)) {
    const notice = parseNotice(message);
    let isOver = false;
    const moving = moveShade(notice, `request-${(requests += 1)}`, {
      ...services,
      leases,
      send: (address, sendir) => sendOnce({ address, sendir, after }),
      elapsedMs: () => clock.now(),
      pause: async (ms) => clock.advance(ms),
      budgetMs: 20_000,
    }).finally(() => (isOver = true));
    await expect.poll(() => (clock.advance(25), isOver), { interval: 5 }).toBe(true);
    const command = await moving;
    if (command === undefined || command.status === 'QUEUED') continue;
    await hear({ kind: 'command', sequence: publishedCommand(command)['sequence'] });
  }
}

async function minutes(count: number, lux: number | undefined): Promise<void> {
  for (let minute = 0; minute < count; minute += 1) {
    if (lux !== undefined) await hear({ kind: 'lux', device: 'p', time: clock.now(), lux });
    await deliverCommands();
    await hear({ kind: 'tick' });
    await deliverCommands();
    clock.advance(MINUTE);
  }
}

test('Bright light moves the shade over infrared, what got lost is sent again, and wind takes it back.', async () => {
  const code = (text: string) => ({ code: text, idempotent: true });
  await hear({
    kind: 'settings',
    settings: { probes: ['p'], wind: {} },
    shade: {
      repeater: { host: '127.0.0.1', port: repeater.port },
      codes: { open: code(OPEN), shaded: code(SHADED) },
    },
  });
  await minutes(15, 40_000);
  expect(motor.position).toBe(0);
  // The repeater is locked out by somebody's command for the whole budget of the first attempt.
  for (let time = 0; time < 80; time += 1) repeater.disturb({ kind: 'busy' });
  await minutes(1, 40_000);
  expect(motor.position).toBe(0);
  await minutes(3, 40_000);
  expect(motor.position).toBe(1);
  expect(states.at(-1)).toMatchObject({
    position: { desired: 'shaded', assumed: 'shaded' },
    command: { status: 'ACKED', attempt: 2, reason: 'light' },
  });

  await hear({ kind: 'safety', device: 's', time: clock.now(), windMetersPerSecond: 20 });
  clock.advance(3000);
  await hear({ kind: 'safety', device: 's', time: clock.now(), windMetersPerSecond: 20 });
  await deliverCommands();
  clock.advance(40_000);
  expect(motor.position).toBe(0);
  await minutes(30, 90_000);
  expect(motor.position).toBe(0);
  expect(told.filter((one) => !one.startsWith('silent'))).toEqual([
    'moved/light',
    'moved/wind',
    'locked/wind',
  ]);
});
