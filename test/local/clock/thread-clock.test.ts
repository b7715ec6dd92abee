import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createAdjustableClock, type AdjustableClock } from '../../../local/clock/index.ts';

/** Code that knows nothing of it, as a function's bundle does; it says what it finds when it is asked. */
const CODE = `
  const { parentPort, workerData } = require('node:worker_threads');
  const moduleDate = new (require('node:vm').runInThisContext('Date'))(0);
  import(workerData.module).then(({ installThreadClock }) => {
    const before = new Date(5);
    installThreadClock(workerData.memory);
    class Day extends Date { get isDay() { return true; } }
    parentPort.on('message', () => {
      const year = new Intl.DateTimeFormat('en', { year: 'numeric', timeZone: 'UTC' });
      parentPort.postMessage({
        now: Date.now(),
        made: new Date().getTime(),
        text: Date(),
        parsed: new Date('2026-01-31T10:00:00Z').toISOString(),
        fields: new Date(2026, 0, 31).getMonth(),
        utc: Date.UTC(2000, 0),
        isDate: [new Date(), before, moduleDate].map((date) => date instanceof Date && date.constructor === Date),
        subclass: [new Day() instanceof Day, new Day().isDay, new Day(7).getTime()],
        cloned: structuredClone(new Date(9)).getTime(),
        year: year.format(),
        part: year.formatToParts()[0].value,
        given: year.format(0),
        names: [Date.name, Date.length],
      });
    });
    parentPort.postMessage('ready');
  });
`;

interface Told {
  readonly now: number;
  readonly made: number;
  readonly text: string;
  readonly year: string;
  readonly part: string;
}

let clock: AdjustableClock;
let worker: Worker;
beforeEach(async () => {
  clock = createAdjustableClock();
  const module = new URL('../../../local/clock/thread-clock.ts', import.meta.url).href;
  worker = new Worker(CODE, { eval: true, workerData: { module, memory: clock.shared } });
  await message();
});
afterEach(async () => {
  await worker.terminate();
});

function message(): Promise<Told> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

function ask(): Promise<Told> {
  const told = message();
  worker.postMessage('tell');
  return told;
}

test('A thread sees the time of the machine until the clock is moved.', async () => {
  const before = Date.now();
  const { now, made } = await ask();
  const after = Date.now();
  for (const time of [now, made]) {
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(after);
  }
});

test('A thread sees at once that the clock has been advanced, and stands still while it is.', async () => {
  const target = Date.UTC(2027, 4, 1);
  clock.setSpeed(0);
  await clock.advanceTo(target);
  const { now, made, text, year, part } = await ask();
  expect([now, made]).toEqual([target, target]);
  expect(new Date(text).getTime()).toBe(target);
  expect([year, part]).toEqual(['2027', '2027']);
  const during: number[] = [];
  clock.schedule(1_000, () => undefined);
  await clock.advance(2_000, async () => void during.push((await ask()).now - target));
  expect(during).toEqual([0, 1_000]);
});

test('A thread lives as fast as the clock does.', async () => {
  clock.setSpeed(1_000);
  const first = (await ask()).now;
  await expect.poll(async () => (await ask()).now - first).toBeGreaterThan(20_000);
});

test('But for the time, Date is what it was.', async () => {
  expect(await ask()).toMatchObject({
    parsed: '2026-01-31T10:00:00.000Z',
    fields: 0,
    utc: 946_684_800_000,
    isDate: [true, true, true],
    subclass: [true, true, 7],
    cloned: 9,
    given: '1970',
    names: ['Date', 7],
  });
});
