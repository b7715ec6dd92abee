import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeChange, type SettingsTables } from '../../../functions/tune-scoring/write.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';

let dynamodb: TestDynamoDb;
let tables: SettingsTables;

beforeAll(async () => {
  dynamodb = await startTestDynamoDb();
  tables = {
    stateTable: await dynamodb.createTable('key'),
    settingsTable: await dynamodb.createTable('scope'),
  };
});
afterAll(() => dynamodb.stop());

async function read(TableName: string, Key: Record<string, string>): Promise<unknown> {
  return (await dynamodb.client.send(new GetCommand({ TableName, Key }))).Item;
}

test('A change for all devices is one item; it moves with each change.', async () => {
  expect(await writeChange(dynamodb.client, tables, { settings: { T: 5, beta: 0.1 }, receivedAtMs: 1 })).toBe(
    true,
  );
  expect(await writeChange(dynamodb.client, tables, { settings: { beta: null }, receivedAtMs: 2 })).toBe(
    true,
  );
  expect(await read(tables.settingsTable, { scope: 'all' })).toEqual({
    scope: 'all',
    version: 2,
    settingsChangedAt: 2,
    T: 5,
  });
});

test('A device may have settings before its first reading.', async () => {
  await writeChange(dynamodb.client, tables, {
    device: 'new',
    settings: { mode: 'classic', alpha0: 0.5, threshold: 0.1 },
    receivedAtMs: 7,
  });
  expect(await read(tables.stateTable, { key: 'new' })).toEqual({
    key: 'new',
    version: 1,
    settingsChangedAt: 7,
    mode: 'classic',
    alpha0: 0.5,
    threshold: 0.1,
  });
});

test('The same change again stands as it is; one that was received earlier is not written.', async () => {
  const change = { device: 'again', settings: { beta: 0.9 }, receivedAtMs: 20 };
  await writeChange(dynamodb.client, tables, change);
  expect(await writeChange(dynamodb.client, tables, change)).toBe(true);
  const earlier = { device: 'again', settings: { beta: 0.1, T: 3 }, receivedAtMs: 19 };
  expect(await writeChange(dynamodb.client, tables, earlier)).toBe(false);
  expect(await read(tables.stateTable, { key: 'again' })).toMatchObject({ beta: 0.9, settingsChangedAt: 20 });
});

test('What is no conflict is thrown, so that Lambda tries again.', async () => {
  const gone = { stateTable: 'gone', settingsTable: 'gone' };
  const writing = writeChange(dynamodb.client, gone, { settings: { T: 5 }, receivedAtMs: 1 });
  await expect(writing).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});
