import { DescribeTableCommand, GetItemCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { putItem } from '../../../local/dynamodb/items.ts';
import { createTables, emptyTables } from '../../../local/dynamodb/tables.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';

const REGION = 'eu-west-1';
let dynamodb: TestDynamoDb;
beforeAll(async () => {
  dynamodb = await startTestDynamoDb();
});
afterAll(() => dynamodb.stop());

function table(name: string, request: Record<string, unknown> = {}) {
  return {
    name,
    request: {
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'key', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'key', KeyType: 'HASH' }],
      ...request,
    },
  };
}

test('Tables are created once, and found by the SDK in the same region.', async () => {
  await createTables(dynamodb.url, REGION, [table('one'), table('two')]);
  await createTables(dynamodb.url, REGION, [table('two'), table('three')]);
  for (const TableName of ['one', 'two', 'three']) {
    const { Table: found } = await dynamodb.client.send(new DescribeTableCommand({ TableName }));
    expect(found?.TableStatus).toBe('ACTIVE');
  }
});

test('A table that the engine refuses is named, with what the engine says.', async () => {
  const refused = createTables(dynamodb.url, REGION, [table('good'), table('bad', { KeySchema: [] })]);
  await expect(refused).rejects.toMatchObject({ code: 'TABLE_NOT_CREATED', data: { table: 'bad' } });
  await expect(refused).rejects.toThrow('table "bad" cannot be created');
});

test('An engine that cannot be reached is named too.', async () => {
  await expect(createTables('http://127.0.0.1:9', REGION, [table('any')])).rejects.toMatchObject({
    code: 'TABLE_NOT_CREATED',
  });
});

test('All tables are deleted, also those behind the first hundred, and the template has its own anew.', async () => {
  const names = Array.from({ length: 120 }, (_, at) => `many-${at}`);
  await createTables(
    dynamodb.url,
    REGION,
    names.map((name) => table(name)),
  );
  await emptyTables(dynamodb.url, REGION, [table('many-7'), table('new')]);
  const { TableNames } = await dynamodb.client.send(new ListTablesCommand());
  expect(TableNames).toEqual(['many-7', 'new']);
});

test('An item is put as JSON has it, and what the engine refuses is thrown.', async () => {
  await createTables(dynamodb.url, REGION, [table('items')]);
  const item = { key: 'a', number: -1.5, text: 'ü', nothing: null, list: [1, { deep: [true] }], object: {} };
  await putItem(dynamodb.url, REGION, 'items', item);
  const { Item: found = {} } = await dynamodb.client.send(
    new GetItemCommand({ TableName: 'items', Key: { key: { S: 'a' } } }),
  );
  expect(unmarshall(found)).toEqual(item);
  await expect(putItem(dynamodb.url, REGION, 'items', { other: 1 })).rejects.toThrow('ValidationException');
});
