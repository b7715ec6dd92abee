import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { call } from './support.ts';

/** RFC 1319, and the example of the AWS reference. */
test.each([
  ['', '8350e5a3e24c153df2275c9f80692773'],
  ['a', '32ec01ec4a6dac72c0ab96fb34c0b5d1'],
  ['abc', 'da853b0d3f88d99b30283a69e6ded6bb'],
  ['hello', 'a9046c73e00331af68917d3804f70655'],
  ['message digest', 'ab4f496bfb2a530b219ff33031fe06b0'],
  ['abcdefghijklmnopqrstuvwxyz', '4e8ddff3650292ab5a4108c3aa47940b'],
  ['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', 'da33def2a42df13975352846c30338cd'],
  ['1234567890'.repeat(8), 'd5976f79d83d3a0dc9806c3c66f3efd8'],
])('md2(%j) is %s.', (text, digest) => {
  expect(call('md2', [text])).toBe(digest);
});

test.each(['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'])(
  '%s() hashes UTF-8 in hexadecimal.',
  (name) => {
    expect(call(name, ['€'])).toBe(createHash(name).update('€', 'utf8').digest('hex'));
    expect(call(name, [[1, 2]])).toBe(createHash(name).update('[1,2]').digest('hex'));
  },
);

test('The example of the reference.', () => {
  expect(call('md5', ['hello'])).toBe('5d41402abc4b2a76b9719d911017c592');
});
