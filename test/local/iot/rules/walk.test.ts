import { expect, test } from 'vitest';
import { parseStatement } from '../../../../local/iot/rules/sql/parser.ts';
import { callsIn, everythingIn } from '../../../../local/iot/rules/sql/walk.ts';

const NESTED = `(SELECT upper(a) FROM abs(b) WHERE floor(c) = 1)`;

test.each([
  ['SELECT abs(1) AS x', ['abs']],
  ["SET @v = abs(1) SELECT floor(@v) AS x FROM 'a' WHERE ceil(1) = 1", ['abs', 'floor', 'ceil']],
  ['SELECT abs(floor(1)) AS x', ['abs', 'floor']],
  ['SELECT [abs(1), {"k": floor(1)}] AS x', ['abs', 'floor']],
  ['SELECT CASE abs(1) WHEN floor(2) THEN ceil(3) ELSE sign(4) END AS x', ['abs', 'floor', 'ceil', 'sign']],
  ['SELECT NOT (abs(1) = floor(2)) AS x', ['abs', 'floor']],
  [`SELECT ${NESTED} AS x`, ['upper', 'abs', 'floor']],
  [`SELECT * FROM 'a' WHERE EXISTS ${NESTED}`, ['upper', 'abs', 'floor']],
])('The calls in %s are found, also those of the rows of nested queries.', (sql, names) => {
  expect(
    callsIn(parseStatement(sql))
      .map(({ name }) => name)
      .sort(),
  ).toEqual([...names].sort());
});

test('What is in an expression is told without what belongs to the rows of a nested query.', () => {
  const [item] = parseStatement(`SELECT [1, ${NESTED}] AS x`).selection.items;
  const kinds = item === undefined ? [] : everythingIn(item.expression).map(({ kind }) => kind);
  expect(kinds).toEqual(['array', 'number', 'query', 'call', 'attribute']);
});
