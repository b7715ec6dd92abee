import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../../local/clock.ts';
import { ContainerPool } from '../../../local/lambda/pool.ts';

const bundle = path.join(import.meta.dirname, '../../fixtures/functions/probe.mjs');
let pool: ContainerPool | undefined;
afterEach(() => pool?.stop());

function start(maxConcurrency?: number): ContainerPool {
  pool = new ContainerPool(
    {
      bundle,
      handlerName: 'handler',
      functionName: 'probe',
      functionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:probe',
      memoryMb: 128,
      environment: {},
      timeoutSeconds: 10,
      clock: systemClock,
      onLine: () => {},
    },
    maxConcurrency,
  );
  return pool;
}

/** How many invocations its container had had by then. */
async function invocations(one: ContainerPool, event: object, key?: string): Promise<number> {
  const result = await one.invoke('id', JSON.stringify(event), key);
  return result.ok ? JSON.parse(result.payload).invocations : Number.NaN;
}

test('Invocations that follow each other run in one container.', async () => {
  const one = start();
  const counts = [await invocations(one, {}), await invocations(one, {}), await invocations(one, {})];
  expect(counts).toEqual([1, 2, 3]);
});

test('An invocation that comes just before a container is free goes on in that one.', async () => {
  const one = start();
  await invocations(one, {});
  const counts = await Promise.all([invocations(one, {}), invocations(one, {})]);
  expect(counts.toSorted((a, b) => a - b)).toEqual([2, 3]);
});

test('Invocations that take long run side by side.', async () => {
  const one = start();
  const startedMs = performance.now();
  const counts = await Promise.all([1, 2, 3].map(() => invocations(one, { sleepMs: 300 })));
  expect(counts).toEqual([1, 1, 1]);
  expect(performance.now() - startedMs).toBeLessThan(850);
});

test('A bound on concurrency is kept, and what waits is run.', async () => {
  const one = start(1);
  const counts = await Promise.all([1, 2, 3].map(() => invocations(one, { sleepMs: 30 })));
  expect(counts).toEqual([1, 2, 3]);
});

test('What waits for a container that dies gets another.', async () => {
  const one = start(1);
  const [crashed, next] = await Promise.all([invocations(one, { crash: true }), invocations(one, {})]);
  expect([crashed, next]).toEqual([Number.NaN, 1]);
});

test('After a change of code the next invocation has a new container; a running one ends as it is.', async () => {
  const one = start();
  const running = invocations(one, { sleepMs: 200 });
  await new Promise((resolve) => setTimeout(resolve, 50));
  await one.recycle();
  expect(await Promise.all([running, invocations(one, {})])).toEqual([1, 1]);
});

test('Invocations with the same key run in the container that the key ran in last.', async () => {
  const one = start();
  // Two that take long make two containers; each key has one of them for its home.
  await Promise.all([invocations(one, { sleepMs: 200 }, 'a'), invocations(one, { sleepMs: 200 }, 'b')]);
  const counts: number[] = [];
  for (const key of ['a', 'b', 'a', 'b', 'a', 'a', 'b']) counts.push(await invocations(one, {}, key));
  expect(counts).toEqual([2, 2, 3, 3, 4, 5, 4]);
});

test('A key whose container is at work for long goes to another, and stays there.', async () => {
  const one = start();
  await invocations(one, {}, 'a');
  const long = invocations(one, { sleepMs: 300 }, 'b');
  expect(await invocations(one, {}, 'a')).toBe(1);
  expect(await long).toBe(2);
  expect(await invocations(one, {}, 'a')).toBe(2);
});

test('A key whose container has died gets another.', async () => {
  const one = start();
  expect(await invocations(one, { crash: true }, 'a')).toBeNaN();
  expect(await invocations(one, {}, 'a')).toBe(1);
});
