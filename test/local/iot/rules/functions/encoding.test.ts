import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SqlValue } from '../../../../../local/iot/rules/sql/values.ts';
import { contextOf } from '../message.ts';
import { call, written } from './support.ts';

test.each<[value: SqlValue, text: SqlValue]>([
  ['hello', 'aGVsbG8='],
  [{ a: 1 }, 'eyJhIjoxfQ=='],
  [[1, 2], 'WzEsMl0='],
  [5.5, 'NS41'],
  ['€', '4oKs'],
  ['', ''],
  [null, undefined],
  [undefined, undefined],
])("encode(%j, 'base64') is %j.", (value, text) => {
  expect(call('encode', [value, 'base64'])).toBe(text);
});

test("encode(*, 'base64') takes the bytes of the payload as they came.", () => {
  const context = contextOf(Uint8Array.of(0, 1, 0xfe, 0xff));
  expect(call('encode', [undefined, 'base64'], { context, wholePayloadOperands: [0] })).toBe('AAH+/w==');
});

test.each<[text: SqlValue, value: SqlValue]>([
  ['eyAidGVtcGVyYXR1cmUiOiAzMyB9Cg==', { temperature: 33 }],
  ['aGVsbG8=', 'hello'],
  ['WzEsMl0=', [1, 2]],
  ['ODA=', 80],
  ['bnVsbA==', null],
  ['aGVsbG8', 'hello'],
  ['', ''],
  ['aGVsbG8=\n', null],
  ['aGVsbG8==', null],
  ['a', null],
  ['_-8=', null],
  ['***not base64***', null],
  [null, null],
  [undefined, undefined],
])("decode(%j, 'base64') is %j.", (text, value) => {
  expect(call('decode', [text, 'base64'])).toEqual(value);
});

test('A decoded number keeps its digits.', () => {
  const text = Buffer.from('1234567890123456789012345678901234').toString('base64');
  expect(written(call('decode', [text, 'base64']))).toBe('1234567890123456789012345678901234');
});

test("decode(*, 'base64') reads the payload as base64.", () => {
  const context = contextOf('eyJhIjoxfQ==');
  expect(call('decode', [undefined, 'base64'], { context, wholePayloadOperands: [0] })).toEqual({ a: 1 });
});

test('A scheme that AWS does not document gives Undefined.', () => {
  expect(call('encode', ['x', 'BASE64'])).toBeUndefined();
  expect(call('decode', ['x', 'hex'])).toBeUndefined();
  expect(call('decode', ['x', null])).toBeUndefined();
});

test('What is encoded is decoded: text as text, JSON as its value.', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const encoded = call('encode', [JSON.stringify(value), 'base64']);
      expect(call('decode', [encoded, 'base64'])).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
