import { expect, test } from 'vitest';
import { compileRule } from '../../../../local/iot/rules/sql/compile-rule.ts';
import { member } from '../../../../local/iot/rules/sql/conversions.ts';
import { defaultSwitches, type Switches, switchTable } from '../../../../local/iot/rules/sql/switches.ts';
import { compileTemplate } from '../../../../local/iot/rules/sql/template.ts';
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
  [{ nullInArray: 'compared' }, 'null IN [1, null]', undefined, true],
  [{ undefinedInArray: 'null' }, '[1, missing]', [1], [1, null]],
])('The switch %j decides %s.', (switches, expression, byDefault, switched) => {
  expect(evaluate(expression)).toEqual(byDefault);
  expect(evaluate(expression, {}, switches)).toEqual(switched);
});

test('Division by zero is Undefined, or fails where the switch says so.', () => {
  expect(evaluate('1 / 0')).toBeUndefined();
  expect(evaluate('1.5 % 0')).toBeUndefined();
  expect(() => evaluate('1 / 0', {}, { divisionByZero: 'fail' })).toThrow('divided by zero');
});

test('A WHERE passes with true and the String "true", unless the switch refuses the String.', () => {
  const sql = 'SELECT * WHERE a';
  const refusing: Switches = { ...defaultSwitches, whereText: 'refused' };
  const passes = (given: unknown, switches?: Switches) =>
    compileRule(sql, '2016-03-23', switches).where?.(contextOf({ a: given }));
  expect([true, 'TRUE', 'yes', 1, null, undefined].map((given) => passes(given))).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
  expect(passes('true', refusing)).toBe(false);
  expect(passes(true, refusing)).toBe(true);
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
  ['SELECT a + 1 AS x, * AS y', 'text', 'PAYLOAD_NOT_JSON'],
  ['SELECT *, 1 AS a', new Uint8Array([0xff]), 'PAYLOAD_NOT_JSON'],
  ['SELECT * AS a', new Uint8Array([0x22, 0xff, 0x22]), 'PAYLOAD_NOT_JSON'],
  ['SELECT *, 1 AS a', '[1]', 'PAYLOAD_NOT_AN_OBJECT'],
  ['SELECT a * 10 AS x', '{"a":9e999}', 'NUMBER_OUT_OF_RANGE'],
  ['SELECT b', '{"a":1e1000}', 'NUMBER_OUT_OF_RANGE'],
  ['SELECT b', `{"a":${'['.repeat(1_000)}${']'.repeat(1_000)}}`, 'VALUE_TOO_DEEP'],
])('%s fails with the payload %s: %s %s.', (sql, payload, code) => {
  const { select } = compileRule(sql, '2016-03-23');
  expect(() => select(contextOf(payload))).toThrow(
    expect.objectContaining({ name: 'SqlEvaluationError', code }),
  );
});

test('A payload without JSON has no attributes, or fails where the switch says so.', () => {
  const failing: Switches = { ...defaultSwitches, attributeOfText: 'fail' };
  const result = (switches?: Switches) =>
    compileRule('SELECT a, topic() AS t', '2016-03-23', switches).select(contextOf('text')).json();
  expect(result()).toEqual({ t: 'a/b' });
  expect(() => result(failing)).toThrow(expect.objectContaining({ code: 'PAYLOAD_NOT_JSON' }));
});

test.each<[string, unknown, string, boolean]>([
  ['SELECT VALUE a', { a: 'x' }, '"x"', true],
  ['SELECT VALUE a.b', { a: { b: [1, { c: 2.5 }] } }, '[1,{"c":2.5}]', true],
  ['SELECT VALUE a', { a: null }, 'null', true],
  ['SELECT VALUE missing', {}, '', false],
  ['SELECT VALUE *', 'text', 'text', false],
])('%s of %j gives the bytes %s.', (sql, payload, text, isJson) => {
  const result = compileRule(sql, '2016-03-23').select(contextOf(payload));
  expect(Buffer.from(result.bytes()).toString()).toBe(text);
  expect(result.isJson()).toBe(isJson);
});

test('A String as the whole result is written without quotes where the switch says so.', () => {
  const { select } = compileRule('SELECT VALUE a', '2016-03-23', { ...defaultSwitches, textValue: 'bare' });
  const result = select(contextOf({ a: 'x' }));
  expect([Buffer.from(result.bytes()).toString(), result.isJson()]).toEqual(['x', false]);
});

test('2015-10-08 gives no Array as the whole result.', () => {
  const { select } = compileRule('SELECT VALUE a', '2015-10-08');
  expect(select(contextOf({ a: { b: 1 } })).json()).toEqual({ b: 1 });
  expect(() => select(contextOf({ a: [1] }))).toThrow(
    expect.objectContaining({ code: 'NOT_IN_THIS_VERSION' }),
  );
});

test('A call with a wrong number of operands is Undefined.', () => {
  expect(evaluate('topic(1, 2)')).toBeUndefined();
  expect(evaluate('get_or_default(topic(1, 2), 3)')).toBe(3);
});

test('Versions: 2015-10-08 unless set, beta and others refused.', () => {
  expect(readSqlVersion(undefined)).toBe('2015-10-08');
  expect(readSqlVersion('2016-03-23')).toBe('2016-03-23');
  expect(() => readSqlVersion('beta')).toThrow('2016-03-23');
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
  ['${*}', { x: [1.5] }, '{"x":[1.5]}'],
  ["${{'a}': '}', 'b': {'c': x}}}/${get_or_default(y, '}')}", { x: 1 }, '{"a}":"}","b":{"c":1}}/}'],
  ['${CASE x WHEN 1 THEN "one" END}', { x: 1 }, 'one'],
  ['${(SELECT VALUE v FROM e)}', { e: [{ v: 1 }, { v: 2 }] }, '[1,2]'],
])('The template %s with %j gives %s.', (source, payload, expected) => {
  expect(compileTemplate(source).render(contextOf(payload))).toBe(expected);
});

test.each([
  ['a${x', 5],
  ['a${', 4],
  ['a${}', 4],
  ['a${x y}', 6],
  ['${SELECT a FROM b}', 3],
  ['${machinelearning_predict(x)}', 3],
  ['${{"a": 1}', 11],
])('The template %s is refused at column %i.', (source, column) => {
  expect(() => compileTemplate(source)).toThrow(expect.objectContaining({ name: 'SqlParseError', column }));
});

test('Undefined and Null in templates follow their switches.', () => {
  const switches: Switches = { ...defaultSwitches, templateUndefined: 'undefined', templateNull: 'empty' };
  expect(compileTemplate('${missing}/${x}', switches).render(contextOf({ x: null }))).toBe('undefined/');
});
