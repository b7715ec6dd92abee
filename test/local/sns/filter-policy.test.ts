import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileFilterPolicy, type FilterScope } from '../../../local/sns/filter-policy/compile.ts';
import { combinations } from '../../../local/sns/filter-policy/combinations.ts';
import { Filter } from '../../../local/sns/filter-policy/filter.ts';
import type { MessageAttribute } from '../../../local/sns/notification.ts';
import type { Subscription } from '../../../local/sns/store.ts';

const text = (StringValue: string): MessageAttribute => ({ DataType: 'String', StringValue });
const number = (StringValue: string): MessageAttribute => ({ DataType: 'Number', StringValue });
const array = (values: readonly unknown[]): MessageAttribute => ({
  DataType: 'String.Array',
  StringValue: JSON.stringify(values),
});

function subscription(policy: unknown, scope: FilterScope, protocol = 'sqs'): Subscription {
  return {
    arn: 'arn',
    topicArn: 'topic',
    protocol,
    endpoint: 'queue',
    attributes: { FilterPolicy: JSON.stringify(policy), FilterPolicyScope: scope },
    state: 'confirmed',
    token: undefined,
    tokenAtMs: 0,
    isAuthenticated: false,
  };
}

function rejectAttributes(policy: unknown, attributes: Readonly<Record<string, MessageAttribute>>) {
  const message = { text: 'x', texts: {}, attributes };
  return new Filter().reject(message, subscription(policy, 'MessageAttributes'));
}

function rejectBody(policy: unknown, body: string) {
  const message = { text: body, texts: {}, attributes: {} };
  return new Filter().reject(message, subscription(policy, 'MessageBody'));
}

const SHOP = {
  store: text('example_corp'),
  event: text('order_placed'),
  customer_interests: array(['soccer', 'rugby', 'hockey']),
  price_usd: number('210.75'),
  'dotted.name': text('yes'),
  flags: array([true, null, 7]),
  source_ip: text('10.0.0.255'),
  prices: { DataType: 'Number.Array', StringValue: '[100, 50]' },
  photo: { DataType: 'Binary', BinaryValue: 'AAAA' },
  private: { DataType: 'String.mine', StringValue: 'x' },
};

