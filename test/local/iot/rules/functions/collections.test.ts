import { expect, test } from 'vitest';
import { readJson } from '../../../../../local/iot/rules/sql/json-reader.ts';
import { writeJson } from '../../../../../local/iot/rules/sql/json-writer.ts';
import type { SqlValue } from '../../../../../local/iot/rules/sql/values.ts';
import { call } from './support.ts';

const abc = ['a', 'b', 'c'];

test.each<[collection: SqlValue, key: SqlValue, result: SqlValue]>([
  [abc, 1, 'b'],
  [abc, '1.9', 'b'],
  [abc, 3, undefined],
  [abc, -1, undefined],
  [abc, true, undefined],
  [abc, 'length', undefined],
  ['abc', 0, 'a'],
  ['abc', 3, undefined],
  ['', 0, undefined],
  [{ 'my-key': 2 }, 'my-key', 2],
  [{ '1': 'x' }, '1', 'x'],
  [{ '1': 'x' }, 1, undefined],
  [{ a: null }, 'a', null],
  [{ a: 1 }, 'toString', undefined],
  [5, 0, undefined],
  [true, 0, undefined],
  [null, 0, undefined],
  [undefined, 0, undefined],
])('get(%j, %j) is %j.', (collection, key, result) => {
  expect(call('get', [collection, key])).toEqual(result);
});

test('transform() gives every element the attributes.', () => {
  const elements = [{ a: 3 }, { b: 4 }];
  expect(call('transform', ['enrichArray', { key: 1 }, elements])).toEqual([
    { a: 3, key: 1 },
    { b: 4, key: 1 },
  ]);
  expect(call('transform', ['enrichArray', { key: 1 }, []])).toEqual([]);
});

test('transform() keeps the order of keys, and takes a __proto__ for a key.', () => {
  const elements = readJson('[{"2":1,"1":2}]', '2016-03-23');
  const attributes = readJson('{"0":3,"__proto__":{"x":1}}', '2016-03-23');
  const result = call('transform', ['enrichArray', attributes, elements]) ?? null;
  expect(writeJson(result)).toBe('[{"2":1,"1":2,"0":3,"__proto__":{"x":1}}]');
});

test.each<[SqlValue, SqlValue, SqlValue]>([
  ['other', {}, []],
  ['ENRICHARRAY', {}, []],
  ['enrichArray', 5, [{ a: 1 }]],
  ['enrichArray', {}, { a: 1 }],
  ['enrichArray', {}, [{ a: 1 }, 5]],
  ['enrichArray', {}, null],
  [undefined, {}, []],
])('transform(%j, %j, %j) is Undefined.', (mode, attributes, elements) => {
  expect(call('transform', [mode, attributes, elements])).toBeUndefined();
});

test('transform() refuses a result beyond 128 KiB before it builds it.', () => {
  const elements = Array.from({ length: 2_000 }, () => ({}));
  const attributes = Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`k${index}`, index]));
  const enrich = () => call('transform', ['enrichArray', attributes, elements]);
  expect(enrich).toThrow(expect.objectContaining({ code: 'VALUE_TOO_LARGE' }));
});

test.each<[name: string, operands: SqlValue[], result: SqlValue]>([
  ['isNull', [null], true],
  ['isNull', [undefined], false],
  ['isNull', ['null'], false],
  ['isUndefined', [undefined], true],
  ['isUndefined', [null], false],
  ['nanvl', [8, 3], 8],
  ['nanvl', [undefined, 'd'], 'd'],
  ['nanvl', [null, 'd'], 'd'],
  ['nanvl', ['abc', 'd'], 'abc'],
  ['nanvl', [false, 'd'], false],
])('%s(%j) is %j.', (name, operands, result) => {
  expect(call(name, operands)).toEqual(result);
});
