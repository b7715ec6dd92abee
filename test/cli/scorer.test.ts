import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isNumeric, readRow } from '../../cli/backtest/row.ts';
import { Scorer } from '../../cli/backtest/scorer.ts';
import { PEWMA_MODES } from '../../functions/score-anomaly/pewma.ts';
import { parseReading } from '../../functions/score-anomaly/reading.ts';
import { decide, type DeviceState } from '../../functions/score-anomaly/scoring.ts';
import { RejectedInputError } from '../../shared/rejections.ts';
import { DEFAULT_SCORING_SETTINGS } from '../../shared/scoring-settings.ts';

const SHAPE = { keyAttribute: 'device', dataColumns: ['a', 'b'], eventTimeAttribute: 'time' };

/** Plain numbers, flat stretches, and the ends of the range. */
const value = fc.oneof(
  fc.constantFrom(0, 1, 20, -0, 1e60, -1e60, 1e-119, 1e-121),
  fc.double({ min: -100, max: 100, noNaN: true }),
);

const rows = fc.array(fc.record({ seconds: fc.integer({ min: 0, max: 40 }), a: value, b: value }), {
  minLength: 1,
  maxLength: 60,
});

const settings = fc
  .record({
    T: fc.integer({ min: 1, max: 10 }),
    alpha0: fc.double({ min: 0.01, max: 0.99, noNaN: true }),
    beta: fc.double({ min: 0, max: 1, noNaN: true }),
    mode: fc.constantFrom(...PEWMA_MODES),
  })
  .map((some) => ({ ...DEFAULT_SCORING_SETTINGS, ...some }));

test('Rows are scored as the function scores the same readings: late ones, repeated ones, all of them.', () => {
  fc.assert(
    fc.property(rows, settings, fc.boolean(), (series, some, sorted) => {
      const scorer = new Scorer(2, some);
      const columns = {
        width: 3,
        time: { name: 'time', index: 0 },
        values: [
          { name: 'a', index: 1 },
          { name: 'b', index: 2 },
        ],
      };
      const ordered = sorted ? series.toSorted((one, other) => one.seconds - other.seconds) : series;
      let state: DeviceState | undefined;
      for (const [index, { seconds, a, b }] of ordered.entries()) {
        const time = new Date(1.7e12 + seconds * 1000).toISOString();
        const decision = decide(
          state,
          parseReading({ device: 'x', time, a, b }, SHAPE, Infinity),
          String(index),
          some,
        );
        if (decision.kind === 'learn') state = decision.next;
        const reading = readRow([time, String(a), String(b)], columns);
        if ('reason' in reading) throw new Error(reading.reason);
        const { scores, late } = scorer.score(reading);
        expect(scores).toEqual([decision.result.columns['a'], decision.result.columns['b']]);
        expect(late).toBe(decision.kind !== 'learn');
      }
    }),
    { numRuns: 500 },
  );
});

test('A long flat line forgets its variance as the function does, which stores nothing that small.', () => {
  const classic = { ...DEFAULT_SCORING_SETTINGS, mode: 'classic', alpha0: 0.5 } as const;
  const scorer = new Scorer(1, classic);
  let state: DeviceState | undefined;
  let last: unknown;
  const values = [1, 2, ...Array.from({ length: 700 }, () => 1), 3];
  for (const [index, a] of values.entries()) {
    const reading = { key: 'x', values: { a }, message: {} };
    const decision = decide(state, reading, String(index), classic);
    if (decision.kind === 'learn') state = decision.next;
    const { scores } = scorer.score({ timeMs: undefined, values: [a] });
    expect(scores[0]).toEqual(decision.result.columns['a']);
    last = scores[0];
  }
  expect(last).toMatchObject({ anomaly: false, z: 0, std: 0 });
});

test('A row is refused exactly when the function refuses the same reading.', () => {
  const cell = fc.oneof(
    fc.constantFrom('', ' ', '1', ' 1 ', '1e60', '1.1e60', '-1e999', 'NaN', 'n/a'),
    fc.double().map(String),
  );
  const time = fc.constantFrom('', '2026-01-31T10:00:00Z', '2026-02-30', '1700000000', 'yesterday');
  const columns = {
    width: 2,
    time: { name: 'time', index: 0 },
    values: [{ name: 'a', index: 1 }],
  };
  fc.assert(
    fc.property(time, cell, (timeCell, valueCell) => {
      const row = readRow([timeCell, valueCell], columns);
      const text = valueCell.trim();
      const a = text === '' ? undefined : isNumeric(text) ? Number(text) : text;
      let accepted: unknown;
      try {
        const shape = { ...SHAPE, dataColumns: ['a'] };
        const { timeMs, values } = parseReading({ device: 'x', time: timeCell, a }, shape, Infinity);
        accepted = { timeMs, values: [values['a']] };
      } catch (error) {
        expect(error).toBeInstanceOf(RejectedInputError);
      }
      if ('reason' in row) expect(accepted).toBeUndefined();
      else expect(row).toEqual(accepted);
    }),
  );
});

test.each([
  ['1', true],
  ['-1.5', true],
  ['+.5', true],
  ['5.', true],
  ['1e-3', true],
  ['', false],
  ['.', false],
  ['0x10', false],
  ['1,5', false],
  ['1_000', false],
  ['Infinity', false],
  ['NaN', false],
  ['1 2', false],
])('Whether %j is a number: %s.', (text, expected) => {
  expect(isNumeric(text)).toBe(expected);
});
