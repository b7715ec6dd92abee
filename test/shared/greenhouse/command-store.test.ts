import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CommandStore } from '../../../shared/greenhouse/command-store.ts';
import type { NewCommand } from '../../../shared/greenhouse/command.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';
import { createCommandsTable } from '../../support/greenhouse.ts';

let dynamodb: TestDynamoDb;
let table: string;
let store: CommandStore;

beforeAll(async () => {
  dynamodb = await startTestDynamoDb();
  table = await createCommandsTable(dynamodb, 'commands');
  store = new CommandStore(dynamodb.client, table);
});
afterAll(() => dynamodb.stop());

const NOW = Date.UTC(2026, 5, 1, 10);
const command = (zone: string, sequence: number): NewCommand => ({
  zone,
  sequence,
  target: 'shaded',
  reason: 'light',
  why: '36200 lux',
  attempt: 1,
  createdAtMs: NOW,
  expiresAtMs: NOW + 300_000,
});

test('A command is queued once: queued again it stays what it has become.', async () => {
  const queued = await store.queue(command('once', 1));
  expect(queued).toEqual({ changed: true, command: { ...command('once', 1), status: 'QUEUED' } });
  if (queued.command === undefined) throw new Error('it was just queued');
  await store.advance(queued.command, 'SENT', { sentAtMs: NOW + 1, idempotent: true });
  expect(await store.queue(command('once', 1))).toEqual({
    changed: false,
    command: { ...command('once', 1), status: 'SENT', sentAtMs: NOW + 1, idempotent: true },
  });
});

test('Of two that take a command on, one does; the other is told what stands.', async () => {
  const { command: queued } = await store.queue(command('race', 1));
  if (queued === undefined) throw new Error('it was just queued');
  const outcomes = await Promise.all([
    store.advance(queued, 'SENT', { sentAtMs: NOW }),
    store.advance(queued, 'SUPERSEDED', { endedAtMs: NOW, emitted: 'no' }),
  ]);
  expect(outcomes.filter(({ changed }) => changed)).toHaveLength(1);
  expect(outcomes[0]?.command).toEqual(outcomes[1]?.command);
  expect(await store.load('race', 1)).toEqual(outcomes[0]?.command);
});

test('The newest command of a zone is the one with the highest number.', async () => {
  for (const sequence of [9, 10, 2]) await store.queue(command('newest', sequence));
  expect((await store.newest('newest'))?.sequence).toBe(10);
  expect(await store.newest('nobody')).toBeUndefined();
});

test('An item that is no command is named.', async () => {
  await dynamodb.client.send(
    new PutCommand({ TableName: table, Item: { zone: 'odd', sequence: 1, status: 'GONE' } }),
  );
  await expect(store.load('odd', 1)).rejects.toMatchObject({ code: 'COMMAND_UNREADABLE' });
});

test('A command is kept for three months.', async () => {
  const { GetCommand } = await import('@aws-sdk/lib-dynamodb');
  await store.queue(command('kept', 1));
  const { Item: item } = await dynamodb.client.send(
    new GetCommand({ TableName: table, Key: { zone: 'kept', sequence: 1 } }),
  );
  expect(item?.['removeAt']).toBe(NOW / 1000 + 90 * 86_400);
});
