import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseSweepRequest } from '../../../functions/sweep-certificates/request.ts';
import { decideTake, type StoredRun } from '../../../functions/sweep-certificates/run.ts';
import { createRunStore, type RunStoreOptions } from '../../../functions/sweep-certificates/run-store.ts';
import { timesOf } from '../../../functions/sweep-certificates/times.ts';
import { CREDENTIALS, REGION } from '../../local/endpoint/support.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';

const NOW_MS = Date.UTC(2026, 10, 21, 3);
const SEED = 20_261_124;

const stored = (more: Partial<StoredRun> = {}): StoredRun => ({
  runId: 'today',
  version: 7,
  startedAtMs: NOW_MS - 1_000,
  ...more,
});
const lease = (untilMs: number) => ({ lease: { holder: 'somebody', untilMs } });

test.each<[string, StoredRun | undefined, string | undefined, string]>([
  ['nothing is there, and a run is asked for', undefined, 'today', 'begin'],
  ['nothing is there to go on with', undefined, undefined, 'nothing'],
  ['yesterday has finished, and today is asked for', stored({ finishedAtMs: 1 }), 'tomorrow', 'begin'],
  ['today has finished, and is asked for again', stored({ finishedAtMs: 1 }), 'today', 'nothing'],
  ['today has finished, and nothing is asked for', stored({ finishedAtMs: 1 }), undefined, 'nothing'],
  [
    'another was asked for meanwhile, and nothing is asked for',
    stored({ finishedAtMs: 1, nextRunId: 'next' }),
    undefined,
    'begin',
  ],
  ['it is asked for again, and another was', stored({ finishedAtMs: 1, nextRunId: 'x' }), 'today', 'nothing'],
  ['it was let go', stored(), undefined, 'resume'],
  ['it was let go, and another is asked for', stored(), 'tomorrow', 'resume'],
  ['somebody is at it', stored(lease(NOW_MS + 1)), 'today', 'busy'],
  ['somebody is at it, and nothing is asked for', stored(lease(NOW_MS + 1)), undefined, 'busy'],
  ['whoever was at it is dead', stored(lease(NOW_MS)), undefined, 'resume'],
])('Where %s, an invocation does: %s.', (_what, run, runId, expected) => {
  expect(decideTake(run, runId, NOW_MS).kind).toBe(expected);
});

let dynamodb: TestDynamoDb;
beforeAll(async () => {
  dynamodb = await startTestDynamoDb();
});
afterAll(() => dynamodb.stop());

async function openStore(more: Partial<RunStoreOptions> = {}) {
  const options = {
    client: dynamodb.client,
    tableName: await dynamodb.createTable('subject'),
    now: () => NOW_MS,
    newHolder: randomUUID,
    leaseUntilMs: NOW_MS + 1_000,
    ...more,
  };
  return { options, store: createRunStore(options) };
}

test('Of many that take a run at once one gets it.', async () => {
  const { store } = await openStore();
  const taken = await Promise.all(Array.from({ length: 10 }, () => store.take('sweep', 'today')));
  expect(taken.filter((one) => 'run' in one)).toHaveLength(1);
  expect(taken.filter((one) => 'refused' in one && one.refused === 'busy')).toHaveLength(9);
});

test('A run goes on where it was saved, and is done when it has finished.', async () => {
  const { store, options } = await openStore();
  const first = await store.take('sweep', 'today');
  if (!('run' in first)) throw new Error('it is refused');
  expect(first.run.position).toBeUndefined();
  expect(await first.run.save({ step: 'one', page: '' })).toBe(true);
  expect(await first.run.save({ step: 'two', page: 'a page' })).toBe(true);
  await first.run.release();
  const second = await createRunStore(options).take('sweep', undefined);
  if (!('run' in second)) throw new Error('it is refused');
  expect(second.run).toMatchObject({ runId: 'today', position: { step: 'two', page: 'a page' } });
  expect(await second.run.finish()).toBe(true);
  expect(await store.take('sweep', 'today')).toEqual({ refused: 'nothing' });
  expect(await store.take('recheck', 'today'), 'another kind of run').toHaveProperty('run');
});

test('Who was overtaken can neither save nor finish nor let go.', async () => {
  const { options, store } = await openStore();
  const slow = await store.take('sweep', 'today');
  const fast = await createRunStore({ ...options, now: () => NOW_MS + 1_000 }).take('sweep', undefined);
  if (!('run' in slow) || !('run' in fast)) throw new Error('it is refused');
  expect(await slow.run.save({ step: 'one', page: '' })).toBe(false);
  expect(await slow.run.finish()).toBe(false);
  await slow.run.release();
  expect(await fast.run.save({ step: 'two', page: '' })).toBe(true);
});

