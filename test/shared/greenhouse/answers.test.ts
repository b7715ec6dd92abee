import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAnswer } from '../../../shared/greenhouse/answers.ts';
import { LineSplitter } from '../../../shared/greenhouse/line-splitter.ts';
import { ITACH_ERRORS, meaningOf, retryOf } from '../../../shared/greenhouse/repeater-errors.ts';

test.each([
  ['completeir,1:1,15', { kind: 'complete', connector: '1:1', id: 15 }],
  ['busyIR,1:2,7', { kind: 'busy', connector: '1:2', id: 7 }],
  ['stopir,1:3', { kind: 'stopped', connector: '1:3' }],
  ['ERR_1:1,010', { kind: 'error', family: 'itach', code: '010', connector: '1:1' }],
  ['ERR_0:0,001', { kind: 'error', family: 'itach', code: '001', connector: '0:0' }],
  ['ERR IR006', { kind: 'error', family: 'flex', code: 'IR006' }],
  ['ERR 002', { kind: 'error', family: 'flex', code: '002' }],
  ['unknowncommand,9', { kind: 'error', family: 'gc-100', code: '9' }],
  ['unknowncommand 14', { kind: 'error', family: 'gc-100', code: '14' }],
  ['completeir,1:1', { kind: 'other', text: 'completeir,1:1' }],
  ['c\u007fmpleteir,1:1,15', { kind: 'other', text: 'c\u007fmpleteir,1:1,15' }],
  ['', { kind: 'other', text: '' }],
])('%j is read.', (line, answer) => {
  expect(readAnswer(line)).toEqual(answer);
});

test('All of iTach’s 27 errors have a meaning, and only 019 may be an accident.', () => {
  const codes = Array.from({ length: 27 }, (_, index) => String(index + 1).padStart(3, '0'));
  expect(Object.keys(ITACH_ERRORS)).toEqual(codes);
  expect(codes.filter((code) => retryOf('itach', code) !== 'never')).toEqual(['019']);
  expect(meaningOf('itach', '010')).toContain('odd');
  expect(meaningOf('flex', 'SL999')).toBe('an error that is not in its list');
  expect(meaningOf('itach', 'constructor')).toBe('an error that is not in its list');
});

test('However lines are split and merged on the way, they are the lines that were sent.', () => {
  const line = fc.string({ maxLength: 20 }).map((text) => text.replaceAll('\r', ''));
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.integer({ min: 1, max: 9 })), (sent, sizes) => {
      const splitter = new LineSplitter(100);
      let rest = sent.map((text) => `${text}\r`).join('');
      const received: string[] = [];
      for (let turn = 0; rest !== ''; turn += 1) {
        const size = sizes.length === 0 ? rest.length : (sizes[turn % sizes.length] ?? 1);
        received.push(...splitter.push(rest.slice(0, size)).lines);
        rest = rest.slice(size);
      }
      expect(received).toEqual(sent);
      expect(splitter.waiting).toBe('');
    }),
  );
});

test('A line that never ends is thrown away, and the next one is whole.', () => {
  const splitter = new LineSplitter(10);
  expect(splitter.push('12345678901')).toEqual({ lines: [], overflowed: true });
  expect(splitter.push('more of it')).toEqual({ lines: [], overflowed: false });
  expect(splitter.push('end\rnext\r')).toEqual({ lines: ['next'], overflowed: false });
});