test.each<[policy: unknown, isAccepted: boolean]>([
  [{}, true],
  [{ store: ['example_corp'] }, true],
  [{ store: ['Example_corp'] }, false],
  [{ store: ['other', 'example_corp'] }, true],
  [{ store: ['example_corp'], event: ['order_cancelled'] }, false],
  [{ store: ['example_corp'], event: [{ 'anything-but': 'order_cancelled' }] }, true],
  [{ missing: ['x'] }, false],
  // An array is met by one of its elements.
  [{ customer_interests: ['rugby'] }, true],
  [{ customer_interests: ['tennis'] }, false],
  [{ customer_interests: [{ 'anything-but': ['rugby', 'soccer'] }] }, true],
  [{ customer_interests: [{ 'anything-but': ['rugby', 'soccer', 'hockey'] }] }, false],
  [{ customer_interests: [{ prefix: 'hoc' }] }, true],
  [{ flags: [true] }, true],
  [{ flags: [false] }, false],
  [{ flags: [null] }, true],
  [{ flags: [7] }, true],
  [{ flags: ['7'] }, false],
  // Texts.
  [{ event: [{ prefix: 'order_' }] }, true],
  [{ event: [{ prefix: 'Order_' }] }, false],
  [{ event: [{ suffix: '_placed' }] }, true],
  [{ event: [{ suffix: '_' }] }, false],
  [{ event: [{ 'equals-ignore-case': 'ORDER_placed' }] }, true],
  [{ event: [{ 'anything-but': { prefix: 'order-' } }] }, true],
  [{ event: [{ 'anything-but': { prefix: 'order_' } }] }, false],
  [{ source_ip: [{ cidr: '10.0.0.0/24' }] }, true],
  [{ source_ip: [{ cidr: '10.1.1.0/24' }] }, false],
  [{ store: [{ cidr: '0.0.0.0/0' }] }, false],
  // Numbers are compared with five digits after the point; texts that look like one are none.
  [{ price_usd: [210.75] }, true],
  [{ price_usd: [{ numeric: ['=', 210.75] }] }, true],
  [{ price_usd: [{ numeric: ['=', 210.750004] }] }, true],
  [{ price_usd: [{ numeric: ['=', 210.75001] }] }, false],
  [{ price_usd: [{ numeric: ['>', 210.750004] }] }, false],
  [{ price_usd: [{ numeric: ['>=', 100, '<', 210.75] }] }, false],
  [{ price_usd: [{ numeric: ['>=', 100, '<=', 210.75] }] }, true],
  [{ price_usd: [{ numeric: ['<', 0] }] }, false],
  [{ price_usd: [{ 'anything-but': [100, 210.75] }] }, false],
  [{ price_usd: [{ 'anything-but': [100, 500] }] }, true],
  [{ price_usd: ['210.75'] }, false],
  [{ price_usd: [{ prefix: '2' }] }, false],
  [{ prices: [{ 'anything-but': [100, 500] }] }, true],
  [{ prices: [50] }, true],
  // Being there.
  [{ store: [{ exists: true }] }, true],
  [{ store: [{ exists: false }] }, false],
  [{ missing: [{ exists: false }] }, true],
  [{ missing: [{ exists: true }] }, false],
  [{ missing: [{ exists: false }, 'x'] }, true],
  [{ missing: [null, { 'anything-but': 'whatever' }] }, false],
  // What is binary or of a type of its own is not seen.
  [{ photo: [{ exists: false }] }, true],
  [{ private: [{ exists: true }] }, false],
  [{ 'dotted.name': ['yes'] }, true],
  // One of several.
  [{ $or: [{ store: ['x'] }, { event: ['order_placed'] }] }, true],
  [{ $or: [{ store: ['x'] }, { event: ['y'] }] }, false],
  [{ store: ['x'], $or: [{ store: ['example_corp'] }, { event: ['order_placed'] }] }, false],
  [{ $or: [{ store: ['x'] }, { $or: [{ event: ['y'] }, { price_usd: [{ numeric: ['>', 1] }] }] }] }, true],
])('Of the message of a shop, %j accepts: %j.', (policy, isAccepted) => {
  expect(rejectAttributes(policy, SHOP) === undefined).toBe(isAccepted);
});

const BODY = {
  object: { key: 'auto-test', nested: { test: 'string.value' } },
  headers: { 'route-to': ['queue1', 'queue2'] },
  Records: [
    { eventName: 'ObjectCreated:Put', s3: { object: [[{ key: 'auto-1.xml', size: 17 }]] } },
    { eventName: 'ObjectRemoved:Delete', s3: { object: { key: 'home-2.xml', size: 18 } } },
  ],
  detail: { scope: 'Service', type: 'CloudWatch Alarm State Change' },
  metricName: 'CPUUtilization',
  price_usd: 3.015e2,
  open: false,
  nothing: null,
};

test.each<[policy: unknown, isAccepted: boolean]>([
  [{ object: { key: [{ prefix: 'auto-' }] } }, true],
  [{ object: { key: [{ prefix: 'home-' }] } }, false],
  [{ object: ['auto-test'] }, false],
  [{ headers: { 'route-to': ['queue2'] } }, true],
  [{ headers: { 'route-to': ['queue3'] } }, false],
  [{ price_usd: [{ numeric: ['=', 301.5] }] }, true],
  [{ price_usd: [301.5] }, true],
  [{ open: [false] }, true],
  [{ open: ['false'] }, false],
  [{ nothing: [null] }, true],
  [{ nothing: [{ exists: true }] }, true],
  // One record has to meet both.
  [
    {
      Records: { eventName: [{ prefix: 'ObjectCreated:' }], s3: { object: { key: [{ prefix: 'auto-' }] } } },
    },
    true,
  ],
  [
    {
      Records: { eventName: [{ prefix: 'ObjectCreated:' }], s3: { object: { key: [{ prefix: 'home-' }] } } },
    },
    false,
  ],
  // A dot leads into an object, on either side.
  [{ 'object.nested': { test: ['string.value'] } }, true],
  [{ 'object.nested.test': ['string.value'] }, true],
  [{ 'object.nested.test': ['other'] }, false],
  [
    {
      $or: [{ metricName: ['CPUUtilization', 'ReadLatency'] }, { namespace: ['AWS/EC2'] }],
      detail: {
        scope: ['Service'],
        $or: [{ source: ['aws.cloudwatch'] }, { type: ['CloudWatch Alarm State Change'] }],
      },
    },
    true,
  ],
  [{ detail: { scope: ['Service'], $or: [{ source: ['x'] }, { type: ['y'] }] } }, false],
  [{ detail: { region: [{ exists: false }] } }, true],
])('Of the body of a message, %j accepts: %j.', (policy, isAccepted) => {
  expect(rejectBody(policy, JSON.stringify(BODY)) === undefined).toBe(isAccepted);
});

