import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emit, type Emission } from '../../../functions/move-shade/emit.ts';
import type { SendOutcome } from '../../../shared/greenhouse/repeater-client.ts';

const DONE: SendOutcome = { kind: 'complete' };
const BUSY: SendOutcome = { kind: 'busy' };
const REFUSED: SendOutcome = { kind: 'unreachable', problem: 'ECONNREFUSED' };
const SILENT: SendOutcome = { kind: 'unanswered', problem: 'no answer within 3000 ms' };
const itach = (code: string): SendOutcome => ({
  kind: 'error',
  error: { kind: 'error', family: 'itach', code },
});

/** Plays outcomes one after the other, the last for ever, on a clock that only pauses move. */
async function play(
  outcomes: readonly SendOutcome[],
  { idempotent = true, newestFor = Infinity, budgetMs = 20_000 } = {},
): Promise<{ emission: Emission; pauses: number[] }> {
  const pauses: number[] = [];
  let nowMs = 0;
  let turn = 0;
  const emission = await emit({
    send: async () => outcomes[Math.min(turn++, outcomes.length - 1)] ?? DONE,
    idempotent,
    isNewest: async () => turn < newestFor,
    elapsedMs: () => nowMs,
    pause: async (ms) => {
      pauses.push(ms);
      nowMs += ms;
    },
    deadlineMs: budgetMs,
  });
  return { emission, pauses };
}

test.each([
  ['complete', [DONE], {}, 'acked', 'yes', 1],
  ['busy, then free', [BUSY, BUSY, DONE], {}, 'acked', 'yes', 3],
  ['refused, then there', [REFUSED, DONE], {}, 'acked', 'yes', 2],
  ['silent, may come twice', [SILENT, DONE], {}, 'acked', 'yes', 2],
  ['silent, a toggle', [SILENT, DONE], { idempotent: false }, 'timed-out', 'unknown', 1],
  [
    'refused, then silent, a toggle',
    [REFUSED, SILENT, DONE],
    { idempotent: false },
    'timed-out',
    'unknown',
    2,
  ],
  ['019, then well', [itach('019'), DONE], {}, 'acked', 'yes', 2],
  ['019 twice', [itach('019'), itach('019'), DONE], {}, 'rejected', 'no', 2],
  ['wrong code', [itach('010'), DONE], {}, 'rejected', 'no', 1],
  ['silent, then wrong', [SILENT, itach('003'), DONE], {}, 'rejected', 'unknown', 2],
  ['superseded while busy', [BUSY], { newestFor: 3 }, 'superseded', 'no', 3],
] as const)('%s: %#.', async (_name, outcomes, options, result, emitted, tries) => {
  expect((await play(outcomes, options)).emission).toMatchObject({ result, emitted, tries });
});

test.each(Array.from({ length: 27 }, (_, index) => String(index + 1).padStart(3, '0')))(
  'The error %s is sent again once if it is 019, and never if it is another.',
  async (code) => {
    const { emission } = await play([itach(code)]);
    expect(emission).toMatchObject({ result: 'rejected', tries: code === '019' ? 2 : 1 });
    expect(emission.problem?.code).toBe(`REPEATER_${code}`);
  },
);

test('A busy repeater is asked every quarter of a second, one that is away with ever longer pauses, until the deadline.', async () => {
  const busy = await play([BUSY]);
  expect(new Set(busy.pauses)).toEqual(new Set([250]));
  expect(busy.emission).toMatchObject({ result: 'timed-out', emitted: 'no', tries: 80 });
  const away = await play([REFUSED]);
  expect(away.pauses).toEqual([500, 1000, 2000, 4000, 4000, 4000, 4000]);
  expect(away.emission).toMatchObject({
    result: 'timed-out',
    emitted: 'no',
    problem: { code: 'REPEATER_UNREACHABLE' },
  });
});

test('A toggle is never sent after nobody answered, and whatever happens it comes to an end.', async () => {
  const any = fc.constantFrom(DONE, BUSY, REFUSED, SILENT, itach('019'), itach('010'));
  await fc.assert(
    fc.asyncProperty(
      fc.array(any, { minLength: 1, maxLength: 30 }),
      fc.boolean(),
      async (outcomes, idempotent) => {
        const { emission } = await play(outcomes, { idempotent });
        const sent = Array.from(
          { length: emission.tries },
          (_, turn) => outcomes[Math.min(turn, outcomes.length - 1)],
        );
        const silent = sent.filter((outcome) => outcome === SILENT);
        if (!idempotent) expect(silent.length).toBeLessThanOrEqual(1);
        if (!idempotent && silent.length === 1) expect(sent.at(-1)).toBe(SILENT);
        expect(emission.emitted === 'yes').toBe(sent.at(-1) === DONE);
        if (emission.emitted === 'no') expect(silent).toEqual([]);
      },
    ),
  );
});
