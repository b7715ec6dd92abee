import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileEventPattern } from '../../../local/eventbridge/index.ts';

const EVENT = {
  version: '0',
  id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
  'detail-type': 'EC2 Instance State-change Notification',
  source: 'aws.ec2',
  account: '111122223333',
  time: '2017-12-22T18:43:48Z',
  region: 'us-west-1',
  resources: ['arn:aws:ec2:us-west-1:111122223333:instance/i-1234567890abcdef0'],
  detail: {
    'instance-id': 'i-1234567890abcdef0',
    state: 'terminated',
    empty: '',
    nothing: null,
    isUp: false,
    count: 5,
    limit: -0.5,
    address: '10.0.0.17',
    address6: '2001:db8::1',
    path: 'a/b*c/d\\e',
    tags: ['red', 'Green'],
    lists: [['deep', ['deeper']]],
    none: [],
    'dotted.key': 'y',
    dotted: { plain: 1 },
    'items.extra': 'z',
    $or: 'literally',
    nested: { inner: { value: 'x' } },
    items: [
      { kind: 'a', size: 1 },
      { kind: 'b', size: 2 },
      { kind: 'c', size: 3, note: 'here' },
    ],
  },
} as const;

function matches(pattern: unknown): boolean {
  return compileEventPattern(JSON.stringify(pattern))(EVENT);
}

const detail = (fields: unknown): unknown => ({ detail: fields });

