import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ingest } from '../../../functions/ingest-sigfox/ingest.ts';
import type { Ingested } from '../../../functions/ingest-sigfox/services.ts';
import { startSigfoxTables, type SigfoxTables } from './support.ts';

const T = Date.UTC(2026, 0, 31, 10) / 1000;
const now = (): number => T * 1000 + 3_600_000;
const CONFIG = 'temperature::int:16:/100 wide::uint:64';

let tables: SigfoxTables;
beforeAll(async () => {
  tables = await startSigfoxTables();
});
afterAll(() => tables.stop());

let devices = 0xa000;
const newDevice = (): string => (devices += 1).toString(16).toUpperCase();

/** What the rule on `sigfox` makes of an uplink. */
function uplink(device: string, seqNumber: number, second: number, more: Record<string, unknown> = {}) {
  return { device, time: T + second, seqNumber, data: '09c4', mqttTopic: 'sigfox', ...more };
}

const containerOf = (defaults = {}) => tables.container({ now, defaults });

async function take(event: unknown, container = containerOf()): Promise<Ingested> {
  return ingest(event, container.services);
}

const EVENTS = path.join(import.meta.dirname, '../../../events');

function sampleEvent(name: string): unknown {
  return JSON.parse(readFileSync(path.join(EVENTS, `ingest-sigfox.${name}.json`), 'utf8'));
}

const publishedBy = ({ publications }: Ingested): unknown[] => publications.map(({ message }) => message);

test('A message is one item with its own time, and one reading.', async () => {
  const device = newDevice();
  const body = uplink(device, 7, 0, {
    snr: '12.5',
    station: '{station}',
    deviceTypeId: 'kind',
    extra: 'mine',
  });
  const { publications } = await take(body);
  expect(await tables.messagesOf(device)).toEqual([
    {
      deviceid: device,
      timestamp: '2026-01-31T10:00:00.000Z#0007',
      time: '2026-01-31T10:00:00.000Z',
      data: '09c4',
      seqNumber: 7,
      deviceTypeId: 'kind',
      sequence: { kind: 'first' },
      radio: { snr: 12.5 },
      custom: { extra: 'mine' },
      receivedAt: '2026-01-31T11:00:00.000Z',
    },
  ]);
  expect(publications).toEqual([
    {
      topic: `sigfox/${device}/reading`,
      message: {
        device,
        time: '2026-01-31T10:00:00.000Z',
        seqNumber: 7,
        deviceTypeId: 'kind',
        data: '09c4',
        sequence: { kind: 'first' },
        radio: { snr: 12.5 },
        custom: { extra: 'mine' },
        late: false,
      },
    },
  ]);
});

test('A retry is no second message, and publishes the same again, in every container.', async () => {
  const device = newDevice();
  const [warm, cold] = [containerOf(), containerOf()];
  const body = uplink(device, 1, 60);
  await take(uplink(device, 0, 0), warm);
  const first = await take(body, warm);
  await take(uplink(device, 2, 120), warm);
  const before = await tables.messagesOf(device);
  for (const container of [warm, cold, warm]) expect(await take(body, container)).toEqual(first);
  expect(await tables.messagesOf(device)).toEqual(before);
  expect(warm.counts).toMatchObject({ UplinkStored: 3, UplinkRepeated: 2 });
});

test('A device is one, with or without leading zeros, in either case.', async () => {
  const device = newDevice();
  await take(uplink(device, 1, 0));
  await take(uplink(`0000${device.toLowerCase()}`, 1, 0));
  expect(await tables.messagesOf(device)).toHaveLength(1);
});

test('Gaps, reboots and the wrap-around are noted; what is late is kept and moves nothing.', async () => {
  const device = newDevice();
  const container = containerOf();
  const day = 86_400;
  const sent: readonly (readonly [seqNumber: number, second: number])[] = [
    [4093, -2 * day],
    [4095, -2 * day + 60],
    [0, -2 * day + 120],
    [1, -2 * day + 180],
    [4094, -2 * day + 30],
    [3000, -2 * day + 240],
    [0, -2 * day + 300],
    [1, -2 * day + 360],
  ];
  for (const [seqNumber, second] of sent) await take(uplink(device, seqNumber, second), container);
  const sequences = (await tables.messagesOf(device)).map(({ seqNumber, sequence }) => [seqNumber, sequence]);
  expect(sequences).toEqual([
    [4093, { kind: 'first' }],
    [4094, { kind: 'late' }],
    [4095, { kind: 'gap', missing: 1 }],
    [0, { kind: 'next', wrapped: true }],
    [1, { kind: 'next' }],
    [3000, { kind: 'reboot' }],
    [0, { kind: 'reboot' }],
    [1, { kind: 'next' }],
  ]);
  expect(container.counts).toMatchObject({ UplinkLate: 1, SequenceGap: 1, DeviceReboot: 2 });
});

