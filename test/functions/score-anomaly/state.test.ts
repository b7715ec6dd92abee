import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Pewma, type PewmaState } from '../../../functions/score-anomaly/pewma.ts';
import type { Reading } from '../../../functions/score-anomaly/reading.ts';
import { scoreReading } from '../../../functions/score-anomaly/score-reading.ts';
import type { Decision, ScoredReading } from '../../../functions/score-anomaly/scoring.ts';
import { StateStore } from '../../../functions/score-anomaly/state.ts';
import { writeChange } from '../../../functions/tune-scoring/write.ts';
import { DEFAULT_SCORING_SETTINGS } from '../../../shared/scoring-settings.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';

let dynamodb: TestDynamoDb;
let table: string;

beforeAll(async () => {
  dynamodb = await startTestDynamoDb();
  table = await dynamodb.createTable('key');
});
afterAll(() => dynamodb.stop());

let keys = 0;
const newKey = (): string => `device-${(keys += 1)}`;

function reading(key: string, timeMs: number | undefined, value: number): Reading {
  const message = { device: key, timestamp: timeMs, value };
  return { key, values: { value }, message, ...(timeMs === undefined ? {} : { timeMs }) };
}

/** One warm Lambda container: a store with a memory of its own. Counts the requests that it makes. */
function container() {
  const counts = { requests: 0, conflicts: 0 };
  const counting: typeof dynamodb.client = Object.create(dynamodb.client, {
    send: {
      value: (command: Parameters<typeof dynamodb.client.send>[0]) => {
        counts.requests += 1;
        return dynamodb.client.send(command);
      },
    },
  });
  const store = new StateStore(counting, table);
  let invocations = 0;
  return {
    counts,
    store,
    score: (one: Reading, requestId = `request-${keys}-${(invocations += 1)}`): Promise<Decision> =>
      scoreReading(one, {
        store,
        requestId,
        settingsForAll: DEFAULT_SCORING_SETTINGS,
        onConflict: () => (counts.conflicts += 1),
      }),
  };
}

/** What one scorer that saw the readings in this order would have learned. */
function expectedState(values: readonly number[]): PewmaState {
  const pewma = new Pewma(DEFAULT_SCORING_SETTINGS);
  for (const value of values) pewma.update(value);
  return pewma.state();
}

test('A warm container makes one request a reading and reads nothing.', async () => {
  const { score, counts } = container();
  const key = newKey();
  for (let index = 0; index < 50; index += 1) await score(reading(key, index, index % 5));
  expect(counts.requests).toBe(50);
});

