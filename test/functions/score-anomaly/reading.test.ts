import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseReading, type ReadingShape } from '../../../functions/score-anomaly/reading.ts';
import { RejectedInputError } from '../../../shared/rejections.ts';

const NOW = Date.parse('2026-11-21T10:00:00Z');
const shape: ReadingShape = {
  keyAttribute: 'device',
  dataColumns: ['value'],
  eventTimeAttribute: 'timestamp',
};
const good = { device: 'a', timestamp: '2026-11-21T09:59:00Z', value: 21.5 };

test('A good reading is read, and carries its message along unchanged.', () => {
  const message = { ...good, note: { any: 'thing' } };
  const reading = parseReading(message, shape, NOW);
  expect(reading).toMatchObject({ key: 'a', timeMs: NOW - 60_000, message });
  expect(reading.values['value']).toBe(21.5);
});

test.each([
  ['null', null, 'NOT_AN_OBJECT'],
  ['nothing', undefined, 'NOT_AN_OBJECT'],
  ['a list', [good], 'NOT_AN_OBJECT'],
  ['text', 'hello', 'NOT_AN_OBJECT'],
  ['a number', 7, 'NOT_AN_OBJECT'],
  ['an empty object', {}, 'KEY_MISSING'],
  ['an unknown shape', { Records: [{ body: '{}' }] }, 'KEY_MISSING'],
  ['no key', { ...good, device: undefined }, 'KEY_MISSING'],
  ['an empty key', { ...good, device: '' }, 'KEY_MISSING'],
  ['a key that is an object', { ...good, device: {} }, 'KEY_NOT_TEXT'],
  ['a key of 3 KB', { ...good, device: 'k'.repeat(3_000) }, 'KEY_TOO_LONG'],
  ['a key of 2,049 bytes in 683 characters', { ...good, device: '€'.repeat(683) }, 'KEY_TOO_LONG'],
  ['no column', { device: 'a', timestamp: 1 }, 'COLUMN_MISSING'],
  ['text in a column', { ...good, value: '21.5' }, 'COLUMN_NOT_A_NUMBER'],
  ['NaN in a column', { ...good, value: Number.NaN }, 'COLUMN_NOT_A_NUMBER'],
  ['null in a column', { ...good, value: null }, 'COLUMN_NOT_A_NUMBER'],
  ['infinity in a column', { ...good, value: Infinity }, 'COLUMN_OUT_OF_RANGE'],
  ['1e61 in a column', { ...good, value: 1e61 }, 'COLUMN_OUT_OF_RANGE'],
  ['no time', { device: 'a', value: 1 }, 'TIME_MISSING'],
  ['a time that is none', { ...good, timestamp: '2026-02-30' }, 'TIME_UNREADABLE'],
  ['a time of next week', { ...good, timestamp: '2026-11-28' }, 'TIME_AHEAD'],
])('%s is rejected with the reason that fits.', (_name, message, code) => {
  expect(() => parseReading(message, shape, NOW)).toThrowError(
    expect.objectContaining({ code, retryable: false }),
  );
});

test('A column that every object inherits is missing all the same.', () => {
  expect(() => parseReading({ ...good }, { ...shape, dataColumns: ['constructor'] }, NOW)).toThrowError(
    expect.objectContaining({ code: 'COLUMN_MISSING' }),
  );
});

test('A numeric key is the text of its number.', () => {
  expect(parseReading({ ...good, device: 42 }, shape, NOW).key).toBe('42');
});

test('Whatever arrives is either a reading with finite values or a rejection, never anything else.', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.jsonValue(),
        fc.record({ device: fc.jsonValue(), timestamp: fc.jsonValue(), value: fc.jsonValue() }),
      ),
      (message) => {
        try {
          const { key, values } = parseReading(message, shape, NOW);
          expect(Buffer.byteLength(key)).toBeLessThanOrEqual(2048);
          expect(Object.values(values).every(Number.isFinite)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(RejectedInputError);
        }
      },
    ),
  );
});
