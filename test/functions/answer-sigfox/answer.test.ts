import { afterAll, beforeAll, expect, test } from 'vitest';
import { answer, type AnswerServices } from '../../../functions/answer-sigfox/answer.ts';
import { parseCredentials } from '../../../functions/answer-sigfox/credentials.ts';
import { within } from '../../../functions/answer-sigfox/deadline.ts';
import { readHttpEvent } from '../../../functions/answer-sigfox/http-request.ts';
import { compileSourceRanges, SIGFOX_SOURCE_RANGE } from '../../../functions/answer-sigfox/source-range.ts';
import { DownlinkStore } from '../../../shared/sigfox/downlink-store.ts';
import { queueDownlink } from '../../../shared/sigfox/downlink.ts';
import type { Publication } from '../../../shared/sigfox/publication.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';
import { basic, httpEvent } from './events.ts';

const NOW_MS = Date.UTC(2026, 0, 31, 10);
const TIME = NOW_MS / 1000 - 3;
const PASSWORD = 'correct horse battery';
const DATA = '0011223344556677';

let dynamodb: TestDynamoDb;
let table: string;
beforeAll(async () => {
  dynamodb = await startTestDynamoDb();
  table = await dynamodb.createTable('device');
});
afterAll(() => dynamodb.stop());

let devices = 0xb000;
const newDevice = (): string => (devices += 1).toString(16).toUpperCase();

function openDoor(options: Partial<AnswerServices> = {}) {
  const handedOver: unknown[] = [];
  const published: Publication[] = [];
  const credentials = parseCredentials(JSON.stringify({ username: 'sigfox', password: PASSWORD }));
  const services: AnswerServices = {
    credentials: { get: async () => credentials, recheck: async () => credentials },
    handOver: async (message) => void handedOver.push(message),
    downlinks: new DownlinkStore(dynamodb.client, table),
    publish: async (publications) => void published.push(...publications),
    batchFields: ['device', 'time', 'data', 'seqNumber', 'ack'],
    now: () => NOW_MS,
    count: () => {},
    ...options,
  };
  const headers = { ...basic('sigfox', PASSWORD), 'content-type': 'application/json' };
  return {
    handedOver,
    published,
    downlinks: services.downlinks,
    call: async (type: string, body: unknown, more: Partial<Parameters<typeof httpEvent>[0]> = {}) => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const request = readHttpEvent(httpEvent({ type, headers, body: text, ...more }));
      if (request === undefined) throw new Error('the event is not read');
      return answer(request, services);
    },
  };
}

const bidir = (device: string, more: Record<string, unknown> = {}) => ({
  device,
  time: TIME,
  data: '0a',
  seqNumber: 5,
  ack: true,
  ...more,
});

async function queue(store: DownlinkStore, device: string, data = DATA): Promise<void> {
  await store.change(device, (slot) => queueDownlink(slot, { id: `id-${data}`, data, queuedAtMs: NOW_MS }));
}

test.each([
  ['uplink'],
  ['status'],
  ['DATA_ADVANCED'],
  ['acknowledge'],
  ['event'],
  ['geoloc'],
  ['repeater'],
  ['error'],
])('A callback of the type %s is handed over with its type, and answered with nothing.', async (type) => {
  const { call, handedOver } = openDoor();
  const variables = { device: 'A1', time: TIME, callback: 'pretended', x: [1] };
  expect(await call(type, variables)).toEqual({ statusCode: 204 });
  const name = type.toLowerCase().replace('_', '-');
  expect(handedOver).toEqual([{ ...variables, callback: name }]);
});

test('Who does not show the credentials is refused, and nothing of it is taken.', async () => {
  const { call, handedOver } = openDoor();
  const answered = await call('uplink', {}, { headers: basic('sigfox', 'wrong password') });
  expect(answered).toMatchObject({
    statusCode: 401,
    headers: { 'www-authenticate': 'Basic realm="sigfox"' },
  });
  expect((await call('uplink', {}, { headers: {} })).statusCode).toBe(401);
  expect(handedOver).toEqual([]);
});

test('A credential that was put there a moment ago is let in.', async () => {
  const known = parseCredentials(JSON.stringify({ username: 'a', password: 'the password before' }));
  const changed = parseCredentials(JSON.stringify({ username: 'sigfox', password: PASSWORD }));
  const { call } = openDoor({ credentials: { get: async () => known, recheck: async () => changed } });
  expect((await call('uplink', {})).statusCode).toBe(204);
});

test('Where the range of Sigfox is asked for, others are refused before anything else.', async () => {
  const isSource = compileSourceRanges(SIGFOX_SOURCE_RANGE);
  const { call } = openDoor(isSource === undefined ? {} : { isSource });
  expect((await call('uplink', {}, { sourceIp: '185.110.99.1' })).statusCode).toBe(204);
  expect((await call('uplink', {}, { sourceIp: '192.0.2.1', headers: {} })).statusCode).toBe(403);
});

test('A type that there is not is not found, and a body that is too large is refused.', async () => {
  const { call, handedOver } = openDoor();
  expect(await call('downlink', {})).toMatchObject({
    statusCode: 404,
    body: expect.stringContaining('data-advanced'),
  });
  expect((await call('uplink', 'x'.repeat(120_001))).statusCode).toBe(413);
  expect(handedOver).toEqual([]);
});

