import { afterAll, beforeAll, expect, test } from 'vitest';
import { activate } from '../../../functions/activate-certificate/activate.ts';
import { ActivationError } from '../../../functions/activate-certificate/activation-error.ts';
import type { RetryOptions } from '../../../shared/retry.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';
import { seededRandom } from '../../support/random.ts';
import type { ManualClock } from '../../support/manual-clock.ts';
import { openWorld } from './world.ts';

let dynamodb: TestDynamoDb;

beforeAll(async () => {
  dynamodb = await startTestDynamoDb();
});
afterAll(() => dynamodb.stop());

const DEVICES = 1_000;
const CALLS_A_SECOND = 10;
const CONCURRENCY = 5;
const INVOCATION_MS = 55_000;
const TRIES_OF_LAMBDA = 3;
const SEED = 20_261_121;

/**
 * Time that moves only while every invocation sleeps: to the end of the shortest sleep. Calls take no time, so that
 * the throttle sees as hard a storm as can be.
 */
function virtualTime(clock: ManualClock) {
  const sleeping: { readonly untilMs: number; readonly wake: () => void }[] = [];
  let running = 0;

  function moveOn(): void {
    if (running > 0) return;
    const [next] = sleeping.sort((a, b) => a.untilMs - b.untilMs);
    if (next === undefined) return;
    sleeping.shift();
    clock.advance(Math.max(0, next.untilMs - clock.now()));
    running += 1;
    next.wake();
  }

  return {
    async run(work: () => Promise<void>): Promise<void> {
      running += 1;
      try {
        await work();
      } finally {
        running -= 1;
        moveOn();
      }
    },
    sleep: (ms: number) =>
      new Promise<void>((wake) => {
        sleeping.push({ untilMs: clock.now() + ms, wake });
        running -= 1;
        moveOn();
      }),
  };
}

test('A fleet that is powered on at once comes through the throttle, every device once.', async () => {
  const limited = [
    'DescribeCertificate',
    'DescribeCACertificate',
    'CreateThing',
    'AttachThingPrincipal',
    'AddThingToThingGroup',
    'AttachPolicy',
    'UpdateCertificate',
  ];
  const world = await openWorld(dynamodb, {
    limits: { requestsPerSecond: Object.fromEntries(limited.map((name) => [name, CALLS_A_SECOND])) },
  });
  try {
    const names = Array.from({ length: DEVICES }, (_, index) => `lamp-${index}`);
    const lamps = names.map((name) => world.issue(name));
    for (const name of names) await world.list(name);
    const queue = lamps.map((lamp) => ({ event: world.connect(lamp), tries: 0 }));
    const time = virtualTime(world.clock);
    const random = seededRandom(SEED);
    const startMs = world.clock.now();
    let retried = 0;
    const failed: unknown[] = [];

    /** One of the function's containers, as Lambda feeds it. */
    async function container(): Promise<void> {
      for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
        const retry: RetryOptions = {
          deadlineMs: world.clock.now() + INVOCATION_MS,
          now: () => world.clock.now(),
          sleep: time.sleep,
          random,
          onRetry: () => (retried += 1),
        };
        try {
          await activate(one.event, world.services(retry));
        } catch (error) {
          one.tries += 1;
          const isAgain = error instanceof ActivationError && error.retryable && one.tries < TRIES_OF_LAMBDA;
          (isAgain ? queue : failed).push(one);
        }
      }
    }
    await Promise.all(Array.from({ length: CONCURRENCY }, () => time.run(container)));

    expect(failed, `seed ${SEED}`).toEqual([]);
    expect(retried).toBeGreaterThan(0);
    expect(world.announced.map(({ thingName }) => thingName).toSorted()).toEqual(names.toSorted());
    for (const { certificate } of lamps) {
      expect(world.identify(certificate)).toBe('ACTIVE');
    }
    const seconds = (world.clock.now() - startMs) / 1_000;
    const least = names.length / CALLS_A_SECOND - 1;
    expect(seconds).toBeGreaterThanOrEqual(least);
    expect(seconds, 'no faster than the throttle, and not much slower').toBeLessThan(least * 3);
  } finally {
    await world.close();
  }
}, 240_000);
