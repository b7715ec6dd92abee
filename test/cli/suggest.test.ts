import { expect, test } from 'vitest';
import { suggest } from '../../cli/suggest.ts';

const COMMANDS = ['start', 'backtest', 'publish', 'subscribe', 'redrive', 'help'];

test.each([
  ['threshhold', 'threshold'],
  ['t', 'T'],
  ['x', undefined],
])('For the option %s the suggestion is %s.', (typed, expected) => {
  expect(suggest(typed, ['T', 'mode', 'threshold'])).toBe(expected);
});

test.each([
  ['backtset', 'backtest'],
  ['BACKTEST', 'backtest'],
  ['back', 'backtest'],
  ['pubish', 'publish'],
  ['subscribes', 'subscribe'],
  ['redirve', 'redrive'],
  ['strat', 'start'],
  ['xyz', undefined],
  ['', undefined],
  ['b'.repeat(10_000), undefined],
])('For %s the suggestion is %s.', (typed, expected) => {
  expect(suggest(typed, COMMANDS)).toBe(expected);
});
