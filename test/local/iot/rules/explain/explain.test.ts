import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type ExplainedExpression,
  explainFilter,
  explainRule,
  explainWhere,
  outcomeText,
} from '../../../../../local/iot/rules/explain/index.ts';
import { compileRule } from '../../../../../local/iot/rules/sql/compile-rule.ts';
import { matches } from '../../../../../local/iot/topics/topic-filter.ts';
import { contextOf, messageOn } from '../message.ts';

const SEED = 20261121;

const surroundings = {
  accountId: '000000000000',
  nowMs: 1_700_000_000_000,
  newUuid: () => '00000000-0000-4000-8000-000000000000',
  random: () => 0.5,
};

function explain(sql: string, topic: string, payload: unknown, more: object = {}) {
  return explainRule({ sql, version: '2016-03-23', ...more }, messageOn(topic, payload), surroundings);
}

/** The tree as lines: two spaces a level. */
function lines({ sql, outcome, parts }: ExplainedExpression, depth = 0): string[] {
  const line = `${'  '.repeat(depth)}${sql} → ${outcomeText(outcome)}`;
  return [line, ...parts.flatMap((part) => lines(part, depth + 1))];
}

function whereLines(where: string, payload: unknown): string[] {
  const { where: explained } = explain(`SELECT * FROM 'a' WHERE ${where}`, 'a', payload);
  return explained === undefined ? [] : lines(explained);
}

test('Every part of WHERE has its value; literals are left out.', () => {
  expect(whereLines("temp > 30 AND (door = 'open' OR a.b = null)", { temp: 31, a: { b: null } })).toEqual([
    "temp > 30 AND (door = 'open' OR a.b = null) → Undefined",
    '  temp > 30 → true',
    '    temp → 31',
    "  door = 'open' OR a.b = null → Undefined",
    "    door = 'open' → Undefined",
    '      door → Undefined',
    '    a.b = null → true',
    '      a.b → Null',
    '        a → {"b":null}',
  ]);
});

test.each<[where: string, payload: unknown, last: string]>([
  ["topic(1) = 'a'", {}, '  topic(1) → "a"'],
  ['NOT x', { x: false }, '  x → false'],
  ['x IN [1, y]', { x: 2, y: 2 }, '    y → 2'],
  ["CASE x WHEN 1 THEN y ELSE z END = 'n'", { x: 2, y: 'y', z: 'n' }, '    z → "n"'],
  ['{"k": x}.k = 1', { x: 1 }, '      x → 1'],
  ['(SELECT v FROM list WHERE v > 1) = list', { list: [{ v: 1 }] }, '  list → [{"v":1}]'],
])('Parts are found in %s.', (where, payload, last) => {
  expect(whereLines(where, payload)).toContain(last);
});

test('A part that fails says why, and the rule with it.', () => {
  const explained = explain("SELECT * FROM 'a' WHERE aws_lambda('f', 1) > 1", 'a', {});
  expect(explained.where?.outcome).toMatchObject({
    kind: 'failure',
    message: expect.stringContaining('aws_lambda()'),
  });
  expect(explained.verdict).toMatchObject({ runs: false, why: expect.stringContaining('WHERE fails') });
});

test('A rule that runs is told with its columns, its result and its templates.', () => {
  const sql = "SET @f = temp * 2 SELECT *, topic(2) AS device, @f AS deep.f FROM 'home/+' WHERE temp > 1";
  const actions = [
    { S3: { BucketName: 'b', Key: '${device}/${topic(2)}/${@f}' } },
    { Sqs: { QueueUrl: 'q' } },
  ];
  const { columns, variables, result, templates, verdict } = explain(
    sql,
    'home/a',
    { temp: 2 },
    {
      actions,
      templates: ['${temp', '${temp}'],
    },
  );
  expect(variables.map(({ name, explained }) => [name, ...lines(explained)])).toEqual([
    ['f', 'temp * 2 → 4', '  temp → 2'],
  ]);
  expect(columns.map(({ key, explained }) => [key, outcomeText(explained.outcome)])).toEqual([
    [undefined, '{"temp":2}'],
    ['device', '"a"'],
    ['deep.f', '4'],
  ]);
  expect(result).toEqual({ kind: 'json', text: '{"temp":2,"device":"a","deep":{"f":4}}' });
  expect(templates).toEqual([
    { place: 'S3.Key', source: '${device}/${topic(2)}/${@f}', text: '/a/4' },
    { source: '${temp', problem: expect.stringContaining('}') },
    { source: '${temp}', text: '2' },
  ]);
  expect(verdict).toEqual({ runs: true });
});

test('Bytes that are not JSON are a result too.', () => {
  const { result, verdict } = explain("SELECT * FROM 'a'", 'a', new Uint8Array([255, 0]));
  expect([result, verdict]).toEqual([{ kind: 'base64', text: '/wA=' }, { runs: true }]);
});