test.each<[pattern: unknown, expected: boolean]>([
  // Exact values.
  [{ source: ['aws.ec2'] }, true],
  [{ source: ['aws.s3', 'aws.ec2'] }, true],
  [{ source: ['AWS.EC2'] }, false],
  [{ source: ['aws.ec2'], region: ['eu-west-1'] }, false],
  [{ missing: ['aws.ec2'] }, false],
  [detail({ empty: [''] }), true],
  [detail({ nothing: [null] }), true],
  [detail({ nothing: [''] }), false],
  [detail({ missing: [null] }), false],
  [detail({ isUp: [false] }), true],
  [detail({ isUp: ['false'] }), false],
  [detail({ count: [5] }), true],
  [detail({ count: ['5'] }), false],
  [detail({ count: [5.0, 6] }), true],
  [detail({ state: ['terminated'], count: [5] }), true],
  [detail({ state: ['terminated'], count: [4] }), false],
  [detail({ nested: { inner: { value: ['x'] } } }), true],
  [detail({ nested: ['x'] }), false],
  [detail({ state: { inner: ['terminated'] } }), false],
  // Lists of the event.
  [{ resources: ['arn:aws:ec2:us-west-1:111122223333:instance/i-1234567890abcdef0'] }, true],
  [detail({ tags: ['red'] }), true],
  [detail({ tags: ['blue', 'Green'] }), true],
  [detail({ tags: ['green'] }), false],
  [detail({ lists: ['deeper'] }), true],
  [detail({ none: ['x'] }), false],
  [detail({ items: { kind: ['b'] } }), true],
  [detail({ items: { kind: ['b'], size: [2] } }), true],
  // One element has to meet both.
  [detail({ items: { kind: ['b'], size: [3] } }), false],
  // prefix, suffix, equals-ignore-case
  [{ source: [{ prefix: 'aws.' }] }, true],
  [{ source: [{ prefix: 'AWS.' }] }, false],
  [{ source: [{ prefix: { 'equals-ignore-case': 'AWS.' } }] }, true],
  [{ source: [{ suffix: '.ec2' }] }, true],
  [{ source: [{ suffix: '.EC2' }] }, false],
  [{ source: [{ suffix: { 'equals-ignore-case': '.EC2' } }] }, true],
  [{ source: [{ 'equals-ignore-case': 'Aws.Ec2' }] }, true],
  [{ source: [{ 'equals-ignore-case': 'Aws.Ec' }] }, false],
  [detail({ count: [{ prefix: '5' }] }), false],
  [detail({ tags: [{ prefix: 'Gr' }] }), true],
  [detail({ empty: [{ prefix: '' }] }), true],
  // anything-but
  [detail({ state: [{ 'anything-but': 'running' }] }), true],
  [detail({ state: [{ 'anything-but': 'terminated' }] }), false],
  [detail({ state: [{ 'anything-but': ['running', 'terminated'] }] }), false],
  [detail({ count: [{ 'anything-but': 4 }] }), true],
  [detail({ count: [{ 'anything-but': [4, 5] }] }), false],
  [detail({ count: [{ 'anything-but': 'x' }] }), true],
  [detail({ missing: [{ 'anything-but': 'x' }] }), false],
  [detail({ tags: [{ 'anything-but': 'red' }] }), true],
  [detail({ tags: [{ 'anything-but': ['red', 'Green'] }] }), false],
  [detail({ state: [{ 'anything-but': { prefix: 'term' } }] }), false],
  [detail({ state: [{ 'anything-but': { prefix: ['run', 'stop'] } }] }), true],
  [detail({ state: [{ 'anything-but': { prefix: ['run', 'term'] } }] }), false],
  [detail({ state: [{ 'anything-but': { suffix: 'ing' } }] }), true],
  [detail({ state: [{ 'anything-but': { suffix: 'ted' } }] }), false],
  [detail({ state: [{ 'anything-but': { 'equals-ignore-case': 'TERMINATED' } }] }), false],
  [detail({ state: [{ 'anything-but': { 'equals-ignore-case': ['a', 'TERMINATED'] } }] }), false],
  [detail({ state: [{ 'anything-but': { wildcard: '*min*' } }] }), false],
  [detail({ count: [{ 'anything-but': { prefix: '5' } }] }), true],
  // numeric
  [detail({ count: [{ numeric: ['=', 5] }] }), true],
  [detail({ count: [{ numeric: ['>', 5] }] }), false],
  [detail({ count: [{ numeric: ['>=', 5] }] }), true],
  [detail({ count: [{ numeric: ['<', 5] }] }), false],
  [detail({ count: [{ numeric: ['<=', 5] }] }), true],
  [detail({ count: [{ numeric: ['>', 0, '<=', 5] }] }), true],
  [detail({ count: [{ numeric: ['>', 0, '<', 5] }] }), false],
  [detail({ limit: [{ numeric: ['<', 0] }] }), true],
  [detail({ state: [{ numeric: ['>', 0] }] }), false],
  [detail({ items: { size: [{ numeric: ['>', 2] }], kind: ['c'] } }), true],
  // exists
  [detail({ count: [{ exists: true }] }), true],
  [detail({ count: [{ exists: false }] }), false],
  [detail({ missing: [{ exists: true }] }), false],
  [detail({ missing: [{ exists: false }] }), true],
  [detail({ nothing: [{ exists: true }] }), true],
  // It looks at values: an object is none, and neither is an empty list.
  [detail({ nested: [{ exists: true }] }), false],
  [detail({ none: [{ exists: false }] }), true],
  [detail({ missing: { inner: [{ exists: false }] } }), true],
  [detail({ missing: { inner: [{ exists: true }] } }), false],
  [detail({ items: { note: [{ exists: true }] } }), true],
  [detail({ items: { note: [{ exists: false }] } }), false],
  [detail({ missing: [{ exists: false }, 'x'] }), true],
  [detail({ count: [{ exists: false }, 5] }), true],
  // wildcard
  [detail({ path: [{ wildcard: 'a/*' }] }), true],
  [detail({ path: [{ wildcard: '*' }] }), true],
  [detail({ path: [{ wildcard: 'a/*/d*' }] }), true],
  [detail({ path: [{ wildcard: 'a/b\\*c/*' }] }), true],
  [detail({ path: [{ wildcard: 'a/\\*' }] }), false],
  [detail({ path: [{ wildcard: '*d\\\\e' }] }), true],
  [detail({ path: [{ wildcard: '*x*' }] }), false],
  [detail({ state: [{ wildcard: 'ter*minated' }] }), true],
  [detail({ state: [{ wildcard: 'termina*nated' }] }), false],
  // cidr
  [detail({ address: [{ cidr: '10.0.0.0/24' }] }), true],
  [detail({ address: [{ cidr: '10.0.1.0/24' }] }), false],
  [detail({ address: [{ cidr: '10.0.0.17' }] }), true],
  [detail({ address: [{ cidr: '0.0.0.0/0' }] }), true],
  [detail({ address: [{ cidr: '2001:db8::/32' }] }), false],
  [detail({ address6: [{ cidr: '2001:db8::/32' }] }), true],
  [detail({ state: [{ cidr: '0.0.0.0/0' }] }), false],
  // A dot leads into an object, in the pattern as in the event.
  [{ 'detail.state': ['terminated'] }, true],
  [{ 'detail.nested.inner': { value: ['x'] } }, true],
  [{ 'detail.items.kind': ['b'], detail: { 'items.size': [3] } }, false],
  [{ 'detail.items.kind': ['b'], detail: { 'items.size': [2] } }, true],
  [detail({ dotted: { key: ['y'] } }), true],
  [detail({ 'dotted.key': ['y'], dotted: { plain: [1] } }), true],
  [detail({ dotted: { key: [{ exists: false }] } }), false],
  [detail({ 'items.extra': ['z'], items: { kind: ['a'] } }), true],
  [detail({ $or: ['literally'] }), true],
  // $or
  [{ $or: [{ source: ['aws.s3'] }, { region: ['us-west-1'] }] }, true],
  [{ $or: [{ source: ['aws.s3'] }, { region: ['eu-west-1'] }] }, false],
  [{ source: ['aws.s3'], $or: [{ region: ['us-west-1'] }, { region: ['x'] }] }, false],
  [detail({ $or: [{ count: [{ numeric: ['>', 9] }] }, { state: ['terminated'] }] }), true],
  [detail({ count: [5], $or: [{ state: ['x'] }, { $or: [{ isUp: [true] }, { isUp: [false] }] }] }), true],
  [
    detail({
      items: {
        $or: [
          { kind: ['b'], size: [3] },
          { kind: ['c'], size: [3] },
        ],
      },
    }),
    true,
  ],
])('%j is met: %j.', (pattern, expected) => {
  expect(matches(pattern)).toBe(expected);
});

