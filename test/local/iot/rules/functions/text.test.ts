import { expect, test } from 'vitest';
import type { SqlValue } from '../../../../../local/iot/rules/sql/values.ts';
import { call } from './support.ts';

test.each<[name: string, operands: SqlValue[], result: SqlValue]>([
  ['chr', [65], 'A'],
  ['chr', ['65.9'], 'A'],
  ['chr', [127], '\u007f'],
  ['chr', [0], '\0'],
  ['chr', [-1], undefined],
  ['chr', [128], undefined],
  ['concat', [], undefined],
  ['concat', [1], '1'],
  ['concat', [[1, 2]], [1, 2]],
  ['concat', [null], null],
  ['concat', [[1, 2, 3], 'hello', [4, [5]]], [1, 2, 3, 'hello', 4, [5]]],
  ['concat', [1, 'hello', true], '1hellotrue'],
  ['concat', ['a', { k: 1 }], 'a{"k":1}'],
  ['concat', ['a', null], undefined],
  ['concat', [[1], undefined], undefined],
  ['concat', [[1], null], [1, null]],
  ['concat', [1, 2], undefined],
  ['length', ['hi'], 2],
  ['length', [false], 5],
  ['length', [[1, 'b']], 7],
  ['lower', [['HELLO']], '["hello"]'],
  ['upper', [{ a: 'b' }], '{"A":"B"}'],
  ['numbytes', ['€'], 3],
  ['numbytes', ['😀'], 4],
  ['ltrim', ['\t h i '], 'h i '],
  ['rtrim', [' h i \t'], ' h i'],
  ['trim', ['\nhi '], '\nhi'],
  ['trim', ['   '], ''],
  ['trim', [5.5], '5.5'],
  ['lpad', ['hello', 2], '  hello'],
  ['lpad', [1, '2.9'], '  1'],
  ['rpad', [true, 1], 'true '],
  ['rpad', ['a', -5], 'a'],
  ['rpad', ['a', true], undefined],
  ['lpad', ['a', [1]], undefined],
  ['startswith', ['ranger', 'ran'], true],
  ['startswith', [123, 12], true],
  ['endswith', ['cat', 'AT'], false],
  ['endswith', [[1, 2], '2]'], true],
  ['indexof', ['abcd', 'bc'], 1],
  ['indexof', [12_345, 34], 2],
  ['indexof', ['abc', 'z'], -1],
  ['replace', ['abcdabcd', 'b', 'x'], 'axcdaxcd'],
  ['replace', ['a.b', '.', '$&'], 'a$&b'],
  ['replace', ['ab', '', '-'], '-a-b-'],
  ['replace', [12_321, 2, 'x'], '1x3x1'],
  ['substring', ['012345', 2.745], '2345'],
  ['substring', [true, 1.2], 'rue'],
  ['substring', ['012345', -50, 50], '012345'],
  ['substring', ['012345', 3, 1], ''],
  ['substring', ['012345', '2', '4'], '23'],
  ['substring', ['012345', 10], ''],
  ['substring', ['012345', 'abc'], undefined],
  ['substring', ['012345', 0, null], undefined],
  ['substring', [[1, 2], 1], '1,2]'],
])('%s(%j) is %j.', (name, operands, result) => {
  expect(call(name, operands)).toEqual(result);
});

test.each(['length', 'lower', 'ltrim', 'md2', 'md5', 'numbytes', 'rtrim', 'sha256', 'trim', 'upper'])(
  '%s() of Null and of Undefined is Undefined.',
  (name) => {
    expect(call(name, [null])).toBeUndefined();
    expect(call(name, [undefined])).toBeUndefined();
  },
);

test.each([
  ['endswith', 2],
  ['indexof', 2],
  ['regexp_matches', 2],
  ['regexp_replace', 3],
  ['regexp_substr', 2],
  ['replace', 3],
  ['startswith', 2],
] as const)('%s() is Undefined when any of its %i operands is Null or Undefined.', (name, count) => {
  for (let missing = 0; missing < count; missing += 1) {
    for (const nothing of [null, undefined]) {
      const operands = Array.from({ length: count }, (_, index) => (index === missing ? nothing : 'a'));
      expect(call(name, operands)).toBeUndefined();
    }
  }
});

test('lpad() adds a thousand spaces at most.', () => {
  expect(call('lpad', ['a', 5_000])).toBe(`${' '.repeat(1_000)}a`);
  expect(call('lpad', ['a', '9E400'])).toBe(`${' '.repeat(1_000)}a`);
});

test('A String that would grow without measure is refused before it is built.', () => {
  const long = 'a'.repeat(10_000);
  const refused = { code: 'VALUE_TOO_LARGE' };
  expect(() => call('replace', [long, 'a', long])).toThrow(expect.objectContaining(refused));
  expect(() => call('replace', [long, '', long])).toThrow(expect.objectContaining(refused));
  expect(() => call('regexp_replace', [long, 'a{100}', '$0'.repeat(1_000)])).toThrow(
    expect.objectContaining(refused),
  );
  expect(() =>
    call(
      'concat',
      Array.from({ length: 1_000 }, () => long),
    ),
  ).toThrow(expect.objectContaining(refused));
});