test('A late message is told as such, and its retries too.', async () => {
  const device = newDevice();
  await take(uplink(device, 2, 120));
  const late = await take(uplink(device, 1, 60));
  expect(publishedBy(late)).toMatchObject([{ seqNumber: 1, late: true, sequence: { kind: 'late' } }]);
  expect(await take(uplink(device, 1, 60))).toEqual(late);
});

test('The same number after 4096 messages is another message.', async () => {
  const device = newDevice();
  await take(uplink(device, 5, -40 * 86_400));
  await take(uplink(device, 5, 0));
  expect(await tables.messagesOf(device)).toHaveLength(2);
});

test('Twenty containers that take one message at once store it once, and forty messages each once.', async () => {
  const device = newDevice();
  const containers = Array.from({ length: 20 }, () => containerOf());
  await Promise.all(containers.map((container) => take(uplink(device, 9, 0), container)));
  expect(await tables.messagesOf(device)).toHaveLength(1);
  const messages = Array.from({ length: 40 }, (_, index) => uplink(device, 10 + index, 60 * (index + 1)));
  await Promise.all(messages.map((message, index) => take(message, containers[index % containers.length])));
  expect((await tables.messagesOf(device)).map(({ seqNumber }) => seqNumber)).toEqual([
    9,
    ...messages.map(({ seqNumber }) => seqNumber),
  ]);
});

test('A payload is decoded by the config of its kind; integers beyond a double are decimal text.', async () => {
  const device = newDevice();
  await tables.client.send(
    new PutItemCommand({
      TableName: tables.tables.deviceTypes,
      Item: { deviceTypeId: { S: 'wide' }, payloadConfig: { S: CONFIG } },
    }),
  );
  const body = uplink(device, 1, 0, { deviceTypeId: 'wide', data: '09c4ffffffffffffffff' });
  const values = { temperature: 25, wide: '18446744073709551615' };
  const first = await take(body, containerOf({ payloadConfig: 'other::uint:8' }));
  expect(publishedBy(first)).toMatchObject([{ values }]);
  expect(await tables.messagesOf(device)).toMatchObject([{ values }]);
  expect(await take(body)).toEqual(first);
});

test('A message that does not tell its kind has the one that its device was assigned; one that does keeps it.', async () => {
  const device = newDevice();
  const clock = { ms: now() };
  const container = tables.container({ now: () => clock.ms });
  const first = await take(uplink(device, 1, 0), container);
  expect(publishedBy(first)).toEqual([expect.not.objectContaining({ deviceTypeId: expect.anything() })]);
  await tables.client.send(
    new PutItemCommand({
      TableName: tables.tables.deviceTypes,
      Item: { deviceTypeId: { S: 'assigned' }, payloadConfig: { S: 'whole::uint:16' } },
    }),
  );
  await tables.client.send(
    new UpdateItemCommand({
      TableName: tables.tables.devices,
      Key: { device: { S: device } },
      UpdateExpression: 'SET assignedTypeId = :type',
      ExpressionAttributeValues: { ':type': { S: 'assigned' } },
    }),
  );
  // A warm container sees it within half a minute.
  clock.ms += 25_000;
  const second = await take(uplink(device, 2, 60), container);
  expect(publishedBy(second)).toMatchObject([{ deviceTypeId: 'assigned', values: { whole: 0x09c4 } }]);
  const third = await take(uplink(device, 3, 120, { deviceTypeId: 'told' }), container);
  expect(publishedBy(third)).toMatchObject([{ deviceTypeId: 'told' }]);
  expect((await tables.messagesOf(device)).map(({ deviceTypeId }) => deviceTypeId)).toEqual([
    undefined,
    'assigned',
    'told',
  ]);
});

