import { expect, test } from 'vitest';
import {
  defaultFunctionSwitches,
  type FunctionSwitches,
  functionSwitchTable,
} from '../../../../../local/iot/rules/sql/functions/switches.ts';
import type { SqlValue } from '../../../../../local/iot/rules/sql/values.ts';
import { call } from './support.ts';

const FAILS = 'fails';

/** For each alternative but the default: a call that tells them apart. */
const decisions: readonly (readonly [
  name: keyof FunctionSwitches,
  alternative: string,
  called: string,
  operands: readonly SqlValue[],
  byDefault: SqlValue,
  otherwise: SqlValue,
])[] = [
  ['bitnot', 'twosComplement', 'bitnot', [13], 2, -14],
  ['bitnotOther', 'unchanged', 'bitnot', [[1]], undefined, [1]],
  ['roundedDown', 'truncate', 'bitand', [-5.7, -1], -6, -5],
  ['roundText', 'down', 'round', ['1.7'], 2, 1],
  ['truncTextPlaces', 'converted', 'trunc', [2.55, '1'], undefined, 2.5],
  ['outsideDomain', 'fail', 'ln', [0], undefined, FAILS],
  ['chrCodes', 'unicode', 'chr', [8364], undefined, '€'],
  ['lengthUnits', 'codePoints', 'length', ['😀'], 2, 1],
  ['trimmed', 'controls', 'trim', ['\n a '], '\n a', 'a'],
  ['indexofNone', 'undefined', 'indexof', ['a', 'z'], -1, undefined],
  ['concatOne', 'unchanged', 'concat', [1], '1', 1],
  ['concatNothing', 'skipped', 'concat', ['a', null, 'b'], undefined, 'ab'],
  ['concatWithoutText', 'text', 'concat', [1, 2], undefined, '12'],
  ['regexpNoMatch', 'empty', 'regexp_substr', ['abc', 'z'], undefined, ''],
  ['enrichConflict', 'element', 'transform', ['enrichArray', { a: 1 }, [{ a: 2 }]], [{ a: 1 }], [{ a: 2 }]],
  ['unreadableTime', 'fail', 'time_to_epoch', ['x', 'yyyy'], undefined, FAILS],
  ['unknownEncoding', 'fail', 'encode', ['x', 'hex'], undefined, FAILS],
  ['decodeBrokenText', 'null', 'decode', ['/w==', 'base64'], '\ufffd', null],
];

test.each(decisions)('%s %s decides %s(%j).', (name, alternative, called, operands, byDefault, otherwise) => {
  expect(call(called, operands)).toEqual(byDefault);
  const decided = () => call(called, operands, { switches: { [name]: alternative } });
  if (otherwise === FAILS) expect(decided).toThrow(expect.objectContaining({ name: 'SqlEvaluationError' }));
  else expect(decided()).toEqual(otherwise);
});

test('Every alternative of every decision is told apart, and the first one is the default.', () => {
  const shown = decisions.map(([name, alternative]) => `${name} ${alternative}`);
  const all = Object.entries(functionSwitchTable).flatMap(([name, { alternatives }]) =>
    alternatives.slice(1).map((alternative) => `${name} ${alternative}`),
  );
  expect([...shown].sort()).toEqual([...all].sort());
  const firsts = Object.entries(functionSwitchTable).map(([name, { alternatives }]) => [
    name,
    alternatives[0],
  ]);
  expect(defaultFunctionSwitches).toEqual(Object.fromEntries(firsts));
});
