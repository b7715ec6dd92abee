import { expect, test } from 'vitest';
import { settledWhen, withRealTimers, type Drained } from '../../../local/clock/index.ts';
import { ManualClock } from '../../support/manual-clock.ts';

/** A part of a cloud with work that ends one by one, each piece handing the next to another part. */
function createPart() {
  let running = 0;
  const waiting: (() => void)[] = [];
  const drained: Drained = async () => {
    if (running > 0) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  return {
    drained,
    /** Works for a turn of the event loop, then does what follows. */
    work(then: () => void): void {
      running += 1;
      setTimeout(() => {
        then();
        running -= 1;
        if (running === 0) for (const resolve of waiting.splice(0)) resolve();
      }, 2);
    },
  };
}

test('It waits for work that goes to and fro between parts.', async () => {
  const [rules, functions] = [createPart(), createPart()];
  const done: string[] = [];
  rules.work(() => {
    done.push('rule');
    functions.work(() => {
      done.push('function');
      rules.work(() => {
        done.push('rule again');
        functions.work(() => done.push('function again'));
      });
    });
  });
  await settledWhen([rules.drained, functions.drained])();
  expect(done).toEqual(['rule', 'function', 'rule again', 'function again']);
});

test('What a part hands on with its last breath is seen, whichever of them is asked first.', async () => {
  const [first, last] = [createPart(), createPart()];
  for (const order of [
    [first, last],
    [last, first],
  ] as const) {
    let isDone = false;
    // Done in the very turn in which it is asked.
    let finish: (() => void) | undefined;
    const brief: Drained = () => {
      if (finish === undefined) return Promise.resolve();
      queueMicrotask(finish);
      finish = undefined;
      return Promise.resolve();
    };
    finish = () => first.work(() => last.work(() => (isDone = true)));
    await settledWhen([...order.map(({ drained }) => drained), brief])();
    expect(isDone).toBe(true);
  }
});

test('Where nothing is under way it returns at once, and it has seen work that a timer was about to begin.', async () => {
  const part = createPart();
  let isDone = false;
  setImmediate(() => part.work(() => (isDone = true)));
  await settledWhen([part.drained])();
  expect(isDone).toBe(true);
  await settledWhen([])();
});

test('What never ends is waited for as long as the limit says.', async () => {
  const machine = new ManualClock();
  const settled = settledWhen([() => new Promise(() => undefined)], { system: machine, maxMs: 100 })();
  machine.advance(100);
  await expect(settled).resolves.toBeUndefined();
});

test('With real timers the time is the cloud’s and the waits are the machine’s.', () => {
  const [cloud, machine] = [new ManualClock(), new ManualClock()];
  const clock = withRealTimers(cloud, machine);
  cloud.advance(5_000);
  let hasFired = false;
  clock.schedule(10, () => (hasFired = true));
  expect(clock.now()).toBe(cloud.now());
  cloud.advance(1_000);
  expect(hasFired).toBe(false);
  machine.advance(10);
  expect(hasFired).toBe(true);
});
