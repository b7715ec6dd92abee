import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { Pewma } from '../../functions/score-anomaly/pewma.ts';
import { DEFAULT_SCORING_SETTINGS } from '../../shared/scoring-settings.ts';
import { run } from '../cli/run.ts';
import { eventually } from '../support/cloud.ts';
import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
  await sigfox(
    'type',
    'set',
    'probe',
    '--config',
    'temperature::int:16:/100 echo::uint:8',
    '--echo',
    'echo::uint:8',
  );
});
afterAll(() => service.stop());

/** A line for `npx glasshouse sigfox`. */
async function sigfox(...words: string[]): Promise<string> {
  const { code, out, err } = await run(['sigfox', ...words], { env: { GLASSHOUSE_FOLDER: service.folder } });
  expect({ code, err }).toEqual({ code: 0, err: expect.any(String) });
  return out;
}

/** The cloud's own time, in whole seconds. */
async function cloudSeconds(): Promise<number> {
  const answer = await fetch(`${service.cloud.endpointUrl}/_glasshouse/clock`);
  return Math.floor(z.object({ nowMs: z.number() }).parse(await answer.json()).nowMs / 1000);
}

const later = (duration: string) =>
  run(['clock', 'advance', duration], { env: { GLASSHOUSE_FOLDER: service.folder } });

const textSchema = z.object({ phoneNumber: z.string(), message: z.string() });

/** Text messages as a phone has got them, the oldest first. */
function textsOf(phone: string): string[] {
  let lines: string;
  try {
    lines = readFileSync(path.join(service.folder, 'outbox/sms.ndjson'), 'utf8');
  } catch {
    return [];
  }
  const all = lines.split('\n').filter((line) => line !== '');
  return all
    .map((line) => textSchema.parse(JSON.parse(line)))
    .filter(({ phoneNumber }) => phoneNumber === phone)
    .map(({ message }) => message);
}

async function visitsOf(household: string): Promise<unknown[]> {
  const lines = (await sigfox('visits', household, '--json')).split('\n').filter((line) => line !== '');
  return lines.map((line): unknown => JSON.parse(line));
}

