import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { GlasshouseError } from '../../../../shared/errors.ts';
import { compileRule } from '../../../../local/iot/rules/sql/compile-rule.ts';
import { SqlParseError } from '../../../../local/iot/rules/sql/errors.ts';
import { parseStatement } from '../../../../local/iot/rules/sql/parser.ts';
import { printStatement } from '../../../../local/iot/rules/sql/printer.ts';
import { defaultSwitches } from '../../../../local/iot/rules/sql/switches.ts';
import { MAX_EXPRESSION_SIZE, MAX_SQL_LENGTH } from '../../../../local/iot/rules/sql/token-reader.ts';
import { compileTemplate } from '../../../../local/iot/rules/sql/template.ts';
import type { SqlVersion } from '../../../../local/iot/rules/sql/version.ts';
import { contextOf } from './message.ts';
import { fragments, statements } from './sql-grammar.ts';

/** Every run of the generated tests starts from here. */
const SEED = 20_160_323;

function refusal(sql: string, version: SqlVersion = '2016-03-23'): SqlParseError {
  try {
    parseStatement(sql, version, { ...defaultSwitches, argumentCount: 'refused' });
  } catch (thrown) {
    if (thrown instanceof SqlParseError) return thrown;
    throw thrown;
  }
  throw new Error(`parsed: ${sql}`);
}

test.each([
  ['', 'UNEXPECTED_TOKEN', 1, 'the end of the text'],
  ["* FROM 'a'", 'UNEXPECTED_TOKEN', 1, '"*"'],
  ["SELECT FROM 'a'", 'UNEXPECTED_TOKEN', 8, '"FROM"'],
  ["SELECT a, FROM 'a'", 'UNEXPECTED_TOKEN', 11, '"FROM"'],
  ["SELECT (a FROM 'a'", 'UNEXPECTED_TOKEN', 11, '"FROM"'],
  ['SELECT * FROM "a"', 'UNEXPECTED_TOKEN', 15, 'the string "a"'],
  ['SELECT * FROM a/b', 'UNEXPECTED_TOKEN', 15, '"a"'],
  ["SELECT * FROM 'a' WHERE", 'UNEXPECTED_TOKEN', 24, 'the end of the text'],
  ["SELECT * FROM 'a' b", 'UNEXPECTED_TOKEN', 19, '"b"'],
  ['SELECT a."b c"', 'UNEXPECTED_TOKEN', 10, 'the string "b c"'],
  ['SELECT arr[0] AS x', 'UNEXPECTED_TOKEN', 11, '"["'],
  ['SELECT a AS "x"', 'UNEXPECTED_TOKEN', 13, 'the string "x"'],
  ['SELECT a == 1 AS x', 'UNEXPECTED_TOKEN', 11, '"="'],
  ['SELECT a != 1 AS x', 'UNEXPECTED_CHARACTER', 10, '"!"'],
  ['SELECT schön', 'UNEXPECTED_CHARACTER', 11, '"ö"'],
  ["SELECT 'a", 'UNTERMINATED_STRING', 8, "begins with '"],
  ['SELECT 1.x AS a', 'MALFORMED_NUMBER', 8, '"1.x"'],
  ['SELECT 2abc AS a', 'MALFORMED_NUMBER', 8, '"2abc"'],
  ['SELECT 1E AS a', 'MALFORMED_NUMBER', 8, '"1E"'],
  ['SELECT 1E1000 AS a', 'NUMBER_OUT_OF_RANGE', 8, '1E1000'],
  ['SELECT a -- b', 'COMMENT', 10, '"--"'],
  ['SELECT a /* b */', 'COMMENT', 10, '"/*"'],
  ["SELECT * FROM 'a/#/b'", 'INVALID_TOPIC_FILTER', 15, 'not its last level'],
  ["SELECT * FROM ''", 'INVALID_TOPIC_FILTER', 15, 'is empty'],
  ['SELECT 15', 'UNNAMED_COLUMN', 8, 'without a name'],
  ['SELECT a, b + 1', 'UNNAMED_COLUMN', 11, 'without a name'],
  ['SELECT topic(1, 2) AS a', 'WRONG_ARGUMENT_COUNT', 8, '2 arguments'],
  ['SELECT newuuid(1) AS a', 'WRONG_ARGUMENT_COUNT', 8, '1 arguments'],
  ['SELECT mdd5(a) AS a', 'UNKNOWN_FUNCTION', 8, 'mdd5()'],
  ['SELECT toString() AS a', 'UNKNOWN_FUNCTION', 8, 'toString()'],
  ['SELECT MachineLearning_Predict(a) AS a', 'NOT_SERVED_YET', 8, 'MachineLearning_Predict()'],
  ['SELECT a WHERE 1 NOT IN b', 'UNEXPECTED_TOKEN', 18, '"NOT"'],
  ['SELECT a WHERE 1 IN (2, 3)', 'UNEXPECTED_TOKEN', 23, '","'],
  ['SELECT a WHERE EXISTS (a)', 'UNEXPECTED_TOKEN', 24, '"a"'],
  ['SELECT (SELECT a) AS a', 'UNEXPECTED_TOKEN', 17, '")"'],
  ['SELECT (SELECT a + 1 FROM b) AS a', 'UNNAMED_COLUMN', 16, 'without a name'],
  ['SELECT CASE a WHEN 1 THEN 2 AS a', 'UNEXPECTED_TOKEN', 29, '"AS"'],
  ['SELECT CASE a ELSE 2 END AS a', 'UNEXPECTED_TOKEN', 15, '"ELSE"'],
  ['SELECT CASE WHEN a THEN 1 END AS a', 'UNEXPECTED_TOKEN', 18, '"a"'],
  ['SELECT CASE a WHEN 1 THEN 2 END', 'UNNAMED_COLUMN', 8, 'without a name'],
  ['SELECT [1, ] AS a', 'UNEXPECTED_TOKEN', 12, '"]"'],
  ['SELECT [1 AS a', 'UNEXPECTED_TOKEN', 11, '"AS"'],
  ['SELECT {a: 1} AS a', 'UNEXPECTED_TOKEN', 9, '"a"'],
  ['SELECT {"a" 1} AS a', 'UNEXPECTED_TOKEN', 13, '"1"'],
  ['SELECT VALUE a, b', 'UNEXPECTED_TOKEN', 15, '","'],
  ['SELECT VALUE a AS b', 'UNEXPECTED_TOKEN', 14, '"a"'],
  ['SELECT @a AS a', 'UNKNOWN_VARIABLE', 8, '@a'],
  ['SELECT @ AS a', 'UNEXPECTED_TOKEN', 8, '"@"'],
  ['SET @a = @a SELECT a', 'UNKNOWN_VARIABLE', 10, '@a'],
  ['SET @a = @b, @b = 1 SELECT a', 'UNKNOWN_VARIABLE', 10, '@b'],
  ['SET @a = 1, @a = 2 SELECT a', 'INVALID_VARIABLE', 13, 'assigned already'],
  ['SET @a = 1 SET @b = 2 SELECT a', 'UNEXPECTED_TOKEN', 12, '"SET"'],
  ['SET @a-b = 1 SELECT a', 'UNEXPECTED_TOKEN', 7, '"-"'],
  ['SET a = 1 SELECT a', 'UNEXPECTED_TOKEN', 5, '"a"'],
  ['SET @a = 1', 'UNEXPECTED_TOKEN', 11, 'the end'],
  [`SET @${'a'.repeat(65)} = 1 SELECT a`, 'INVALID_VARIABLE', 5, '65 characters'],
])('%s is refused with %s at column %i.', (sql, code, column, found) => {
  const error = refusal(sql);
  expect([error.code, error.column]).toEqual([code, column]);
  expect(error.found).toContain(found);
  expect(error.message).toContain(error.supported);
});

