import { expect, test } from 'vitest';
import { compileRule } from '../../../../local/iot/rules/sql/compile-rule.ts';
import { member } from '../../../../local/iot/rules/sql/conversions.ts';
import { defaultSwitches, type Switches } from '../../../../local/iot/rules/sql/switches.ts';
import { compileTemplate } from '../../../../local/iot/rules/sql/template.ts';
import { contextOf } from './message.ts';

function run(sql: string, payload: unknown, switches: Partial<Switches> = {}): unknown {
  const rule = compileRule(sql, '2016-03-23', { ...defaultSwitches, ...switches });
  const context = rule.contextFor(contextOf(payload));
  return rule.where?.(context) === false ? 'NO_MATCH' : rule.select(context).json();
}

function evaluate(expression: string, payload: unknown, switches: Partial<Switches> = {}): unknown {
  const result = run(`SELECT VALUE {'r': ${expression}}`, payload, switches);
  return member(Object(result), 'r');
}

const sensors = {
  e: [
    { n: 'temperature', v: 22.5, tags: ['hot', 'wet'] },
    { n: 'light', v: 135, tags: [] },
  ],
  one: { n: 'acidity', v: 7 },
  numbers: [1, 2, 3],
};

test.each<[string, unknown]>([
  ['(SELECT VALUE n FROM e)', ['temperature', 'light']],
  ['(SELECT n, v * 2 AS w FROM e WHERE v > 100)', [{ n: 'light', w: 270 }]],
  ['(SELECT VALUE missing FROM e)', []],
  ['(SELECT missing FROM e)', [{}, {}]],
  ['(SELECT n FROM one)', { n: 'acidity' }],
  ['(SELECT VALUE n FROM one)', 'acidity'],
  ['(SELECT n FROM one WHERE v > 7)', undefined],
  ['(SELECT n FROM missing)', undefined],
  ['(SELECT n FROM one.n)', undefined],
  ['(SELECT VALUE a FROM numbers AS a WHERE a > 1)', [2, 3]],
  ['(SELECT * FROM numbers)', [1, 2, 3]],
  ['(SELECT a, a + 1 AS b FROM numbers AS a WHERE a = 3)', [{ a: 3, b: 4 }]],
  ['(SELECT VALUE s.n FROM e AS s)', ['temperature', 'light']],
  ['(SELECT VALUE n FROM e AS s)', ['temperature', 'light']],
  ['(SELECT *, 1 AS v FROM e WHERE n = "light")', [{ n: 'light', v: 1, tags: [] }]],
  ['(SELECT *, 1 AS v FROM numbers WHERE * = 3)', [{ v: 1 }]],
  ['(SELECT * AS all, n AS x.n, v AS x.v FROM one)', { all: sensors.one, x: { n: 'acidity', v: 7 } }],
  ['(SELECT VALUE (SELECT VALUE t FROM tags AS t) FROM e)', [['hot', 'wet'], []]],
  ['(SELECT n FROM e WHERE EXISTS (SELECT * FROM tags))', [{ n: 'temperature' }]],
  ["(SELECT n FROM e WHERE 'wet' IN tags)", [{ n: 'temperature' }]],
  ['(SELECT VALUE one.n FROM *)', ['acidity']],
  ['(SELECT VALUE n FROM (SELECT * FROM e WHERE v < 100))', ['temperature']],
  ["(SELECT VALUE v FROM [{'v': 1}, {'v': 2}])", [1, 2]],
  ['EXISTS (SELECT * FROM e)', true],
  ['EXISTS (SELECT * FROM e WHERE v < 0)', false],
  ['EXISTS (SELECT * FROM missing)', false],
  ['EXISTS (SELECT * FROM one WHERE v = 7)', true],
])('%s gives %j.', (expression, expected) => {
  expect(evaluate(expression, sensors)).toEqual(expected);
});