test.each([
  { object: { nested: { test: 'string.value' } } },
  { 'object.nested.test': 'string.value' },
  { 'object.nested': { test: 'string.value' } },
  { object: { 'nested.test': 'string.value' } },
])('A body with keys joined by dots is the same as one that is nested: %j.', (body) => {
  expect(rejectBody({ 'object.nested.test': ['string.value'] }, JSON.stringify(body))).toBeUndefined();
});

test('What is filtered out is told apart by the reason.', () => {
  const policy = { a: ['x'] };
  expect(rejectAttributes(policy, { a: text('y') })).toBe('MessageAttributes');
  expect(rejectAttributes(policy, {})).toBe('NoMessageAttributes');
  for (const StringValue of ['[', '{}', '[[1]]', '[{}]']) {
    expect(rejectAttributes(policy, { b: { DataType: 'String.Array', StringValue } })).toBe(
      'InvalidAttributes',
    );
  }
  expect(rejectBody(policy, '{"a":"y"}')).toBe('MessageBody');
  for (const body of ['no JSON', '[]', '"x"', 'null']) {
    expect(rejectBody(policy, body)).toBe('InvalidMessageBody');
  }
});

test('A policy without keys lets everything through, also what could not be looked at.', () => {
  expect(rejectBody({}, 'no JSON')).toBeUndefined();
  expect(rejectAttributes({}, { b: { DataType: 'String.Array', StringValue: '[' } })).toBeUndefined();
});

test('Each protocol is filtered by the text that it gets.', () => {
  const message = { text: '{"a":"x"}', texts: { http: '{"a":"y"}' }, attributes: {} };
  const filter = new Filter();
  expect(filter.reject(message, subscription({ a: ['x'] }, 'MessageBody', 'sqs'))).toBeUndefined();
  expect(filter.reject(message, subscription({ a: ['x'] }, 'MessageBody', 'http'))).toBe('MessageBody');
});

const many = (count: number): string[] => Array.from({ length: count }, (_, at) => `value${at}`);

test.each<[policy: unknown, count: number]>([
  [{ a: many(3), b: many(1), c: many(2) }, 6],
  // Four values at the third level, three at the second.
  [{ a: { b: { c: many(4) } }, d: { e: many(3) } }, 72],
  [{ a: { b: { c: many(4) } }, d: { e: many(3) }, f: many(3) }, Infinity],
  [{ a: many(150) }, 150],
  [{ a: many(151) }, Infinity],
  [{ a: many(100), b: many(51) }, Infinity],
  // 3 × 6 + 3 × 4 × 4 + 3 × 4 × 7
  [
    {
      source: many(3),
      $or: [{ name: many(6) }, { type: many(4), $or: [{ id: many(4) }, { space: many(7) }] }],
    },
    150,
  ],
  [
    {
      source: many(4),
      $or: [{ name: many(6) }, { type: many(4), $or: [{ id: many(4) }, { space: many(4) }] }],
    },
    Infinity,
  ],
  // 3 × 4 × 2 + 3 × 4 × 6 + 2 × 4 × 2 + 2 × 4 × 6
  [
    {
      $or: [{ name: many(3) }, { namespace: many(2) }],
      detail: { scope: many(2), $or: [{ source: many(1) }, { type: many(3) }] },
    },
    Infinity,
  ],
])('The values of %j stand for %j combinations.', (policy, count) => {
  expect(combinations(Object(policy))).toBe(count);
});

