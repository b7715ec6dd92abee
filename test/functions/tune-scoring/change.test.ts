import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseChange } from '../../../functions/tune-scoring/change.ts';
import { RejectedInputError } from '../../../shared/rejections.ts';

const NOW_MS = Date.parse('2026-01-31T10:00:00Z');

function rejection(message: unknown): RejectedInputError {
  try {
    parseChange(message, NOW_MS);
  } catch (error) {
    if (error instanceof RejectedInputError) return error;
    throw error;
  }
  throw new Error('the change was taken');
}

test('A change of one device or of all is read; the time of arrival is the rule’s, else now.', () => {
  expect(parseChange({ device: 'a', settings: { alpha0: 0.7 }, receivedAt: 5 }, NOW_MS)).toEqual({
    device: 'a',
    settings: { alpha0: 0.7 },
    receivedAtMs: 5,
  });
  expect(parseChange({ settings: { T: 1, mode: 'classic' } }, NOW_MS)).toEqual({
    settings: { T: 1, mode: 'classic' },
    receivedAtMs: NOW_MS,
  });
});

test('A setting that is null is taken back, which is a change.', () => {
  expect(parseChange({ settings: { beta: null } }, NOW_MS).settings).toEqual({ beta: null });
});

test.each<[field: string, message: unknown]>([
  ['settings.T', { settings: { T: 0 } }],
  ['settings.T', { settings: { T: 1.5 } }],
  ['settings.T', { settings: { T: 100_001 } }],
  ['settings.alpha0', { settings: { alpha0: 0 } }],
  ['settings.alpha0', { settings: { alpha0: 1 } }],
  ['settings.alpha0', { settings: { alpha0: '0.5' } }],
  ['settings.beta', { settings: { beta: -0.1 } }],
  ['settings.beta', { settings: { beta: 1.1 } }],
  ['settings.threshold', { settings: { threshold: 0 } }],
  ['settings.threshold', { settings: { threshold: 0.4 } }],
  ['settings.mode', { settings: { mode: 'clever' } }],
  ['settings', { settings: { gamma: 1 } }],
  ['settings', { settings: [] }],
  ['settings', { device: 'a' }],
  ['device', { device: '', settings: { T: 5 } }],
  ['device', { device: 7, settings: { T: 5 } }],
  ['device', { device: 'k'.repeat(2_049), settings: { T: 5 } }],
  ['', { setting: { T: 5 }, settings: { T: 5 } }],
  ['', 'T = 5'],
  ['', null],
])('It is rejected at "%s": %j.', (field, message) => {
  expect(rejection(message)).toMatchObject({ code: 'SETTINGS_UNUSABLE', retryable: false, data: { field } });
});

test('A change that changes nothing is rejected.', () => {
  expect(rejection({ device: 'a', settings: {} })).toMatchObject({ code: 'SETTINGS_EMPTY' });
});

test('Whatever comes is a change or a rejection.', () => {
  const settings = fc.record(
    { T: fc.anything(), alpha0: fc.double(), beta: fc.double(), mode: fc.constantFrom('robust', 'x', null) },
    { requiredKeys: [] },
  );
  const message = fc.oneof(
    fc.anything(),
    fc.record({ device: fc.oneof(fc.string(), fc.anything()), settings }, { requiredKeys: ['settings'] }),
  );
  fc.assert(
    fc.property(message, (one) => {
      try {
        expect(Object.keys(parseChange(one, NOW_MS).settings).length).toBeGreaterThan(0);
      } catch (error) {
        if (!(error instanceof RejectedInputError)) throw error;
      }
    }),
  );
});
