import fc from 'fast-check';
import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DeviceStore } from '../../../functions/watch-silence/device-store.ts';
import { GRACE_SECONDS, watchSilence, type Silence } from '../../../functions/watch-silence/silence.ts';
import { watchDevices, type WatchServices } from '../../../functions/watch-silence/watch.ts';
import type { DeviceType } from '../../../shared/sigfox/device-type.ts';
import type { Publication } from '../../../shared/sigfox/publication.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';

const T = Date.UTC(2026, 0, 31, 10);
const HOUR_MS = 3_600_000;
const GRACE_MS = GRACE_SECONDS * 1000;
const PARAMETERS = { seed: 20_260_207, numRuns: 300 };

let dynamodb: TestDynamoDb;
beforeAll(async () => {
  dynamodb = await startTestDynamoDb();
});
afterAll(() => dynamodb.stop());

test('A device is silent from the moment on that its interval and the grace are over.', () => {
  const heard = { lastTimeMs: T };
  expect(watchSilence(heard, 3600, T + HOUR_MS + GRACE_MS)).toBeUndefined();
  expect(watchSilence(heard, 3600, T + HOUR_MS + GRACE_MS + 1)).toEqual({
    state: 'silent',
    lastTimeMs: T,
    silentSinceMs: T,
    raisedAtMs: T + HOUR_MS + GRACE_MS + 1,
    isTold: false,
  });
  expect(watchSilence(heard, 0, T + 1_000 * HOUR_MS), 'nobody watches it').toBeUndefined();
});

test(`However often one looks, a silence is told once and its end once (seed ${PARAMETERS.seed}).`, () => {
  const step = fc.record({
    minutes: fc.integer({ min: 0, max: 200 }),
    sends: fc.boolean(),
    isToldFails: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let nowMs = T;
      let lastTimeMs = T;
      let silence: Silence | undefined;
      const told: Silence[] = [];
      for (const { minutes, sends, isToldFails } of steps) {
        nowMs += minutes * 60_000;
        if (sends) lastTimeMs = nowMs;
        const next = watchSilence({ lastTimeMs, ...(silence && { silence }) }, 3600, nowMs);
        if (next === undefined) {
          const isOverdue = nowMs > lastTimeMs + HOUR_MS + GRACE_MS;
          expect(isOverdue).toBe(silence?.state === 'silent');
          continue;
        }
        // What was not told is what is told next, and nothing else meanwhile.
        if (silence !== undefined && !silence.isTold) expect(next).toBe(silence);
        silence = isToldFails ? next : { ...next, isTold: true };
        if (!isToldFails) told.push(next);
      }
      told.forEach(({ state }, index) => expect(state).toBe(index % 2 === 0 ? 'silent' : 'back'));
    }),
    PARAMETERS,
  );
});

async function openWatch(
  types: Readonly<Record<string, DeviceType>> = {},
  publish?: WatchServices['publish'],
) {
  const table = await dynamodb.createTable('device');
  const published: Publication[] = [];
  const counts: Record<string, number> = {};
  const services: WatchServices = {
    store: new DeviceStore(dynamodb.client, table),
    types: { get: async (id) => types[id ?? ''] ?? { intervalSeconds: 3600 } },
    publish: publish ?? (async (one) => void published.push(one)),
    count: (name) => void (counts[name] = (counts[name] ?? 0) + 1),
  };
  return {
    published,
    counts,
    services,
    put: (device: string, lastTimeMs: number | undefined, more: Record<string, string> = {}) =>
      dynamodb.client.send(
        new PutItemCommand({
          TableName: table,
          Item: {
            device: { S: device },
            ...(lastTimeMs === undefined ? {} : { lastTimeMs: { N: String(lastTimeMs) } }),
            ...Object.fromEntries(
              Object.entries(more).map(([name, value]) => [
                name,
                /^\d+$/.test(value) ? { N: value } : { S: value },
              ]),
            ),
          },
        }),
      ),
    hear: (device: string, lastTimeMs: number) =>
      dynamodb.client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: { device: { S: device } },
          UpdateExpression: 'SET lastTimeMs = :last',
          ExpressionAttributeValues: { ':last': { N: String(lastTimeMs) } },
        }),
      ),
    watch: (nowMs: number, own = services) => watchDevices(nowMs, own),
  };
}

test('Silences are told once with their devices, ends too, and run after run nothing else.', async () => {
  const { put, hear, watch, published, counts } = await openWatch({ slow: { intervalSeconds: 86_400 } });
  await put('A1', T);
  await put('A2', T, { deviceTypeId: 'slow' });
  await put('A3', T, { deviceTypeId: 'slow', intervalSeconds: '60' });
  await put('A4', T, { intervalSeconds: '0' });
  await put('A5', undefined);
  const later = T + 2 * HOUR_MS;
  expect(await watch(later)).toEqual({ devices: 4, silent: 2, back: 0 });
  expect(await watch(later + 300_000)).toEqual({ devices: 4, silent: 0, back: 0 });
  await hear('A1', later + 310_000);
  expect(await watch(later + 600_000)).toEqual({ devices: 4, silent: 0, back: 1 });
  expect(await watch(later + 900_000)).toEqual({ devices: 4, silent: 0, back: 0 });
  expect(await watch(later + 5 * HOUR_MS)).toEqual({ devices: 4, silent: 1, back: 0 });
  const told = published.map(({ topic, message }) => [topic, message['alert'], message['silentSince']]);
  const [before, after] = ['2026-01-31T10:00:00.000Z', '2026-01-31T12:05:10.000Z'];
  expect(told.slice(0, 2).sort(([a], [b]) => String(a).localeCompare(String(b)))).toEqual([
    ['sigfox/A1/alert', 'device silent', before],
    ['sigfox/A3/alert', 'device silent', before],
  ]);
  expect(told.slice(2)).toEqual([
    ['sigfox/A1/alert', 'device back', before],
    ['sigfox/A1/alert', 'device silent', after],
  ]);
  expect(published[2]?.message).toMatchObject({ backAt: after, raisedAt: '2026-01-31T12:10:00.000Z' });
  expect(counts).toEqual({ DeviceSilent: 3, DeviceBack: 1 });
});

test('An alert that could not be published is published by the next run, also when the device is back by then.', async () => {
  const { put, hear, watch, services, published } = await openWatch();
  await put('A1', T);
  const away = { ...services, publish: () => Promise.reject(new Error('AWS IoT is away')) };
  await expect(watch(T + 2 * HOUR_MS, away)).rejects.toThrow('AWS IoT is away');
  await hear('A1', T + 2 * HOUR_MS + 1);
  await watch(T + 2 * HOUR_MS + 2);
  await watch(T + 2 * HOUR_MS + 3);
  await watch(T + 2 * HOUR_MS + 4);
  expect(published.map(({ message }) => message['alert'])).toEqual(['device silent', 'device back']);
});

test('A message that comes while the alert is published leaves it told once.', async () => {
  const { put, hear, watch, services, published } = await openWatch();
  await put('A1', T);
  const slow = {
    ...services,
    publish: async (one: Publication) => {
      await hear('A1', T + 2 * HOUR_MS);
      await services.publish(one);
    },
  };
  await watch(T + 2 * HOUR_MS, slow);
  await watch(T + 2 * HOUR_MS + 1);
  expect(published.map(({ message }) => message['alert'])).toEqual(['device silent', 'device back']);
});