test('What cannot be read is handed over as it is: an error would only bring it again.', async () => {
  const { call, handedOver } = openDoor();
  expect((await call('uplink', '{"device":')).statusCode).toBe(204);
  expect(handedOver).toEqual([
    { body: '{"device":', bodyProblem: 'the body is not JSON', callback: 'uplink' },
  ]);
  expect(await call('bidir', { device: 'no device', ack: true })).toEqual({ statusCode: 204 });
  expect(handedOver).toHaveLength(2);
});

test('What cannot be handed over is not answered as taken.', async () => {
  const { call } = openDoor({ handOver: () => Promise.reject(new Error('AWS IoT is away')) });
  await expect(call('uplink', bidir('A1'))).rejects.toThrow('AWS IoT is away');
  await expect(call('bidir', bidir(newDevice()))).rejects.toThrow('AWS IoT is away');
});

test('A device that listens gets its downlink under the name that Sigfox gave it, every time the same.', async () => {
  const device = newDevice();
  const { call, downlinks, handedOver, published } = openDoor();
  await queue(downlinks, device);
  const name = `0000${device.toLowerCase()}`;
  const first = await call('bidir', bidir(name));
  expect(first).toMatchObject({ statusCode: 200, headers: { 'content-type': 'application/json' } });
  expect(JSON.parse(first.body ?? '')).toEqual({ [name]: { downlinkData: DATA } });
  expect(published).toMatchObject([
    { topic: `sigfox/${device}/downlink/state`, message: { state: 'OFFERED', offeredTo: { seqNumber: 5 } } },
  ]);
  await queue(downlinks, device, 'ffffffffffffffff');
  expect(await call('bidir', bidir(name))).toEqual(first);
  expect(await openDoor().call('bidir', bidir(name)), 'in another container').toEqual(first);
  expect(handedOver).toHaveLength(2);
});

test('A device without a downlink is told so; one that does not listen is told nothing.', async () => {
  const device = newDevice();
  const { call, downlinks } = openDoor();
  const none = await call('bidir', bidir(device));
  expect(JSON.parse(none.body ?? '')).toEqual({ [device]: { noData: true } });
  await queue(downlinks, device);
  expect(await call('bidir', bidir(device)), 'a retry, though there is one now').toEqual(none);
  expect(await call('bidir', bidir(device, { seqNumber: 6, time: TIME + 1, ack: 'false' }))).toEqual({
    statusCode: 204,
  });
  const next = await call('bidir', bidir(device, { seqNumber: 7, time: String(TIME + 2), ack: 'true' }));
  expect(JSON.parse(next.body ?? '')).toEqual({ [device]: { downlinkData: DATA } });
});

test('A batch is answered in one object, and all of it is handed over.', async () => {
  const [one, two] = [newDevice(), newDevice()];
  const { call, downlinks, handedOver } = openDoor();
  await queue(downlinks, two);
  const lines = [
    `${one};${TIME};0a;1;true;`,
    `${two};${TIME};0b;2;true;`,
    `${one};${TIME};0a;1;false;`,
    'broken',
  ];
  const answered = await call('bidir', `batch=${encodeURIComponent(lines.join('\n'))}`, {
    headers: { ...basic('sigfox', PASSWORD), 'content-type': 'application/x-www-form-urlencoded' },
  });
  expect(JSON.parse(answered.body ?? '')).toEqual({ [one]: { noData: true }, [two]: { downlinkData: DATA } });
  expect(handedOver).toHaveLength(4);
});

test('Ten doors that are asked by one uplink at once offer one downlink, to all of them.', async () => {
  const device = newDevice();
  const doors = Array.from({ length: 10 }, () => openDoor());
  await queue(new DownlinkStore(dynamodb.client, table), device);
  const answers = await Promise.all(doors.map(({ call }) => call('bidir', bidir(device))));
  expect(new Set(answers.map(({ body }) => body))).toEqual(
    new Set([JSON.stringify({ [device]: { downlinkData: DATA } })]),
  );
});

test("Work that takes too long is an error in time, and what it comes to later is nobody's.", async () => {
  const never = Promise.withResolvers<string>();
  await expect(within(5, () => never.promise)).rejects.toMatchObject({
    code: 'DEADLINE_PASSED',
    retryable: true,
  });
  never.reject(new Error('too late'));
  expect(await within(10_000, async () => 'done')).toBe('done');
});

const hanging = (): Promise<never> => new Promise(() => {});

test.each([
  ['the Parameter Store', { credentials: { get: hanging, recheck: hanging } }],
  ['the message broker', { handOver: hanging }],
  ['the broker, for what a downlink has come to', { publish: hanging }],
])('Whatever hangs behind the door, Sigfox has its answer in time: %s.', async (_what, hung) => {
  const device = newDevice();
  const { call, downlinks } = openDoor(hung);
  await queue(downlinks, device);
  const answering = within(200, () => call('bidir', bidir(device)));
  await expect(answering).rejects.toMatchObject({ code: 'DEADLINE_PASSED', retryable: true });
});

test('A table that hangs holds up no answer either.', async () => {
  const table: DownlinkStore = Object.create(new DownlinkStore(dynamodb.client, 'any'), {
    change: { value: hanging },
  });
  const { call, handedOver } = openDoor({ downlinks: table });
  await expect(within(50, () => call('bidir', bidir(newDevice())))).rejects.toMatchObject({
    code: 'DEADLINE_PASSED',
  });
  // The message itself was handed over meanwhile: nothing of it is lost.
  expect(handedOver).toHaveLength(1);
});