test.each<[Partial<Switches>, string, unknown, unknown]>([
  [{ fromPayload: 'object' }, '(SELECT VALUE one.n FROM *)', ['acidity'], 'acidity'],
  [
    { outerAttributes: 'visible' },
    '(SELECT n, one.v AS o FROM e)',
    [{ n: 'temperature' }, { n: 'light' }],
    [
      { n: 'temperature', o: 7 },
      { n: 'light', o: 7 },
    ],
  ],
  [
    { outerAttributes: 'visible' },
    '(SELECT VALUE (SELECT VALUE s.n FROM tags) FROM e AS s)',
    [[], []],
    [['temperature', 'temperature'], []],
  ],
])('The switch %j decides %s.', (switches, expression, byDefault, switched) => {
  expect(evaluate(expression, sensors)).toEqual(byDefault);
  expect(evaluate(expression, sensors, switches)).toEqual(switched);
});

test.each<[string, unknown]>([
  ['CASE a WHEN 1 THEN "one" WHEN 2 THEN "two" END', 'two'],
  ['CASE a WHEN 1 THEN "one" END', undefined],
  ['CASE a WHEN 1 THEN "one" ELSE "other" END', 'other'],
  ['CASE missing WHEN 1 THEN "one" ELSE "other" END', undefined],
  ['CASE a WHEN missing THEN "one" ELSE "other" END', 'other'],
  ['CASE a WHEN "2" THEN "text" ELSE "other" END', 'other'],
  ['CASE n WHEN null THEN "null" ELSE "other" END', 'null'],
  ['CASE a > 1 WHEN true THEN CASE a WHEN 2 THEN "deep" END END', 'deep'],
  ['CASE {"k": [a]} WHEN {"k": [2]} THEN "equal" END', 'equal'],
  ['2 IN [1, a]', true],
  ['"2" IN [1, a]', false],
  ['{"k": 1} IN [{"k": 1}]', true],
  ['a IN a', undefined],
  ['missing IN [1]', undefined],
  ['NOT 3 IN [1, 2]', true],
  ['1 + 1 IN [2] AND true', true],
  ['{"a": a, "b": {"c": [a, null, missing]}, "d": missing}', { a: 2, b: { c: [2, null] } }],
  ['{"__proto__": 1, "x": 2}.x', 2],
  ['[[1, 2], []]', [[1, 2], []]],
  ['*.a', 2],
  ['(a + 1).b', undefined],
])('%s gives %j.', (expression, expected) => {
  expect(evaluate(expression, { a: 2, n: null })).toEqual(expected);
});

test.each<[string, unknown, unknown]>([
  ['SET @a = x SELECT @a AS b', { x: 1 }, { b: 1 }],
  ['SET @a = x, @b = @a + 1 SELECT @b, @a.y AS y', { x: 1 }, { b: 2 }],
  ['SET @a = x SELECT @a.y.z', { x: { y: { z: 3 } } }, { z: 3 }],
  ['SET @a = missing SELECT @a AS b, 1 AS c', {}, { c: 1 }],
  [
    'SET @limit = 5 SELECT (SELECT VALUE v FROM e WHERE v > @limit) AS r',
    { e: [{ v: 4 }, { v: 6 }] },
    { r: [6] },
  ],
  ['SET @e = (SELECT v FROM e) SELECT VALUE (SELECT VALUE v FROM @e)', { e: [{ v: 4 }, { v: 6 }] }, [4, 6]],
  ['SET @a = x > 1 SELECT * WHERE @a', { x: 1 }, 'NO_MATCH'],
  ["SET @a = topic(2) SELECT topic(1) AS t WHERE @a = 'b'", {}, { t: 'a' }],
])('%s of %j gives %j.', (sql, payload, expected) => {
  expect(run(sql, payload)).toEqual(expected);
});

test('A variable has one value for a message, in templates as well, and another for the next message.', () => {
  let made = 0;
  const newUuid = () => `uuid-${(made += 1)}`;
  const rule = compileRule('SET @id = newuuid() SELECT @id AS a, @id AS b', '2016-03-23');
  const template = compileTemplate('${@id}/${@id}');
  for (const id of ['uuid-1', 'uuid-2']) {
    const context = rule.contextFor(contextOf({}, { newUuid }));
    expect(rule.select(context).json()).toEqual({ a: id, b: id });
    expect(template.render(context)).toBe(`${id}/${id}`);
  }
});

