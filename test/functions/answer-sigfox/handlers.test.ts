import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { readAnswerSigfoxEnvironment } from '../../../functions/answer-sigfox/environment.ts';
import { readIngestSigfoxEnvironment } from '../../../functions/ingest-sigfox/environment.ts';
import { startSigfoxTables, type SigfoxTables } from '../ingest-sigfox/support.ts';
import { contextOf, startAws } from './aws.ts';
import { basic, httpEvent } from './events.ts';

type Handler = (event: unknown, context: Context) => Promise<unknown>;

const PASSWORD = 'correct horse battery';
let tables: SigfoxTables;
let aws: Awaited<ReturnType<typeof startAws>>;
let answer: Handler;
let ingest: Handler;
let watch: Handler;
const metrics: string[] = [];

beforeAll(async () => {
  tables = await startSigfoxTables();
  aws = await startAws(JSON.stringify({ username: 'sigfox', password: PASSWORD }));
  const dynamodb = await tables.client.config.endpoint?.();
  const environment = {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL: aws.url,
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${dynamodb?.port ?? ''}`,
    MESSAGES_TABLE: tables.tables.messages,
    DEVICES_TABLE: tables.tables.devices,
    DEVICE_TYPES_TABLE: tables.tables.deviceTypes,
    REJECTIONS_QUEUE_URL: `${aws.url}/000000000000/rejections`,
    CREDENTIALS_PARAMETER: '/glasshouse/dev/sigfox',
    PAYLOAD_CONFIG: 'temperature::int:16:/100',
    INTERVAL_SECONDS: '3600',
    AWS_MAX_ATTEMPTS: '1',
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  ({ handler: answer } = await import('../../../functions/answer-sigfox/handler.ts'));
  ({ handler: ingest } = await import('../../../functions/ingest-sigfox/handler.ts'));
  ({ handler: watch } = await import('../../../functions/watch-silence/handler.ts'));
});
beforeEach(() => {
  aws.asked.length = 0;
  metrics.length = 0;
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => metrics.push(String(line)) > 0);
  for (const level of ['warn', 'error'] as const) vi.spyOn(console, level).mockImplementation(() => {});
});
afterEach(() => vi.restoreAllMocks());
afterAll(async () => {
  vi.unstubAllEnvs();
  aws.stop();
  await tables.stop();
});

const time = Math.floor(Date.now() / 1000);
const uplink = { device: 'C0FFEE', time, data: '09c4', seqNumber: 1 };
const headers = { ...basic('sigfox', PASSWORD), 'content-type': 'application/json' };
const request = (type: string, body: unknown) => httpEvent({ type, headers, body: JSON.stringify(body) });

test('A callback goes from the HTTP door by the topic to the work, and becomes a reading.', async () => {
  expect(await answer(request('uplink', uplink), contextOf('answer-sigfox'))).toEqual({ statusCode: 204 });
  expect(aws.asked[0]).toMatchObject({ what: 'AmazonSSM.GetParameter' });
  const [handedOver] = aws.published();
  expect(handedOver).toEqual({ topic: 'sigfox', message: { ...uplink, callback: 'uplink' } });
  expect(metrics.join('')).toContain('"CallbackTaken":1');

  aws.asked.length = 0;
  // What the rule makes of it.
  const event = { ...uplink, callback: 'uplink', mqttTopic: 'sigfox' };
  const result = await ingest(event, contextOf('ingest-sigfox'));
  expect(result).toEqual({ published: ['sigfox/C0FFEE/reading'] });
  expect(aws.published()).toMatchObject([{ message: { device: 'C0FFEE', values: { temperature: 25 } } }]);
  expect(await tables.messagesOf('C0FFEE')).toHaveLength(1);
  expect(metrics.join('')).toContain('"UplinkStored":1');
});

test('A downlink is queued, offered to the device that asks, and told each time.', async () => {
  const asked = { mqttTopic: 'sigfox/C0FFEE/downlink', receivedAt: Date.now(), data: '0011223344556677' };
  await ingest(asked, contextOf('ingest-sigfox'));
  const answered = await answer(
    request('bidir', { ...uplink, seqNumber: 2, ack: true }),
    contextOf('answer-sigfox'),
  );
  expect(answered).toMatchObject({
    statusCode: 200,
    body: JSON.stringify({ C0FFEE: { downlinkData: '0011223344556677' } }),
  });
  const states = aws.published().filter(({ topic }) => topic === 'sigfox/C0FFEE/downlink/state');
  expect(states).toMatchObject([{ message: { state: 'QUEUED' } }, { message: { state: 'OFFERED' } }]);
});

test('What cannot be handed over is an error to Sigfox, which tries again.', async () => {
  aws.fail(true);
  await expect(answer(request('uplink', uplink), contextOf('answer-sigfox'))).rejects.toThrow('UnknownError');
  aws.fail(false);
  expect(await answer({}, contextOf('answer-sigfox'))).toMatchObject({ statusCode: 400 });
});

test('A callback that can never work goes to the rejections queue whole, and without credentials.', async () => {
  const event = { device: 'C0FFEE', callback: 'uplink', mqttTopic: 'sigfox' };
  // The queue of this test answers nothing that the SDK could check, so that keeping the rejection fails.
  await expect(ingest(event, contextOf('ingest-sigfox'))).rejects.toThrow('InvalidChecksum');
  const [kept] = aws.asked.filter(({ what }) => what === 'AmazonSQS.SendMessage');
  expect(kept?.body).toContain('TIME_MISSING');
  expect(kept?.body).not.toContain('authorization');
});

test('A run of the schedule tells of a silent device by the time of its event.', async () => {
  const lastTimeMs = Date.UTC(2026, 0, 31, 10);
  await tables.client.send(
    new PutItemCommand({
      TableName: tables.tables.devices,
      Item: { device: { S: 'DEAD' }, lastTimeMs: { N: String(lastTimeMs) } },
    }),
  );
  const event = {
    version: '0',
    id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: '000000000000',
    time: '2026-01-31T12:00:00Z',
    region: 'eu-west-1',
    resources: ['arn:aws:events:eu-west-1:000000000000:rule/watch'],
    detail: {},
  };
  expect(await watch(event, contextOf('watch-silence'))).toMatchObject({ silent: 1, back: 0 });
  expect(aws.published()).toMatchObject([
    { topic: 'sigfox/DEAD/alert', message: { alert: 'device silent', raisedAt: '2026-01-31T12:00:00.000Z' } },
  ]);
  const key = { device: { S: 'DEAD' } };
  const { Item: item } = await tables.client.send(
    new GetItemCommand({ TableName: tables.tables.devices, Key: key }),
  );
  expect(item?.['silence']?.M?.['isTold']).toEqual({ BOOL: true });
});

test('The environments name what is missing or wrong.', () => {
  expect(() => readIngestSigfoxEnvironment({})).toThrow(
    /MESSAGES_TABLE is not set; DEVICES_TABLE is not set/,
  );
  const given = { DEVICES_TABLE: 'd', CREDENTIALS_PARAMETER: '/p', AWS_REGION: 'eu-west-1' };
  expect(() => readAnswerSigfoxEnvironment({ ...given, SOURCE_RANGES: '185.110.96.0' })).toThrow(
    /SOURCE_RANGES/,
  );
  const read = readAnswerSigfoxEnvironment({
    ...given,
    SOURCE_RANGES: '185.110.96.0/22',
    AWS_ENDPOINT_URL: 'u',
  });
  expect([read.isSource?.('185.110.96.7'), read.isSource?.('10.0.0.1'), read.endpointUrl]).toEqual([
    true,
    false,
    'u',
  ]);
  expect(readAnswerSigfoxEnvironment(given)).toMatchObject({ isSource: undefined, endpointUrl: undefined });
});
