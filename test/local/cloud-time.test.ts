import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startTestCloud, type TestCloud } from '../support/cloud.ts';
import { authorization } from './endpoint/support.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const entrySchema = z.object({
  now: z.string(),
  source: z.string(),
  time: z.string().optional(),
  detail: z.unknown().optional(),
});
const clockSchema = z.object({ nowMs: z.number(), fired: z.number().optional() });

let cloud: TestCloud;
let sqs: SQSClient;

beforeAll(async () => {
  cloud = await startTestCloud(
    {
      functions: {
        diary: {
          handler: 'diary.handler',
          environment: { DIARY: { Ref: 'Diary' } },
          events: [
            { schedule: 'rate(1 hour)' },
            { eventBridge: { pattern: { source: ['shop'] } } },
            { httpApi: 'GET /diary/{page}' },
          ],
        },
      },
      resources: { Diary: { Type: 'AWS::SQS::Queue', Properties: {} } },
    },
    { retryDelaysSeconds: [60, 120] },
  );
  sqs = new SQSClient(cloud.sdk);
});
afterAll(async () => {
  sqs.destroy();
  await cloud.stop();
});

async function changeClock(change: object) {
  const answer = await fetch(`${cloud.running.endpointUrl}/_glasshouse/clock`, {
    method: 'POST',
    body: JSON.stringify(change),
  });
  return clockSchema.parse(await answer.json());
}

/** Takes what the function has written down, in the order of its time. */
async function takeDiary() {
  const QueueUrl = cloud.running.resources['Diary'];
  const entries: z.infer<typeof entrySchema>[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    );
    if (Messages.length === 0) return entries.sort((a, b) => (a.now < b.now ? -1 : 1));
    for (const { Body = '', ReceiptHandle } of Messages) {
      entries.push(entrySchema.parse(JSON.parse(Body)));
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }
}

async function putEvent(detail: object): Promise<void> {
  const Entries = [{ Source: 'shop', DetailType: 'Sold', Detail: JSON.stringify(detail) }];
  const answer = await fetch(cloud.running.endpointUrl, {
    method: 'POST',
    headers: { ...authorization('events'), 'x-amz-target': 'AWSEvents.PutEvents' },
    body: JSON.stringify({ Entries }),
  });
  expect(await answer.json()).toMatchObject({ FailedEntryCount: 0 });
}

test('Three hours pass: a schedule of every hour runs three times, and its function finds each time its own hour.', async () => {
  const { nowMs, fired } = await changeClock({ advanceMs: 3 * HOUR_MS });
  expect(fired).toBeGreaterThanOrEqual(3);
  const entries = await takeDiary();
  expect(entries).toHaveLength(3);
  for (const [at, { now, source, time = '' }] of entries.entries()) {
    expect(source).toBe('aws.events');
    const agoMs = nowMs - Date.parse(now);
    expect(agoMs).toBeGreaterThan((2 - at) * HOUR_MS - 1);
    expect(agoMs).toBeLessThanOrEqual((3 - at) * HOUR_MS);
    expect(now.startsWith(time.slice(0, 19))).toBe(true);
  }
});

test('An event reaches its function, and a failure is tried again when its minutes have passed.', async () => {
  // Even the first moments of the work take no time then.
  await changeClock({ speed: 0 });
  await putEvent({ fail: 'on purpose' });
  await changeClock({ advanceMs: 10 * MINUTE_MS });
  await changeClock({ speed: 1 });
  const entries = await takeDiary();
  expect(entries.map(({ source, detail }) => [source, detail])).toEqual(
    Array.from({ length: 3 }, () => ['shop', { fail: 'on purpose' }]),
  );
  const [first = 0, second = 0, third = 0] = entries.map(({ now }) => Date.parse(now));
  expect([second - first, third - second]).toEqual([MINUTE_MS, 2 * MINUTE_MS]);
});

test('An HTTP request is answered by the function, in the time of the cloud.', async () => {
  const answer = await fetch(`${cloud.running.httpApiUrl}/diary/7?x=1`);
  expect(answer.status).toBe(200);
  const { now, source } = entrySchema.parse(await answer.json());
  expect(source).toBe('GET /diary/{page}');
  expect(Date.parse(now)).toBeGreaterThan(Date.now() + 3 * HOUR_MS);
  expect((await fetch(`${cloud.running.httpApiUrl}/none`)).status).toBe(404);
});

test('A device stays connected while hours pass: it lives in real time.', async () => {
  const device = await cloud.connect('patient');
  await changeClock({ advanceMs: 5 * HOUR_MS });
  await changeClock({ speed: 10_000 });
  await device.publishAsync('still/here', '1', { qos: 1 });
  await changeClock({ speed: 1 });
  expect(device.connected).toBe(true);
});
