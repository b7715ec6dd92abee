import { expect, test } from 'vitest';
import type { SqlValue } from '../../../../../local/iot/rules/sql/values.ts';
import { findFunction } from '../../../../../local/iot/rules/sql/functions/registry.ts';
import { call, exact, written } from './support.ts';

const types = 'String Nvarchar Text Ntext varchar Int Integer Double Decimal Bool Boolean'.split(' ');

test.each<[value: SqlValue, type: string, result: SqlValue]>([
  [5, 'String', '5'],
  [true, 'Nvarchar', 'true'],
  [[1, 'b'], 'Text', '[1,"b"]'],
  [{ a: null }, 'Ntext', '{"a":null}'],
  ['True', 'varchar', 'True'],
  [true, 'Int', 1],
  ['5.7', 'Integer', 5],
  [-5.7, 'Int', -6],
  ['5E-12', 'Int', 0],
  ['5.5', 'Double', 5.5],
  [exact('0.12345678901234567890'), 'Double', 0.12345678901234568],
  [false, 'Decimal', 0],
  ['1e2', 'Decimal', 100],
  ['+1', 'Decimal', undefined],
  [-3, 'Boolean', true],
  [0, 'Bool', false],
  ['TRUE', 'Boolean', true],
  ['yes', 'Boolean', undefined],
  [[1], 'Boolean', undefined],
])('cast(%j as %s) is %j.', (value, type, result) => {
  expect(call('cast', [value, type])).toEqual(result);
  expect(call('cast', [value, type.toUpperCase()])).toEqual(result);
});

test.each(types)('cast() of Null and of Undefined as %s is Undefined.', (type) => {
  expect(call('cast', [null, type])).toBeUndefined();
  expect(call('cast', [undefined, type])).toBeUndefined();
});

test('All digits of a Decimal stay, and 2015-10-08 keeps the point.', () => {
  const text = '1234567890123456789.012345678901234';
  expect(written(call('cast', [text, 'Decimal']))).toBe(text);
  const first = { version: '2015-10-08' } as const;
  expect(written(call('cast', ['10.0', 'Double'], first))).toBe('10.0');
  expect(written(call('cast', [10, 'Double'], first))).toBe('10');
  expect(written(call('cast', [true, 'Double'], first))).toBe('1.0');
});

test('The types are known to the parser, with the version that brought them.', () => {
  const castTypes = findFunction('CAST', 1).castTypes ?? new Map<string, string>();
  expect([...castTypes.keys()].sort()).toEqual(types.map((type) => type.toLowerCase()).sort());
  const late = [...castTypes].filter(([, since]) => since === '2016-03-23').map(([type]) => type);
  expect(late.sort()).toEqual(['bool', 'boolean', 'decimal']);
});
