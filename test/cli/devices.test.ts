import { afterAll, beforeAll, expect, test } from 'vitest';
import { command } from '../../cli/commands/devices.ts';
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
    'NAME    STATE       CERTIFICATE   ENDS        LAST SEEN',
    'lamp-1  ACTIVE      abababababab  2036-01-01  2026-11-21 10:01:00',
    'lamp-2  ACTIVATING  cdcdcdcdcdcd  2036-01-01  -',
  ]);
  expect(err).toBe('2 devices\n');
});

test('One device has its history, and nothing in it leaves its line.', async () => {
  const { out } = await devices('lamp-1');
  expect(out).toContain(`certificate  ${CERTIFICATE}\n`);
  expect(out).toContain('state        ACTIVE\n');
  expect(out.trimEnd().split('\n').slice(-2)).toEqual([
    '  2026-11-21 10:00:00  ACTIVATING  abababababab  first\\nconnect',
    '  2026-11-21 10:00:01  ACTIVE      abababababab  activated',
  ]);
});

test('With --limit there may be more, which is said.', async () => {
  const { out, err } = await devices('--limit', '1', '--json');
  expect(JSON.parse(out)).toMatchObject({ state: expect.any(String) });
  expect(err).toBe('1 device; there are more: see --limit\n');
});

test.each([
  ['a device that is not there', ['nobody'], 1, /no device "nobody"/],
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
  expect(missing).toMatchObject({ code: 1, err: expect.stringContaining('ResourceNotFoundException') });
  const unnamed = await runCommand('devices', command, [], { env });
  expect(unnamed).toMatchObject({ code: 2, err: expect.stringContaining('--table has to be given') });
});
