import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tellOfExpiry } from '../../../local/cloud/expiry.ts';
import { planService } from '../../../local/template/plan-service.ts';
import type { Deletion } from '../../../local/dynamodb/time-to-live/index.ts';
import { startTestCloud, testTemplate, type TestCloud } from '../../support/cloud.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const table = (timeToLive?: object) => ({
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'key', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'key', KeyType: 'HASH' }],
    ...(timeToLive === undefined ? {} : { TimeToLiveSpecification: timeToLive }),
  },
});

let cloud: TestCloud;
let client: DynamoDBClient;
beforeAll(async () => {
  const Readings = table({ AttributeName: 'expiresAt', Enabled: true });
  cloud = await startTestCloud({ resources: { Readings } });
  client = new DynamoDBClient(cloud.sdk);
});
afterAll(async () => {
  client.destroy();
  await cloud.stop();
});

test('What the template lets expire is gone when the clock of the cloud is advanced, and the log says so.', async () => {
  const TableName = cloud.running.resources['Readings'] ?? '';
  const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
  expect(TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'expiresAt' });
  const expiresAt = String(Math.floor(Date.now() / 1000) + 30 * 86_400);
  await client.send(
    new PutItemCommand({ TableName, Item: { key: { S: 'a' }, expiresAt: { N: expiresAt } } }),
  );
  const count = async () => (await client.send(new ScanCommand({ TableName, Select: 'COUNT' }))).Count;
  const advance = (advanceMs: number) =>
    fetch(`${cloud.running.endpointUrl}/_glasshouse/clock`, {
      method: 'POST',
      body: JSON.stringify({ advanceMs }),
    });
  await advance(29 * 86_400_000);
  expect(await count()).toBe(1);
  await advance(2 * 86_400_000);
  expect(await count()).toBe(0);
  const log = path.join(cloud.folder, 'logs', 'cloud.ndjson');
  await expect
    .poll(() => readFileSync(log, 'utf8').split('\n'))
    .toContainEqual(
      expect.stringMatching(
        /"expired items were deleted","table":"test-dev-Readings","attribute":"expiresAt","count":1/,
      ),
    );
});

test('Deletions are counted as AWS counts them.', () => {
  const clock = new ManualClock();
  const put: unknown[] = [];
  let tell: (deletion: Deletion) => void = () => undefined;
  tellOfExpiry(
    { clock, logs: { cloud: () => undefined } },
    {
      storage: { timeToLive: { onDeleted: (listener) => (tell = listener) } },
      notifications: { cloudwatch: { putMetric: (datum) => put.push(datum) } },
    },
  );
  tell({ tableName: 'readings', attributeName: 'expiresAt', count: 3 });
  expect(put).toEqual([
    {
      namespace: 'AWS/DynamoDB',
      name: 'TimeToLiveDeletedItemCount',
      dimensions: { TableName: 'readings' },
      value: 3,
      unit: 'Count',
      timestampMs: clock.now(),
    },
  ]);
});

test.each([
  [{ AttributeName: 'a', Enabled: true }, 'a'],
  [{ AttributeName: 'a', Enabled: 'true' }, 'a'],
  [{ AttributeName: 'a', Enabled: false }, undefined],
  [{ Enabled: false }, undefined],
  [undefined, undefined],
])('A TimeToLiveSpecification %j makes the time to live %j.', (specification, timeToLive) => {
  const { plan } = planService(
    testTemplate({ resources: { Any: table(specification) } }),
    'http://127.0.0.1:1',
  );
  const [creation] = plan.creations;
  expect(creation?.kind === 'table' ? creation.timeToLive : 'no table').toBe(timeToLive);
});

test('A time to live without an attribute is refused by name.', () => {
  const template = testTemplate({ resources: { Any: table({ Enabled: true }) } });
  expect(() => planService(template, 'http://127.0.0.1:1')).toThrow('a time to live needs its AttributeName');
});