test('Numbers that DynamoDB has no word for are text, stored and published alike.', async () => {
  const device = newDevice();
  const container = containerOf({ payloadConfig: 'x::float:64' });
  for (const [index, [hex, expected]] of [
    ['7ff8000000000000', 'NaN'],
    ['fff0000000000000', '-Infinity'],
    ['7fe0000000000000', '8.98846567431158e+307'],
    ['0000000000000001', '5e-324'],
    ['8000000000000000', 0],
    ['4024000000000000', 10],
  ].entries()) {
    const result = await take(uplink(device, index, index * 60, { data: hex }), container);
    expect(publishedBy(result)).toMatchObject([{ values: { x: expected } }]);
    const stored = (await tables.messagesOf(device)).at(-1)?.['values'];
    expect(JSON.stringify(stored)).toBe(JSON.stringify({ x: expected }));
  }
});

test('A payload that cannot be decoded is stored and rejected; sent back once the config is right, it is mended.', async () => {
  const device = newDevice();
  const body = uplink(device, 1, 0, { data: '09c4' });
  const wrong = await take(body, containerOf({ payloadConfig: CONFIG }));
  expect(wrong.publications).toEqual([]);
  expect(wrong.rejection).toMatchObject({ code: 'PAYLOAD_TOO_SHORT', data: { field: 'wide' } });
  expect(await tables.messagesOf(device)).toMatchObject([
    { data: '09c4', problem: { code: 'PAYLOAD_TOO_SHORT' } },
  ]);
  const broken = await take(body, containerOf({ payloadConfig: 'temperature::nothing' }));
  expect(broken.rejection, 'the first problem stands').toMatchObject({ code: 'PAYLOAD_TOO_SHORT' });
  const mended = await take(body, containerOf({ payloadConfig: 'temperature::int:16:/100' }));
  expect(mended.rejection).toBeUndefined();
  expect(publishedBy(mended)).toMatchObject([{ values: { temperature: 25 } }]);
  const [item] = await tables.messagesOf(device);
  expect(item).toMatchObject({ values: { temperature: 25 } });
  expect(item).not.toHaveProperty('problem');
});

const advanced = (device: string) => ({
  callback: 'data-advanced',
  device,
  time: T,
  seqNumber: 7,
  lqi: 'GOOD',
  duplicates: [{ bsId: '1A', rssi: -110 }],
  computedLocation: { lat: 47.9, lng: 1.9, radius: 2500 },
});

test.each([['after'], ['before']])(
  'DATA_ADVANCED completes its uplink when it comes %s it.',
  async (order) => {
    const device = newDevice();
    const events = [uplink(device, 7, 0), advanced(device)];
    for (const event of order === 'after' ? events : events.toReversed()) await take(event);
    const expected = {
      data: '09c4',
      seqNumber: 7,
      sequence: { kind: 'first' },
      reception: { lqi: 'GOOD', duplicates: [{ bsId: '1A', rssi: -110 }] },
      computedLocation: { lat: 47.9, lng: 1.9, radius: 2500 },
    };
    expect(await tables.messagesOf(device)).toMatchObject([expected]);
    const container = containerOf();
    for (const event of [...events, ...events]) await take(event, container);
    expect(await tables.messagesOf(device)).toMatchObject([expected]);
    expect(container.counts).toMatchObject({ UplinkRepeated: 2, CompletionRepeated: 2 });
  },
);

test('DATA_ADVANCED is published, and an old GEOLOC adds its place.', async () => {
  const device = newDevice();
  expect(await take(advanced(device))).toMatchObject({
    publications: [
      { topic: `sigfox/${device}/reception`, message: { device, seqNumber: 7, reception: { lqi: 'GOOD' } } },
    ],
  });
  const other = newDevice();
  await take(uplink(other, 7, 0));
  await take({ device: other, time: T, seqNumber: 7, lat: 1, lng: 2, radius: 3, geolocSource: 'ATLAS' });
  expect(await tables.messagesOf(other)).toMatchObject([
    { data: '09c4', computedLocation: { lat: 1, lng: 2 } },
  ]);
});

