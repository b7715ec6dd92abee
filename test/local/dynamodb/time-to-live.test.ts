import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  DeleteTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
  UpdateTimeToLiveCommand,
  type AttributeValue,
} from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAdjustableClock, type AdjustableClock } from '../../../local/clock/index.ts';
import { callDynamoDb } from '../../../local/dynamodb/call.ts';
import { createDynamoDbProxy } from '../../../local/dynamodb/proxy.ts';
import { expirySeconds, isExpired, MAX_AGE_SECONDS } from '../../../local/dynamodb/time-to-live/expiry.ts';
import { createTimeToLive, type Deletion } from '../../../local/dynamodb/time-to-live/index.ts';
import { lookThrough } from '../../../local/dynamodb/time-to-live/look.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';
import { CREDENTIALS, REGION, startEndpoint } from '../endpoint/support.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let dynamodb: TestDynamoDb;
beforeAll(async () => {
  dynamodb = await startTestDynamoDb();
});
afterAll(() => dynamodb.stop());

/** The time to live behind an endpoint, with a client of the SDK, on a clock that stands still. */
async function start({ file = ':memory:', engineUrl = dynamodb.url } = {}) {
  const clock: AdjustableClock = createAdjustableClock();
  clock.setSpeed(0);
  const deletions: Deletion[] = [];
  const logged: unknown[] = [];
  const timeToLive = createTimeToLive({
    file,
    clock,
    engineUrl,
    region: REGION,
    log: (message, data) => logged.push([message, data]),
  });
  timeToLive.onDeleted((deletion) => deletions.push(deletion));
  const proxy = createDynamoDbProxy(dynamodb.url, timeToLive);
  const endpoint = await startEndpoint({ dynamodb: proxy });
  const client = new DynamoDBClient({
    endpoint: endpoint.url,
    region: REGION,
    credentials: CREDENTIALS,
    maxAttempts: 1,
  });
  return {
    clock,
    timeToLive,
    deletions,
    logged,
    client,
    nowSeconds: () => Math.floor(clock.now() / 1000),
    advance: (ms: number) => clock.advance(ms, () => timeToLive.drained()),
    put: (TableName: string, key: string, expiry: AttributeValue) =>
      client.send(new PutItemCommand({ TableName, Item: { key: { S: key }, removeAt: expiry } })),
    set: (TableName: string, AttributeName: string, Enabled: boolean) =>
      client.send(
        new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: { AttributeName, Enabled } }),
      ),
    describe: async (TableName: string) =>
      (await client.send(new DescribeTimeToLiveCommand({ TableName }))).TimeToLiveDescription,
    async keys(TableName: string): Promise<string[]> {
      const { Items = [] } = await client.send(new ScanCommand({ TableName }));
      return Items.map(({ key }) => key?.S ?? '').sort();
    },
    async stop(): Promise<void> {
      client.destroy();
      await endpoint.close();
      proxy.close();
      await timeToLive.close();
    },
  };
}

test('The SDK sets the time to live of a table, is told of it, and takes it away.', async () => {
  const cloud = await start();
  const table = await dynamodb.createTable('key');
  expect(await cloud.describe(table)).toEqual({ TimeToLiveStatus: 'DISABLED' });
  const { TimeToLiveSpecification } = await cloud.set(table, 'removeAt', true);
  expect(TimeToLiveSpecification).toEqual({ AttributeName: 'removeAt', Enabled: true });
  const enabled = { TimeToLiveStatus: 'ENABLED', AttributeName: 'removeAt' };
  expect(await cloud.describe(table)).toEqual(enabled);
  expect(await cloud.describe(`arn:aws:dynamodb:${REGION}:000000000000:table/${table}`)).toEqual(enabled);
  await cloud.set(table, 'removeAt', false);
  expect(await cloud.describe(table)).toEqual({ TimeToLiveStatus: 'DISABLED' });
  await cloud.stop();
});

test('A change that AWS refuses is refused in its words.', async () => {
  const cloud = await start();
  const table = await dynamodb.createTable('key');
  const refused = (name: string, message: string) => ({ name, message: expect.stringContaining(message) });
  await expect(cloud.set(table, 'removeAt', false)).rejects.toMatchObject(
    refused('ValidationException', 'TimeToLive is already disabled'),
  );
  await cloud.set(table, 'removeAt', true);
  await expect(cloud.set(table, 'removeAt', true)).rejects.toMatchObject(
    refused('ValidationException', 'TimeToLive is already enabled'),
  );
  for (const isEnabled of [true, false]) {
    await expect(cloud.set(table, 'other', isEnabled)).rejects.toMatchObject(
      refused('ValidationException', 'current AttributeName is removeAt'),
    );
  }
  await expect(cloud.set(table, '', true)).rejects.toMatchObject(
    refused('ValidationException', 'AttributeName'),
  );
  await expect(cloud.set('none', 'removeAt', true)).rejects.toMatchObject(
    refused('ResourceNotFoundException', 'none'),
  );
  await expect(cloud.describe('none')).rejects.toMatchObject(refused('ResourceNotFoundException', 'none'));
  await cloud.stop();
});

