import {
  CreateTableCommand,
  DeleteItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { command } from '../../cli/commands/devices.ts';
import { noteInRecord } from '../../cli/devices/record.ts';
import { differs, GONE } from '../../cli/devices/registry-status.ts';
import { changeDeviceState, claimDevice } from '../../shared/device-registry/write-device.ts';
import { markSeen } from '../../shared/device-registry/mark-device.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { runCommand } from './run-command.ts';

const AT_MS = Date.UTC(2026, 10, 21, 10);
const CERTIFICATE = 'ab'.repeat(32);

let database: TestDynamoDb;
let tableName: string;

beforeAll(async () => {
  database = await startTestDynamoDb();
  tableName = await database.createTable('thingName');
  const table = { client: database.client, tableName };
  for (const [thingName, certificateId] of [
    ['lamp-2', 'cd'.repeat(32)],
    ['lamp-1', CERTIFICATE],
  ] as const) {
    const notAfterMs = Date.UTC(2036, 0);
    const device = { thingName, certificateId, caCertificateId: 'ca', serialNumber: '2a', notAfterMs };
    await claimDevice(table, device, { atMs: AT_MS, reason: 'first\nconnect' });
  }
  const one = { thingName: 'lamp-1', certificateId: CERTIFICATE };
  await changeDeviceState(table, one, 'ACTIVE', { atMs: AT_MS + 1_000, reason: 'activated' });
  await markSeen(table, 'lamp-1', AT_MS + 60_000);
});
afterAll(() => database.stop());

const devices = (...words: string[]) =>
  runCommand('devices', command, ['--table', tableName, ...words], {
    env: { AWS_ENDPOINT_URL: database.url },
  });

test('The devices are a table, by name.', async () => {
  const { code, out, err } = await devices();
  expect(code).toBe(0);
  expect(out.trimEnd().split('\n')).toEqual([
    'NAME    STATE       SINCE                CERTIFICATE   ENDS        LAST SEEN',
    'lamp-1  ACTIVE      2026-11-21 10:00:01  abababababab  2036-01-01  2026-11-21 10:01:00',
    'lamp-2  ACTIVATING  2026-11-21 10:00:00  cdcdcdcdcdcd  2036-01-01  -',
  ]);
  expect(err).toBe('2 devices\n');
});

test('One device has its history, and nothing in it leaves its line.', async () => {
  const { out } = await devices('lamp-1');
  expect(out).toContain(`certificate  ${CERTIFICATE}\n`);
  expect(out).toContain('state        ACTIVE\n');
  // DynamoDB alone knows no certificates: that does not keep the record from being shown.
  expect(out).toMatch(/^in AWS IoT   not known \(.+\)$/m);
  expect(out.trimEnd().split('\n').slice(-2)).toEqual([
    '  2026-11-21 10:00:00  ACTIVATING  abababababab  first\\nconnect',
    '  2026-11-21 10:00:01  ACTIVE      abababababab  activated',
  ]);
});

test('Of one device its connections are told, where a table has them.', async () => {
  const presence = 'presence';
  await database.client.send(
    new CreateTableCommand({
      TableName: presence,
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
  const tell = (eventType: string, atMs: number) =>
    database.client.send(
      new PutItemCommand({
        TableName: presence,
        Item: { thingName: { S: 'lamp-1' }, atMs: { N: String(atMs) }, eventType: { S: eventType } },
      }),
    );
  const lastSeen = async () =>
    /^last seen +(.*)$/m.exec((await devices('lamp-1', '--presence-table', presence)).out)?.[1];
  expect(await lastSeen()).toBe('2026-11-21 10:01:00');
  await tell('connected', AT_MS + 120_000);
  expect(await lastSeen()).toBe('2026-11-21 10:02:00, connected since then');
  await tell('disconnected', AT_MS + 180_000);
  expect(await lastSeen()).toBe('2026-11-21 10:03:00, disconnected');
  const { out } = await devices('lamp-1', '--presence-table', presence, '--json');
  expect(JSON.parse(out)).toMatchObject({ thingName: 'lamp-1', presence: { eventType: 'disconnected' } });
});

test('A device of a certificate that AWS IoT has issued has no CA; one that nobody sees is said to be so.', async () => {
  const table = { client: database.client, tableName };
  const device = {
    thingName: 'lamp-3',
    certificateId: 'ef'.repeat(32),
    serialNumber: '1',
    notAfterMs: AT_MS,
  };
  await claimDevice(table, device, { atMs: AT_MS, reason: 'issued' });
  await database.client.send(
    new UpdateItemCommand({
      TableName: tableName,
      Key: { thingName: { S: 'lamp-3' } },
      UpdateExpression: 'SET unseenSinceMs = :since',
      ExpressionAttributeValues: { ':since': { N: String(AT_MS) } },
    }),
  );
  const { out } = await devices('lamp-3');
  expect(out).toContain('CA           none of this account\n');
  expect(out).toContain('unseen since 2026-11-21 10:00:00\n');
  expect(out).toContain('last seen    never\n');
  await database.client.send(
    new DeleteItemCommand({ TableName: tableName, Key: { thingName: { S: 'lamp-3' } } }),
  );
});

test('With --limit there may be more, which is said.', async () => {
  const { out, err } = await devices('--limit', '1', '--json');
  expect(JSON.parse(out)).toMatchObject({ state: expect.any(String) });
  expect(err).toBe('1 device; there are more: see --limit\n');
});

test.each([
  ['a device that is not there', ['nobody'], 1, /^there is no device "nobody"/],
  ['two names', ['a', 'b'], 2, /takes one name/],
  ['a limit that is none', ['--limit', '0'], 2, /--limit takes a whole number/],
])('%s is an error.', async (_what, words, code, message) => {
  const ended = await devices(...words);
  expect(ended.code).toBe(code);
  expect(ended.err).toMatch(message);
});

test('A table that is not there, or not named, is said.', async () => {
  const env = { AWS_ENDPOINT_URL: database.url };
  const missing = await runCommand('devices', command, ['--table', 'nothing'], { env });
  expect(missing).toEqual({
    code: 1,
    out: '',
    err: 'there is no table "nothing": name the table of devices by --table\n',
  });
  const unnamed = await runCommand('devices', command, [], { env });
  expect(unnamed).toMatchObject({ code: 2, err: expect.stringContaining('--table has to be given') });
});

test.each([
  ['ACTIVATING', 'INACTIVE', false],
  ['ACTIVE', 'ACTIVE', false],
  ['ACTIVE', 'REVOKED', true],
  ['ACTIVE', GONE, true],
  ['INACTIVE', GONE, false],
  ['INACTIVE', 'REVOKED', true],
  ['REVOKED', GONE, false],
  ['REVOKED', 'ACTIVE', true],
] as const)('A record of %s beside %s in AWS IoT differs: %s.', (state, status, expected) => {
  expect(differs({ state }, status)).toBe(expected);
});

test('Since when a device is in its state is told by what brought it there, not by what was told of it later.', async () => {
  const table = { client: database.client, tableName };
  const one = { thingName: 'lamp-9', certificateId: '99'.repeat(32) };
  await claimDevice(
    table,
    { ...one, serialNumber: '1', notAfterMs: AT_MS },
    { atMs: AT_MS, reason: 'issued' },
  );
  await changeDeviceState(table, one, 'REVOKED', { atMs: AT_MS + 1_000, reason: 'revoked by hand' });
  const records = { table, nowMs: () => AT_MS + 60_000 };
  await noteInRecord(records, one, 'deleted');
  await noteInRecord(records, one, 'deleted');
  await noteInRecord(records, { ...one, certificateId: 'another' }, 'deleted');
  expect((await devices()).out).toMatch(/lamp-9 +REVOKED +2026-11-21 10:00:01/);
  expect((await devices('lamp-9')).out.trimEnd().split('\n').slice(-2)).toEqual([
    '  2026-11-21 10:00:01  REVOKED     999999999999  revoked by hand',
    '  2026-11-21 10:01:00  REVOKED     999999999999  deleted',
  ]);
});