test.each<[policy: unknown, scope: FilterScope, message: string]>([
  [
    { key: [['value']] },
    'MessageAttributes',
    'FilterPolicy: Match value must be String, number, true, false, or null\n at "key"',
  ],
  [
    { key: [{ 'wrong-operator': true }] },
    'MessageAttributes',
    'FilterPolicy: Unrecognized match type wrong-operator\n',
  ],
  [{ key: [{ wildcard: 'a*' }] }, 'MessageAttributes', 'FilterPolicy: Unrecognized match type wildcard\n'],
  [
    { key: [{ suffix: 'a', prefix: 'b' }] },
    'MessageAttributes',
    'FilterPolicy: Only one key allowed in match expression\n',
  ],
  [{ key: [{ suffix: 100 }] }, 'MessageAttributes', 'FilterPolicy: suffix match pattern must be a string\n'],
  [{ key: [{ suffix: null }] }, 'MessageAttributes', 'FilterPolicy: suffix match pattern must be a string\n'],
  [
    { key: [{ suffix: ['a'] }] },
    'MessageAttributes',
    'FilterPolicy: suffix match pattern must be a string\n',
  ],
  [
    { key: [{ prefix: { 'equals-ignore-case': 'a' } }] },
    'MessageAttributes',
    'FilterPolicy: prefix match pattern must be a string\n',
  ],
  [
    { key: { suffix: 'value' } },
    'MessageBody',
    'FilterPolicy: "suffix" must be an object or an array\n at "key.suffix"',
  ],
  [{ key: 'value' }, 'MessageAttributes', 'FilterPolicy: "key" must be an object or an array\n'],
  [{ key: [{ numeric: [] }] }, 'MessageAttributes', 'FilterPolicy: Invalid member in numeric match: ]\n'],
  [
    { key: [{ numeric: ['operator'] }] },
    'MessageAttributes',
    'FilterPolicy: Unrecognized numeric range operator: operator\n',
  ],
  [
    { key: [{ numeric: ['=', '000'] }] },
    'MessageAttributes',
    'FilterPolicy: Value of equals must be numeric\n',
  ],
  [{ key: [{ numeric: ['>='] }] }, 'MessageAttributes', 'FilterPolicy: Value of >= must be numeric\n'],
  [
    { key: [{ numeric: ['<', 100, '>', 10] }] },
    'MessageAttributes',
    'FilterPolicy: Too many elements in numeric expression\n',
  ],
  [
    { key: [{ numeric: ['>', 3, '<', 1] }] },
    'MessageAttributes',
    'FilterPolicy: Bottom must be less than top\n',
  ],
  [
    { key: [{ numeric: ['>', 2_000_000_000] }] },
    'MessageAttributes',
    'FilterPolicy: Value must be between -1.0E9 and 1.0E9, inclusive\n',
  ],
  [
    { key: [{ exists: null }] },
    'MessageAttributes',
    'FilterPolicy: exists match pattern must be either true or false.\n',
  ],
  [
    { key: [{ 'anything-but': { suffix: 'test' } }] },
    'MessageAttributes',
    'FilterPolicy: Unsupported anything-but pattern: suffix\n',
  ],
  [
    { key: [{ 'anything-but': { prefix: false } }] },
    'MessageAttributes',
    'FilterPolicy: prefix match pattern must be a string\n',
  ],
  [{ key: [{ cidr: '10.0.0.0' }] }, 'MessageAttributes', "FilterPolicy: Malformed CIDR, one '/' required\n"],
  [{ key: [{ cidr: 'ten/8' }] }, 'MessageAttributes', 'FilterPolicy: Nonstandard IP address: ten\n'],
  [{ key: [] }, 'MessageAttributes', 'FilterPolicy: Empty arrays are not allowed\n'],
  [{ key: {} }, 'MessageBody', 'FilterPolicy: Empty objects are not allowed\n'],
  [
    { object: { key: ['a'] } },
    'MessageAttributes',
    'Filter policy scope MessageAttributes does not support nested filter policy',
  ],
  [{ a: many(151) }, 'MessageBody', 'FilterPolicy: Filter policy is too complex'],
  [
    Object.fromEntries(many(6).map((key) => [key, ['x']])),
    'MessageBody',
    'FilterPolicy: Filter policy can not have more than 5 keys',
  ],
  [[], 'MessageBody', 'FilterPolicy: Filter is not an object'],
])('The policy %j is refused: %s.', (policy, scope, message) => {
  expect(() => compileFilterPolicy(JSON.stringify(policy), scope)).toThrow(message);
});

