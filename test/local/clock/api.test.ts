import { beforeEach, expect, test } from 'vitest';
import {
  createAdjustableClock,
  createClockApi,
  type AdjustableClock,
  type ClockApi,
} from '../../../local/clock/index.ts';
import { ManualClock } from '../../support/manual-clock.ts';

let clock: AdjustableClock;
let api: ClockApi;
let settledCalls: number;
beforeEach(() => {
  settledCalls = 0;
  clock = createAdjustableClock(new ManualClock());
  api = createClockApi(clock, async () => void (settledCalls += 1));
});

test('It says the time, how far that is ahead and how fast it goes.', () => {
  const nowMs = Date.UTC(2026, 10, 21);
  expect(api.read()).toEqual({ now: '2026-11-21T00:00:00.000Z', nowMs, offsetMs: 0, speed: 1 });
});

test('It advances and says how many timers fired on the way, each with a rest after it.', async () => {
  clock.schedule(1_000, () => undefined);
  clock.schedule(2_000, () => undefined);
  expect(await api.change({ advanceMs: 60_000 })).toMatchObject({
    now: '2026-11-21T00:01:00.000Z',
    offsetMs: 60_000,
    fired: 2,
  });
  expect(settledCalls).toBe(3);
});

test.each(['2026-11-22T12:00:00Z', '2026-11-22T13:00:00.000+01:00', '2026-11-22T12:00Z'])(
  'It goes to %s.',
  async (advanceTo) => {
    expect(await api.change({ advanceTo })).toMatchObject({ now: '2026-11-22T12:00:00.000Z', fired: 0 });
  },
);

test('It sets the speed.', async () => {
  expect(await api.change({ speed: 60 })).toEqual({ ...api.read(), speed: 60 });
});

test.each([
  [undefined],
  [{}],
  [{ advanceMs: -1 }],
  [{ advanceMs: 1.5 }],
  [{ advanceMs: '60' }],
  [{ advanceMs: 1, speed: 1 }],
  [{ advanceTo: 'tomorrow' }],
  [{ speed: '60' }],
])('%j is no change of the clock.', async (body) => {
  await expect(api.change(body)).rejects.toMatchObject({ status: 400, code: 'ValidationException' });
});

test.each([[{ advanceTo: '2020-01-01T00:00:00Z' }], [{ advanceMs: 40_000_000_000 }], [{ speed: -1 }]])(
  'What the clock cannot do is refused with the reason: %j.',
  async (body) => {
    await expect(api.change(body)).rejects.toMatchObject({ status: 400, code: 'ValidationException' });
  },
);