test.each<[pattern: string, message: RegExp]>([
  ['{', /it is not JSON/],
  ['[]', /it is not a JSON object/],
  ['{}', /Empty objects are not allowed at the pattern/],
  ['{"detail":{}}', /Empty objects are not allowed at "detail"/],
  ['{"source":[]}', /Empty arrays are not allowed at "source"/],
  ['{"source":"aws.ec2"}', /"source" must be an object or an array/],
  ['{"detail":{"a":null}}', /"a" must be an object or an array at "detail.a"/],
  ['{"source":[["a"]]}', /Match value must be String, number, true, false, or null at "source"/],
  ['{"source":[{"regex":"a.*"}]}', /Unrecognized match type regex at "source"; there are exists, prefix/],
  ['{"source":[{"toString":"a"}]}', /Unrecognized match type toString/],
  ['{"source":[{"prefix":"a","suffix":"b"}]}', /Only one key allowed in match expression/],
  ['{"source":[{}]}', /Empty match expression/],
  ['{"source":[{"prefix":5}]}', /prefix match pattern must be a string at "source"/],
  ['{"source":[{"suffix":{"wildcard":"x"}}]}', /suffix match pattern must be a string/],
  ['{"source":[{"exists":"yes"}]}', /exists match pattern must be either true or false. at "source"/],
  ['{"source":[{"anything-but":[]}]}', /Empty arrays are not allowed/],
  ['{"source":[{"anything-but":["a",1]}]}', /mixed type is not supported/],
  ['{"source":[{"anything-but":null}]}', /Value of anything-but must be an array/],
  [
    '{"source":[{"anything-but":{"numeric":["<",5]}}]}',
    /Unsupported anything-but pattern: numeric at "source"; .* one of prefix, suffix, equals-ignore-case, wildcard/,
  ],
  ['{"source":[{"anything-but":{"prefix":[]}}]}', /Empty arrays are not allowed/],
  ['{"source":[{"anything-but":{"prefix":"a","suffix":"b"}}]}', /Only one key allowed/],
  ['{"a":[{"numeric":5}]}', /Value of numeric must be an array/],
  ['{"a":[{"numeric":[]}]}', /Invalid member in numeric match: \]/],
  ['{"a":[{"numeric":[5,">"]}]}', /Invalid member in numeric match: 5/],
  ['{"a":[{"numeric":[">"]}]}', /Value of > must be numeric/],
  ['{"a":[{"numeric":["!=",5]}]}', /Unrecognized numeric range operator: != at "a"; .*= < <= > >=/],
  ['{"a":[{"numeric":[">","5"]}]}', /Value of > must be numeric/],
  ['{"a":[{"numeric":["=","5"]}]}', /Value of equals must be numeric/],
  ['{"a":[{"numeric":[">",6000000000]}]}', /Value must be between -5.0E9 and 5.0E9, inclusive/],
  ['{"a":[{"numeric":[">",5,"<",5]}]}', /Bottom must be less than top/],
  ['{"a":[{"numeric":["<",5,">",0]}]}', /Too many elements in numeric expression/],
  ['{"a":[{"numeric":[">",5,">",8]}]}', /Bad numeric range operator: >/],
  ['{"a":[{"numeric":[">",5,8]}]}', /Bad value in numeric range: 8/],
  ['{"a":[{"numeric":[">",5,"<",8,"<",9]}]}', /Too many terms in numeric range expression/],
  ['{"a":[{"wildcard":"a**b"}]}', /Consecutive wildcard characters at pos 1 at "a"/],
  ['{"a":[{"wildcard":"a\\\\b"}]}', /Invalid escape character at pos 1 .* stands only before \* and/],
  ['{"a":[{"cidr":5}]}', /prefix match pattern must be a string/],
  ['{"a":[{"cidr":"10.0.0.0/33"}]}', /IPv4 mask bits must be < 33/],
  ['{"a":[{"cidr":"10.0.0.0/x"}]}', /mask bits must be an integer/],
  ['{"a":[{"cidr":"10.0.0.0/8/8"}]}', /one '\/' required/],
  ['{"a":[{"cidr":"ten"}]}', /Nonstandard IP address: ten at "a"; cidr takes a block of addresses/],
  // What is not two patterns or more is no choice, but a field of that name.
  ['{"$or":[{"a":["b"]}]}', /Unrecognized match type a at "\$or"/],
  ['{"$or":[["b"],["c"]]}', /Match value must be String, number, true, false, or null at "\$or"/],
  ['{"$or":[{"prefix":["b"]},{"a":["c"]}]}', /prefix match pattern must be a string at "\$or"/],
  [`{"a":["${'x'.repeat(4_096)}"]}`, /longer than 4096/],
  [
    `{${Array.from({ length: 4 }, (_, at) => `"${at}":{"$or":[${'{"x":[1]},'.repeat(5)}{"x":[1]}]}`).join()}}`,
    /more than 1000 combinations/,
  ],
])('%.80s is refused with the reason.', (pattern, message) => {
  expect(() => compileEventPattern(pattern)).toThrow(message);
});

