import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readJson } from '../../../../local/iot/rules/sql/json-reader.ts';
import { writeJson } from '../../../../local/iot/rules/sql/json-writer.ts';
import { compileRule } from '../../../../local/iot/rules/sql/compile-rule.ts';
import { ObjectBuilder } from '../../../../local/iot/rules/sql/key-order.ts';
import type { SqlValue } from '../../../../local/iot/rules/sql/values.ts';
import type { SqlVersion } from '../../../../local/iot/rules/sql/version.ts';
import { contextOf } from './message.ts';

const SEED = 8259;

function rewrite(text: string, version: SqlVersion = '2016-03-23'): string {
  const value = readJson(text, version);
  if (value === undefined) throw new Error('JSON has no Undefined');
  return writeJson(value);
}

test('Whatever JSON a double and a JS object carry is read and written as JSON.parse and JSON.stringify do.', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      expect(readJson(text, '2016-03-23')).toEqual(JSON.parse(text));
      expect(JSON.parse(rewrite(text))).toEqual(JSON.parse(text));
      expect(JSON.parse(rewrite(text, '2015-10-08'))).toEqual(JSON.parse(text));
    }),
    { numRuns: 500, seed: SEED },
  );
});

test.each([
  '{"a":1234567890123456789012345678901234,"b":[0.1234567890123456789,-1.5]}',
  '{"b":1,"2":2,"a":{"10":1,"x":2,"1":3},"1":4}',
  '{"__proto__":{"a":1},"constructor":9007199254740993}',
  '[9007199254740993,{"a\\"\\\\\\u0000\u20ac":"\\n9007199254740993"},true,false,null,[],{},""]',
  '"12345678901234567890"',
  '-12345678901234567890',
])('%s is written as it was read.', (text) => {
  expect(rewrite(text)).toBe(text);
});

test.each([
  [' { "a" : [ 1 , 1234567890123456789 ] , "b" : "\\u00e9\\/" } ', '{"a":[1,1234567890123456789],"b":"é/"}'],
  ['{"a":1,"b":12345678901234567890,"a":2}', '{"a":2,"b":12345678901234567890}'],
  ['[-0,-0.0,0e5,1E2,1.50,1e-7]', '[0,0,0,100,1.5,1e-7]'],
  ['[12345678901234567890.50]', '[12345678901234567890.5]'],
])('%s is written as %s.', (text, written) => {
  expect(rewrite(text)).toBe(written);
});

test('2015-10-08 keeps whole Decimals.', () => {
  expect(rewrite('[5.0,5,5.00,1e2,-0.0,2.5]', '2015-10-08')).toBe('[5.0,5,5.0,100.0,0.0,2.5]');
  expect(rewrite('[5.0,5,5.00,1e2,-0.0,2.5]', '2016-03-23')).toBe('[5,5,5,100,0,2.5]');
});

test.each([
  '',
  '{',
  '[1,]',
  '{"a":12345678901234567890,}',
  '01',
  '+1',
  '{"1":}',
  '"\\x"',
  '1e',
  'nul',
  '[1]]',
])('%j is no JSON.', (text) => {
  expect(() => readJson(text, '2015-10-08')).toThrow(SyntaxError);
});

test('A thousand levels are read and written, one more is not.', () => {
  const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
  expect(rewrite(nested(1_000))).toBe(nested(1_000));
  const tooDeep = expect.objectContaining({ code: 'VALUE_TOO_DEEP' });
  expect(() => readJson(nested(1_001), '2016-03-23')).toThrow(tooDeep);
  let value: SqlValue = [];
  for (let level = 0; level < 1_000; level += 1) value = [value];
  const deep = value;
  expect(() => writeJson(deep)).toThrow(tooDeep);
  expect(() => readJson('['.repeat(100_000), '2016-03-23')).toThrow(SyntaxError);
});

test('Brackets and digits inside of strings are text.', () => {
  const text = JSON.stringify({ a: '['.repeat(2_000), b: '1234567890123456789', c: '\\"' });
  expect(rewrite(text)).toBe(text);
});

test('Columns keep the order in which they are selected, whatever their keys look like.', () => {
  const { select } = compileRule('SELECT *, 1 AS a, 2 AS x.y', '2016-03-23');
  const context = contextOf('{"b":0,"7":0,"x":{"z":0,"3":0}}');
  expect(Buffer.from(select(context).bytes()).toString()).toBe('{"b":0,"7":0,"x":{"z":0,"3":0,"y":2},"a":1}');
});

test('An object under construction keeps what it was given.', () => {
  const builder = new ObjectBuilder();
  for (const key of ['z', '1', '__proto__', '0', 'z']) builder.set(key, key.length);
  expect(builder.get('toString')).toBeUndefined();
  expect(builder.get('__proto__')).toBe(9);
  expect(writeJson(builder.build())).toBe('{"z":1,"1":1,"__proto__":9,"0":1}');
});

test('Undefined is not written.', () => {
  expect(writeJson({ a: undefined, b: [undefined, 1, undefined], c: {} })).toBe('{"b":[1],"c":{}}');
});
