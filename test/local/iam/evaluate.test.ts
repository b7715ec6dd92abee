import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ConditionContext } from '../../../local/iam/conditions.ts';
import { evaluate } from '../../../local/iam/evaluate.ts';
import { compilePolicyDocument } from '../../../local/iam/policy-document.ts';

const RULE = 'arn:aws:iot:eu-west-1:000000000000:rule/Store';

/** What a document of these statements says to a request. */
function outcome(
  statements: unknown,
  request: { action?: string; resource?: string; context?: ConditionContext; servicePrincipal?: string } = {},
): string {
  const compiled = compilePolicyDocument({ Version: '2012-10-17', Statement: statements }, 'the policy');
  return evaluate(compiled, {
    servicePrincipal: 'iot.amazonaws.com',
    action: 's3:PutObject',
    resource: 'arn:aws:s3:::bucket/a/b.json',
    context: {},
    ...request,
  }).outcome;
}

const allow = { Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::bucket/*' };

test.each<[string, unknown, string]>([
  ['an action and a resource with a wildcard', allow, 'allowed'],
  ['any action', { ...allow, Action: '*' }, 'allowed'],
  ['actions of the service', { ...allow, Action: 's3:*' }, 'allowed'],
  ['an action in another case', { ...allow, Action: 'S3:putobject' }, 'allowed'],
  ['one of several actions', { ...allow, Action: ['s3:GetObject', 's3:Put?bject'] }, 'allowed'],
  ['another action', { ...allow, Action: 's3:GetObject' }, 'unmentioned'],
  ['the bucket alone', { ...allow, Resource: 'arn:aws:s3:::bucket' }, 'unmentioned'],
  ['a resource in another case', { ...allow, Resource: 'arn:aws:s3:::Bucket/*' }, 'unmentioned'],
  ['everything but other actions', { ...allow, Action: undefined, NotAction: 's3:Get*' }, 'allowed'],
  ['everything but this action', { ...allow, Action: undefined, NotAction: 's3:Put*' }, 'unmentioned'],
  ['everything but this bucket', { ...allow, Resource: undefined, NotResource: '*/a/*' }, 'unmentioned'],
  ['nothing', [], 'unmentioned'],
  ['a denial beside it', [allow, { Effect: 'Deny', Action: '*', Resource: '*/b.json' }], 'denied'],
  ['a denial of something else', [{ Effect: 'Deny', Action: 's3:Get*', Resource: '*' }, allow], 'allowed'],
])('A policy with %s.', (_what, statements, expected) => {
  expect(outcome(statements)).toBe(expected);
});

test.each<[unknown, string, string]>([
  [{ Service: 'iot.amazonaws.com' }, 'iot.amazonaws.com', 'allowed'],
  [{ Service: ['lambda.amazonaws.com', 'iot.amazonaws.com'] }, 'iot.amazonaws.com', 'allowed'],
  [{ Service: 'iot.amazonaws.com' }, 'sns.amazonaws.com', 'unmentioned'],
  [{ AWS: '000000000000' }, 'iot.amazonaws.com', 'unmentioned'],
  [{ AWS: '*' }, 'iot.amazonaws.com', 'allowed'],
  ['*', 'iot.amazonaws.com', 'allowed'],
])('The principal %j covers %s: %s.', (Principal, servicePrincipal, expected) => {
  expect(outcome({ ...allow, Principal }, { servicePrincipal })).toBe(expected);
});

test.each<[unknown, ConditionContext, string]>([
  [{ StringEquals: { 'aws:SourceAccount': '000000000000' } }, { sourceAccount: '000000000000' }, 'allowed'],
  [{ StringEquals: { 'AWS:sourceaccount': ['1', '2'] } }, { sourceAccount: '2' }, 'allowed'],
  [{ StringEquals: { 'aws:SourceAccount': '1' } }, { sourceAccount: '2' }, 'unmentioned'],
  [{ StringEquals: { 'aws:SourceAccount': '1' } }, {}, 'unmentioned'],
  [{ StringEquals: { 'cloudwatch:namespace': 'Lux' } }, { metricNamespace: 'Lux' }, 'allowed'],
  [{ StringEquals: { 'cloudwatch:namespace': 'Lux' } }, { metricNamespace: 'AWS' }, 'unmentioned'],
  [{ StringEquals: { 'aws:SourceArn': 'arn:aws:iot:*' } }, { sourceArn: RULE }, 'unmentioned'],
  [{ StringLike: { 'aws:SourceArn': 'arn:aws:iot:*:rule/St?re' } }, { sourceArn: RULE }, 'allowed'],
  [{ ArnLike: { 'aws:SourceArn': 'arn:aws:iot:*:*:rule/*' } }, { sourceArn: RULE }, 'allowed'],
  [{ ArnEquals: { 'aws:SourceArn': RULE } }, { sourceArn: RULE }, 'allowed'],
  [{ ArnNotLike: { 'aws:SourceArn': '*/Other' } }, { sourceArn: RULE }, 'allowed'],
  [{ StringNotEquals: { 'aws:SourceAccount': '1' } }, {}, 'allowed'],
  [{ StringNotLike: { 'aws:SourceAccount': '1*' } }, { sourceAccount: '12' }, 'unmentioned'],
  [{ StringEqualsIgnoreCase: { 'aws:SourceArn': RULE.toUpperCase() } }, { sourceArn: RULE }, 'allowed'],
  [
    { StringEquals: { 'aws:SourceAccount': '1' }, ArnLike: { 'aws:SourceArn': '*' } },
    { sourceAccount: '1' },
    'unmentioned',
  ],
])('The condition %j with %j: %s.', (Condition, context, expected) => {
  expect(outcome({ ...allow, Condition }, { context })).toBe(expected);
});

test.each<[string, object, string]>([
  ['a key', { ...allow, Condition: { StringEquals: { 's3:x-amz-acl': 'private' } } }, 'key s3:x-amz-acl'],
  ['an operator', { ...allow, Condition: { IpAddress: { 'aws:SourceIp': '::1' } } }, 'operator IpAddress'],
  [
    'a variable',
    { ...allow, Resource: 'arn:aws:s3:::${aws:username}/*' },
    'variable in arn:aws:s3:::${aws:username}',
  ],
  ['two lists', { ...allow, NotAction: 's3:*' }, 'both a list and its Not… form'],
  ['a field', { ...allow, NotPrincipal: '*' }, 'NotPrincipal'],
  ['an effect', { ...allow, Effect: 'Maybe' }, 'Effect'],
])('%s that cannot be evaluated is refused by name, with its statement.', (_what, statement, words) => {
  expect(() => outcome({ Sid: 'Store', ...statement })).toThrow(words);
  expect(() => outcome(statement)).toThrow(/^the policy/);
});

test('Whatever else a policy says, one statement that denies is enough, and without one that allows nothing is.', () => {
  const pattern = fc.stringMatching(/^[a-c*?]{0,4}$/);
  const statement = fc.record({
    Effect: fc.constantFrom('Allow', 'Deny'),
    Action: pattern,
    Resource: pattern,
  });
  fc.assert(
    fc.property(fc.array(statement, { maxLength: 6 }), pattern, pattern, (statements, action, resource) => {
      const result = outcome(statements, { action, resource });
      const alone = statements.map((one) => outcome([one], { action, resource }));
      const expected = alone.includes('denied')
        ? 'denied'
        : alone.includes('allowed')
          ? 'allowed'
          : 'unmentioned';
      expect(result).toBe(expected);
    }),
  );
});
