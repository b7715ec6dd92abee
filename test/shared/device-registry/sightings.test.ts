import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  holdCertificate,
  listHeldCertificates,
  listReadableHeld,
} from '../../../shared/device-registry/held-certificates.ts';
import { markBack, markSeen, markUnseen } from '../../../shared/device-registry/mark-device.ts';
import { latestSeenMs, readPresence } from '../../../shared/device-registry/presence.ts';
import {
  listDevices,
  listReadableDevices,
  readDevice,
  type DevicesTable,
} from '../../../shared/device-registry/read-devices.ts';
import { claimDevice } from '../../../shared/device-registry/write-device.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';

const T = Date.UTC(2026, 10, 21);
const CERTIFICATE_ID = 'a'.repeat(64);

let dynamodb: TestDynamoDb;
let table: DevicesTable;
beforeAll(async () => {
  dynamodb = await startTestDynamoDb();
});
beforeEach(async () => {
  table = { client: dynamodb.client, tableName: await dynamodb.createTable('thingName') };
  const device = { certificateId: CERTIFICATE_ID, serialNumber: '0a', notAfterMs: T };
  await claimDevice(table, { thingName: 'lamp', ...device }, { atMs: T, reason: 'first connection' });
});
afterAll(() => dynamodb.stop());

test('A device is marked unseen once, and not when it was seen since.', async () => {
  await markSeen(table, 'lamp', T + 5);
  expect(await markUnseen(table, 'lamp', T + 4), 'it was seen since').toBe(false);
  expect(await markUnseen(table, 'lamp', T + 5)).toBe(true);
  expect(await markUnseen(table, 'lamp', T + 6), 'it is marked').toBe(false);
  expect(await readDevice(table, 'lamp')).toMatchObject({ lastSeenMs: T + 5, unseenSinceMs: T + 5 });
});

test('A device that is back is not marked any more, and a later time that is there stands.', async () => {
  await markUnseen(table, 'lamp', T);
  await markSeen(table, 'lamp', T + 9);
  await markBack(table, 'lamp', T + 7);
  const device = await readDevice(table, 'lamp');
  expect([device?.lastSeenMs, device?.unseenSinceMs]).toEqual([T + 9, undefined]);
});

test('Marks make no device of nothing.', async () => {
  expect(await markUnseen(table, 'nobody', T)).toBe(false);
  await markBack(table, 'nobody', T);
  expect(await readDevice(table, 'nobody')).toBeUndefined();
});

test('An item that nobody can read stops people, and is beside the others for who must go on.', async () => {
  const Item = { thingName: 'broken', state: 7 };
  await dynamodb.client.send(new PutCommand({ TableName: table.tableName, Item }));
  await expect(listDevices(table)).rejects.toMatchObject({ name: 'DeviceItemError' });
  const { devices, unreadable } = await listReadableDevices(table);
  expect(devices.map(({ thingName }) => thingName)).toEqual(['lamp']);
  expect(unreadable).toMatchObject([{ data: { thingName: 'broken' } }]);

  const held = { client: dynamodb.client, tableName: await dynamodb.createTable('certificateId') };
  const note = { certificateId: CERTIFICATE_ID, reason: 'UNKNOWN_DEVICE', detail: 'so', action: 'hold' };
  await holdCertificate(held, note, T);
  await dynamodb.client.send(
    new PutCommand({ TableName: held.tableName, Item: { certificateId: 'broken' } }),
  );
  await expect(listHeldCertificates(held)).rejects.toMatchObject({ name: 'HeldItemError' });
  const page = await listReadableHeld(held);
  expect([page.certificates.length, page.unreadable.length]).toEqual([1, 1]);
});

test('The newest lifecycle event counts, in whatever order they were written.', async () => {
  const TableName = 'presence';
  await dynamodb.client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'thingName', AttributeType: 'S' },
        { AttributeName: 'atMs', AttributeType: 'N' },
      ],
      KeySchema: [
        { AttributeName: 'thingName', KeyType: 'HASH' },
        { AttributeName: 'atMs', KeyType: 'RANGE' },
      ],
    }),
  );
  const presence = { client: dynamodb.client, tableName: TableName };
  for (const [atMs, eventType] of [
    [T + 3, 'connected'],
    [T + 1, 'connected'],
    [T + 2, 'disconnected'],
    [T + 1, 'connected'],
  ]) {
    await dynamodb.client.send(new PutCommand({ TableName, Item: { thingName: 'lamp', atMs, eventType } }));
  }
  expect(await readPresence(presence, 'lamp')).toEqual({ atMs: T + 3, eventType: 'connected' });
  expect(await readPresence(presence, 'nobody')).toBeUndefined();
});

test.each<[readonly (number | undefined)[], number | undefined]>([
  [[], undefined],
  [[undefined, undefined], undefined],
  [[5, undefined, 7, 6], 7],
])('Of %j the latest is %s.', (times, expected) => {
  expect(latestSeenMs(...times)).toBe(expected);
});
