import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileRule } from '../../../../local/iot/rules/sql/compile-rule.ts';
import { member } from '../../../../local/iot/rules/sql/conversions.ts';
import { defaultSwitches, type Switches, switchTable } from '../../../../local/iot/rules/sql/switches.ts';
import { compileTemplate } from '../../../../local/iot/rules/sql/template.ts';
import {
  add,
  divide,
  divideInts,
  multiply,
  numberText,
  subtract,
} from '../../../../local/iot/rules/sql/values.ts';
import { readSqlVersion } from '../../../../local/iot/rules/sql/version.ts';
import { contextOf } from './message.ts';

function evaluate(expression: string, payload: unknown = {}, switches: Partial<Switches> = {}): unknown {
  const sql = `SELECT ${expression} AS r`;
  const { select } = compileRule(sql, '2016-03-23', { ...defaultSwitches, ...switches });
  return member(select(contextOf(payload)).json(), 'r');
}

test.each([
  ['0.1 + 0.2', 0.3],
  ['1.1 * 3', 3.3],
  ['0.3 / 0.1', 3],
  ['0.3 % 0.1', 0],
  ['7 / 2', 3],
  ['-7 / 2', -3],
  ['-7 % 3', -1],
  ["'7' / 2", 3.5],
  ['7 / 2.5', 2.8],
  ["-'5'", -5],
  ["-'x'", undefined],
  ['0 * -1', 0],
  ['-0', 0],
  ["'x' + 1E21", 'x1000000000000000000000'],
  ["'x' + 1.50", 'x1.5'],
  ["'1' = 1", false],
  ["'a' < 'b'", undefined],
  ["'10' > '9'", true],
  ["'-1.5e-1' < 0", true],
  ["'--1' < 0", undefined],
  ["'1.' < 5", undefined],
  ["'1e' < 5", undefined],
  ['null = null', true],
  ['null <> null', false],
  ['null <> 1', true],
  ["NOT 'FALSE'", true],
  ["NOT 'no'", undefined],
  ['a = 2 OR a = 1 AND false', undefined],
  ["topic('2')", 'b'],
  ['topic(1.9)', 'a'],
  ['topic(3)', undefined],
  ['topic(0)', undefined],
  ['topic(-1)', undefined],
  ['topic(1E300)', undefined],
  ['topic(null)', undefined],
  ['clientid()', 'n/a'],
  ['principal()', undefined],
  ['traceid()', undefined],
  ['constructor', undefined],
  ['toString.length', undefined],
  ['__proto__', undefined],
])('%s gives %j.', (expression, expected) => {
  expect(evaluate(expression)).toEqual(expected);
});

test.each([
  [{ a: { x: 1 }, b: { x: 1, y: 2 } }, false],
  [{ a: { x: 1, y: 2 }, b: { x: 1 } }, false],
  [{ a: { x: [1, { z: null }] }, b: { x: [1, { z: null }] } }, true],
  [{ a: [1, 2], b: { 0: 1, 1: 2 } }, false],
  [{ a: [], b: {} }, false],
])('Equality of %j is %s.', (payload, expected) => {
  expect(evaluate('a = b', payload)).toBe(expected);
  expect(evaluate('a <> b', payload)).toBe(!expected);
});

test.each<[Partial<Switches>, string, unknown, unknown]>([
  [{ intDivision: 'decimal' }, '7 / 2', 3, 3.5],
  [{ remainderSign: 'divisor' }, '-7 % 3', -1, 2],
  [{ logicWithUndefined: 'decided' }, 'true OR missing', undefined, true],
  [{ logicWithUndefined: 'decided' }, 'missing AND false', undefined, false],
  [{ logicWithUndefined: 'decided' }, 'missing AND true', undefined, undefined],
  [{ nullEqualsNull: 'undefined' }, 'null = null', true, undefined],
  [{ textPlusNothing: 'text' }, "'x' + missing", undefined, 'x'],
])('The switch %j decides %s.', (switches, expression, byDefault, switched) => {
  expect(evaluate(expression)).toEqual(byDefault);
  expect(evaluate(expression, {}, switches)).toEqual(switched);
});

