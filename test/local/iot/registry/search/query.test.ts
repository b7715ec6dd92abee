import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AwsApiError } from '../../../../../local/errors.ts';
import { parseQuery } from '../../../../../local/iot/registry/search/parser.ts';
import type { PatternPart, Query, ValueTest } from '../../../../../local/iot/registry/search/query.ts';
import { normaliseText } from '../../../../../local/iot/registry/search/terms.ts';
import { printQuery } from './print-query.ts';

const LIMITS = { queryTerms: 12, queryLength: 1000 };
const parse = (query: string): Query => parseQuery(query, LIMITS);

const match = (field: string | undefined, test: ValueTest): Query => ({ kind: 'match', field, test });
const text = (field: string | undefined, value: string): Query => match(field, { kind: 'text', text: value });
const range = (field: string, from: string | undefined, to: string | undefined): Query =>
  match(field, { kind: 'range', from: bound(from), to: bound(to) });

/** `=5` includes its bound, `5` does not. */
function bound(given: string | undefined) {
  if (given === undefined) return undefined;
  const isInclusive = given.startsWith('=');
  return { value: isInclusive ? given.slice(1) : given, isInclusive };
}

test.each<[query: string, parsed: Query]>([
  ['thingName:Lamp1', text('thingName', 'lamp1')],
  ['lamp', text(undefined, 'lamp')],
  ['*', match(undefined, { kind: 'any' })],
  ['shadow.reported.location:*', match('shadow.reported.location', { kind: 'any' })],
  ['attributes.a:"new  York"', match('attributes.a', { kind: 'phrase', text: 'new york' })],
  ['attributes.a:"new\\"york\\\\"', text('attributes.a', 'new"york\\')],
  ['attributes.a:-5', text('attributes.a', '-5')],
  [String.raw`attributes.a\:b:x\*\ y`, match('attributes.a:b', { kind: 'phrase', text: 'x* y' })],
  [String.raw`\AND`, text(undefined, 'and')],
  ['thingName:my*', match('thingName', { kind: 'pattern', parts: [{ literal: 'my' }, 'any'] })],
  [
    'thingName:a?B*',
    match('thingName', { kind: 'pattern', parts: [{ literal: 'a' }, 'one', { literal: 'b' }, 'any'] }),
  ],
  ['thingName:*x', match('thingName', { kind: 'pattern', parts: ['any', { literal: 'x' }] })],
  ['a>5', range('a', '5', undefined)],
  ['a >= -5', range('a', '=-5', undefined)],
  ['a<5', range('a', undefined, '5')],
  ['a:<=5', range('a', undefined, '=5')],
  ['a:[75 TO 80]', range('a', '=75', '=80')],
  ['a:{75 TO 80]', range('a', '75', '=80')],
  ['a:[-1 TO 80}', range('a', '=-1', '80')],
  ['a:["Ab c" TO *]', range('a', '=ab c', undefined)],
  ['a:[* TO *]', match('a', { kind: 'any' })],
  ['a:1 b:2', { kind: 'and', of: [text('a', '1'), text('b', '2')] }],
  ['a:1 AND b:2', { kind: 'and', of: [text('a', '1'), text('b', '2')] }],
  [
    'a:1 OR b:2 c:3',
    { kind: 'or', of: [text('a', '1'), { kind: 'and', of: [text('b', '2'), text('c', '3')] }] },
  ],
  ['NOT a:1', { kind: 'not', of: text('a', '1') }],
  ['NOT -a:1', text('a', '1')],
  ['a:1 -b:2', { kind: 'and', of: [text('a', '1'), { kind: 'not', of: text('b', '2') }] }],
  ['(a:1)', text('a', '1')],
  [
    'thingName:(tv* AND -plasma)',
    {
      kind: 'and',
      of: [
        match('thingName', { kind: 'pattern', parts: [{ literal: 'tv' }, 'any'] }),
        { kind: 'not', of: text('thingName', 'plasma') },
      ],
    },
  ],
  [
    'a:(1 OR (>2 AND [3 TO 4]))',
    {
      kind: 'or',
      of: [text('a', '1'), { kind: 'and', of: [range('a', '2', undefined), range('a', '=3', '=4')] }],
    },
  ],
  [
    'not and or',
    { kind: 'and', of: [text(undefined, 'not'), text(undefined, 'and'), text(undefined, 'or')] },
  ],
])('%s is read.', (query, parsed) => {
  expect(parse(query)).toEqual(parsed);
});

