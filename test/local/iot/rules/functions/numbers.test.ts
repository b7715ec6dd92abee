import { expect, test } from 'vitest';
import type { SqlValue } from '../../../../../local/iot/rules/sql/values.ts';
import { call, exact, noNumbers, written } from './support.ts';

const ofOneNumber =
  'abs acos asin atan ceil chr cos cosh exp floor ln log round sign sin sinh sqrt tan tanh'.split(' ');
const ofTwoNumbers = ['atan2', 'bitand', 'bitor', 'bitxor', 'mod', 'power', 'remainder'];

test.each(ofOneNumber)('%s() of what is no number is Undefined.', (name) => {
  for (const operand of noNumbers) expect(call(name, [operand])).toBeUndefined();
});

test.each(ofTwoNumbers)('%s() is Undefined when either operand is no number.', (name) => {
  for (const operand of noNumbers) {
    expect(call(name, [operand, 1])).toBeUndefined();
    expect(call(name, [1, operand])).toBeUndefined();
  }
});

test.each<[name: string, operands: SqlValue[], text: string]>([
  ['abs', [-5], '5'],
  ['abs', ['-5.123'], '5.123'],
  ['abs', [exact('-1234567890123456789012345678901234')], '1234567890123456789012345678901234'],
  ['ceil', [1.2], '2'],
  ['ceil', [-1.2], '-1'],
  ['ceil', ['1.000000000000000000000000000000001'], '2'],
  ['floor', [-1.2], '-2'],
  ['floor', [exact('98765432109876543210.5')], '98765432109876543210'],
  ['round', [1.2], '1'],
  ['round', [1.5], '2'],
  ['round', [-1.1], '-1'],
  ['round', [-1.5], '-2'],
  ['round', ['1.7'], '2'],
  ['sign', [-7], '-1'],
  ['sign', ['0.0'], '0'],
  ['sign', [0.5], '1'],
  ['trunc', [2.3, 0], '2'],
  ['trunc', [2.3123, 2], '2.31'],
  ['trunc', [-2.888, 2], '-2.88'],
  ['trunc', [2, 5], '2'],
  ['trunc', ['2.888', 2.9], '2.88'],
  ['trunc', [2.3123, -1], '2'],
  ['trunc', [2.3123, 50], '2.3123'],
  ['trunc', ['2.98765432109876543210987654321098', 30], '2.98765432109876543210987654321'],
  ['mod', [8, 3], '2'],
  ['mod', [7.5, '2'], '1.5'],
  ['remainder', ['8', 3], '2'],
  ['remainder', [exact('100000000000000000000000000000001'), 2], '1'],
  ['bitand', [13, 5], '5'],
  ['bitand', ['13.9', 5.9], '5'],
  ['bitand', [-1, 5], '5'],
  ['bitor', [8, 5], '13'],
  ['bitxor', [13, 5], '8'],
  ['bitor', [exact('1180591620717411303424'), 1], '1180591620717411303425'],
  ['bitnot', [13], '2'],
  ['bitnot', [0], '1'],
  ['bitnot', ['13.9'], '2'],
  ['bitnot', [-14], '13'],
])('%s(%j) is %s.', (name, operands, text) => {
  expect(written(call(name, operands))).toBe(text);
});

test.each<[name: string, operands: SqlValue[], value: number]>([
  ['acos', [0], Math.PI / 2],
  ['asin', [0.5], Math.PI / 6],
  ['atan', ['1'], Math.PI / 4],
  ['atan2', [1, 0], Math.PI / 2],
  ['cos', [0], 1],
  ['cosh', [2.3], 5.037220649268761],
  ['exp', [1], Math.E],
  ['ln', [Math.E], 1],
  ['log', [100], 2],
  ['power', [2, '0.5'], Math.SQRT2],
  ['sin', [0], 0],
  ['sinh', ['2.3'], 4.936961805545957],
  ['sqrt', [9], 3],
  ['tan', [3], -0.1425465430742778],
  ['tanh', [2.3], 0.9800963962661914],
])('%s(%j) is a number of double precision.', (name, operands, value) => {
  expect(call(name, operands)).toBeCloseTo(value, 12);
});

test.each<[string, SqlValue[]]>([
  ['acos', [2]],
  ['asin', [-1.5]],
  ['sqrt', [-1]],
  ['ln', [0]],
  ['log', [-1]],
  ['exp', [1_000]],
  ['sqrt', [exact('1E400')]],
  ['power', [0, -1]],
  ['power', [-1, 0.5]],
])('%s(%j) has no real, finite result: it is Undefined.', (name, operands) => {
  expect(call(name, operands)).toBeUndefined();
});

test('The places of trunc() are a number: a String is none, and neither are the others.', () => {
  for (const places of ['1', true, [1], { a: 1 }, null, undefined]) {
    expect(call('trunc', [2.5, places])).toBeUndefined();
  }
});

test.each<[name: string, operands: SqlValue[], text: string]>([
  ['sqrt', [9], '3.0'],
  ['abs', ['-5.0'], '5.0'],
  ['abs', [-5], '5'],
  ['trunc', ['2.00', 5], '2'],
  ['floor', ['2.0'], '2'],
])('In 2015-10-08 %s(%j) is written %s.', (name, operands, text) => {
  expect(written(call(name, operands, { version: '2015-10-08' }))).toBe(text);
});

test('bitnot() of what is no number is Undefined.', () => {
  for (const operand of noNumbers) expect(call('bitnot', [operand])).toBeUndefined();
});