test('Division by zero is Undefined, or fails where the switch says so.', () => {
  expect(evaluate('1 / 0')).toBeUndefined();
  expect(evaluate('1.5 % 0')).toBeUndefined();
  expect(() => evaluate('1 / 0', {}, { divisionByZero: 'fail' })).toThrow('divided by zero');
});

test('A WHERE that ends in the String "true" passes only where the switch says so.', () => {
  const sql = 'SELECT * WHERE a';
  const converting = { ...defaultSwitches, whereText: 'converted' as const };
  expect(compileRule(sql, '2016-03-23').where?.(contextOf({ a: 'true' }))).toBe(false);
  expect(compileRule(sql, '2016-03-23', converting).where?.(contextOf({ a: 'true' }))).toBe(true);
});

test('Every switch has its default in the table, and a reason.', () => {
  expect(Object.keys(defaultSwitches)).toEqual(Object.keys(switchTable));
  for (const { reason } of Object.values(switchTable)) expect(reason).toMatch(/^[A-Z].*\.$/);
});

test.each([
  ['a AS x.y, b AS x.z', { a: 1, b: 2 }, { x: { y: 1, z: 2 } }],
  ['missing AS x.y, b AS x.z.w', { b: 2 }, { x: { z: { w: 2 } } }],
  ['missing AS x.y', {}, {}],
  ['a AS x, b AS x.y', { a: 1, b: 2 }, { x: { y: 2 } }],
  ['a AS x.y, b AS x', { a: 1, b: 2 }, { x: 2 }],
  ['*, 1 AS state.extra', { state: { on: true } }, { state: { on: true, extra: 1 } }],
  ['*, 1 AS a', { a: 0, b: 2 }, { a: 1, b: 2 }],
  ['* AS m, a', { a: 0 }, { m: { a: 0 }, a: 0 }],
  ['* AS m', [1], { m: [1] }],
  ['a.b.c', { a: { b: { c: null } } }, { c: null }],
  ['a.length', { a: [1] }, {}],
  ['*, 5 AS t', '', { t: 5 }],
])('SELECT %s of %j gives %j.', (columns, payload, expected) => {
  const context = contextOf(payload);
  const before = structuredClone(context.payload.json());
  expect(compileRule(`SELECT ${columns}`, '2015-10-08').select(context).json()).toEqual(expected);
  expect(context.payload.json()).toEqual(before);
});

test('A member called __proto__ stays a member and changes no prototype.', () => {
  const context = contextOf('{"__proto__":{"a":1}}');
  const everything = compileRule('SELECT *, 1 AS b', '2016-03-23').select(context);
  expect(Buffer.from(everything.bytes()).toString()).toBe('{"__proto__":{"a":1},"b":1}');
  const nested = compileRule('SELECT 2 AS __proto__.x, 3 AS __proto__.y', '2016-03-23').select(context);
  expect(Buffer.from(nested.bytes()).toString()).toBe('{"__proto__":{"x":2,"y":3}}');
});

test('SELECT * passes a payload that is not JSON, and WHERE may ask for anything but the payload.', () => {
  const bytes = new Uint8Array([0, 1, 254, 255]);
  const { where, select } = compileRule("SELECT * WHERE topic(1) = 'a'", '2016-03-23');
  expect(where?.(contextOf(bytes))).toBe(true);
  const result = select(contextOf(bytes));
  expect(result.bytes()).toBe(bytes);
  expect(result.isJson()).toBe(false);
  expect(() => result.json()).toThrow(expect.objectContaining({ code: 'PAYLOAD_NOT_JSON' }));
});

