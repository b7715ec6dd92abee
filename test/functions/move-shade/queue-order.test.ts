import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { AlarmOrder } from '../../../functions/move-shade/alarm-order.ts';
import { queueOrder } from '../../../functions/move-shade/queue-order.ts';
import { CommandStore } from '../../../shared/greenhouse/command-store.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';
import { createCommandsTable } from '../../support/greenhouse.ts';

const NOON = Date.UTC(2026, 5, 1, 12);

let dynamodb: TestDynamoDb;
let commands: CommandStore;
let zone: string;
let zones = 0;

beforeAll(async () => {
  dynamodb = await startTestDynamoDb();
  await createCommandsTable(dynamodb, 'commands');
  commands = new CommandStore(dynamodb.client, 'commands');
});
afterAll(() => dynamodb.stop());
beforeEach(() => {
  zone = `zone-${(zones += 1)}`;
});

const order = (changes: Partial<AlarmOrder> = {}): AlarmOrder => {
  const createdAtMs = changes.createdAtMs ?? NOON;
  const expiresAtMs = createdAtMs + 300_000;
  return {
    zone,
    target: 'shaded',
    reason: 'alarm',
    why: 'w',
    attempt: 1,
    createdAtMs,
    expiresAtMs,
    ...changes,
  };
};

test('What an alarm asks for is in the table before anything is sent, numbered by its second.', async () => {
  expect(await queueOrder(order(), commands)).toEqual({ zone, sequence: NOON / 1000 });
  expect(await commands.newest(zone)).toMatchObject({ status: 'QUEUED', target: 'shaded', reason: 'alarm' });
});

test('The same notification again finds the command that it has made, whatever has become of it.', async () => {
  const { sequence } = await queueOrder(order(), commands);
  const command = await commands.load(zone, sequence);
  if (command === undefined) throw new Error('it was queued');
  await commands.advance(command, 'SENT', { sentAtMs: NOON });
  expect(await queueOrder(order(), commands)).toEqual({ zone, sequence });
  expect(await commands.newest(zone)).toMatchObject({ sequence, status: 'SENT' });
});

test('The other position in the same second is a command of its own, and the newer one.', async () => {
  await queueOrder(order(), commands);
  expect(await queueOrder(order({ target: 'open', createdAtMs: NOON + 900 }), commands)).toEqual({
    zone,
    sequence: NOON / 1000 + 1,
  });
  expect((await commands.newest(zone))?.target).toBe('open');
});

test('An older order that comes late is older.', async () => {
  await queueOrder(order({ target: 'open' }), commands);
  await queueOrder(order({ createdAtMs: NOON - 60_000 }), commands);
  expect((await commands.newest(zone))?.target).toBe('open');
});

test('Where every number is taken, the order is refused by name.', async () => {
  for (let sequence = NOON / 1000; sequence < NOON / 1000 + 16; sequence += 1) {
    await commands.queue({ ...order({ target: 'open' }), sequence });
  }
  await expect(queueOrder(order(), commands)).rejects.toMatchObject({ code: 'ORDER_NUMBER_TAKEN' });
});
