import { expect, test } from 'vitest';
import type { ConnectionFacts } from '../../../../local/iot/policies/index.ts';
import { conditionHolds } from './support.ts';

const withClient = (clientId: string): ConnectionFacts => ({ clientId });
const at = (time: string): ConnectionFacts => ({ nowMs: () => Date.parse(time) });

test.each<[operator: string, wanted: string | readonly string[], actual: string, holds: boolean]>([
  ['StringEquals', 'a', 'a', true],
  ['StringEquals', 'a', 'A', false],
  ['StringEquals', ['b', 'a'], 'a', true],
  ['StringEquals', 'a*', 'ab', false],
  ['StringNotEquals', 'a', 'b', true],
  ['StringNotEquals', ['a', 'b'], 'b', false],
  ['StringEqualsIgnoreCase', 'a', 'A', true],
  ['StringNotEqualsIgnoreCase', 'a', 'A', false],
  ['StringLike', 'a*', 'ab', true],
  ['StringLike', 'a?', 'ab', true],
  ['StringLike', 'a${*}', 'ab', false],
  ['StringLike', 'a${*}', 'a*', true],
  ['StringNotLike', 'a*', 'ab', false],
  ['StringNotLike', 'a*', 'b', true],
  ['NumericEquals', '10', '10.0', true],
  ['NumericNotEquals', '10', '11', true],
  ['NumericLessThan', '10', '9.5', true],
  ['NumericLessThan', '10', '10', false],
  ['NumericLessThanEquals', '10', '1e1', true],
  ['NumericGreaterThan', '10', '11', true],
  ['NumericGreaterThanEquals', '10', '9', false],
  ['NumericGreaterThan', '10', 'text', false],
  ['Bool', 'true', 'true', true],
  ['Bool', 'true', 'false', false],
])('%s %j with the value "%s": %s.', (operator, wanted, actual, holds) => {
  expect(conditionHolds({ [operator]: { 'iot:ClientId': wanted } }, withClient(actual))).toBe(holds);
});

test.each<[operator: string, wanted: string, holds: boolean]>([
  ['StringEquals', 'a', false],
  ['StringNotEquals', 'a', true],
  ['StringEqualsIfExists', 'a', true],
  ['StringNotLikeIfExists', 'a', true],
  ['ForAllValues:StringEquals', 'a', true],
  ['ForAnyValue:StringEquals', 'a', false],
  ['ForAnyValue:StringNotEquals', 'a', false],
  ['ForAnyValue:StringEqualsIfExists', 'a', true],
  ['NumericLessThan', '1', false],
  ['Null', 'true', true],
  ['Null', 'false', false],
])('%s %j without a value: %s.', (operator, wanted, holds) => {
  expect(conditionHolds({ [operator]: { 'iot:ClientId': wanted } })).toBe(holds);
});

test('Null asks whether there is a value.', () => {
  expect(conditionHolds({ Null: { 'iot:ClientId': 'true' } }, withClient('a'))).toBe(false);
  expect(conditionHolds({ Null: { 'iot:ClientId': false } }, withClient('a'))).toBe(true);
});

test.each<[range: string | readonly string[], address: string, holds: boolean]>([
  ['10.0.0.0/8', '10.255.0.1', true],
  ['10.0.0.0/8', '11.0.0.1', false],
  ['10.0.0.1', '10.0.0.1', true],
  ['10.0.0.1', '10.0.0.2', false],
  ['10.0.0.0/8', '::ffff:10.1.2.3', true],
  ['2001:db8::/32', '2001:db8:1::1', true],
  ['2001:db8::/32', '10.0.0.1', false],
  [['192.168.0.0/16', '127.0.0.0/8'], '127.0.0.1', true],
])('The addresses %j and %s: %s.', (range, sourceIp, holds) => {
  expect(conditionHolds({ IpAddress: { 'aws:SourceIp': range } }, { sourceIp })).toBe(holds);
  expect(conditionHolds({ NotIpAddress: { 'aws:SourceIp': range } }, { sourceIp })).toBe(!holds);
});

test('A date is compared as it is when the request comes.', () => {
  const before = { DateLessThan: { 'aws:CurrentTime': '2026-06-01T00:00:00Z' } };
  expect(conditionHolds(before, at('2026-05-31T23:59:59Z'))).toBe(true);
  expect(conditionHolds(before, at('2026-06-01T00:00:00Z'))).toBe(false);
  expect(
    conditionHolds({ DateGreaterThan: { 'aws:CurrentTime': '1767225600' } }, at('2026-01-01T00:00:01Z')),
  ).toBe(true);
  expect(
    conditionHolds({ NumericLessThan: { 'aws:EpochTime': 1767225600 } }, at('2026-01-01T00:00:01Z')),
  ).toBe(false);
  expect(conditionHolds(before)).toBe(false);
});

const organizations = (...Organization: string[]): ConnectionFacts => ({
  certificate: { subject: { Organization } },
});

