import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseEventTime } from '../../shared/event-time.ts';

const T = Date.UTC(2014, 6, 1, 0, 30, 15);

test.each([
  ['2014-07-01T00:30:15Z', T],
  ['2014-07-01t00:30:15z', T],
  ['2014-07-01 00:30:15', T],
  ['2014-07-01T00:30:15', T],
  ['2014-07-01T00:30:15.250Z', T + 250],
  ['2014-07-01T00:30:15,25Z', T + 250],
  ['2014-07-01T00:30:15.123456789Z', T + 123],
  ['2014-07-01T02:30:15+02:00', T],
  ['2014-06-30T19:30:15-0500', T],
  ['2014-07-01 00:30', T - 15_000],
  ['2014-07-01', Date.UTC(2014, 6, 1)],
  ['0099-01-01', new Date(Date.UTC(2000, 0, 1)).setUTCFullYear(99)],
  [' 1404174615 ', T],
  ['1404174615000', T],
  [T / 1000, T],
  [T, T],
  [T / 1000 + 0.25, T + 250],
  [0, 0],
  [-1, -1000],
])('%s is read as an instant.', (value, expected) => {
  expect(parseEventTime(value)).toBe(expected);
});

test.each([
  '',
  ' ',
  'yesterday',
  '2014-02-30',
  '2014-13-01',
  '2014-07-01T24:00:00Z',
  '2014-07-01T00:60:00Z',
  '14-07-01',
  '2014-07-01T00:30:15+99:00',
  '2014-07-01T',
  '1e9',
  '0x10',
  null,
  undefined,
  true,
  {},
  [],
  Number.NaN,
  Infinity,
  1e20,
])('%s is no instant.', (value) => {
  expect(parseEventTime(value)).toBeUndefined();
});

test('Every instant that is written in ISO 8601 is read back to the millisecond.', () => {
  const dates = fc.date({
    min: new Date('0001-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(dates, (date) => {
      expect(parseEventTime(date.toISOString())).toBe(date.getTime());
      const spaced = date.toISOString().replace('T', ' ').replace('Z', '');
      expect(parseEventTime(spaced)).toBe(date.getTime());
    }),
  );
});

test('No text makes it throw or gives anything but an instant.', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[\d:T.+Z -]{0,30}$/)), (text) => {
      const time = parseEventTime(text);
      expect(time === undefined || Number.isInteger(time)).toBe(true);
    }),
  );
});
