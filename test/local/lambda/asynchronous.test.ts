import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AsynchronousInvocation } from '../../../local/lambda/asynchronous.ts';
import type { InvocationResult } from '../../../local/lambda/container.ts';
import { EventStore } from '../../../local/lambda/event-store.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const OK: InvocationResult = { ok: true, payload: 'null' };
const FAILED: InvocationResult = { ok: false, error: { errorType: 'Error', errorMessage: 'bad luck' } };
const SCORE = {
  name: 'score',
  arn: 'arn:aws:lambda:eu-west-1:000000000000:function:score',
  maximumRetryAttempts: 2,
  maximumEventAgeSeconds: 21_600,
  onFailureArn: 'arn:aws:sqs:eu-west-1:000000000000:failures',
};

function start(
  invoke: (requestId: string, payload: string) => Promise<InvocationResult>,
  options: { store?: EventStore; maxConcurrency?: number; definition?: Partial<typeof SCORE> } = {},
) {
  const clock = new ManualClock();
  const store = options.store ?? new EventStore(':memory:');
  const kept: { arn: string; record: Record<string, unknown> }[] = [];
  let ids = 0;
  const asynchronous = new AsynchronousInvocation([{ ...SCORE, ...options.definition }], {
    store,
    clock,
    newId: () => `id-${(ids += 1)}`,
    retryDelaysSeconds: [60, 120],
    maxConcurrency: options.maxConcurrency ?? 2,
    invoke: (_name, requestId, payload) => invoke(requestId, payload),
    sendToDestination: async (arn, record) => {
      kept.push({ arn, record: JSON.parse(record) });
    },
    log: () => {},
  });
  return { asynchronous, clock, store, kept };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

test('A failure is tried again after one minute and after two more, with the same request id.', async () => {
  const attempts: string[] = [];
  const { asynchronous, clock, kept, store } = start(async (requestId) => {
    attempts.push(`${requestId} at ${(clock.now() - startMs) / 1_000} s`);
    return FAILED;
  });
  const startMs = clock.now();
  asynchronous.enqueue('score', '{"a":1}');
  await settle();
  for (const seconds of [59, 1, 119, 1, 600]) {
    clock.advance(seconds * 1_000);
    await settle();
  }
  expect(attempts).toEqual(['id-1 at 0 s', 'id-1 at 60 s', 'id-1 at 180 s']);
  expect(kept).toHaveLength(1);
  expect(kept[0]).toMatchObject({
    arn: SCORE.onFailureArn,
    record: {
      version: '1.0',
      requestContext: { requestId: 'id-1', condition: 'RetriesExhausted', approximateInvokeCount: 3 },
      requestPayload: { a: 1 },
      responseContext: { statusCode: 200, functionError: 'Unhandled' },
      responsePayload: { errorMessage: 'bad luck' },
    },
  });
  expect(store.remaining()).toEqual([]);
});

test('A second try that works ends it.', async () => {
  let attempts = 0;
  const { asynchronous, clock, kept } = start(async () => ((attempts += 1) === 1 ? FAILED : OK));
  asynchronous.enqueue('score', '{}');
  await settle();
  clock.advance(60_000);
  await settle();
  clock.advance(600_000);
  await settle();
  expect([attempts, kept.length, asynchronous.pending]).toEqual([2, 0, 0]);
});

test('An event that would be too old for the next try is kept at once.', async () => {
  const { asynchronous, kept } = start(async () => FAILED, { definition: { maximumEventAgeSeconds: 30 } });
  asynchronous.enqueue('score', '{}');
  await settle();
  expect(kept[0]?.record).toMatchObject({ requestContext: { condition: 'EventAgeExceeded' } });
});

test('What has not ended when the cloud is stopped is run by the next one, attempts and all.', async () => {
  const store = new EventStore(':memory:');
  const first = start(() => new Promise(() => {}), { store, maxConcurrency: 1 });
  first.asynchronous.enqueue('score', '"running"');
  first.asynchronous.enqueue('score', '"waiting"');
  first.asynchronous.stop();
  const seen: string[] = [];
  const second = start(
    async (_id, payload) => {
      seen.push(payload);
      return OK;
    },
    { store },
  );
  second.asynchronous.resume();
  await second.asynchronous.drained();
  expect(seen.toSorted()).toEqual(['"running"', '"waiting"']);
  expect(store.remaining()).toEqual([]);
});

test('However many events come and fail, none is lost, none runs beyond its tries, and few run at once.', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 5 }),
      async (failures, maxConcurrency) => {
        const left = new Map(failures.map((count, index) => [String(index), count]));
        const runs = new Map<string, number>();
        let running = 0;
        let mostAtOnce = 0;
        const { asynchronous, clock, kept, store } = start(
          async (_id, payload) => {
            running += 1;
            mostAtOnce = Math.max(mostAtOnce, running);
            await settle();
            running -= 1;
            runs.set(payload, (runs.get(payload) ?? 0) + 1);
            const count = left.get(payload) ?? 0;
            left.set(payload, count - 1);
            return count > 0 ? FAILED : OK;
          },
          { maxConcurrency },
        );
        for (const index of failures.keys()) asynchronous.enqueue('score', String(index));
        for (let round = 0; round < 4; round += 1) {
          await asynchronous.drained();
          clock.advance(120_000);
        }
        await asynchronous.drained();
        expect(mostAtOnce).toBeLessThanOrEqual(maxConcurrency);
        for (const [index, count] of failures.entries()) {
          expect(runs.get(String(index))).toBe(Math.min(count + 1, 3));
        }
        expect(kept).toHaveLength(failures.filter((count) => count > 2).length);
        expect([asynchronous.pending, store.remaining().length]).toEqual([0, 0]);
      },
    ),
    { numRuns: 30 },
  );
});