test.each<[operator: string, wanted: readonly string[], actual: string[], holds: boolean]>([
  ['ForAllValues:StringEquals', ['A', 'B'], ['A'], true],
  ['ForAllValues:StringEquals', ['A', 'B'], ['A', 'B'], true],
  ['ForAllValues:StringEquals', ['A', 'B'], ['A', 'C'], false],
  ['ForAllValues:StringEquals', [], ['A'], false],
  ['ForAllValues:StringEquals', [], [], true],
  ['ForAllValues:StringNotEquals', ['A'], ['B', 'C'], true],
  ['ForAllValues:StringNotEquals', ['A'], ['A', 'B'], false],
  ['ForAnyValue:StringEquals', ['A'], ['A', 'C'], true],
  ['ForAnyValue:StringEquals', ['A'], ['C'], false],
  ['ForAnyValue:StringNotEquals', ['A'], ['A', 'C'], true],
  ['ForAnyValue:StringNotEquals', ['A'], ['A'], false],
  ['ForAnyValue:StringLike', ['A*'], ['B', 'AB'], true],
  ['StringEquals', ['A'], ['B', 'A'], true],
  ['StringNotEquals', ['A'], ['B', 'A'], false],
])('%s %j with the values %j: %s.', (operator, wanted, actual, holds) => {
  const condition = { [operator]: { 'iot:Certificate.Subject.Organization.List': wanted } };
  expect(conditionHolds(condition, organizations(...actual))).toBe(holds);
});

test('The keys that a certificate has can be asked for.', () => {
  const has = (key: string) => ({ 'ForAnyValue:StringEquals': { 'iot:Certificate.AvailableKeys': key } });
  expect(conditionHolds(has('iot:Certificate.Subject.Organization'), organizations('A'))).toBe(true);
  expect(conditionHolds(has('iot:Certificate.Subject.Country'), organizations('A'))).toBe(false);
  expect(conditionHolds(has('iot:Certificate.SerialNumber'), { certificate: { serialNumber: '1' } })).toBe(
    true,
  );
});

test.each<
  [attributes: readonly string[], onlyDefault: boolean, onlyPersistent: boolean, needsPersistent: boolean]
>([
  [[], true, true, false],
  [['PersistentConnect'], false, true, true],
  [['LastWill'], false, false, false],
  [['PersistentConnect', 'LastWill'], false, false, true],
])('A CONNECT with %j passes as the printed examples say.', (connectAttributes, ...expected) => {
  const passes = (operator: string, wanted: readonly string[]) =>
    conditionHolds({ [operator]: { 'iot:ConnectAttributes': wanted } }, {}, { connectAttributes });
  expect([
    passes('ForAllValues:StringEquals', []),
    passes('ForAllValues:StringEquals', ['PersistentConnect']),
    passes('ForAnyValue:StringEquals', ['PersistentConnect']),
  ]).toEqual(expected);
});

test.each<[wanted: string, topic: string, holds: boolean]>([
  ['arn:aws:iot:*:123456789012:topic/will/*', 'will/a/b', true],
  ['arn:aws:iot:*:123456789012:topic/will/*', 'other', false],
  ['arn:aws:*:*:*:*', 'will/a', true],
  ['arn:aws:iot:eu*12:topic:*', 'will/a', false],
  ['*', 'will/a', true],
])('The last will %s and %s: %s. A wildcard stays in its part of the ARN.', (wanted, topic, holds) => {
  const lastWillTopic = `arn:aws:iot:eu-west-1:123456789012:topic/${topic}`;
  for (const operator of ['ArnEquals', 'ArnLike']) {
    expect(conditionHolds({ [operator]: { 'iot:LastWillTopic': wanted } }, {}, { lastWillTopic })).toBe(
      holds,
    );
  }
});

test('The values of a condition may be variables, and all conditions have to hold.', () => {
  const Condition = {
    StringEquals: { 'iot:Certificate.Subject.CommonName': '${iot:ClientId}', 'iot:DomainName': 'd' },
    IpAddress: { 'aws:SourceIp': '127.0.0.1' },
  };
  const facts = {
    clientId: 'a',
    domainName: 'd',
    sourceIp: '127.0.0.1',
    certificate: { subject: { CommonName: ['a'] } },
  };
  expect(conditionHolds(Condition, facts)).toBe(true);
  expect(conditionHolds(Condition, { ...facts, clientId: 'b' })).toBe(false);
  expect(conditionHolds(Condition, { ...facts, domainName: 'e' })).toBe(false);
  expect(conditionHolds(Condition, { ...facts, sourceIp: '127.0.0.2' })).toBe(false);
});

test('Keys of a network that nothing here comes through are known and have no value.', () => {
  expect(conditionHolds({ StringEquals: { 'aws:SourceVpce': 'vpce-1' } })).toBe(false);
  expect(conditionHolds({ Null: { 'aws:SourceVpc': 'true' } })).toBe(true);
});