/** Calls the HTTP door as Sigfox does. */
async function callback(
  type: string,
  variables: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<number> {
  const { status } = await fetch(`${service.cloud.httpApiUrl ?? ''}/sigfox/${type}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(variables),
  });
  return status;
}

test('A temperature of a Sigfox device is scored like any other: by either door, late ones as late.', async () => {
  const now = await cloudSeconds();
  const sent = [20, 21.5, 19, 20.25];
  for (const [index, celsius] of sent.entries()) {
    const data = `${(celsius * 100).toString(16).padStart(4, '0')}00`;
    const door = index % 2 === 0 ? 'http' : 'iot';
    const time = String(now - 600 + index * 60);
    await sigfox('send', '1A2B3C', data, '--type', 'probe', '--door', door, '--time', time);
    await eventually(() => service.resultsOf('1A2B3C')[index]);
  }
  const scorer = new Pewma(DEFAULT_SCORING_SETTINGS);
  for (const celsius of sent) scorer.update(celsius);
  const results = service.resultsOf('1A2B3C');
  expect(results.map(({ reading }) => reading)).toMatchObject(sent.map((value) => ({ value })));
  expect(results.at(-1)).toMatchObject({
    device: '1A2B3C',
    time: new Date((now - 600 + 180) * 1000).toISOString(),
    late: false,
    columns: { value: { value: 20.25, mean: scorer.expected, std: scorer.std } },
  });
  expect(await service.item('ScoringStateTable', 'key', '1A2B3C')).toMatchObject({ version: 4 });
  // It comes after newer ones: kept, told as late, and not learned.
  await sigfox('send', '1A2B3C', '07d000', '--type', 'probe', '--time', String(now - 599), '--sequence', '9');
  const late = await eventually(() => service.resultsOf('1A2B3C')[4]);
  expect(late).toMatchObject({ late: true });
  expect(await service.item('ScoringStateTable', 'key', '1A2B3C')).toMatchObject({ version: 4 });
});

test('Who does not know the credentials is not let in, and what there is not is not found.', async () => {
  const message = { device: '1A2B3C', time: await cloudSeconds(), seqNumber: 77, data: '00' };
  const wrong = { authorization: `Basic ${Buffer.from('sigfox:not the password').toString('base64')}` };
  expect(await callback('uplink', message)).toBe(401);
  expect(await callback('uplink', message, wrong)).toBe(401);
  expect(await callback('uplink/more', message, wrong)).toBe(404);
});

test('A downlink is queued, offered to the device that listens, acknowledged, and confirmed by its echo.', async () => {
  const states: unknown[] = [];
  const watcher = await import('mqtt').then(({ connectAsync }) => connectAsync(service.cloud.mqttUrl));
  watcher.on('message', (_topic, payload) => states.push(JSON.parse(payload.toString())));
  await watcher.subscribeAsync('sigfox/D0D0/downlink/state', { qos: 1 });
  try {
    expect(await sigfox('downlink', 'd0d0', '0700000000000000', '--id', 'once')).toContain('QUEUED');
    expect(await sigfox('send', 'D0D0', '07d000', '--type', 'probe')).not.toContain('downlink');
    const listening = await sigfox('send', 'D0D0', '07d000', '--type', 'probe', '--listen');
    expect(listening).toContain('downlink 0700000000000000');
    // Sigfox says so when the device has stopped listening.
    const acknowledged = {
      device: 'D0D0',
      time: (await cloudSeconds()) + 50,
      infoCode: 0,
      infoMessage: 'Acked',
    };
    await service.publish('sigfox', { ...acknowledged, callback: 'acknowledge' });
    await eventually(() => (states.length >= 3 ? true : undefined));
    // The device repeats the first byte of what it heard.
    await sigfox('send', 'D0D0', '07d007', '--type', 'probe');
    await eventually(() => (states.length >= 4 ? true : undefined));
    expect(states).toMatchObject(
      ['QUEUED', 'OFFERED', 'SENT', 'CONFIRMED'].map((state) => ({ id: 'once', state })),
    );
  } finally {
    watcher.end(true);
  }
});

test('A simulated network leaves one item for each of its messages, completed 25 seconds later.', async () => {
  await sigfox('simulate', '--devices', '4', '--interval', '30', '--speed', '60', '--messages', '20');
  await service.settled();
  const client = new DynamoDBClient();
  const items = await Promise.all(
    ['1D0000', '1D0001', '1D0002', '1D0003'].map(async (device) => {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: service.resource('SigfoxTable'),
          KeyConditionExpression: 'deviceid = :device',
          ExpressionAttributeValues: { ':device': { S: device } },
        }),
      );
      return Items.filter(({ data }) => data !== undefined);
    }),
  );
  client.destroy();
  const all = items.flat();
  expect(all.length).toBeGreaterThanOrEqual(20);
  expect(all.every(({ values }) => values?.M?.['battery']?.N === '3000')).toBe(true);
  expect(all.filter(({ computedLocation }) => computedLocation !== undefined).length).toBeGreaterThan(0);
  for (const own of items) {
    const numbers = own.map(({ seqNumber }) => Number(seqNumber?.N));
    expect(numbers.toSorted((a, b) => a - b)).toEqual(numbers.map((_, index) => index));
  }
});

const PHONE = '+33600000001';

test('A visit is in the list of its home and on the phones that follow it, once, whatever is sent again.', async () => {
  await sigfox('button', 'B0770', 'durand', '--person', 'Mme Durand', '--carer', '1=Anna', '--phone', PHONE);
  await sigfox('button', 'B0771', 'petit', '--person', 'M. Petit', '--phone', '+33600000002');
  const now = await cloudSeconds();
  const at = (minutesAgo: number): string => String(now - minutesAgo * 60);
  // The payload's three bytes: what happened, the badge, 6 V.
  await sigfox('send', 'B0770', '0101f0', '--time', at(50), '--sequence', '1');
  await sigfox('send', 'B0770', '0101f0', '--time', at(50), '--sequence', '1');
  await sigfox('send', 'B0770', '0101f0', '--time', at(49), '--sequence', '2');
  await expect
    .poll(() => textsOf(PHONE))
    .toEqual([expect.stringMatching(/^Anna has been with Mme Durand since \d\d:\d\d( \(.*\))?\.$/)]);
  expect(await visitsOf('durand')).toMatchObject([{ state: 'OPEN', carer: 1 }]);
  await sigfox('send', 'B0770', '0201f0', '--time', at(4), '--sequence', '3', '--door', 'iot');
  await expect.poll(() => textsOf(PHONE)).toHaveLength(2);
  expect(textsOf(PHONE)[1]).toMatch(/^Anna left Mme Durand at .*, after 46 min\.$/);
  expect(await visitsOf('durand')).toMatchObject([{ state: 'CLOSED', carer: 1, durationSeconds: 46 * 60 }]);
  expect(await sigfox('visits', 'durand')).toMatch(/ 46 min {2}CLOSED {8}Anna\n$/);
  await service.settled();
  // Nothing of it for those who follow another home.
  expect(textsOf('+33600000002')).toEqual([]);
  expect(textsOf(PHONE)).toHaveLength(2);
});

test('A subscriber may ask for one kind of news only, and a low battery is told once a day.', async () => {
  const topic = service.resource('VisitsTopic');
  const sns = new SNSClient();
  const Attributes = { FilterPolicy: JSON.stringify({ kind: ['low-battery'] }) };
  await sns.send(
    new SubscribeCommand({ TopicArn: topic, Protocol: 'sms', Endpoint: '+33600000003', Attributes }),
  );
  sns.destroy();
  for (const sequence of ['10', '11']) {
    await sigfox('send', 'B0771', '0300a0', '--sequence', sequence);
  }
  await expect
    .poll(() => textsOf('+33600000003'))
    .toEqual(['The care button of M. Petit needs new batteries (4.0 V).']);
  await service.settled();
  expect(textsOf('+33600000003')).toHaveLength(1);
});

test('A button of no home is in the rejections queue, with what to do.', async () => {
  await sigfox('send', 'B0FFFF', '0101f0', '--type', 'care-button');
  const kept = await eventually(async () => {
    const all = await service.takeAll('RejectionsQueue');
    return all.length > 0 ? all : undefined;
  });
  expect(kept).toMatchObject([{ reason: { code: 'BUTTON_UNKNOWN', field: 'device' }, input: { event: 1 } }]);
});

// The clock only goes forward: what follows comes last.

test('A departure that is missing is told once, when a visit is longer than any; a silent device too.', async () => {
  const alerts: unknown[] = [];
  const watcher = await import('mqtt').then(({ connectAsync }) => connectAsync(service.cloud.mqttUrl));
  watcher.on('message', (_topic, payload) => alerts.push(JSON.parse(payload.toString())));
  await watcher.subscribeAsync('sigfox/B0770/alert', { qos: 1 });
  try {
    await sigfox('send', 'B0770', '0101f0');
    await expect.poll(() => textsOf(PHONE)).toHaveLength(3);
    await later('9h');
    await expect.poll(() => textsOf(PHONE)).toHaveLength(4);
    expect(textsOf(PHONE)[3]).toMatch(
      /^Anna came to Mme Durand at .*no departure has been reported since\.$/,
    );
    expect(await visitsOf('durand')).toMatchObject([{ state: 'CLOSED' }, { state: 'NO_DEPARTURE' }]);
    await later('30h');
    await expect.poll(() => alerts).toMatchObject([{ alert: 'device silent', device: 'B0770' }]);
    await sigfox('send', 'B0770', '0300f0');
    await later('10m');
    await expect.poll(() => alerts.length).toBe(2);
    expect(alerts[1]).toMatchObject({ alert: 'device back' });
    await service.settled();
    expect(textsOf(PHONE)).toHaveLength(4);
  } finally {
    watcher.end(true);
  }
});
