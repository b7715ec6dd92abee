import { CreateTableCommand, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callDynamoDb } from '../../../../../local/dynamodb/call.ts';
import { putItem } from '../../../../../local/dynamodb/items.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../../support/dynamodb.ts';
import { actionBench, ROLE } from './bench.ts';

const REGION = 'eu-west-1';

let dynamodb: TestDynamoDb;
let TableName: string;
beforeAll(async () => {
  dynamodb = await startTestDynamoDb();
  TableName = 'readings';
  await dynamodb.client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'device', AttributeType: 'S' },
        { AttributeName: 'at', AttributeType: 'N' },
      ],
      KeySchema: [
        { AttributeName: 'device', KeyType: 'HASH' },
        { AttributeName: 'at', KeyType: 'RANGE' },
      ],
    }),
  );
});
afterAll(() => dynamodb.stop());

const action = {
  TableName: 'readings',
  HashKeyField: 'device',
  HashKeyValue: '${topic(2)}',
  RangeKeyField: 'at',
  RangeKeyValue: '${at}',
  RangeKeyType: 'NUMBER',
  RoleArn: ROLE,
};

function bench(changes: object = {}, sql?: string) {
  return actionBench(
    [{ DynamoDB: { ...action, ...changes } }],
    {
      callDynamoDb: async (operation, request) => {
        const { ok, text } = await callDynamoDb(dynamodb.url, REGION, operation, request);
        if (!ok) throw new Error(text);
      },
    },
    sql === undefined ? {} : { sql },
  );
}

async function item(at: number) {
  const Key = { device: { S: 'b' }, at: { N: String(at) } };
  return (await dynamodb.client.send(new GetItemCommand({ TableName, Key }))).Item;
}

test('An item has its keys, each of its type, and the result in the column payload.', async () => {
  expect(await bench().send({ at: 1, value: 21.5, tags: ['x', null], deep: { ok: true } })).toEqual([]);
  expect(await item(1)).toEqual({
    device: { S: 'b' },
    at: { N: '1' },
    payload: {
      M: {
        at: { N: '1' },
        value: { N: '21.5' },
        tags: { L: [{ S: 'x' }, { NULL: true }] },
        deep: { M: { ok: { BOOL: true } } },
      },
    },
  });
});

test('Numbers keep digits that no double carries.', async () => {
  expect(await bench().send('{"at": 2, "n": 12345678901234567890.123}')).toEqual([]);
  expect((await item(2))?.['payload']?.M?.['n']).toEqual({ N: '12345678901234567890.123' });
});

test('A payload that is not JSON is kept as bytes.', async () => {
  expect(await bench({ RangeKeyValue: '3' }).send(new Uint8Array([0, 255, 7]))).toEqual([]);
  expect((await item(3))?.['payload']).toEqual({ B: new Uint8Array([0, 255, 7]) });
});

test('An update sets its column and leaves the others; a deletion takes the item.', async () => {
  await bench().send({ at: 4, value: 1 });
  await bench({ Operation: '${op}', PayloadField: 'last' }, "SELECT VALUE value FROM 'a/#'").send({
    at: 4,
    op: 'UPDATE',
    value: 2,
  });
  expect(await item(4)).toMatchObject({ payload: { M: { value: { N: '1' } } }, last: { N: '2' } });
  await bench({ Operation: 'DELETE' }).send({ at: 4 });
  expect(await item(4)).toBeUndefined();
});

test.each<[string, object, unknown, string]>([
  ['an empty key', {}, { value: 1 }, 'the key "at" is empty for this message'],
  ['a key that is no number', {}, { at: 'now' }, 'the key "at" is "now", which is no number'],
  [
    'an unknown operation',
    { Operation: '${op}' },
    { at: 1, op: 'MERGE' },
    'the operation "MERGE" is none of',
  ],
  ['an unknown type', { RangeKeyType: '${t}' }, { at: 1, t: 'B' }, 'the type "B" of the key "at" is none of'],
  ['a table that is not there', { TableName: 'nowhere' }, { at: 1 }, 'ResourceNotFoundException'],
])('It fails for %s.', async (_what, changes, payload, reason) => {
  const failures = await bench(changes).send(payload);
  expect(failures).toEqual([
    {
      failedAction: 'DynamoDBAction',
      failedResource: expect.any(String),
      errorMessage: expect.stringContaining(reason),
    },
  ]);
});

test('A result that is nested deeper than DynamoDB takes fails before it is sent.', async () => {
  const deep = `{"at": 1, "x": ${'['.repeat(40)}${']'.repeat(40)}}`;
  const [failure] = await bench().send(deep);
  expect(failure?.errorMessage).toContain('nested deeper than the 32 levels');
});

test('DynamoDBv2 makes a column of each attribute, with every digit.', async () => {
  const columns = actionBench([{ DynamoDBv2: { PutItem: { TableName }, RoleArn: ROLE } }], {
    putItem: ({ tableName, item: plain }) => putItem(dynamodb.url, REGION, tableName, plain),
  });
  const sent = '{"device": "b", "at": 9, "big": 12345678901234567890.5, "list": [1e20], "no": null}';
  expect(await columns.send(sent)).toEqual([]);
  expect(await item(9)).toEqual({
    device: { S: 'b' },
    at: { N: '9' },
    big: { N: '12345678901234567890.5' },
    list: { L: [{ N: '100000000000000000000' }] },
    no: { NULL: true },
  });
});
