import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  md5OfAttributes,
  selectAttributes,
  validateMessageAttributes,
} from '../../../local/sqs/message-attributes.ts';

test('The MD5 of attributes is taken over lengths, names, types and values, by name.', () => {
  const bytes = Buffer.concat([
    Buffer.from('\0\0\0\u0001a\0\0\0\u0006Binary\u0002\0\0\0\u0002', 'latin1'),
    Buffer.from([0xff, 0x00]),
    Buffer.from('\0\0\0\u0001b\0\0\0\u0006Number\u0001\0\0\0\u00037.5', 'latin1'),
  ]);
  const md5 = md5OfAttributes({
    b: { DataType: 'Number', StringValue: '7.5' },
    a: { DataType: 'Binary', BinaryValue: '/wA=' },
  });
  expect(md5).toBe(createHash('md5').update(bytes).digest('hex'));
});

test('Without attributes there is no MD5.', () => {
  expect(md5OfAttributes({})).toBeUndefined();
});

test.each([
  ['', 'String', 'x'],
  ['AWS.reserved', 'String', 'x'],
  ['amazon.reserved', 'String', 'x'],
  ['.a', 'String', 'x'],
  ['a.', 'String', 'x'],
  ['a..b', 'String', 'x'],
  ['a b', 'String', 'x'],
  ['a'.repeat(257), 'String', 'x'],
  ['a', 'Text', 'x'],
  ['a', 'String', ''],
  ['a', 'String', '\u0001'],
  ['a', 'Number', 'seven'],
])('The attribute "%s" of type %s with the value %j is refused.', (name, DataType, StringValue) => {
  const validating = () => validateMessageAttributes({ [name]: { DataType, StringValue } });
  expect(validating).toThrow(expect.objectContaining({ code: 'InvalidParameterValue' }));
});

test.each([
  ['a', 'String.json', '{}'],
  ['a.b-c_D', 'Number', '-1.5e-7'],
  ['0', 'String', 'ünï\t'],
])('The attribute "%s" of type %s with the value %j is taken.', (name, DataType, StringValue) => {
  expect(() => validateMessageAttributes({ [name]: { DataType, StringValue } })).not.toThrow();
});

test('Eleven attributes are too many.', () => {
  const one = { DataType: 'String', StringValue: 'x' };
  const all = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`a${index}`, one]));
  expect(() => validateMessageAttributes(all)).toThrow('exceeds the allowed maximum [10]');
});

test.each([
  [['All'], 'ab,ac,b'],
  [['.*'], 'ab,ac,b'],
  [['a.*'], 'ab,ac'],
  [['b', 'ac'], 'ac,b'],
  [['a'], ''],
  [[], ''],
])('Asked for %j, the receiver gets "%s".', (wanted, names) => {
  const one = { DataType: 'String', StringValue: 'x' };
  expect(Object.keys(selectAttributes({ ab: one, ac: one, b: one }, wanted)).join(',')).toBe(names);
});