const leaf = fc.oneof(fc.constantFrom('a', 'b', ''), fc.constantFrom(0, 1), fc.boolean(), fc.constant(null));
const key = fc.constantFrom('x', 'y', 'z');
const { event } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, leaf, fc.array(tie('value'), { maxLength: 2 }), tie('event')),
  event: fc.dictionary(key, tie('value'), { maxKeys: 3 }),
}));
const { pattern: exactPattern } = fc.letrec((tie) => ({
  list: fc.array(leaf, { minLength: 1, maxLength: 2 }),
  pattern: fc.dictionary(key, fc.oneof({ maxDepth: 2 }, tie('list'), tie('pattern')), {
    minKeys: 1,
    maxKeys: 2,
  }),
}));

/** What a pattern of exact values means, said once more in the plainest way. */
function meets(value: unknown, pattern: unknown): boolean {
  if (Array.isArray(value)) return value.some((element) => meets(element, pattern));
  if (Array.isArray(pattern)) return pattern.includes(value);
  if (typeof value !== 'object' || value === null) return false;
  const fields = new Map<string, unknown>(Object.entries(value));
  return Object.entries(Object(pattern)).every(([name, inner]) => meets(fields.get(name), inner));
}

test('Exact values are matched as a naive matcher does it.', () => {
  fc.assert(
    fc.property(event, exactPattern, (fields, pattern) => {
      const given = Object(fields);
      expect(compileEventPattern(JSON.stringify(pattern))(given)).toBe(meets(given, pattern));
    }),
    { numRuns: 1_000 },
  );
});

test('A wildcard is matched as its regular expression is.', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[ab*]{0,8}$/), fc.stringMatching(/^[ab]{0,10}$/), (stars, text) => {
      const wildcard = stars.replaceAll(/\*+/g, '*');
      const compiled = compileEventPattern(JSON.stringify({ a: [{ wildcard }] }));
      const expected = new RegExp(`^${wildcard.replaceAll('*', '.*')}$`, 's').test(text);
      expect(compiled({ a: text })).toBe(expected);
    }),
  );
});

test('A list that is nested without end is no trouble.', () => {
  const deep: unknown = JSON.parse(`${'['.repeat(100_000)}"x"${']'.repeat(100_000)}`);
  expect(compileEventPattern('{"a":["x"]}')({ a: deep })).toBe(true);
});
