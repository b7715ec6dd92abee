import { IoTDataPlaneClient, PublishCommand } from '@aws-sdk/client-iot-data-plane';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BAND_SIGMAS, Pewma } from '../../functions/score-anomaly/pewma.ts';
import { DEFAULT_SCORING_SETTINGS } from '../../shared/scoring-settings.ts';
import { eventually } from '../support/cloud.ts';
import { readingAt, startTestService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

const stateOf = (device: string) => service.item('ScoringStateTable', 'key', device);

/** What one scorer that saw these values would publish for the last of them, and know after it. */
function expected(values: readonly number[]) {
  const pewma = new Pewma(DEFAULT_SCORING_SETTINGS);
  for (const value of values) pewma.update(value);
  const { expected: mean, std, z, probability, alpha, anomaly, warmingUp } = pewma;
  const value = values.at(-1);
  const [lower, upper] = [mean - BAND_SIGMAS * std, mean + BAND_SIGMAS * std];
  return {
    column: { value, mean, std, lower, upper, z, probability, alpha, anomaly, warmingUp },
    state: pewma.state(),
  };
}

test('Readings over MQTT are scored, and what was learned is in the table.', async () => {
  const values = [20, 21.5, 19, 20.25];
  for (const [second, value] of values.slice(0, -1).entries()) {
    await service.score(readingAt('pump', second, value));
  }
  const reading = { ...readingAt('pump', 3, 20.25), firmware: { version: [1, 2] } };
  expect(await service.score(reading)).toEqual({
    reading,
    device: 'pump',
    time: '2026-01-31T10:00:03.000Z',
    anomaly: false,
    late: false,
    settings: DEFAULT_SCORING_SETTINGS,
    columns: { value: expected(values).column },
  });
  expect(await stateOf('pump')).toMatchObject({
    key: 'pump',
    version: 4,
    columns: { value: expected(values).state },
  });
});

test('A reading by the SDK, which is given no more than AWS_ENDPOINT_URL, is scored the same.', async () => {
  const client = new IoTDataPlaneClient();
  for (const [second, value] of [20, 21.5].entries()) {
    const payload = JSON.stringify(readingAt('sdk', second, value));
    await client.send(new PublishCommand({ topic: 'anom/detect', qos: 1, payload }));
    await eventually(() => service.resultsOf('sdk')[second]);
  }
  expect(service.resultsOf('sdk')[1]?.columns).toEqual({ value: expected([20, 21.5]).column });
});

test('The last reading again has the same result; a reading before it is late. Neither is learned.', async () => {
  const results = [];
  for (const [second, value] of [20, 21.5, 19].entries())
    results.push(await service.score(readingAt('twice', second, value)));
  const before = await stateOf('twice');
  expect(await service.score(readingAt('twice', 2, 19))).toEqual(results[2]);
  const late = await service.score(readingAt('twice', 1, 21.5));
  expect(late).toMatchObject({ late: true, time: results[1]?.time });
  expect(await stateOf('twice')).toEqual(before);
});

const shapeless: [name: string, input: unknown, code: string, field: string | undefined][] = [
  ['a list', [1, 2], 'NOT_AN_OBJECT', undefined],
  ['a number', 21.5, 'NOT_AN_OBJECT', undefined],
  ['text', '"hello"', 'NOT_AN_OBJECT', undefined],
  ['null', null, 'NOT_AN_OBJECT', undefined],
];
const at = { timestamp: '2026-01-31T10:00:00Z' };
const unusable: typeof shapeless = [
  ['an unknown shape', { Station_Name: 'a', Wind_Velocity_Mtr_Sec: 3 }, 'KEY_MISSING', 'device'],
  ['no key', { ...at, value: 1 }, 'KEY_MISSING', 'device'],
  ['an object as key', { ...at, device: { id: 1 }, value: 1 }, 'KEY_NOT_TEXT', 'device'],
  ['a key of 3 KB', { ...at, device: 'k'.repeat(3_072), value: 1 }, 'KEY_TOO_LONG', 'device'],
  ['no column', { ...at, device: 'a' }, 'COLUMN_MISSING', 'value'],
  ['text as column', { ...at, device: 'a', value: '21.5' }, 'COLUMN_NOT_A_NUMBER', 'value'],
  ['NaN', { ...at, device: 'a', value: 'NaN' }, 'COLUMN_NOT_A_NUMBER', 'value'],
  ['null as column', { ...at, device: 'a', value: null }, 'COLUMN_NOT_A_NUMBER', 'value'],
  ['a column out of range', { ...at, device: 'a', value: 1e61 }, 'COLUMN_OUT_OF_RANGE', 'value'],
  ['no time', { device: 'a', value: 1 }, 'TIME_MISSING', 'timestamp'],
  ['no such day', { device: 'a', value: 1, timestamp: '2026-02-30' }, 'TIME_UNREADABLE', 'timestamp'],
  ['a far future', { device: 'a', value: 1, timestamp: '2226-01-01' }, 'TIME_AHEAD', 'timestamp'],
];

test('Bad readings are in the rejections queue: whole, with the reason, once, counted, not retried.', async () => {
  const bad = [...shapeless, ...unusable];
  const counted = await service.metric('score-anomaly/InputRejected');
  for (const [, input] of bad) await service.publish('anom/detect', input);
  await service.settled();
  const kept = await service.takeAll('RejectionsQueue');
  const reasons = bad.map(([, input, code, field]) => ({
    input: input === '"hello"' ? 'hello' : input,
    reason: { code, message: expect.any(String), ...(field === undefined ? {} : { field }) },
    function: 'glasshouse-dev-score-anomaly',
    requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    rejectedAt: expect.stringMatching(/Z$/),
  }));
  expect(kept).toHaveLength(bad.length);
  expect(kept).toEqual(expect.arrayContaining(reasons));
  expect(new Set(kept.map((one) => JSON.stringify(one))).size).toBe(bad.length);
  await expect.poll(() => service.metric('score-anomaly/InputRejected')).toBe(counted + bad.length);
  expect(service.told).toEqual([]);
  expect(await service.takeAll('FailuresQueue')).toEqual([]);
});

test.each([
  ['text', Buffer.from('not JSON')],
  ['NaN', Buffer.from('{"device":"a","value":NaN}')],
  ['bytes', Buffer.from([0xff, 0x00])],
])('A message that is not JSON (%s) is kept by the rule, byte by byte.', async (_name, payload) => {
  await service.publish('anom/detect', payload);
  const kept = await eventually(async () => {
    const all = await service.takeAll('RejectionsQueue');
    return all.length > 0 ? all : undefined;
  });
  expect(kept).toMatchObject([
    {
      ruleName: 'glasshouse_dev_detect',
      topic: 'anom/detect',
      base64OriginalPayload: payload.toString('base64'),
      failures: [{ failedAction: 'LambdaAction', errorMessage: expect.any(String) }],
    },
  ]);
});

test("A device's settings are changed by a message: the next result has them, other devices do not.", async () => {
  await service.score(readingAt('tuned', 0, 1));
  await service.publish('anom/settings', { device: 'tuned', settings: { alpha0: 0.7 } });
  await service.settled();
  expect(await stateOf('tuned')).toMatchObject({ alpha0: 0.7, columns: { value: { count: 1 } } });
  const { settings } = await service.score(readingAt('tuned', 1, 2));
  expect(settings).toEqual({ ...DEFAULT_SCORING_SETTINGS, alpha0: 0.7 });
  expect((await service.score(readingAt('untuned', 0, 1))).settings).toEqual(DEFAULT_SCORING_SETTINGS);

  await service.publish('anom/settings', { device: 'tuned', settings: { alpha0: null } });
  await service.settled();
  expect((await service.score(readingAt('tuned', 2, 3))).settings).toEqual(DEFAULT_SCORING_SETTINGS);
});

test('A change for all devices is written where every container looks for it.', async () => {
  // Half of it would be seen by the other tests: it takes back what nothing has set.
  await service.publish('anom/settings', { settings: { beta: null } });
  await service.settled();
  expect(await service.item('ScoringSettingsTable', 'scope', 'all')).toMatchObject({ version: 1 });
});

test.each([
  ['SETTINGS_UNUSABLE', { device: 'tuned', settings: { alpha0: 7 } }],
  ['SETTINGS_UNUSABLE', { device: 'tuned', settings: { gamma: 1 } }],
  ['SETTINGS_UNUSABLE', { settings: 'all' }],
  ['SETTINGS_UNUSABLE', { device: '', settings: { T: 5 } }],
  ['SETTINGS_EMPTY', { device: 'tuned', settings: {} }],
])('A change of settings that is no good is rejected: %s, %j.', async (code, change) => {
  const before = await stateOf('tuned');
  await service.publish('anom/settings', change);
  await service.settled();
  expect(await service.takeAll('RejectionsQueue')).toMatchObject([
    { reason: { code }, function: 'glasshouse-dev-tune-scoring', input: change },
  ]);
  expect(await stateOf('tuned')).toEqual(before);
});

test('An anomaly is an object in S3, and the same one however often its result is published.', async () => {
  const Bucket = service.resource('AnomaliesBucket');
  const s3 = new S3Client();
  for (let second = 0; second < 35; second += 1)
    await service.score(readingAt('odd', second, 20 + (second % 3)));
  const reading = readingAt('odd', 35, 90);
  const result = await service.score(reading);
  expect(result).toMatchObject({ anomaly: true, columns: { value: { anomaly: true, warmingUp: false } } });
  expect(await service.score(reading)).toEqual(result);

  const Key = 'anomalies/odd/2026-01-31T10:00:35.000Z.json';
  const { Body: body, ContentType: type } = await eventually(() =>
    s3.send(new GetObjectCommand({ Bucket, Key })).catch(() => undefined),
  );
  expect(type).toBe('application/json');
  expect(JSON.parse((await body?.transformToString()) ?? '')).toEqual(result);
  const { Contents: objects = [] } = await s3.send(
    new ListObjectsV2Command({ Bucket, Prefix: 'anomalies/' }),
  );
  expect(objects.map((one) => one.Key)).toEqual([Key]);
});
