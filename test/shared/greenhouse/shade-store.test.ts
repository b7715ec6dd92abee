import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Shade } from '../../../shared/greenhouse/shade.ts';
import { ShadeStore } from '../../../shared/greenhouse/shade-store.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';

let dynamodb: TestDynamoDb;
let table: string;
let store: ShadeStore;

beforeAll(async () => {
  dynamodb = await startTestDynamoDb();
  table = await dynamodb.createTable('zone');
  store = new ShadeStore(dynamodb.client, table);
});
afterAll(() => dynamodb.stop());

const NOON = Date.UTC(2026, 5, 1, 12);
const shade = (host: string): Shade => ({
  repeater: { host, port: 4998 },
  connector: '1:1',
  codes: {
    open: { code: '38000,1,1,5,6', idempotent: true },
    shaded: { code: '38000,1,1,7,8', idempotent: true },
  },
});

const byHand = (zone: string, item: Record<string, unknown>) =>
  dynamodb.client.send(new PutCommand({ TableName: table, Item: { zone, ...item } }));

test('The later change of a shade stands, in whichever order they come; the same one may come again.', async () => {
  expect(await store.save('order', shade('second'), NOON + 1)).toBe(true);
  expect(await store.save('order', shade('first'), NOON)).toBe(false);
  expect(await store.load('order')).toEqual(shade('second'));
  expect(await store.save('order', shade('second'), NOON + 1)).toBe(true);
  expect(await store.save('order', shade('third'), NOON + 2)).toBe(true);
  expect(await store.load('order')).toEqual(shade('third'));
});

test('A shade that a person put there has no time: it is read, and any change is later.', async () => {
  await byHand('hand', { shade: shade('by-hand') });
  expect(await store.load('hand')).toEqual(shade('by-hand'));
  expect(await store.save('hand', shade('changed'), NOON)).toBe(true);
  expect(await store.load('hand')).toEqual(shade('changed'));
  const { Item: item } = await dynamodb.client.send(
    new GetCommand({ TableName: table, Key: { zone: 'hand' } }),
  );
  expect(item).toEqual({ zone: 'hand', shade: shade('changed'), changedAt: NOON });
});
