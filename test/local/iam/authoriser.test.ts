import { expect, test } from 'vitest';
import { authoriserOf } from '../../../local/iam/index.ts';
import { planTemplate } from '../../../local/template/plan.ts';
import { testTemplate, type TestService } from '../../support/cloud.ts';

const place = {
  partition: 'aws',
  region: 'eu-west-1',
  accountId: '000000000000',
  stack: 'test-dev',
  endpointUrl: 'http://127.0.0.1:4566',
} as const;

function authoriser(service: TestService) {
  return authoriserOf(planTemplate(testTemplate(service), place).creations, place);
}

const trust = (service: string, Condition: object = {}) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole', Condition }],
});

const sendTo = (queue: string) => ({
  Statement: [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: { 'Fn::GetAtt': [queue, 'Arn'] } }],
});

const role = (properties: object = {}) => ({
  Type: 'AWS::IAM::Role',
  Properties: { RoleName: 'rules', AssumeRolePolicyDocument: trust('iot.amazonaws.com'), ...properties },
});

const queue = { Type: 'AWS::SQS::Queue', Properties: {} };
const ROLE = 'arn:aws:iam::000000000000:role/rules';
const QUEUE = 'arn:aws:sqs:eu-west-1:000000000000:test-dev-Q';
const send = { ruleName: 'Rule', roleArn: ROLE, action: 'sqs:SendMessage', resource: QUEUE };

test.each<[string, Record<string, unknown>]>([
  ['in the role', { R: role({ Policies: [{ PolicyName: 'p', PolicyDocument: sendTo('Q') }] }) }],
  [
    'beside it',
    {
      R: role(),
      P: {
        Type: 'AWS::IAM::Policy',
        Properties: { PolicyName: 'p', PolicyDocument: sendTo('Q'), Roles: [{ Ref: 'R' }] },
      },
    },
  ],
  [
    'in a managed policy that the role names',
    {
      R: role({ ManagedPolicyArns: [{ Ref: 'P' }] }),
      P: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: sendTo('Q') } },
    },
  ],
  [
    'in a managed policy that names the role',
    {
      R: role(),
      P: {
        Type: 'AWS::IAM::ManagedPolicy',
        Properties: { PolicyDocument: sendTo('Q'), Roles: [{ Ref: 'R' }] },
      },
    },
  ],
])('A role may do what a policy %s allows, and nothing else.', (_where, resources) => {
  const asked = authoriser({ resources: { Q: queue, ...resources } });
  expect(() => asked.requireRole(send)).not.toThrow();
  expect(() => asked.requireRole({ ...send, resource: `${QUEUE}2` })).toThrow(
    `User: arn:aws:sts::000000000000:assumed-role/rules is not authorized to perform: sqs:SendMessage on resource: ` +
      `${QUEUE}2 because no identity-based policy allows the sqs:SendMessage action. Add to the role "rules": ` +
      `{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"${QUEUE}2"}`,
  );
});

test('A denial is told with its statement, and nothing is advised.', () => {
  const Statement = [
    { Effect: 'Allow', Action: '*', Resource: '*' },
    { Sid: 'NotThisOne', Effect: 'Deny', Action: 'sqs:*', Resource: '*' },
  ];
  const asked = authoriser({
    resources: { R: role({ Policies: [{ PolicyName: 'p', PolicyDocument: { Statement } }] }) },
  });
  expect(() => asked.requireRole(send)).toThrow(
    /with an explicit deny in the policy "p" of the role "rules", statement NotThisOne$/,
  );
});

const anything = [
  { PolicyName: 'p', PolicyDocument: { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } } },
];

test.each<[string, object, RegExp]>([
  [
    'trusts another service',
    { AssumeRolePolicyDocument: trust('lambda.amazonaws.com') },
    /does not name iot/,
  ],
  [
    'trusts another rule',
    {
      AssumeRolePolicyDocument: trust('iot.amazonaws.com', { ArnLike: { 'aws:SourceArn': '*:rule/Other' } }),
    },
    /cannot assume the role .* for the rule Rule: because no trust policy allows the sts:AssumeRole action/,
  ],
  [
    'trusts another account',
    {
      AssumeRolePolicyDocument: trust('iot.amazonaws.com', {
        StringEquals: { 'aws:SourceAccount': '111111111111' },
      }),
    },
    /cannot assume the role/,
  ],
  [
    'has another name',
    { RoleName: 'others' },
    /no such role; rules may use: arn:aws:iam::000000000000:role\/others/,
  ],
])('A role that %s cannot be used by the rule.', (_what, properties, message) => {
  const asked = authoriser({ resources: { R: role({ Policies: anything, ...properties }) } });
  expect(() => asked.requireRole(send)).toThrow(message);
});

