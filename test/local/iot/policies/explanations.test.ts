import { expect, test } from 'vitest';
import { describeExplanation } from '../../../../local/iot/policies/index.ts';
import type { ConnectionFacts } from '../../../../local/iot/policies/index.ts';
import { ARN, arns, bound, document } from './support.ts';

function explained(texts: readonly string[], action: string, resource: string, facts: ConnectionFacts = {}) {
  const explanation = bound(texts, facts).decide({ action, resource }).explain();
  return { explanation, lines: describeExplanation(explanation) };
}

const ownTopic = document(
  { Effect: 'Allow', Action: 'iot:Connect', Resource: '*' },
  { Sid: 'Own', Effect: 'Allow', Action: 'iot:Publish', Resource: `${ARN}topic/dev/\${iot:ClientId}` },
);

test('An allowed request names the statement that allows it, with the values filled in.', () => {
  const { lines } = explained([ownTopic], 'iot:Publish', arns.topic('dev/a'), { clientId: 'a' });
  expect(lines).toEqual([
    `allowed: iot:Publish on ${ARN}topic/dev/a`,
    '  by statement 2 "Own" of policy-1 (Allow):',
    `    ${ARN}topic/dev/a`,
  ]);
});

test('A denied request names the Deny, though an Allow would match as well.', () => {
  const deny = document({ Effect: 'Deny', Action: 'iot:*', Resource: `${ARN}topic/dev/*` });
  const { explanation } = explained([ownTopic, deny], 'iot:Publish', arns.topic('dev/a'), { clientId: 'a' });
  expect(explanation).toMatchObject({
    outcome: 'explicit-deny',
    decidedBy: { policyName: 'policy-2', position: 1, effect: 'Deny' },
  });
});

test('Where nothing allows a request, the nearest resource comes first, with the values filled in.', () => {
  const other = document({ Effect: 'Allow', Action: 'iot:Publish', Resource: `${ARN}topic/else` });
  const { explanation, lines } = explained([other, ownTopic], 'iot:Publish', arns.topic('dev/b'), {
    clientId: 'a',
  });
  expect(explanation.nearMisses.map(({ statement }) => statement.policyName)).toEqual([
    'policy-2',
    'policy-1',
  ]);
  expect(lines.slice(0, 5)).toEqual([
    `denied: iot:Publish on ${ARN}topic/dev/b`,
    '  no statement of policy-1, policy-2 allows it',
    '  statement 2 "Own" of policy-2 (Allow) has the action, but',
    '    takes only',
    `      ${ARN}topic/dev/a`,
  ]);
});

test.each<[facts: ConnectionFacts, reason: string]>([
  [{}, 'this connection has no value for it'],
  [{ clientId: 'a*' }, 'its value holds a wildcard'],
  [{ clientId: 'a'.repeat(1_025) }, 'its value is too long'],
])('A variable without a usable value is named with the reason: %#.', (facts, reason) => {
  const { lines } = explained([ownTopic], 'iot:Publish', arns.topic('dev/a'), facts);
  expect(lines.join('\n')).toContain(`\${iot:ClientId} stays text and matches nothing: ${reason}`);
});

test('A condition that does not hold is shown with what it wanted and what there was.', () => {
  const Condition = {
    StringEquals: { 'iot:DomainName': ['x', '${iot:ClientId}'] },
    Bool: { 'iot:Connection.Thing.IsAttached': 'true' },
  };
  const text = document({ Effect: 'Allow', Action: 'iot:Connect', Resource: '*', Condition });
  const { lines } = explained([text], 'iot:Connect', arns.client('a'), { clientId: 'a' });
  expect(lines.slice(2)).toEqual([
    '  statement 1 of policy-1 (Allow) has the action, but',
    '    StringEquals wants iot:DomainName compared with "x", "a", and it has no value',
    '    Bool wants iot:Connection.Thing.IsAttached compared with "true", and it is "false"',
  ]);
});

test.each<[what: string, texts: readonly string[], action: string, resource: string, hint: RegExp]>([
  ['no policy', [], 'iot:Connect', arns.client('a'), /No policy is attached/],
  [
    'no statement with the action',
    [ownTopic],
    'iot:Receive',
    arns.topic('a'),
    /No statement allows iot:Receive/,
  ],
  [
    'a topic where a topic filter is needed',
    [document({ Effect: 'Allow', Action: 'iot:Subscribe', Resource: `${ARN}topic/a/*` })],
    'iot:Subscribe',
    arns.topicFilter('a/b'),
    /A statement names .*:topic\/a\/b; iot:Subscribe needs topicfilter\/… there/,
  ],
  [
    'a wildcard of MQTT',
    [document({ Effect: 'Allow', Action: 'iot:Publish', Resource: `${ARN}topic/a/+/c` })],
    'iot:Publish',
    arns.topic('a/b/c'),
    /\+ and # are plain characters: write \* in place of them in .*topic\/a\/\+\/c/,
  ],
])('The usual mistakes get a hint: %s.', (_what, texts, action, resource, hint) => {
  expect(explained(texts, action, resource).explanation.hints.join('\n')).toMatch(hint);
});

test('At most five near misses are told.', () => {
  const many = Array.from({ length: 8 }, (_, index) => ({
    Effect: 'Allow',
    Action: 'iot:Publish',
    Resource: `${ARN}topic/${index}`,
  }));
  expect(explained([document(...many)], 'iot:Publish', arns.topic('x')).explanation.nearMisses).toHaveLength(
    5,
  );
});