test.each([
  ['SELECT [1] AS a', 8, 'array literals'],
  ['SELECT {"a": 1} AS a', 8, 'object literals'],
  ['SELECT (SELECT a FROM b) AS a', 9, 'nested queries'],
  ['SELECT a WHERE EXISTS (SELECT * FROM b)', 16, 'EXISTS'],
  ["SELECT get_thing_shadow('a', 'b') AS a", 8, 'get_thing_shadow()'],
  ['SELECT get_or_default(a, 1) AS a', 8, 'get_or_default()'],
])('2015-10-08 does not have what %s uses.', (sql, column, found) => {
  const error = refusal(sql, '2015-10-08');
  expect([error.code, error.column]).toEqual(['NOT_IN_THIS_VERSION', column]);
  expect(error.found).toContain(found);
  expect(error.supported).toContain('2016-03-23');
  expect(() => parseStatement(sql, '2016-03-23')).not.toThrow();
});

test('A call with a wrong number of operands can be parsed, unless the switch refuses it.', () => {
  expect(() => parseStatement('SELECT topic(1, 2) AS a')).not.toThrow();
});

test.each([
  'SELECT value',
  'SELECT value, unit',
  'SELECT value * 2 AS doubled',
  "SELECT value FROM 'a' WHERE value > 1",
  'SELECT set, end, exists, case_1',
  'SELECT a.select.from.value AS x.select.as',
  "SELECT * AS message, *, a AS b FROM '$aws/things/+/shadow/#'",
  'SELECT - -a AS a, -(a + b) AS b, a - (b - c) AS c, NOT (a AND NOT b) OR c AS d',
  'SELECT topic(1 + 1), "it\'s" AS a, \'"\' AS b, 1.50E-3 AS c',
  'SELECT VALUE value',
  "SELECT VALUE *.messages FROM 'a'",
  'SELECT VALUE (-a)',
  "SET @a_1 = x, @b = @a_1.y + 1 SELECT @b AS b, [1, {'k': @b}] AS c WHERE @b > 1",
  "SELECT CASE a.b WHEN 1 THEN 'one' WHEN 2 THEN 'two' ELSE null END AS c",
  'SELECT (SELECT VALUE a.b FROM c AS a WHERE a.d IN [1, 2]) AS e WHERE EXISTS (SELECT * FROM *)',
  'SELECT get_or_default((SELECT a FROM b), 1).c.d, (1).e, (a + b).f',
])('%s is printed as it was written.', (sql) => {
  expect(printStatement(parseStatement(sql))).toBe(sql);
});