test('A policy that is no JSON, is too large, or is nested without end is refused.', () => {
  expect(() => compileFilterPolicy('{', 'MessageBody')).toThrow('FilterPolicy: failed to parse JSON.');
  const large = JSON.stringify({ a: ['x'.repeat(262_144)] });
  expect(() => compileFilterPolicy(large, 'MessageBody')).toThrow('larger than 262144 bytes');
  const deep = `${'{"a":'.repeat(20_000)}["x"]${'}'.repeat(20_000)}`;
  expect(() => compileFilterPolicy(deep, 'MessageBody')).toThrow('Filter policy is too complex');
});

const leaf = fc.oneof(
  fc.constantFrom('a', 'b', 'ab', ''),
  fc.constantFrom(0, 1, -1, 0.000004),
  fc.boolean(),
  fc.constant(null),
);
const key = fc.constantFrom('x', 'y', 'x.y', '$or');
const condition = fc.oneof(
  leaf,
  fc.record({ prefix: fc.constantFrom('a', '') }),
  fc.record({ exists: fc.boolean() }),
  fc.record({ numeric: fc.constantFrom(['=', 0], ['>', 0], ['>', -1, '<=', 1]) }),
  fc.record({ 'anything-but': fc.constantFrom('a', ['a', 'b'], [0, 1], { prefix: 'a' }) }),
);
const { policy: anyPolicy } = fc.letrec((tie) => ({
  list: fc.array(condition, { minLength: 1, maxLength: 2 }),
  choice: fc.array(tie('policy'), { minLength: 2, maxLength: 2 }),
  policy: fc.dictionary(key, fc.oneof({ maxDepth: 2 }, tie('list'), tie('policy'), tie('choice')), {
    minKeys: 1,
    maxKeys: 2,
  }),
}));
const { body: anyBody } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, leaf, fc.array(tie('value'), { maxLength: 2 }), tie('body')),
  body: fc.dictionary(key, tie('value'), { maxKeys: 3 }),
}));

test('A policy is either refused in the words of SNS or answers about any body, and the same about it written otherwise.', () => {
  fc.assert(
    fc.property(anyPolicy, anyBody, (policy, body) => {
      const written = JSON.stringify(policy);
      let matches: ReturnType<typeof compileFilterPolicy>;
      try {
        matches = compileFilterPolicy(written, 'MessageBody');
      } catch (error) {
        expect(String(error)).toMatch(/^Error: FilterPolicy: /);
        return;
      }
      const fields = Object(body);
      if (matches === undefined) throw new Error('the policy has keys');
      const answer = matches(fields);
      // A list of one is the same as what is in it.
      const listed = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, [value]]));
      expect(matches(listed)).toBe(answer);
      // A choice of a policy with itself chooses nothing.
      const isPlain = !written.includes('"$or"') && !written.includes('.');
      if (isPlain && combinations({ $or: [policy, policy] }) !== Infinity) {
        const chosen = compileFilterPolicy(JSON.stringify({ $or: [policy, policy] }), 'MessageBody');
        expect(chosen?.(fields)).toBe(answer);
      }
    }),
    { numRuns: 1_000 },
  );
});

test('What a policy asks of one attribute, and the opposite of it, are never both accepted or both rejected.', () => {
  fc.assert(
    fc.property(fc.constantFrom('a', 'b', 'ab', ''), fc.constantFrom('a', 'b', ''), (value, prefix) => {
      const attributes = { x: text(value) };
      const isIn = rejectAttributes({ x: [{ prefix }] }, attributes) === undefined;
      const isOut = rejectAttributes({ x: [{ 'anything-but': { prefix } }] }, attributes) === undefined;
      expect(isIn).toBe(!isOut);
    }),
  );
});