test('Items go when the clock is advanced over their time, whatever the machine says it is.', async () => {
  const cloud = await start();
  const table = await dynamodb.createTable('key');
  await cloud.set(table, 'removeAt', true);
  // The cloud is a hundred days ahead: what the machine calls the future has passed here.
  await cloud.advance(100 * DAY_MS);
  const now = cloud.nowSeconds();
  await cloud.put(table, 'in an hour', { N: String(now + 3_600) });
  await cloud.put(table, 'in ten days', { N: String(now + 10 * 86_400) });
  await cloud.put(table, 'in three years', { N: String(now + 3 * 365 * 86_400) });
  expect(await cloud.keys(table)).toHaveLength(3);
  await cloud.advance(3 * HOUR_MS);
  expect(await cloud.keys(table)).toEqual(['in ten days', 'in three years']);
  await cloud.advance(30 * DAY_MS);
  expect(await cloud.keys(table)).toEqual(['in three years']);
  expect(cloud.deletions).toEqual([
    { tableName: table, attributeName: 'removeAt', count: 1 },
    { tableName: table, attributeName: 'removeAt', count: 1 },
  ]);
  await cloud.stop();
});

test('What has no number there, or one of more than five years ago, stays.', async () => {
  const cloud = await start();
  const table = await dynamodb.createTable('key');
  await cloud.set(table, 'removeAt', true);
  const now = cloud.nowSeconds();
  await cloud.put(table, 'expired', { N: String(now - 1) });
  await cloud.put(table, 'text', { S: String(now - 1) });
  await cloud.put(table, 'list', { L: [{ N: String(now - 1) }] });
  await cloud.put(table, 'ancient', { N: String(now - MAX_AGE_SECONDS - 100_000) });
  await cloud.put(table, 'milliseconds', { N: String(cloud.clock.now() - 1) });
  await cloud.client.send(new PutItemCommand({ TableName: table, Item: { key: { S: 'without' } } }));
  await cloud.advance(2 * HOUR_MS);
  expect(await cloud.keys(table)).toEqual(['ancient', 'list', 'milliseconds', 'text', 'without']);
  await cloud.stop();
});

test('An item that is given more time between the reading and the deletion stays.', async () => {
  const table = await dynamodb.createTable('key');
  const nowSeconds = 2_000_000_000;
  const put = (key: string, seconds: number) =>
    callDynamoDb(dynamodb.url, REGION, 'PutItem', {
      TableName: table,
      Item: { key: { S: key }, removeAt: { N: String(seconds) } },
    });
  await put('a', nowSeconds - 10);
  await put('b', nowSeconds - 10);
  const look = await lookThrough({
    tableName: table,
    attributeName: 'removeAt',
    nowSeconds,
    async call(operation, request) {
      if (operation === 'DeleteItem') await put('b', nowSeconds + 10);
      return callDynamoDb(dynamodb.url, REGION, operation, request);
    },
  });
  expect(look).toEqual({ deleted: 1 });
  const { text } = await callDynamoDb(dynamodb.url, REGION, 'Scan', { TableName: table });
  expect(JSON.parse(text)).toMatchObject({ Items: [{ key: { S: 'b' } }] });
});

test('A look reads a bounded number of pages, and the next one goes on where it stopped.', async () => {
  const table = await dynamodb.createTable('key');
  const text = 'x'.repeat(90_000);
  for (let at = 0; at < 30; at += 1) {
    const Item = {
      key: { S: `k${at}` },
      removeAt: { N: String(at < 10 ? 1_999_999_999 : 2_000_000_500) },
      text: { S: text },
    };
    await callDynamoDb(dynamodb.url, REGION, 'PutItem', { TableName: table, Item });
  }
  const options = {
    tableName: table,
    attributeName: 'removeAt',
    nowSeconds: 2_000_000_000,
    maxPages: 1,
    call: (operation: string, request: unknown) => callDynamoDb(dynamodb.url, REGION, operation, request),
  };
  let deleted = 0;
  let looks = 0;
  for (let after: object | undefined = {}; after !== undefined && looks < 10; looks += 1) {
    const look = await lookThrough({ ...options, ...(looks === 0 ? {} : { after: { ...after } }) });
    deleted += look?.deleted ?? 0;
    after = look?.after;
  }
  expect(deleted).toBe(10);
  // A page of a scan ends at one megabyte: 2.7 of them are three pages.
  expect(looks).toBe(3);
});

test('A month without a write is looked through once a day, and when something is due.', async () => {
  const counting = createDynamoDbProxy(dynamodb.url);
  const engine = await startEndpoint({ dynamodb: counting });
  const cloud = await start({ engineUrl: engine.url });
  const table = await dynamodb.createTable('key');
  await cloud.set(table, 'removeAt', true);
  await cloud.put(table, 'a', { N: String(cloud.nowSeconds() + 12 * 3_600) });
  await cloud.advance(30 * DAY_MS);
  expect(cloud.deletions).toHaveLength(1);
  const looks = counting.operations.get('Scan') ?? 0;
  expect(looks).toBeGreaterThanOrEqual(30);
  expect(looks).toBeLessThanOrEqual(33);
  await cloud.stop();
  await engine.close();
  counting.close();
});

