import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { GlasshouseError } from '../../../../shared/errors.ts';
import type {
  BinaryOperator,
  Expression,
  SelectItem,
  Statement,
} from '../../../../local/iot/rules/sql/ast.ts';
import { columnKey } from '../../../../local/iot/rules/sql/ast.ts';
import { compileRule } from '../../../../local/iot/rules/sql/compile-rule.ts';
import { SqlParseError } from '../../../../local/iot/rules/sql/errors.ts';
import { servedFunctions } from '../../../../local/iot/rules/sql/functions/registry.ts';
import { parseStatement } from '../../../../local/iot/rules/sql/parser.ts';
import { printStatement } from '../../../../local/iot/rules/sql/printer.ts';
import { MAX_EXPRESSION_SIZE, MAX_SQL_LENGTH } from '../../../../local/iot/rules/sql/token-reader.ts';
import { compileTemplate } from '../../../../local/iot/rules/sql/template.ts';
import { contextOf } from './message.ts';

function refusal(sql: string): SqlParseError {
  try {
    parseStatement(sql);
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
  ['SELECT 1E400 AS a', 'NUMBER_OUT_OF_RANGE', 8, '1E400'],
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
  ['SELECT MD5(a) AS a', 'NOT_SERVED_YET', 8, 'the function MD5()'],
  ['SELECT cast(a AS Decimal) AS a', 'NOT_SERVED_YET', 8, 'the function cast()'],
  ['SELECT a WHERE isNull(a)', 'NOT_SERVED_YET', 16, 'the function isNull()'],
  ['SELECT a WHERE 1 IN b', 'NOT_SERVED_YET', 18, 'the operator IN'],
  ['SELECT a WHERE EXISTS (SELECT 1 FROM b)', 'NOT_SERVED_YET', 16, 'EXISTS'],
  ['SELECT (SELECT a FROM b) AS a', 'NOT_SERVED_YET', 9, 'nested queries'],
  ['SELECT CASE a WHEN 1 THEN 2 END AS a', 'NOT_SERVED_YET', 8, 'CASE'],
  ['SET @a = 1 SELECT @a AS a', 'NOT_SERVED_YET', 1, 'SET'],
  ['SELECT @a AS a', 'NOT_SERVED_YET', 8, 'variables'],
  ['SELECT [1] AS a', 'NOT_SERVED_YET', 8, 'array literals'],
  ['SELECT {"a": 1} AS a', 'NOT_SERVED_YET', 8, 'object literals'],
  ['SELECT VALUE a', 'NOT_SERVED_YET', 8, 'SELECT VALUE'],
  ["SELECT value * FROM 'a'", 'NOT_SERVED_YET', 8, 'SELECT VALUE'],
  ['SELECT *.a', 'NOT_SERVED_YET', 9, 'a path on *'],
  ['SELECT 1 + * AS a', 'NOT_SERVED_YET', 12, '* inside an expression'],
  ['SELECT topic().a AS b', 'NOT_SERVED_YET', 15, 'a path on the result'],
  ['SELECT (a).b AS b', 'NOT_SERVED_YET', 11, 'a path on the result'],
])('%s is refused with %s at column %i.', (sql, code, column, found) => {
  const error = refusal(sql);
  expect([error.code, error.column]).toEqual([code, column]);
  expect(error.found).toContain(found);
  expect(error.message).toContain(error.supported);
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

const words = fc.constantFrom('a', 'B', 'value', 'temperature', 'set', '_x1');
const keys = fc.oneof(words, fc.constantFrom('from', 'select', 'not', 'true', 'AS'));
const operators = fc.constantFrom<BinaryOperator[]>(
  '+',
  '-',
  '*',
  '/',
  '%',
  '=',
  '<>',
  '<',
  '<=',
  '>',
  '>=',
  'AND',
  'OR',
);

const { expression } = fc.letrec<{ expression: Expression; path: Expression }>((tie) => ({
  path: fc.oneof(
    { depthSize: 'small' },
    words.map((name): Expression => ({ kind: 'attribute', name })),
    fc.record({ kind: fc.constant('member' as const), object: tie('path'), name: keys }),
  ),
  expression: fc.oneof(
    { depthSize: 'small' },
    tie('path'),
    fc.constantFrom('0', '15', '1.5', '2E3').map((text): Expression => ({ kind: 'number', text })),
    fc.constantFrom('', 'x', "it's", '"', '}').map((value): Expression => ({ kind: 'string', value })),
    fc.boolean().map((value): Expression => ({ kind: 'boolean', value })),
    fc.constant<Expression>({ kind: 'null' }),
    fc.record({
      kind: fc.constant('unary' as const),
      operator: fc.constantFrom('-' as const, 'NOT' as const),
      operand: tie('expression'),
    }),
    fc.record({
      kind: fc.constant('binary' as const),
      operator: operators,
      left: tie('expression'),
      right: tie('expression'),
    }),
    fc
      .tuple(fc.constantFrom(...servedFunctions), tie('expression'))
      .map(([definition, operand]): Expression => {
        const operands = definition.maxArguments === 0 ? [] : [operand];
        return { kind: 'call', name: definition.name, definition, operands };
      }),
  ),
}));

const items = fc
  .record(
    {
      value: fc.oneof(
        fc.constant({ kind: 'wildcard' as const }),
        fc.record({ kind: fc.constant('expression' as const), expression }),
      ),
      alias: fc.array(keys, { minLength: 1, maxLength: 3 }),
    },
    { requiredKeys: ['value'] },
  )
  .map((item): SelectItem => {
    const isNamed = item.value.kind === 'wildcard' || columnKey(item) !== undefined;
    return isNamed ? item : { ...item, alias: ['named'] };
  });

const statements: fc.Arbitrary<Statement> = fc.record(
  {
    items: fc.array(items, { minLength: 1, maxLength: 4 }),
    topicFilter: fc.constantFrom('a/b', '#', '$aws/things/+/shadow/update'),
    where: expression,
  },
  { requiredKeys: ['items'] },
);

test('Parsing what was printed gives the same statement.', () => {
  fc.assert(
    fc.property(statements, (statement) => {
      expect(parseStatement(printStatement(statement))).toEqual(statement);
    }),
    { numRuns: 500 },
  );
});

const FRAGMENTS =
  "SELECT FROM WHERE AS AND NOT IN VALUE CASE NULL true 'a/b' \"x\" ' * ( ) , . - + / % = <> < > { } ${ [ @ 1 1.5E3 " +
  '1E999 a topic timestamp() newuuid( md5( __proto__ constructor é \u0000';
const fragments = fc.constantFrom('\n', ...FRAGMENTS.split(' '));
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
      const evaluates = isTyped(() => {
        const { where, select } = compileRule(sql, '2016-03-23');
        if (where?.(context) !== false) select(context).bytes();
      });
      const renders = isTyped(() => compileTemplate(`x\${${sql}}y`).render(context));
      expect([evaluates, renders]).toEqual([true, true]);
    }),
    { numRuns: 1_000 },
  );
});