test.each([
  ['', 1, 'empty'],
  ['   ', 1, 'empty'],
  ['a:', 3, 'value'],
  ['a:1 OR', 7, 'should stand here'],
  ['AND a:1', 1, 'should stand here'],
  ['(a:1', 5, 'parenthesis'],
  ['a:1)', 4, 'should end here'],
  ['a:"b', 3, 'quotation mark'],
  ['a:[1 TO 2', 10, 'ends with'],
  ['a:[1 2]', 6, 'TO'],
  ['a:[1* TO 2]', 4, 'no wildcards'],
  ['a>', 3, 'bound of a range'],
  ['a*:1', 1, 'name of a field'],
  ['a:b:c', 4, 'should end here'],
  ['a:b/c', 4, 'special character'],
  ['a:b~', 4, 'special character'],
  ['a:b\\', 4, 'backslash'],
  ['a:""', 3, 'nothing in the quotes'],
  ['a:*b c:*d', 8, 'only one term'],
  [`a:*b AND ${'x'.repeat(100)}`, 3, 'at most 100 characters'],
  [`${'('.repeat(21)}a${')'.repeat(21)}`, 21, 'levels'],
  ['a '.repeat(13), 25, 'more than 12 terms'],
  ['a:1 TO 2', 5, 'should end here'],
])('"%s" is refused at character %i: %s.', (query, at, reason) => {
  let thrown: unknown;
  try {
    parse(query);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ code: 'InvalidQueryException', status: 400 });
  expect(String(thrown)).toContain(`character ${at}:`);
  expect(String(thrown)).toContain(reason);
});

test('A query that is too long is refused.', () => {
  expect(() => parse('x'.repeat(1001))).toThrow('at most 1000 characters');
});

const word = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
  .map((given) => normaliseText(given).replaceAll(/[ *?]/g, ''))
  .filter((given) => given !== '' && given === normaliseText(given));
const field = fc.constantFrom('thingName', 'attributes.a-b', 'shadow.name.x.reported.y', 'attributes.a:b');
const aBound = fc.option(fc.record({ value: word, isInclusive: fc.boolean() }), { nil: undefined });
const aTest: fc.Arbitrary<ValueTest> = fc.oneof(
  fc.constant<ValueTest>({ kind: 'any' }),
  word.map((given): ValueTest => ({ kind: 'text', text: given })),
  fc.tuple(word, word).map((words): ValueTest => ({ kind: 'phrase', text: words.join(' ') })),
  fc
    .tuple(word, fc.constantFrom<PatternPart>('any', 'one'), word)
    .map(([before, part, after]): ValueTest => ({
      kind: 'pattern',
      parts: [{ literal: before }, part, { literal: after }],
    })),
);
const aMatch: fc.Arbitrary<Query> = fc.oneof(
  fc.tuple(fc.option(field, { nil: undefined }), aTest).map(([name, test]) => match(name, test)),
  fc
    .tuple(field, aBound, aBound)
    .filter(([, from, to]) => from !== undefined || to !== undefined)
    .map(([name, from, to]) => match(name, { kind: 'range', from, to })),
);
const aQuery = fc.letrec<{ query: Query }>((tie) => ({
  query: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    aMatch,
    fc.array(tie('query'), { minLength: 2, maxLength: 3 }).map((of): Query => ({ kind: 'and', of })),
    fc.array(tie('query'), { minLength: 2, maxLength: 3 }).map((of): Query => ({ kind: 'or', of })),
    aMatch.map((of): Query => ({ kind: 'not', of })),
  ),
})).query;

test('A query that is printed is read as it was.', () => {
  fc.assert(
    fc.property(aQuery, (query) => {
      expect(parseQuery(printQuery(query), { queryTerms: 1000, queryLength: 100_000 })).toEqual(query);
    }),
    { numRuns: 300, seed: 3 },
  );
});

test('Whatever is sent is read or refused as an invalid query, and nothing else happens.', () => {
  const piece = fc.constantFrom(
    ...'()[]{}:<>"*?-\\ '.split(''),
    ' AND ',
    ' OR ',
    'NOT ',
    ' TO ',
    'a',
    'b',
    '1',
    '>=',
    '\u{1F600}',
  );
  const noise = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.array(piece, { maxLength: 40 }).map((all) => all.join('')),
  );
  fc.assert(
    fc.property(noise, (given) => {
      try {
        parse(given);
      } catch (error) {
        expect(error).toBeInstanceOf(AwsApiError);
        expect(error).toMatchObject({ code: 'InvalidQueryException' });
      }
    }),
    { numRuns: 2000, seed: 4 },
  );
});