test('Without a time to live nothing is looked through: no timer is set.', async () => {
  const cloud = await start();
  expect(await cloud.advance(30 * DAY_MS)).toBe(0);
  const table = await dynamodb.createTable('key');
  await cloud.set(table, 'removeAt', true);
  await cloud.set(table, 'removeAt', false);
  expect(await cloud.advance(30 * DAY_MS)).toBe(1);
  await cloud.stop();
});

test('A table that is deleted loses its time to live, whoever deletes it, and one of its name begins without.', async () => {
  const cloud = await start();
  const [known, unknown] = [await dynamodb.createTable('key'), await dynamodb.createTable('key')];
  for (const table of [known, unknown]) await cloud.set(table, 'removeAt', true);
  await cloud.client.send(new DeleteTableCommand({ TableName: known }));
  await dynamodb.client.send(new DeleteTableCommand({ TableName: unknown }));
  await cloud.advance(2 * HOUR_MS);
  cloud.timeToLive.takeTemplate([]);
  for (const TableName of [known, unknown]) {
    const AttributeDefinitions = [{ AttributeName: 'id', AttributeType: 'N' }];
    const KeySchema = [{ AttributeName: 'id', KeyType: 'HASH' }];
    const request = { TableName, BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions, KeySchema };
    expect((await callDynamoDb(dynamodb.url, REGION, 'CreateTable', request)).ok).toBe(true);
    expect(await cloud.describe(TableName)).toEqual({ TimeToLiveStatus: 'DISABLED' });
  }
  expect(cloud.logged).toEqual([]);
  await cloud.stop();
});

test('The template gives a table its time to live and takes it away; a reset forgets what the API has set.', async () => {
  const cloud = await start();
  const [one, other] = [await dynamodb.createTable('key'), await dynamodb.createTable('key')];
  cloud.timeToLive.takeTemplate([{ name: one, timeToLive: 'removeAt' }]);
  await cloud.set(other, 'removeAt', true);
  expect(await cloud.describe(one)).toMatchObject({ AttributeName: 'removeAt' });
  await cloud.timeToLive.reset();
  for (const table of [one, other]) {
    expect(await cloud.describe(table)).toEqual({ TimeToLiveStatus: 'DISABLED' });
  }
  cloud.timeToLive.takeTemplate([{ name: one, timeToLive: 'removeAt' }]);
  cloud.timeToLive.takeTemplate([{ name: one }]);
  expect(await cloud.describe(one)).toEqual({ TimeToLiveStatus: 'DISABLED' });
  await cloud.stop();
});

test('What the API has set is kept, and what expires while the cloud is not running goes when it runs again.', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-ttl-'));
  const file = path.join(folder, 'time-to-live.sqlite');
  const table = await dynamodb.createTable('key');
  const before = await start({ file });
  await before.set(table, 'removeAt', true);
  await before.put(table, 'a', { N: String(before.nowSeconds() - 1) });
  await before.stop();
  const after = await start({ file });
  expect(await after.describe(table)).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'removeAt' });
  await after.advance(61_000);
  expect(await after.keys(table)).toEqual([]);
  await after.stop();
  rmSync(folder, { recursive: true });
});

test('An engine that does not answer is told of, and the next hour tries again.', async () => {
  const clock = createAdjustableClock();
  const logged: string[] = [];
  const timeToLive = createTimeToLive({
    file: ':memory:',
    clock,
    engineUrl: 'http://127.0.0.1:9',
    region: REGION,
    log: (message) => logged.push(message),
  });
  timeToLive.takeTemplate([{ name: 'any', timeToLive: 'removeAt' }]);
  await clock.advance(2.5 * HOUR_MS, () => timeToLive.drained());
  expect(logged).toEqual(Array.from({ length: 3 }, () => 'expired items could not be deleted'));
  await timeToLive.close();
});

test.each([
  [{ N: '12' }, 12],
  [{ N: '1e3' }, 1_000],
  [{ N: '-1.5' }, -1.5],
  [{ S: '12' }, undefined],
  [{ NULL: true }, undefined],
  [undefined, undefined],
])('%j expires at %s.', (attribute, seconds) => {
  expect(expirySeconds(attribute)).toBe(seconds);
});

test('Whatever the time, an item is expired in the five years after its expiry and at no other time.', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 253_402_300_799 }),
      fc.oneof(
        fc.integer({ min: -10, max: 10 }),
        fc.integer({ min: -MAX_AGE_SECONDS * 2, max: MAX_AGE_SECONDS * 2 }),
      ),
      fc.constantFrom(0, MAX_AGE_SECONDS),
      (nowSeconds, offset, edge) => {
        const expiry = nowSeconds - edge + offset;
        const agoSeconds = nowSeconds - expiry;
        expect(isExpired(expiry, nowSeconds)).toBe(agoSeconds >= 1 && agoSeconds <= MAX_AGE_SECONDS);
      },
    ),
  );
});