test.each<[sql: string, topic: string, why: string]>([
  ["SELECT * FROM 'a/#'", 'a', 'does not take "a" itself'],
  ["SELECT * FROM '/a'", 'a', 'leading slash'],
  ["SELECT * FROM 'A'", 'a', 'case-sensitive'],
  ["SELECT * FROM '#'", '$aws/events/x', 'begins with $'],
  ["SELECT * FROM 'b'", 'a', 'the topic does not match the filter'],
  ["SELECT * FROM 'a' WHERE x = 2", 'a', 'WHERE is not true'],
  ["SELECT *, x FROM 'a'", 'a', 'SELECT fails'],
  ['SELECT *', 'a', '$aws/rules/'],
])('%s does not run for %s: %s.', (sql, topic, why) => {
  const payload = sql.includes('*, x') ? '[1]' : { x: 1 };
  expect(explain(sql, topic, payload).verdict).toMatchObject({
    runs: false,
    why: expect.stringContaining(why),
  });
});

test('Basic Ingest passes by FROM.', () => {
  const { filter, verdict, result } = explain("SELECT topic() AS t FROM 'elsewhere'", '$aws/rules/R/x/y', {});
  expect([filter, verdict, result]).toEqual([
    undefined,
    { runs: true },
    { kind: 'json', text: '{"t":"x/y"}' },
  ]);
});

test('A filter is held against a topic level by level.', () => {
  expect(explainFilter('a/+/c/#', 'a/b/x/d/e')).toEqual({
    filter: 'a/+/c/#',
    topic: 'a/b/x/d/e',
    matches: false,
    levels: [
      { filter: 'a', topic: 'a', matches: true },
      { filter: '+', topic: 'b', matches: true },
      { filter: 'c', topic: 'x', matches: false },
      { filter: '#', topic: 'd/e', matches: true },
    ],
  });
  expect(explainFilter('a', 'a/b').levels.at(-1)).toEqual({ filter: undefined, topic: 'b', matches: false });
});

test('The levels agree with the match.', () => {
  const level = fc.constantFrom('a', 'b', '', '$aws');
  const topics = fc.array(level, { minLength: 1, maxLength: 5 }).map((levels) => levels.join('/'));
  const filters = fc
    .tuple(fc.array(fc.oneof(level, fc.constant('+')), { maxLength: 4 }), fc.boolean())
    .map(([levels, isOpen]) => [...levels, ...(isOpen || levels.length === 0 ? ['#'] : [])].join('/'));
  fc.assert(
    fc.property(filters, topics, (filter, topic) => {
      const explained = explainFilter(filter, topic);
      expect(explained.matches).toBe(matches(filter, topic));
      expect(explained.levels.every((one) => one.matches)).toBe(explained.matches);
    }),
    { seed: SEED, numRuns: 2_000 },
  );
});

test.each<[where: string, payload: object, told: string]>([
  ['temp > 30', { temp: 21 }, 'temp > 30 is false (temp = 21)'],
  ['temp > 30', {}, 'temp > 30 is Undefined (temp = Undefined)'],
  ['temp > 30 AND door = true', { temp: 31, door: false }, 'door = true is false (door = false)'],
  ['a = 1 AND b = 1 AND c = 1', { a: 0, b: 1, c: 2 }, 'a = 1 is false (a = 0); c = 1 is false (c = 2)'],
  ['a = 1 OR b.c = 1', { a: 0 }, 'a = 1 is false (a = 0); b.c = 1 is Undefined (b.c = Undefined)'],
  ["'true'", {}, '\'true\' is "true"'],
  ['a + b > a * 2', { a: 1, b: 1 }, 'a + b > a * 2 is false (a = 1, b = 1)'],
  ['a AND b = 1', { a: 'true', b: 2 }, 'b = 1 is false (b = 2)'],
])('WHERE %s for %j: %s.', (where, payload, told) => {
  expect(
    explainWhere(compileRule(`SELECT * FROM 'a' WHERE ${where}`, '2016-03-23'), contextOf(payload)),
  ).toBe(told);
});

test('Of many reasons the first five are told, and without WHERE none.', () => {
  const where = Array.from({ length: 9 }, (_, index) => `x${index} = 1`).join(' OR ');
  const told = explainWhere(compileRule(`SELECT * FROM 'a' WHERE ${where}`, '2016-03-23'), contextOf({}));
  expect(told?.split('; ')).toHaveLength(6);
  expect(told).toMatch(/; and 4 more$/);
  expect(explainWhere(compileRule("SELECT * FROM 'a'", '2016-03-23'), contextOf({}))).toBeUndefined();
});

test('The version decides: 5.0 is a Decimal in the older one.', () => {
  const message = messageOn('a', '{"x":5.0}');
  const column = (version: '2015-10-08' | '2016-03-23') => {
    const { columns } = explainRule({ sql: "SELECT x FROM 'a'", version }, message, surroundings);
    return columns.map(({ explained }) => outcomeText(explained.outcome));
  };
  expect([column('2015-10-08'), column('2016-03-23')]).toEqual([['5.0'], ['5']]);
});

test('A large expression is explained in part, and soon.', () => {
  const where = Array.from({ length: 160 }, (_, index) => `x${index} = 1`).join(' AND ');
  const explained = explain(`SELECT * FROM 'a' WHERE ${where}`, 'a', { a: {} });
  const count = (one: ExplainedExpression): number =>
    1 + one.parts.reduce((sum, part) => sum + count(part), 0);
  expect(explained.where === undefined ? 0 : count(explained.where)).toBe(201);
});