test('A variable that the rule does not declare fails the template by name.', () => {
  const unknown = expect.objectContaining({ code: 'UNKNOWN_VARIABLE' });
  const template = compileTemplate('${@b}');
  const rule = compileRule('SET @a = 1 SELECT @a', '2016-03-23');
  expect(() => template.render(rule.contextFor(contextOf({})))).toThrow(unknown);
  expect(() => template.render(contextOf({}))).toThrow(unknown);
});

test('A template is read in the version of its rule.', () => {
  const template = compileTemplate('${a}/${a / 2}');
  const render = (version: '2015-10-08' | '2016-03-23') =>
    template.render(compileRule('SELECT *', version).contextFor(contextOf('{"a":5.0}')));
  expect([render('2015-10-08'), render('2016-03-23')]).toEqual(['5.0/2.5', '5/2']);
  const { contextFor } = compileRule('SELECT *', '2015-10-08');
  expect(() => compileTemplate('${[1]}').render(contextFor(contextOf({})))).toThrow('2016-03-23');
});

const big = { all: Array.from({ length: 10_000 }, (_, index) => index), text: 'x'.repeat(100_000) };
const doubled = (step: (previous: string) => string, first: string) => {
  const assignments = Array.from({ length: 60 }, (_, index) => `@v${index + 1} = ${step(`@v${index}`)}`);
  return `SET @v0 = ${first}, ${assignments.join(', ')} `;
};

test.each<[string, string, string]>([
  [
    'nested queries over everything',
    'SELECT (SELECT (SELECT VALUE 1 FROM @a) AS b FROM @a) AS c',
    'TOO_MUCH_WORK',
  ],
  ['IN over everything', 'SELECT (SELECT VALUE a IN @a FROM @a AS a) AS c', 'TOO_MUCH_WORK'],
  [
    'comparisons of everything',
    'SELECT (SELECT VALUE @a = [@a] FROM @a) AS b, (SELECT VALUE {"a": @a} = {"a": (SELECT * FROM @a)} FROM @a) AS c',
    'TOO_MUCH_WORK',
  ],
  ['long texts', "SELECT (SELECT VALUE @t + 'x' FROM @a) AS c", 'TOO_MUCH_WORK'],
  ['calls with long texts', 'SELECT (SELECT VALUE topic(@t) FROM @a) AS c', 'TOO_MUCH_WORK'],
  [
    'copies of everything',
    'SELECT (SELECT @t AS x, * AS y, 1 AS y.z FROM [[1]]) AS c, (SELECT VALUE (SELECT *, 1 AS z FROM @o) FROM @a) AS d',
    'TOO_MUCH_WORK',
  ],
])('An evaluation of %s is stopped.', (_what, select, code) => {
  const members = Object.fromEntries(big.all.map((index) => [`k${index}`, index]));
  const sql = `SET @a = all, @t = text, @o = members ${select}`;
  expect(() => run(sql, { ...big, members })).toThrow(expect.objectContaining({ code }));
});

test.each<[string, string, string]>([
  [
    'texts',
    `${doubled((v) => `${v} + ${v}`, "'xxxxxxxx'")} SELECT @v60 AS r`,
    'VALUE_TOO_LARGE|TOO_MUCH_WORK',
  ],
  ['arrays', `${doubled((v) => `[${v}, ${v}]`, '[1]')} SELECT @v60 AS r`, 'VALUE_TOO_LARGE'],
  ['objects', `${doubled((v) => `{'a': ${v}, 'b': ${v}}`, '[1]')} SELECT 'x' + @v60 AS r`, 'VALUE_TOO_LARGE'],
])('A chain of doubled %s is stopped.', (_what, sql, codes) => {
  const rule = compileRule(sql, '2016-03-23');
  const context = rule.contextFor(contextOf({}));
  const code = expect.stringMatching(new RegExp(`^(${codes})$`));
  expect(() => rule.select(context).bytes()).toThrow(expect.objectContaining({ code }));
});

test('Two chains of doubled arrays are compared only so far.', () => {
  const chain = doubled((v) => `[${v}, ${v}]`, '[1]');
  const twin = chain.replace('SET ', '').replaceAll('@v', '@w');
  const sql = `${chain.trimEnd()}, ${twin} SELECT @v60 = @w60 AS r`;
  expect(() => run(sql, {})).toThrow(expect.objectContaining({ code: 'TOO_MUCH_WORK' }));
});