test('What is asked for while a run is unfinished is begun after it, whoever goes on.', async () => {
  const { options, store } = await openStore();
  const first = await store.take('recheck', 'one');
  if (!('run' in first)) throw new Error('it is refused');
  await first.run.save({ step: 'one', page: 'a page' });
  await first.run.release();
  const second = await store.take('recheck', 'two');
  if (!('run' in second)) throw new Error('it is refused');
  expect(second.run).toMatchObject({ runId: 'one', position: { page: 'a page' } });
  await second.run.release();
  const third = await createRunStore(options).take('recheck', undefined);
  if (!('run' in third)) throw new Error('it is refused');
  expect(third.run.runId).toBe('one');
  await third.run.finish();
  const fourth = await store.take('recheck', undefined);
  if (!('run' in fourth)) throw new Error('it is refused');
  expect([fourth.run.runId, fourth.run.position]).toEqual(['two', undefined]);
  await fourth.run.finish();
  expect(await store.take('recheck', undefined), 'it is asked for no more').toEqual({ refused: 'nothing' });
});

/** A client of which each write lands, and the first answer to it is lost. */
function openForgetful(): DynamoDBClient {
  const client = new DynamoDBClient({ endpoint: dynamodb.url, region: REGION, credentials: CREDENTIALS });
  const isAnswered = new WeakSet<object>();
  client.middlewareStack.add(
    (next, context) => async (input) => {
      const answer = await next(input);
      const isWrite = String(context.commandName).startsWith('Put');
      if (!isWrite || isAnswered.has(context)) return answer;
      isAnswered.add(context);
      throw Object.assign(new Error('the answer is lost'), { name: 'TimeoutError' });
    },
    { step: 'deserialize', priority: 'low' },
  );
  return client;
}

test('A write that landed and whose answer was lost is ours when the SDK makes it again.', async () => {
  const client = openForgetful();
  try {
    const { options, store } = await openStore({ client });
    const taken = await store.take('sweep', 'today');
    if (!('run' in taken)) throw new Error('it is refused');
    expect(await taken.run.save({ step: 'one', page: '' })).toBe(true);
    await taken.run.release();
    const again = await createRunStore(options).take('sweep', undefined);
    if (!('run' in again)) throw new Error('it is refused');
    expect(again.run.position).toEqual({ step: 'one', page: '' });
    expect(await again.run.finish()).toBe(true);
    expect(await store.take('sweep', undefined)).toEqual({ refused: 'nothing' });
  } finally {
    client.destroy();
  }
});

test('A run that nobody can read is an error that says where it is, and not a run that begins.', async () => {
  const { store, options } = await openStore();
  await dynamodb.client.send(
    new PutCommand({ TableName: options.tableName, Item: { subject: 'run/sweep', version: 'x' } }),
  );
  await expect(store.take('sweep', 'today')).rejects.toMatchObject({
    name: 'SweepError',
    code: 'RUN_UNREADABLE',
    data: { subject: 'run/sweep' },
  });
});

test.each<[unknown, object]>([
  [
    { source: 'aws.events', 'detail-type': 'Scheduled Event', time: '2026-11-21T03:00:00Z', detail: {} },
    { kind: 'sweep', runId: '2026-11-21T03:00:00.000Z' },
  ],
  [{ recheck: true }, { kind: 'recheck', runId: 'request-1' }],
  [{ continue: true }, { kind: 'continue' }],
])('The event %j asks for %j.', (event, expected) => {
  expect(parseSweepRequest(event, 'request-1')).toEqual(expected);
});

test.each([
  [undefined],
  ['sweep'],
  [{}],
  [{ recheck: 'true' }],
  [{ source: 'aws.events' }],
  [{ source: 'aws.events', time: '2026-02-30T00:00:00Z' }],
  [{ source: 'somebody', time: '2026-11-21T03:00:00Z' }],
])('The event %j is refused.', (event) => {
  expect(() => parseSweepRequest(event, 'request-1')).toThrow(
    expect.objectContaining({ name: 'RejectedInputError', code: 'EVENT_UNUSABLE' }),
  );
});

test(`Any event is one of the three or refused (seed ${SEED}).`, () => {
  fc.assert(
    fc.property(fc.anything(), (event) => {
      try {
        expect(['sweep', 'recheck', 'continue']).toContain(parseSweepRequest(event, 'request-1').kind);
      } catch (error) {
        expect(error).toMatchObject({ name: 'RejectedInputError' });
      }
    }),
    { seed: SEED, numRuns: 500 },
  );
});

test('An invocation begins nothing in its last minute, and its lease is over after its end.', () => {
  expect(timesOf(NOW_MS, 900_000)).toEqual({
    stopAtMs: NOW_MS + 840_000,
    deadlineMs: NOW_MS + 895_000,
    leaseUntilMs: NOW_MS + 930_000,
  });
  expect(timesOf(NOW_MS, 8_000), 'a short one works for half of its time').toMatchObject({
    stopAtMs: NOW_MS + 4_000,
    deadlineMs: NOW_MS + 4_000,
  });
});
