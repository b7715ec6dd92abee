import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { bind, compilePolicies, createIotArns, readPolicy } from '../../../local/iot/policies/index.ts';
import { resolveIntrinsics } from '../../../local/template/intrinsics.ts';

const FOLDER = path.join(import.meta.dirname, '../../../functions/activate-certificate');
const REGION = 'eu-west-1';
const ACCOUNT_ID = '123456789012';

const oneOrMore = <Item extends z.ZodType>(item: Item) =>
  z.union([item.transform((one) => [one]), z.array(item)]);
const statement = z.object({ Action: oneOrMore(z.string()), Resource: oneOrMore(z.unknown()) });
const role = z.object({
  Properties: z.object({
    Policies: z.array(z.object({ PolicyDocument: z.object({ Statement: z.array(statement) }) })),
  }),
});
const policy = z.object({ Properties: z.object({ PolicyDocument: z.unknown() }) });
const { Resources: resources } = z
  .object({ Resources: z.object({ ActivateCertificateRole: role, DevicePolicy: policy }) })
  .parse(parse(readFileSync(path.join(FOLDER, 'resources.yml'), 'utf8')));

const statements = resources.ActivateCertificateRole.Properties.Policies.flatMap(
  ({ PolicyDocument: document }) => document.Statement,
);
const actions = statements.flatMap(({ Action: action }) => action);

test('The role has no action with a wildcard, and every resource but what AWS allows no less for is named.', () => {
  expect(actions.filter((action) => action.includes('*'))).toEqual([]);
  const everywhere = statements.filter(({ Resource: resource }) => resource.includes('*'));
  expect(everywhere.flatMap(({ Action: action }) => action)).toEqual([
    'iot:AttachThingPrincipal',
    'iot:DetachThingPrincipal',
    'iot:ListThingPrincipals',
  ]);
});

test('The role may do what the function asks of AWS IoT, and nothing else there.', () => {
  const source = readFileSync(path.join(FOLDER, 'control-plane.ts'), 'utf8');
  const asked = [...source.matchAll(/new (\w+)Command\(/g)].map(([, name]) => `iot:${name}`);
  const allowed = actions.filter((action) => action.startsWith('iot:') && action !== 'iot:Publish');
  expect(allowed.toSorted()).toEqual([...new Set(asked)].toSorted());
});

const ruleSchema = z.object({
  Properties: z.object({
    TopicRulePayload: z.object({
      ErrorAction: z.object({
        Sqs: z.object({
          QueueUrl: z.object({ Ref: z.string() }),
          RoleArn: z.object({ 'Fn::GetAtt': z.array(z.string()) }),
        }),
      }),
    }),
  }),
});

test.each([
  ['activate-certificate', 'RegisteredRule'],
  ['activate-certificate', 'ConnectedRule'],
  ['sweep-certificates', 'PresenceRule'],
])(
  "What is refused to AWS IoT's own event is no rejection: %s keeps that of %s as a failure.",
  (name, rule) => {
    const text = readFileSync(path.join(FOLDER, '..', name, 'resources.yml'), 'utf8');
    const { Resources: all } = z.object({ Resources: z.record(z.string(), z.unknown()) }).parse(parse(text));
    const { QueueUrl: url, RoleArn: arn } = ruleSchema.parse(all[rule]).Properties.TopicRulePayload
      .ErrorAction.Sqs;
    expect(url.Ref).toBe('FailuresQueue');
    const mayBeDone = role
      .parse(all[arn['Fn::GetAtt'][0] ?? ''])
      .Properties.Policies.flatMap(({ PolicyDocument: document }) => document.Statement);
    expect(mayBeDone.filter(({ Action: [action] }) => action?.startsWith('sqs:'))).toEqual([
      { Action: ['sqs:SendMessage'], Resource: [{ 'Fn::GetAtt': ['FailuresQueue', 'Arn'] }] },
    ]);
  },
);

/** The shared policy as CloudFormation would hand it to AWS IoT. */
function devicePolicy(): string {
  const named = new Map(
    Object.entries({ 'AWS::Partition': 'aws', 'AWS::Region': REGION, 'AWS::AccountId': ACCOUNT_ID }).map(
      ([name, ref]) => [name, { ref, attributes: {} }],
    ),
  );
  const scope = { named, parameters: {}, conditions: {}, mappings: {} };
  return JSON.stringify(resolveIntrinsics(resources.DevicePolicy.Properties.PolicyDocument, scope));
}

test("The shared policy is not longer than AWS IoT's limit.", () => {
  expect(devicePolicy().length).toBeLessThanOrEqual(2_048);
});

const arns = createIotArns({ region: REGION, accountId: ACCOUNT_ID });

test.each([
  ['connects with its own name', 'iot:Connect', arns.client('lamp-1'), true],
  ["does not connect with another's", 'iot:Connect', arns.client('lamp-2'), false],
  ['publishes readings', 'iot:Publish', arns.topic('anom/detect'), true],
  ['changes its own shadow', 'iot:Publish', arns.topic('$aws/things/lamp-1/shadow/update'), true],
  ["does not change another's", 'iot:Publish', arns.topic('$aws/things/lamp-2/shadow/update'), false],
  ['does not say that it was activated', 'iot:Publish', arns.topic('devices/lamp-1/activated'), false],
  ['hears that it was activated', 'iot:Receive', arns.topic('devices/lamp-1/activated'), true],
  ['subscribes to what is its own', 'iot:Subscribe', arns.topicFilter('devices/lamp-1/#'), true],
  ['does not subscribe to everything', 'iot:Subscribe', arns.topicFilter('#'), false],
  ['forges no events', 'iot:Publish', arns.topic('$aws/events/certificates/registered/a'), false],
])('A device that is attached to its thing %s.', (_what, action, resource, expected) => {
  const policies = compilePolicies([{ name: 'device', policy: readPolicy(devicePolicy()) }]);
  const attached = bind(policies, { clientId: 'lamp-1', thing: { name: 'lamp-1', isAttached: true } });
  expect(attached.allows(action, resource)).toBe(expected);
});

test('A certificate that is attached to no thing may nothing but publish readings, and cannot connect for it.', () => {
  const policies = compilePolicies([{ name: 'device', policy: readPolicy(devicePolicy()) }]);
  for (const facts of [
    { clientId: 'lamp-1' },
    { clientId: 'lamp-1', thing: { name: 'lamp-1', isAttached: false } },
  ]) {
    expect(bind(policies, facts).allows('iot:Connect', arns.client('lamp-1'))).toBe(false);
  }
});
