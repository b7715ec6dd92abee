import { expect, test } from 'vitest';
import type { ResultSettings } from '../../dashboard/result.ts';
import { Tuning } from '../../dashboard/tuning.ts';

const DEFAULTS: ResultSettings = { T: 30, alpha0: 0.95, beta: 0.5, threshold: 0.002, mode: 'robust' };
const tuned = (alpha0: number): ResultSettings => ({ ...DEFAULTS, alpha0 });
const DEMO = { device: 'demo' };

test('A change waits until a result carries it.', () => {
  const tuning = new Tuning();
  expect(tuning.state(DEMO, 'alpha0')).toEqual({ kind: 'settled' });
  tuning.published(DEMO, 'alpha0', 0.97, 0);
  expect(tuning.state(DEMO, 'alpha0')).toEqual({ kind: 'waiting', value: 0.97 });
  tuning.observed('demo', DEFAULTS, DEFAULTS, 10);
  tuning.observed('other', tuned(0.97), DEFAULTS, 20);
  expect(tuning.state(DEMO, 'alpha0').kind).toBe('waiting');
  tuning.observed('demo', tuned(0.97), DEFAULTS, 30);
  expect(tuning.state(DEMO, 'alpha0').kind).toBe('applied');
  expect(tuning.state(DEMO, 'beta').kind).toBe('settled');
});

test('Of two changes the later one is waited for.', () => {
  const tuning = new Tuning();
  tuning.published(DEMO, 'alpha0', 0.97, 0);
  tuning.published(DEMO, 'alpha0', 0.98, 1);
  tuning.observed('demo', tuned(0.97), DEFAULTS, 2);
  expect(tuning.state(DEMO, 'alpha0')).toEqual({ kind: 'waiting', value: 0.98 });
});

test('What somebody else changes afterwards is not called applied.', () => {
  const tuning = new Tuning();
  tuning.published(DEMO, 'alpha0', 0.97, 0);
  tuning.observed('demo', tuned(0.97), DEFAULTS, 1);
  tuning.observed('demo', tuned(0.6), tuned(0.97), 2);
  expect(tuning.state(DEMO, 'alpha0')).toEqual({ kind: 'settled' });
});

test('A change for all devices says how many of those heard since carry it.', () => {
  const tuning = new Tuning();
  tuning.published('all', 'alpha0', 0.97, 0);
  tuning.observed('a', tuned(0.97), DEFAULTS, 1);
  tuning.observed('b', tuned(0.6), tuned(0.6), 2);
  expect(tuning.state('all', 'alpha0')).toEqual({ kind: 'applied', devices: 1, heard: 2 });
});

test('A reset is applied when the value moves away from what was set.', () => {
  const tuning = new Tuning();
  tuning.published(DEMO, 'alpha0', null, 0);
  tuning.observed('demo', tuned(0.6), tuned(0.6), 1);
  expect(tuning.state(DEMO, 'alpha0')).toEqual({ kind: 'waiting', value: null });
  tuning.observed('demo', DEFAULTS, tuned(0.6), 2);
  tuning.observed('demo', DEFAULTS, DEFAULTS, 3);
  expect(tuning.state(DEMO, 'alpha0').kind).toBe('applied');
});

test.each([
  ['one device', DEMO, 3000],
  ['all devices', 'all' as const, 32_000],
])('A reset for %s that has nothing to change is applied after a while.', (_who, scope, patienceMs) => {
  const tuning = new Tuning();
  tuning.published(scope, 'alpha0', null, 0);
  tuning.observed('demo', DEFAULTS, DEFAULTS, patienceMs - 1);
  expect(tuning.state(scope, 'alpha0').kind).toBe('waiting');
  tuning.observed('demo', DEFAULTS, DEFAULTS, patienceMs);
  expect(tuning.state(scope, 'alpha0').kind).toBe('applied');
});

test('A device that is called like a scope is a device.', () => {
  const tuning = new Tuning();
  tuning.published({ device: 'all' }, 'alpha0', 0.97, 0);
  expect(tuning.state('all', 'alpha0').kind).toBe('settled');
});
