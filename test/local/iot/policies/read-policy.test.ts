import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readPolicy } from '../../../../local/iot/policies/index.ts';
import { AwsApiError } from '../../../../local/errors.ts';
import { document, type StatementJson } from './support.ts';

const allow: StatementJson = { Effect: 'Allow', Action: 'iot:*', Resource: '*' };

test('One statement or a list, one action or a list: all are read alike.', () => {
  const one = readPolicy(JSON.stringify({ Version: '2012-10-17', Statement: allow }));
  const list = readPolicy(document({ ...allow, Action: ['iot:*'], Resource: ['*'] }));
  expect(one).toEqual(list);
  expect(one).toEqual({
    hasVariables: true,
    statements: [
      {
        effect: 'Allow',
        actions: ['iot:*'],
        isNotAction: false,
        resources: ['*'],
        isNotResource: false,
        conditions: [],
      },
    ],
  });
});

test('A condition is read by its prefix, operator, suffix, key and values.', () => {
  const Condition = { 'ForAnyValue:StringLikeIfExists': { 'iot:ClientId': ['a', 1, true] } };
  expect(readPolicy(document({ ...allow, Condition })).statements[0]?.conditions).toEqual([
    {
      writtenOperator: 'ForAnyValue:StringLikeIfExists',
      operator: 'StringLike',
      quantifier: 'any',
      isIfExists: true,
      key: 'iot:ClientId',
      values: ['a', '1', 'true'],
    },
  ]);
});

test.each<[what: string, text: string, says: string]>([
  ['no JSON', '{', 'it is not JSON'],
  ['no object', '[]', 'expected object'],
  ['no Statement', '{"Version":"2012-10-17"}', 'Statement'],
  ['an empty list of statements', '{"Version":"2012-10-17","Statement":[]}', 'Statement'],
  ['another Version', JSON.stringify({ Version: '2020-01-01', Statement: allow }), 'Version'],
  ['another Effect', document({ ...allow, Effect: 'allow' }), 'Statement.0.Effect'],
  ['no Effect', document({ Action: 'iot:*', Resource: '*' }), 'Statement.0.Effect'],
  ['no Action', document({ Effect: 'Allow', Resource: '*' }), 'needs either Action or NotAction'],
  ['both kinds of action', document({ ...allow, NotAction: 'iot:Connect' }), 'either Action or NotAction'],
  ['no Resource', document({ Effect: 'Allow', Action: 'iot:*' }), 'needs either Resource or NotResource'],
  ['a Principal', JSON.stringify({ Statement: { ...allow, Principal: '*' } }), 'Principal'],
  ['an action without a service', document({ ...allow, Action: 'Publish' }), 'actions are invalid : Publish'],
  [
    'a bare topic',
    document({ ...allow, Resource: 'topic/a' }),
    'The following resources are invalid : topic/a',
  ],
  [
    'an unknown operator',
    document({ ...allow, Condition: { StringEqual: { 'iot:ClientId': 'a' } } }),
    'StringEqual ',
  ],
  [
    'an operator for bytes',
    document({ ...allow, Condition: { BinaryEquals: { 'iot:ClientId': 'a' } } }),
    'BinaryEquals',
  ],
  [
    'an unknown prefix',
    document({ ...allow, Condition: { 'ForSome:StringEquals': { 'iot:ClientId': 'a' } } }),
    'ForSome:StringEquals',
  ],
  [
    'NullIfExists',
    document({ ...allow, Condition: { NullIfExists: { 'iot:ClientId': 'true' } } }),
    'NullIfExists',
  ],
  [
    'an unknown key',
    document({ ...allow, Condition: { StringEquals: { 'iot:ClientID': 'a' } } }),
    'iot:ClientID',
  ],
  [
    'an unknown field of a name',
    document({ ...allow, Condition: { StringEquals: { 'iot:Certificate.Subject.Email': 'a' } } }),
    'Subject.Email',
  ],
  [
    'no number',
    document({ ...allow, Condition: { NumericEquals: { 'aws:EpochTime': 'ten' } } }),
    '"ten" is not a number',
  ],
  [
    'no date',
    document({ ...allow, Condition: { DateLessThan: { 'aws:CurrentTime': 'today' } } }),
    '"today" is neither',
  ],
  [
    'no range',
    document({ ...allow, Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/33' } } }),
    '10.0.0.0/33',
  ],
  [
    'no truth',
    document({ ...allow, Condition: { Bool: { 'iot:Connection.Thing.IsAttached': 'yes' } } }),
    '"yes"',
  ],
  [
    'no truth of absence',
    document({ ...allow, Condition: { Null: { 'iot:ClientId': 'maybe' } } }),
    '"maybe"',
  ],
  ['no ARN', document({ ...allow, Condition: { ArnEquals: { 'iot:LastWillTopic': 'a/b' } } }), '"a/b"'],
])('A document with %s is malformed, and the error says so.', (_what, text, says) => {
  expect(() => readPolicy(text)).toThrow(
    expect.objectContaining({
      name: 'AwsApiError',
      status: 400,
      code: 'MalformedPolicyException',
      message: expect.stringContaining(says),
    }),
  );
});

test('2,048 characters are taken and one more is not; white space does not count.', () => {
  const ofLength = (length: number): string => {
    const empty = document({ ...allow, Sid: '' });
    return document({ ...allow, Sid: 'x'.repeat(length - empty.length) });
  };
  expect(() => readPolicy(ofLength(2_048))).not.toThrow();
  expect(() => readPolicy(ofLength(2_048).replaceAll(',', ' ,\n\t'))).not.toThrow();
  expect(() => readPolicy(ofLength(2_049))).toThrow('it has 2049 characters');
  expect(() => readPolicy(`${ofLength(2_048)}${' '.repeat(70_000)}`)).toThrow('AWS IoT takes 2048');
});

test('Whatever the text, it is a policy or malformed.', () => {
  const json = fc.oneof(
    fc.string(),
    fc.json(),
    fc.object().map((value) => JSON.stringify({ Statement: value })),
  );
  fc.assert(
    fc.property(json, (text) => {
      try {
        expect(readPolicy(text).statements.length).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toBeInstanceOf(AwsApiError);
        expect(error).toMatchObject({ code: 'MalformedPolicyException' });
      }
    }),
    { numRuns: 500 },
  );
});