test.each([
  ['status', { batt: '3.1', temp: '20', seqNumber: 4 }],
  ['repeater', { counter: 12 }],
  ['error', { info: 'keep-alive breached', severity: 'ERROR' }],
])('A callback of the type %s is kept once and told under the device.', async (callback, variables) => {
  const device = newDevice();
  const body = { callback, device, time: T, ...variables };
  const container = containerOf();
  const first = await take(body, container);
  expect(await take(body, container)).toEqual(first);
  expect(first.publications).toMatchObject([
    { topic: `sigfox/${device}/${callback}`, message: { variables } },
  ]);
  expect(await tables.messagesOf(device)).toMatchObject([{ callback, variables }]);
  await take({ ...body, more: 1 }, container);
  expect(await tables.messagesOf(device), 'another of the same second').toHaveLength(2);
  expect(container.counts).toEqual({ ServiceMessageStored: 2, ServiceMessageRepeated: 1 });
});

test('An event of a group is kept and told as one of a group.', async () => {
  const event = { time: T, severity: 'WARN', eventType: 'SEQUENCE_BREAK', groupId: 'abc' };
  expect((await take(event)).publications).toMatchObject([{ topic: 'sigfox/event' }]);
  expect(await tables.messagesOf('group:abc')).toHaveLength(1);
});

const request = (device: string, more: Record<string, unknown>) => ({
  mqttTopic: `sigfox/${device}/downlink`,
  receivedAt: T * 1000,
  ...more,
});

test('A downlink is queued once by its id, or by when it was received.', async () => {
  const device = newDevice();
  const body = request(device, { data: '00112233445566FF', id: 'open' });
  const first = await take(body);
  expect(first.publications).toMatchObject([
    {
      topic: `sigfox/${device}/downlink/state`,
      message: { id: 'open', state: 'QUEUED', data: '00112233445566ff' },
    },
  ]);
  expect(await take(body)).toEqual(first);
  const unnamed = request(device, { data: 'ff'.repeat(8) });
  const second = await take(unnamed);
  expect(publishedBy(second)).toMatchObject([
    { id: 'open', state: 'FAILED', reason: 'REPLACED' },
    { state: 'QUEUED' },
  ]);
  expect((await take(unnamed)).publications).toHaveLength(1);
});

test.each([
  [{ data: 'ff' }, 'DOWNLINK_NOT_8_BYTES'],
  [{ data: 'ff'.repeat(8), colour: 'red' }, 'DOWNLINK_UNUSABLE'],
  [{ data: null }, 'DOWNLINK_NOT_8_BYTES'],
  [{}, 'DOWNLINK_UNUSABLE'],
])('The downlink %o is rejected: %s.', async (more, code) => {
  await expect(take(request('A1', more))).rejects.toMatchObject({ name: 'RejectedInputError', code });
});

test('A downlink for what is no device is rejected.', async () => {
  const asked = { mqttTopic: 'sigfox/no-device/downlink', data: 'ff'.repeat(8) };
  await expect(take(asked)).rejects.toMatchObject({ code: 'DEVICE_UNREADABLE' });
});

test.each([[null], [[1]], ['text'], [7]])('%o is no callback.', async (event) => {
  await expect(take(event)).rejects.toMatchObject({ code: 'NOT_AN_OBJECT' });
});

test("What the HTTP door could not read is rejected with the door's reason.", async () => {
  const event = { callback: 'uplink', body: '{', bodyProblem: 'the body is not JSON', mqttTopic: 'sigfox' };
  await expect(take(event)).rejects.toMatchObject({
    code: 'BODY_UNREADABLE',
    message: expect.stringContaining('not JSON'),
  });
});

test.each([
  ['connector', 'sigfox/1A2B3C/reading'],
  ['data-advanced', 'sigfox/1A2B3C/reception'],
  ['downlink', 'sigfox/1A2B3C/downlink/state'],
  ['acknowledge', 'sigfox/1A2B3C/acknowledge'],
])('The sample event %s is taken in and told on %s.', async (name, topic) => {
  const { publications } = await take(sampleEvent(name));
  expect(publications[0]?.topic).toBe(topic);
});

test('The sample event without a device is rejected.', async () => {
  await expect(take(sampleEvent('no-device'))).rejects.toMatchObject({ code: 'DEVICE_MISSING' });
});

test('A callback that pretends to be a downlink request is a callback.', async () => {
  const device = newDevice();
  // The rule writes its own topic over whatever a message says.
  await take({ ...uplink(device, 1, 0), ...request(device, { data: '09c4' }), mqttTopic: 'sigfox' });
  expect(await tables.messagesOf(device)).toHaveLength(1);
});