test.each([
  ['SELECT a', 'text', 'PAYLOAD_NOT_JSON'],
  ['SELECT *, 1 AS a', new Uint8Array([0xff]), 'PAYLOAD_NOT_JSON'],
  ['SELECT * AS a', new Uint8Array([0x22, 0xff, 0x22]), 'PAYLOAD_NOT_JSON'],
  ['SELECT *, 1 AS a', '[1]', 'PAYLOAD_NOT_AN_OBJECT'],
  ['SELECT a * 10 AS x', '{"a":1.7e308}', 'NUMBER_OUT_OF_RANGE'],
  ['SELECT a + 0.5 AS x', '{"a":1e999}', 'NUMBER_OUT_OF_RANGE'],
])('%s fails with the payload %s: %s %s.', (sql, payload, code) => {
  const { select } = compileRule(sql, '2016-03-23');
  expect(() => select(contextOf(payload))).toThrow(
    expect.objectContaining({ name: 'SqlEvaluationError', code }),
  );
});

test('Values nested too deep to compare or to write fail by name.', () => {
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  const context = contextOf(`{"a":${deep},"b":${deep}}`);
  const tooDeep = expect.objectContaining({ code: 'VALUE_TOO_DEEP' });
  const select = (sql: string) => compileRule(sql, '2016-03-23').select(context);
  expect(() => select('SELECT a = b AS same')).toThrow(tooDeep);
  expect(() => select("SELECT 'x' + a AS text")).toThrow(tooDeep);
  expect(() => select('SELECT a').bytes()).toThrow(tooDeep);
});

test('Versions: 2015-10-08 unless set, beta and others refused.', () => {
  expect(readSqlVersion(undefined)).toBe('2015-10-08');
  expect(readSqlVersion('2016-03-23')).toBe('2016-03-23');
  expect(() => readSqlVersion('beta')).toThrow('2016-03-23');
});

test('Arithmetic on decimals agrees with arithmetic on their hundredths.', () => {
  const hundredths = fc.integer({ min: -1_000_000, max: 1_000_000 });
  fc.assert(
    fc.property(hundredths, hundredths, (a, b) => {
      expect(add(a / 100, b / 100)).toBe((a + b) / 100 + 0);
      expect(subtract(a / 100, b / 100)).toBe((a - b) / 100 + 0);
      expect(multiply(a / 100, b / 100)).toBe((a * b) / 10_000 + 0);
      if (b === 0) return;
      expect(divide(a / 100, b / 100)).toBe(a / b + 0);
      expect(divideInts(a, b)).toBe(Math.trunc(a / b) + 0);
    }),
  );
});

test('Whole numbers are written without an exponent.', () => {
  expect(numberText(1e25)).toBe('10000000000000000905969664');
  expect(numberText(-12)).toBe('-12');
});

test.each([
  ['plain', {}, 'plain'],
  ['$${x}', { x: 1 }, '$1'],
  ['$$aws/${topic(2)}/$', {}, '$$aws/b/$'],
  ['a${x}b${y.z}c', { x: 1, y: { z: 'two' } }, 'a1btwoc'],
  ["${'}' + x}", { x: 1 }, '}1'],
  ['${x}${x}', { x: true }, 'truetrue'],
  ['${x}', { x: { a: [1, null] } }, '{"a":[1,null]}'],
  ['<${missing}>', {}, '<>'],
  ['<${x}>', { x: null }, '<null>'],
  ['${ x }é', { x: 1 }, '1é'],
  ["${value}'", { value: 1 }, "1'"],
])('The template %s with %j gives %s.', (source, payload, expected) => {
  expect(compileTemplate(source).render(contextOf(payload))).toBe(expected);
});

test.each([
  ['a${x', 5],
  ['a${', 4],
  ['a${}', 4],
  ['a${x y}', 6],
  ['${*}', 3],
  ['${md5(x)}', 3],
])('The template %s is refused at column %i.', (source, column) => {
  expect(() => compileTemplate(source)).toThrow(expect.objectContaining({ name: 'SqlParseError', column }));
});

test('Undefined and Null in templates follow their switches.', () => {
  const switches: Switches = { ...defaultSwitches, templateUndefined: 'undefined', templateNull: 'empty' };
  expect(compileTemplate('${missing}/${x}', switches).render(contextOf({ x: null }))).toBe('undefined/');
});