test.each<[string, object, string]>([
  [
    'a managed policy that is not in the template',
    { ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSIoTRuleActions'] },
    'has the managed policy arn:aws:iam::aws:policy/service-role/AWSIoTRuleActions',
  ],
  ['a boundary', { PermissionsBoundary: 'arn:aws:iam::000000000000:policy/b' }, 'has a permissions boundary'],
  [
    'a condition of another kind',
    {
      Policies: [
        {
          PolicyName: 'p',
          PolicyDocument: {
            Statement: {
              Effect: 'Allow',
              Action: '*',
              Resource: '*',
              Condition: { Bool: { 'aws:SecureTransport': 'true' } },
            },
          },
        },
      ],
    },
    'the policy "p" of the role "rules", statement 1: the condition operator Bool cannot be evaluated',
  ],
])(
  'A role that rules may use and that has %s is refused at the start; of others it is not read.',
  (_what, properties, words) => {
    expect(() => authoriser({ resources: { R: role(properties) } })).toThrow(words);
    const AssumeRolePolicyDocument = trust('lambda.amazonaws.com');
    expect(() =>
      authoriser({ resources: { R: role({ ...properties, AssumeRolePolicyDocument }) } }),
    ).not.toThrow();
  },
);

const FUNCTION = 'arn:aws:lambda:eu-west-1:000000000000:function:test-dev-f';
const invoke = {
  servicePrincipal: 'iot.amazonaws.com',
  sourceArn: 'arn:aws:iot:eu-west-1:000000000000:rule/Rule',
  functionArn: FUNCTION,
};
const permission = {
  FunctionName: FUNCTION,
  Action: 'lambda:InvokeFunction',
  Principal: 'iot.amazonaws.com',
  SourceArn: invoke.sourceArn,
  SourceAccount: '000000000000',
};

test.each<[object, boolean]>([
  [{}, true],
  [{ FunctionName: 'test-dev-f' }, true],
  [{ FunctionName: `${FUNCTION}:live` }, true],
  [{ Action: 'lambda:*' }, true],
  [{ SourceArn: 'arn:aws:iot:eu-west-1:000000000000:rule/*' }, true],
  [{ SourceArn: undefined, SourceAccount: undefined }, true],
  [{ FunctionName: 'test-dev-g' }, false],
  [{ Action: 'lambda:GetFunction' }, false],
  [{ Principal: 's3.amazonaws.com' }, false],
  [{ SourceArn: 'arn:aws:iot:eu-west-1:000000000000:rule/Other' }, false],
  [{ SourceAccount: '111111111111' }, false],
])('A permission with %j lets AWS IoT invoke the function: %s.', (changes, isLet) => {
  const P = { Type: 'AWS::Lambda::Permission', Properties: { ...permission, ...changes } };
  const asked = authoriser({ resources: { P } });
  if (isLet) expect(() => asked.requireInvoke(invoke)).not.toThrow();
  else
    expect(() => asked.requireInvoke(invoke)).toThrow(
      /Add an AWS::Lambda::Permission: \{"FunctionName":"test-dev-f"/,
    );
});

test('The rule of an iot event may invoke its function, and no other rule may.', () => {
  const asked = authoriser({
    functions: { f: { handler: 'probe.handler', events: [{ iot: { sql: "SELECT * FROM 'a'" } }] } },
  });
  const sourceArn = 'arn:aws:iot:eu-west-1:000000000000:rule/test_dev_FIotTopicRule1';
  expect(() => asked.requireInvoke({ ...invoke, sourceArn })).not.toThrow();
  expect(() => asked.requireInvoke(invoke)).toThrow('is not authorized');
});

test('SNS may send to a queue when its policy lets the topic in.', () => {
  const topicArn = 'arn:aws:sns:eu-west-1:000000000000:alarms';
  const asked = authoriser({
    resources: {
      Q: queue,
      P: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: {
          Queues: [{ Ref: 'Q' }],
          PolicyDocument: {
            Statement: {
              Effect: 'Allow',
              Principal: { Service: 'sns.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: { 'Fn::GetAtt': ['Q', 'Arn'] },
              Condition: { ArnEquals: { 'aws:SourceArn': topicArn } },
            },
          },
        },
      },
    },
  });
  const request = {
    servicePrincipal: 'sns.amazonaws.com',
    sourceArn: topicArn,
    action: 'sqs:SendMessage',
    resource: QUEUE,
  };
  expect(() => asked.requireResource(request)).not.toThrow();
  expect(() => asked.requireResource({ ...request, sourceArn: `${topicArn}2` })).toThrow(
    /because no resource-based policy allows the sqs:SendMessage action. Add to its policy: \{"Effect":"Allow"/,
  );
});
