import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { command } from '../../../cli/commands/sigfox.ts';
import { writeRunning } from '../../../local/running.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';
import { runCommand } from '../run-command.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-sigfox-type-'));
let dynamodb: TestDynamoDb;
let devicesTable: string;

beforeAll(async () => {
  dynamodb = await startTestDynamoDb();
  devicesTable = await dynamodb.createTable('device');
  writeRunning(folder, {
    pid: process.pid,
    startedAt: '2026-11-21T00:00:00Z',
    service: 'glasshouse',
    stage: 'dev',
    region: 'eu-west-1',
    accountId: '000000000000',
    endpointUrl: dynamodb.url,
    mqttUrl: '',
    mqttsUrl: '',
    httpsUrl: '',
    caFile: '',
    pageUrl: '',
    resources: {
      SigfoxDeviceTypesTable: await dynamodb.createTable('deviceTypeId'),
      SigfoxDevicesTable: devicesTable,
      HouseholdsTable: await dynamodb.createTable('household'),
      CareButtonsTable: await dynamodb.createTable('device'),
    },
  });
});
afterAll(async () => {
  await dynamodb.stop();
  rmSync(folder, { recursive: true, force: true });
});

const type = (...words: string[]) =>
  runCommand('sigfox', command, ['type', ...words], { env: { GLASSHOUSE_FOLDER: folder } });

test('A kind is made, shown with the places of its fields, changed in part, and removed.', async () => {
  const config = 'temperature::int:16:/100 open::bool:7 level:2:uint:4::3';
  expect(await type('set', 'probe', '--config', config, '--interval', '3600')).toEqual({
    code: 0,
    out: `probe  3600 s  ${config}\n`,
    err: '',
  });
  expect((await type('show', 'probe')).out).toBe(
    [
      'type      probe',
      `config    ${config}`,
      'echo      -',
      'interval  3600 s',
      '          temperature: int:16 /100, from byte 0, bit 7',
      '          open: bool, from byte 2, bit 7',
      '          level: uint:4, from byte 2, bit 3',
      '',
    ].join('\n'),
  );
  // What is not named stays; what is empty is taken away.
  expect((await type('set', 'probe', '--interval', '')).err).toBe('in effect within 25 s\n');
  await type('set', 'probe', '--echo', 'level:0:uint:4::3');
  expect(JSON.parse((await type('show', 'probe', '--json')).out)).toEqual({
    deviceTypeId: 'probe',
    payloadConfig: config,
    echoConfig: 'level:0:uint:4::3',
  });
  await type('set', 'a', '--interval', '0');
  expect((await type('list')).out).toBe(`a  0 s  -\nprobe  -  ${config}  echo level:0:uint:4::3\n`);
  const listed = (await type('list', '--json')).out.split('\n').filter((line) => line !== '');
  expect(listed.map((line): unknown => JSON.parse(line))).toMatchObject([
    { deviceTypeId: 'a', intervalSeconds: 0 },
    { deviceTypeId: 'probe' },
  ]);
  expect((await type('remove', 'a')).code).toBe(0);
  expect(await type('remove', 'a')).toMatchObject({
    code: 1,
    err: expect.stringContaining('no kind of device'),
  });
  expect((await type('remove', 'probe')).out).toMatch(/their digits, within 25 s\n$/);
  expect(await type('list')).toMatchObject({ code: 0, out: '', err: 'no kind of device is known\n' });
});

test.each([
  [['--config', 'a::uint:8 b::long:8'], 'a::uint:8 b::long:8\n               ^'],
  [['--config', 'a::uint:8', '--echo', 'a::uint:99'], 'a::uint:99\n          ^'],
  [
    ['--config', 'a::uint:64 b::uint:64'],
    'a message has at most 12\n  a::uint:64 b::uint:64\n             ^',
  ],
  [['--config', 'a::uint:8', '--echo', 'b::uint:8'], '"b" is none of the payload\'s'],
  [['--config', 'a::uint:8', '--echo', 'a:8:uint:8'], 'beyond the 8 bytes of a downlink'],
  [['--echo', 'a::uint:8'], 'it has no payload config'],
])('What no message could be read by is not written: %j.', async (options, message) => {
  const { code, out, err } = await type('set', 'wrong', ...options);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toContain(message);
  expect((await type('show', 'wrong')).code).toBe(1);
});

test('A care button that hangs elsewhere leaves its home, which is said.', async () => {
  const hang = (home: string) =>
    runCommand('sigfox', command, ['button', 'B0770', home, '--person', 'Mme Durand'], {
      env: { GLASSHOUSE_FOLDER: folder },
    });
  expect(await hang('durand')).toMatchObject({ code: 0, err: '' });
  expect(await hang('durand')).toMatchObject({ code: 0, err: '' });
  expect((await hang('petit')).err).toBe('B0770 hung in "durand", which has it no longer\n');
});

test('A device is assigned a kind in its own item, which stays as it is otherwise.', async () => {
  const Key = { device: { S: '1A2B3C' } };
  await dynamodb.client.send(
    new PutItemCommand({ TableName: devicesTable, Item: { ...Key, lastTimeMs: { N: '5' } } }),
  );
  const item = async () =>
    (await dynamodb.client.send(new GetItemCommand({ TableName: devicesTable, Key }))).Item;
  expect((await type('assign', '001a2b3c', 'probe')).out).toBe(
    '1A2B3C is of the kind probe, where its callbacks do not tell it, within 25 s\n',
  );
  expect(await item()).toEqual({ ...Key, lastTimeMs: { N: '5' }, assignedTypeId: { S: 'probe' } });
  const unknown = await type('assign', '1A2B3C', 'nope');
  expect(unknown).toMatchObject({ code: 0, err: expect.stringContaining('no kind of device "nope" yet') });
  await type('assign', '1A2B3C', '--none');
  expect(await item()).toEqual({ ...Key, lastTimeMs: { N: '5' } });
});

test.each([
  [[], 'followed by list, show, set, remove, assign'],
  [['lst'], 'did you mean list?'],
  [['list', 'x'], 'takes options only'],
  [['show'], 'takes the id of one kind'],
  [['set', 'a b', '--interval', '5'], 'is no id of a kind'],
  [['set', 'a'], 'needs --config, --echo or --interval'],
  [['set', 'a', '--interval', '-5'], '--interval'],
  [['set', 'a', '--interval', '1.5'], '--interval takes whole seconds'],
  [['assign', '1A2B3C'], 'a device and --none'],
  [['assign', '1A2B3C', 'probe', '--none'], 'a device and --none'],
  [['assign', 'XYZ', 'probe'], 'is no device'],
])('sigfox type %j is a wrong call: %s.', async (words, message) => {
  expect(await type(...words)).toMatchObject({ code: 2, err: expect.stringContaining(message) });
});