test('A cold container learns the state from its refused write: two writes, no read.', async () => {
  const key = newKey();
  const first = container();
  for (let index = 0; index < 10; index += 1) await first.score(reading(key, index, index));
  const second = container();
  const decision = await second.score(reading(key, 10, 10));
  expect(decision.kind).toBe('learn');
  expect(second.counts).toEqual({ requests: 2, conflicts: 1 });
  expect((await second.store.load(key))?.columns['value']).toEqual(
    expectedState([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
  );
});

test('The last reading again changes nothing and gives the same result, in any container.', async () => {
  const key = newKey();
  const warm = container();
  let last: ScoredReading | undefined;
  for (let index = 0; index < 40; index += 1) {
    last = (await warm.score(reading(key, index, Math.sin(index)))).result;
  }
  const before = await warm.store.load(key);
  for (const one of [warm, container()]) {
    const again = await one.score(reading(key, 39, Math.sin(39)));
    expect(again.kind).toBe('duplicate');
    expect(again.result).toEqual(last);
  }
  expect(await warm.store.load(key)).toEqual(before);
});

test('An older reading is scored, marked late, and learns nothing.', async () => {
  const key = newKey();
  const { score, store } = container();
  for (let index = 0; index < 40; index += 1) await score(reading(key, 1_000 + index, 20 + (index % 3)));
  const before = await store.load(key);
  const decision = await score(reading(key, 1_005, 500));
  expect(decision).toMatchObject({ kind: 'late', result: { late: true, anomaly: true } });
  expect(await store.load(key)).toEqual(before);
});

test('Another value at the time of the last reading is late, not a duplicate.', async () => {
  const key = newKey();
  const { score } = container();
  await score(reading(key, 1, 1));
  expect((await score(reading(key, 1, 2))).kind).toBe('late');
});

test('A container whose device was deleted starts it anew, also for older readings.', async () => {
  const key = newKey();
  const { score, store } = container();
  await score(reading(key, 100, 1));
  const { DeleteItemCommand } = await import('@aws-sdk/client-dynamodb');
  await dynamodb.client.send(new DeleteItemCommand({ TableName: table, Key: { key: { S: key } } }));
  expect((await score(reading(key, 50, 2))).kind).toBe('learn');
  expect((await store.load(key))?.columns['value']).toEqual(expectedState([2]));
});

test('Without event time, readings are learned as they arrive, and a retried invocation learns once.', async () => {
  const key = newKey();
  const { score, store } = container();
  await score(reading(key, undefined, 5), 'first');
  const result = await score(reading(key, undefined, 5), 'second');
  const retried = await container().score(reading(key, undefined, 5), 'second');
  expect([result.kind, retried.kind]).toEqual(['learn', 'duplicate']);
  expect(retried.result).toEqual(result.result);
  expect((await store.load(key))?.columns['value']).toEqual(expectedState([5, 5]));
});

test("A change of a device's settings meets warm containers at their next write.", async () => {
  const key = newKey();
  const { score, store, counts } = container();
  for (let index = 0; index < 5; index += 1) await score(reading(key, index, index));
  const tables = { stateTable: table, settingsTable: table };
  const change = { device: key, settings: { alpha0: 0.7, mode: 'classic' as const }, receivedAtMs: 1 };
  expect(await writeChange(dynamodb.client, tables, change)).toBe(true);
  const requests = counts.requests;
  const { result } = await score(reading(key, 5, 5));
  expect(result.settings).toEqual({ ...DEFAULT_SCORING_SETTINGS, alpha0: 0.7, mode: 'classic' });
  expect(counts.requests - requests).toBe(2);
  expect((await store.load(key))?.columns['value']?.count).toBe(6);
  await writeChange(dynamodb.client, tables, { device: key, settings: { alpha0: null }, receivedAtMs: 2 });
  expect((await score(reading(key, 6, 6))).result.settings.alpha0).toBe(0.95);
});

test('Of two changes of settings the one that was received later stands, in whichever order they come.', async () => {
  const key = newKey();
  const tables = { stateTable: table, settingsTable: table };
  const later = { device: key, settings: { beta: 0.9 }, receivedAtMs: 20 };
  const earlier = { device: key, settings: { beta: 0.1 }, receivedAtMs: 10 };
  expect(await writeChange(dynamodb.client, tables, later)).toBe(true);
  expect(await writeChange(dynamodb.client, tables, earlier)).toBe(false);
  expect((await container().score(reading(key, 1, 1))).result.settings.beta).toBe(0.9);
});

test('Numbers that DynamoDB cannot hold come back as what was scored.', async () => {
  const key = newKey();
  const warm = container();
  const values = [1e60, -1e60, 1e-119, 0, 3e-119, 1e60];
  const results: ScoredReading[] = [];
  for (const [index, value] of values.entries())
    results.push((await warm.score(reading(key, index, value))).result);
  const cold = container();
  expect(await cold.store.load(key)).toEqual(warm.store.remembered(key));
  expect((await cold.score(reading(key, 5, 1e60))).result).toEqual(results.at(-1));
});

/**
 * What AWS may do to a stream: lose nothing, but shuffle, duplicate, run side by side in several containers,
 * and end an invocation between its two steps (stored, not yet published) so that it comes again.
 */
const delivery = fc.record({
  values: fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 14 }),
  order: fc.infiniteStream(fc.nat()),
  copies: fc.array(fc.nat(), { maxLength: 6 }),
  crashes: fc.array(fc.nat(), { maxLength: 4 }),
  containers: fc.integer({ min: 1, max: 4 }),
  together: fc.integer({ min: 1, max: 5 }),
});

test('However readings are shuffled, doubled, interleaved and cut off, each is learned once or marked late.', async () => {
  await fc.assert(
    fc.asyncProperty(delivery, async ({ values, order, copies, crashes, containers, together }) => {
      const key = newKey();
      const pool = Array.from({ length: containers }, container);
      const indexes = values.map((_, index) => index);
      const deliveries = [...indexes, ...copies.map((copy) => copy % values.length)];
      deliveries.sort(() => (order.next().value % 3) - 1);

      const learned: number[] = [];
      const published = new Map<number, ScoredReading[]>();
      let turn = 0;
      const invoke = async (index: number): Promise<void> => {
        const one = pool[(turn += 1) % containers];
        const attempt = () => one?.score(reading(key, 1_000 + index, values[index] ?? 0), `request-${index}`);
        const decision = await attempt();
        if (decision === undefined) return;
        if (decision.kind === 'learn') learned.push(index);
        // The invocation ends here, after the store and before publishing: Lambda runs it again.
        const seen = crashes.includes(index) ? await attempt() : decision;
        if (seen !== undefined) published.set(index, [...(published.get(index) ?? []), seen.result]);
      };
      for (let at = 0; at < deliveries.length; at += together) {
        await Promise.all(deliveries.slice(at, at + together).map(invoke));
      }

      const state = await container().store.load(key);
      expect(new Set(learned).size, 'no reading is learned twice').toBe(learned.length);
      expect(state?.columns['value']?.count, 'no update is lost').toBe(learned.length);
      expect(state?.version).toBe(learned.length);
      // Time never goes back, so what was learned was learned in the order of time.
      const inOrder = learned.toSorted((a, b) => a - b);
      expect(state?.columns['value']).toEqual(expectedState(inOrder.map((index) => values[index] ?? 0)));
      expect(state?.last?.timeMs).toBe(1_000 + Math.max(...indexes));
      for (const index of indexes) {
        const results = published.get(index) ?? [];
        expect(results.length, 'every delivery is answered').toBeGreaterThan(0);
        if (!learned.includes(index)) expect(results.every(({ late }) => late)).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});
