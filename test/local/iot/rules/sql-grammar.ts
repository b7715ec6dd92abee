import * as fc from 'fast-check';
import {
  type BinaryOperator,
  columnKey,
  type Expression,
  type NestedQuery,
  type SelectItem,
  type Selection,
  type Statement,
} from '../../../../local/iot/rules/sql/ast.ts';
import type { SqlFunction } from '../../../../local/iot/rules/sql/functions/function.ts';
import { servedFunctions } from '../../../../local/iot/rules/sql/functions/registry.ts';

const words = fc.constantFrom('a', 'B', 'value', 'temperature', 'set', 'end', 'when', 'exists', '_x1');
const keys = fc.oneof(words, fc.constantFrom('from', 'select', 'not', 'true', 'AS'));
const operators = fc.constantFrom<BinaryOperator[]>(
  ...(['+', '-', '*', '/', '%', '=', '<>', '<', '<=', '>', '>=', 'IN', 'AND', 'OR'] as const),
);
const strings = fc.constantFrom('', 'x', "it's", '"', '}', 'ä€');

/** An alias of a type, for an interface is no record. */
type Tied = {
  expression: Expression;
  path: Expression;
  query: NestedQuery;
  selection: Selection;
};

/** Expressions of every kind, with these variables. */
function expressionsWith(variables: readonly string[]): fc.LetrecValue<Tied> {
  const variable = variables.map((name) => fc.constant<Expression>({ kind: 'variable', name }));
  return fc.letrec<Tied>((tie) => ({
    path: fc.oneof(
      { depthSize: 'small' },
      words.map((name): Expression => ({ kind: 'attribute', name })),
      fc.constant<Expression>({ kind: 'wildcard' }),
      ...variable,
      fc.record({ kind: fc.constant('member' as const), object: tie('expression'), name: keys }),
    ),
    query: fc.record(
      { selection: tie('selection'), source: tie('expression'), alias: keys, where: tie('expression') },
      { requiredKeys: ['selection', 'source'] },
    ),
    selection: fc.oneof(
      tie('expression').map((expression) => ({ isValue: true, items: [{ expression }] })),
      fc
        .array(itemOf(tie('expression')), { minLength: 1, maxLength: 3 })
        .map((items) => ({ isValue: false, items })),
    ),
    expression: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      tie('path'),
      fc.constantFrom('0', '15', '1.5', '2E3').map((text): Expression => ({ kind: 'number', text })),
      strings.map((value): Expression => ({ kind: 'string', value })),
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
      fc.record({
        kind: fc.constant('array' as const),
        elements: fc.array(tie('expression'), { maxLength: 3 }),
      }),
      fc.record({
        kind: fc.constant('object' as const),
        members: fc.array(fc.record({ key: strings, value: tie('expression') }), { maxLength: 3 }),
      }),
      fc.record(
        {
          kind: fc.constant('case' as const),
          value: tie('expression'),
          branches: fc.array(fc.record({ when: tie('expression'), result: tie('expression') }), {
            minLength: 1,
            maxLength: 2,
          }),
          otherwise: tie('expression'),
        },
        { requiredKeys: ['kind', 'value', 'branches'] },
      ),
      fc.record({ kind: fc.constantFrom('query' as const, 'exists' as const), query: tie('query') }),
      fc
        .tuple(fc.constantFrom(...servedFunctions), fc.array(tie('expression'), { maxLength: 3 }))
        .map(([definition, operands]): Expression => callOf(definition, operands)),
    ),
  }));
}

function callOf(definition: SqlFunction, operands: readonly Expression[]): Expression {
  const { name, castTypes } = definition;
  const [value = { kind: 'null' }] = operands;
  const [type] = castTypes?.keys() ?? [];
  return {
    kind: 'call',
    name,
    definition,
    operands: type === undefined ? operands : [value, { kind: 'string', value: type }],
  };
}

function itemOf(expressions: fc.Arbitrary<Expression>): fc.Arbitrary<SelectItem> {
  const alias = fc.array(keys, { minLength: 1, maxLength: 3 });
  return fc.record({ expression: expressions, alias }, { requiredKeys: ['expression'] }).map((item) => {
    const isNamed = item.expression.kind === 'wildcard' || columnKey(item) !== undefined;
    return isNamed ? item : { ...item, alias: ['named'] };
  });
}

const plain = expressionsWith([]);
const withVariables = expressionsWith(['a', 'b_1']);

const assignments = fc.tuple(plain.expression, expressionsWith(['a']).expression).map(([a, b]) => [
  { name: 'a', value: a },
  { name: 'b_1', value: b },
]);

const clauses = { topicFilter: fc.constantFrom('a/b', '#', '$aws/things/+/shadow/update') };

/** Statements of the whole grammar. */
export const statements: fc.Arbitrary<Statement> = fc.oneof(
  fc.record(
    { variables: fc.constant([]), selection: plain.selection, ...clauses, where: plain.expression },
    { requiredKeys: ['variables', 'selection'] },
  ),
  fc.record(
    {
      variables: assignments,
      selection: withVariables.selection,
      ...clauses,
      where: withVariables.expression,
    },
    { requiredKeys: ['variables', 'selection'] },
  ),
);

const FRAGMENTS =
  "SELECT FROM WHERE AS AND NOT IN VALUE CASE WHEN THEN ELSE END EXISTS( SET @a @a= @ NULL true 'a/b' \"x\" ' * ( ) , . - + " +
  '/ % = <> < > { } ${ [ ] : 1 1.5E3 1E999 1E1000 a (SELECT topic timestamp() newuuid( get_or_default( cast( aws_lambda( ' +
  '__proto__ constructor é \u0000';

/** Pieces of SQL, most of them in no order that means anything. */
export const fragments: fc.Arbitrary<string> = fc.constantFrom('\n', ...FRAGMENTS.split(' '));
