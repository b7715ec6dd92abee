import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDuration, parseDuration, parseInstant } from '../../../local/clock/index.ts';

test.each([
  ['15m', 900_000, '15 min'],
  ['90s', 90_000, '1 min 30 s'],
  ['1h30m', 5_400_000, '1 h 30 min'],
  ['1d', 86_400_000, '1 d'],
  ['1d2h3m4s5ms', 93_784_005, '1 d 2 h'],
  ['500ms', 500, '500 ms'],
  ['0s', 0, '0 ms'],
  ['30d', 2_592_000_000, '30 d'],
])('%s is %d ms, and is written as %s.', (text, ms, written) => {
  expect(parseDuration(text)).toBe(ms);
  expect(formatDuration(ms)).toBe(written);
});

test.each(['', 'm', '15', '-15m', '1.5h', '15 m', '1m1h', '15M', '9'.repeat(30) + 'd'])(
  '%j is no length of time.',
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);

test('Units add up, and those that are nought may be left out.', () => {
  const count = fc.option(fc.nat(999), { nil: undefined });
  fc.assert(
    fc.property(count, count, count, count, count, (d, h, m, s, ms) => {
      const units = { d, h, m, s, ms };
      const written = Object.entries(units).filter(([, amount]) => amount !== undefined);
      const text = written.map(([unit, amount]) => `${amount}${unit}`).join('');
      const sum = (((d ?? 0) * 24 + (h ?? 0)) * 60 + (m ?? 0)) * 60 + (s ?? 0);
      expect(parseDuration(text)).toBe(text === '' ? undefined : sum * 1_000 + (ms ?? 0));
    }),
  );
});

test.each([
  ['2026-06-01T12:00Z', Date.UTC(2026, 5, 1, 12)],
  ['2026-06-01T12:00:30.5Z', Date.UTC(2026, 5, 1, 12, 0, 30, 500)],
  ['2026-06-01T14:00+02:00', Date.UTC(2026, 5, 1, 12)],
  ['2026-06-01', Date.UTC(2026, 5, 1)],
  ['2028-02-29', Date.UTC(2028, 1, 29)],
])('%s is an instant.', (text, ms) => {
  expect(parseInstant(text)).toBe(ms);
});

test.each([
  '',
  'now',
  '2026-06-01T12:00',
  '2026-02-29',
  '2026-13-01',
  '2026-06-01T24:00Z',
  '2026-6-1',
  '1780315200000',
])('%j is no instant.', (text) => {
  expect(parseInstant(text)).toBeUndefined();
});