test('Keywords and functions are read in any case, attributes in their own.', () => {
  const { select } = compileRule("sElEcT Topic(1), A aS b FrOm 'a' wHeRe TRUE aNd nOt FaLsE", '2016-03-23');
  expect(select(contextOf({ A: 1, a: 2 })).json()).toEqual({ Topic: 'a', b: 1 });
});

test.each([
  ['parentheses', `SELECT ${'('.repeat(100_000)}`],
  ['NOT', `SELECT a WHERE ${'NOT '.repeat(8_000)}a`],
  ['minus', `SELECT ${'- '.repeat(10_000)}a AS a`],
  ['operators', `SELECT a${' + a'.repeat(5_000)} AS a`],
  ['calls', `SELECT ${'topic('.repeat(5_000)}`],
  ['keys', `SELECT a${'.a'.repeat(10_000)}`],
  ['arrays', `SELECT ${'['.repeat(10_000)}`],
  ['elements', `SELECT [${'a,'.repeat(5_000)}a] AS a`],
  ['objects', `SELECT ${"{'a':".repeat(5_000)}`],
  ['cases', `SELECT ${'CASE '.repeat(5_000)}`],
  ['branches', `SELECT CASE a${' WHEN 1 THEN 2'.repeat(2_000)} END AS a`],
  ['nested queries', `SELECT ${'(SELECT a FROM '.repeat(2_000)}`],
  ['columns of a nested query', `SELECT (SELECT ${'a,'.repeat(5_000)}a FROM b) AS c`],
])('A statement of many %s is refused, and quickly.', (_what, sql) => {
  expect(refusal(sql).code).toBe(sql.length > MAX_SQL_LENGTH ? 'STATEMENT_TOO_LONG' : 'EXPRESSION_TOO_LARGE');
});

test('An expression at its size limit is parsed, printed and evaluated.', () => {
  const sql = `SELECT ${'('.repeat(MAX_EXPRESSION_SIZE)}a${')'.repeat(MAX_EXPRESSION_SIZE)}`;
  expect(printStatement(parseStatement(sql))).toBe('SELECT a');
  const sum = `SELECT a${' + a'.repeat(MAX_EXPRESSION_SIZE)} AS sum`;
  expect(
    compileRule(sum, '2016-03-23')
      .select(contextOf({ a: 1 }))
      .json(),
  ).toEqual({ sum: MAX_EXPRESSION_SIZE + 1 });
});

test('Parsing what was printed gives the same statement.', () => {
  fc.assert(
    fc.property(statements, (statement) => {
      expect(parseStatement(printStatement(statement))).toEqual(statement);
    }),
    { numRuns: 600, seed: SEED },
  );
});

const sqlTexts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fragments, { maxLength: 25 }).map((parts) => parts.join(' ')),
  fc.array(fragments, { maxLength: 12 }).map((parts) => `SELECT ${parts.join(' ')} AS x FROM 'a'`),
  statements.map(printStatement),
);
const payloads = fc.oneof(
  fc.json(),
  fc.string(),
  fc.uint8Array(),
  fc.constantFrom(
    '',
    '1e999',
    '{"a":1e999}',
    '{"__proto__":{"a":1}}',
    '[]',
    `${'['.repeat(60_000)}${']'.repeat(60_000)}`,
  ),
);

/** Runs an action that may fail by name; anything else that it throws fails the test. */
function isTyped(act: () => unknown): boolean {
  try {
    act();
    return true;
  } catch (thrown) {
    return thrown instanceof GlasshouseError;
  }
}

test('Whatever the text and the payload, only typed errors come out.', () => {
  fc.assert(
    fc.property(sqlTexts, payloads, (sql, payload) => {
      const context = contextOf(payload);
      const evaluates = (version: SqlVersion) =>
        isTyped(() => {
          const { where, select, contextFor } = compileRule(sql, version);
          const scoped = contextFor(context);
          if (where?.(scoped) !== false) select(scoped).bytes();
        });
      const renders = isTyped(() => compileTemplate(`x\${${sql}}y`).render(context));
      expect([evaluates('2016-03-23'), evaluates('2015-10-08'), renders]).toEqual([true, true, true]);
    }),
    { numRuns: 600, seed: SEED },
  );
});
