import { expect, test } from 'vitest';
import { checkMessage } from '../../cli/commands/publish.ts';
import { messageJson, messageText } from '../../cli/commands/subscribe.ts';

const RECEIVED_AT_MS = Date.parse('2026-01-31T10:00:00Z');
const receivedAt = '2026-01-31T10:00:00.000Z';

test.each<[payload: string | number[], text: string]>([
  ['{"a":1}', 'a/b {"a":1}'],
  ['', 'a/b '],
  ['two\nlines', 'a/b two\\nlines'],
  ['\u001b[2J', 'a/b \\u001b[2J'],
  ['grün', 'a/b grün'],
  [[0xff, 0x00], 'a/b base64:/wA='],
])('A message is one line: %j.', (payload, text) => {
  expect(messageText('a/b', Buffer.from(payload))).toBe(text);
});

test.each<[payload: string | number[], json: object]>([
  ['{"a":1}', { topic: 't', payload: { a: 1 }, receivedAt }],
  ['21.5', { topic: 't', payload: 21.5, receivedAt }],
  ['not JSON', { topic: 't', payload: 'not JSON', receivedAt }],
  ['', { topic: 't', payload: '', receivedAt }],
  [[0xff, 0x00], { topic: 't', payload: '/wA=', receivedAt, encoding: 'base64' }],
])('A message is one line of JSON: %j.', (payload, json) => {
  expect(JSON.parse(messageJson('t', Buffer.from(payload), RECEIVED_AT_MS))).toEqual(json);
});

test.each(['{}', '1', 'null', '"text"', ' [1] '])('%j is JSON.', (text) => {
  expect(() => checkMessage(text, false)).not.toThrow();
});

test.each(['', '{', "{'a':1}", 'NaN', '1 2'])('%j is not JSON, and goes only raw.', (text) => {
  expect(() => checkMessage(text, false)).toThrow(/is not JSON; --raw sends it as it is/);
  expect(() => checkMessage(text, true)).not.toThrow();
});

test('A message larger than AWS IoT takes is refused.', () => {
  expect(() => checkMessage('1'.repeat(131_072), true)).not.toThrow();
  expect(() => checkMessage('ü'.repeat(65_537), true)).toThrow(/131074 bytes; AWS IoT takes 131072/);
});
