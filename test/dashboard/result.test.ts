import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readResult } from '../../dashboard/result.ts';
import { message } from './results.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

test('A result is read as it was published.', () => {
  expect(readResult(bytes(JSON.stringify(message())))).toEqual(message());
});

test('The nulls of a first reading, and a missing time, are read.', () => {
  const first = message({
    time: null,
    mean: null,
    std: null,
    lower: null,
    upper: null,
    z: null,
    probability: null,
  });
  expect(readResult(bytes(JSON.stringify(first)))).toEqual(first);
});

test.each([
  ['nothing', ''],
  ['not JSON', '{'],
  ['null', 'null'],
  ['a list', '[]'],
  ['an empty object', '{}'],
  ['a device that is not a text', JSON.stringify({ ...message(), device: 7 })],
  ['an empty device', JSON.stringify({ ...message(), device: '' })],
  ['a time that is none', JSON.stringify({ ...message(), time: 'soon' })],
  ['30 February', JSON.stringify({ ...message(), time: '2026-02-30T10:00:00Z' })],
  ['no columns', JSON.stringify({ ...message(), columns: {} })],
  ['a value that is infinite', JSON.stringify(message()).replace('"value":20', '"value":1e999')],
  ['a value that is a text', JSON.stringify(message()).replace('"value":20', '"value":"20"')],
  ['65 columns', JSON.stringify({ ...message(), columns: columns(65) })],
  ['more than 128 KiB', JSON.stringify({ ...message(), reading: { text: 'x'.repeat(131_072) } })],
])('A message is unreadable: %s.', (_what, text) => {
  expect(readResult(bytes(text))).toBeUndefined();
});

test('Bytes that are not UTF-8 are unreadable.', () => {
  expect(readResult(Uint8Array.of(0x7b, 0xff, 0x7d))).toBeUndefined();
});

test('No message makes it throw.', () => {
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), fc.json().map(bytes)), (payload) => {
      expect(() => readResult(payload)).not.toThrow();
    }),
  );
});

function columns(count: number) {
  const [column] = Object.values(message().columns);
  return Object.fromEntries(Array.from({ length: count }, (_none, index) => [`c${index}`, column]));
}
