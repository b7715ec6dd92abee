import { expect, test } from 'vitest';
import { planTemplate, type Plan } from '../../../local/template/plan.ts';
import { testTemplate, type TestService } from '../../support/cloud.ts';

const place = {
  partition: 'aws',
  region: 'eu-west-1',
  accountId: '000000000000',
  stack: 'test-dev',
  endpointUrl: 'http://127.0.0.1:4566',
} as const;

function plan(service: TestService): Plan {
  return planTemplate(testTemplate(service), place);
}

const table = {
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'key', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'key', KeyType: 'HASH' }],
    SSESpecification: { SSEEnabled: true },
  },
};
const queue = { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 60 } };

/** The value of an intrinsic, seen in the environment of a function. */
function resolved(value: unknown): string | undefined {
  const { functions } = plan({
    functions: { 'do-it': { handler: 'probe.handler', environment: { VALUE: value } } },
    resources: { MyTable: table, MyQueue: queue },
  });
  return functions[0]?.environment['VALUE'];
}

test.each([
  [{ Ref: 'MyTable' }, 'test-dev-MyTable'],
  [{ Ref: 'MyQueue' }, 'http://127.0.0.1:4566/000000000000/test-dev-MyQueue'],
  [{ 'Fn::GetAtt': ['MyTable', 'Arn'] }, 'arn:aws:dynamodb:eu-west-1:000000000000:table/test-dev-MyTable'],
  [{ 'Fn::GetAtt': 'MyQueue.Arn' }, 'arn:aws:sqs:eu-west-1:000000000000:test-dev-MyQueue'],
  [
    { 'Fn::GetAtt': ['DoDashitLambdaFunction', 'Arn'] },
    'arn:aws:lambda:eu-west-1:000000000000:function:test-dev-do-it',
  ],
  [{ 'Fn::Sub': '${AWS::Region}/${MyQueue.QueueName}/${!kept}' }, 'eu-west-1/test-dev-MyQueue/${kept}'],
  [{ 'Fn::Sub': ['${a}-${b}', { a: 1, b: { Ref: 'MyTable' } }] }, '1-test-dev-MyTable'],
  [{ 'Fn::Join': [':', ['a', { Ref: 'AWS::AccountId' }]] }, 'a:000000000000'],
  [{ 'Fn::Select': [1, { 'Fn::Split': ['-', 'a-b-c'] }] }, 'b'],
  [{ 'Fn::Base64': 'text' }, 'dGV4dA=='],
  ['plain', 'plain'],
])('%j is resolved.', (value, expected) => {
  expect(resolved(value)).toBe(expected);
});

test.each([
  [{ Ref: 'Nothing' }, /nothing in the template is called "Nothing"/],
  [{ 'Fn::GetAtt': ['MyTable', 'StreamArn'] }, /"MyTable" has no attribute "StreamArn" here; it has: Arn/],
  [{ 'Fn::ImportValue': 'x' }, /Fn::ImportValue is not served here/],
  [{ 'Fn::Select': [9, ['a']] }, /there is no element 9/],
])('%j is an error that names what is wrong.', (value, message) => {
  expect(() => resolved(value)).toThrow(message);
});

test('A resource whose condition does not hold is not created, and AWS::NoValue leaves its property out.', () => {
  const template = {
    ...testTemplate({
      resources: {
        Kept: { ...queue, Condition: 'IsDev' },
        Left: { ...queue, Condition: 'IsProd' },
        Plain: {
          Type: 'AWS::SQS::Queue',
          Properties: { VisibilityTimeout: { 'Fn::If': ['IsProd', 30, { Ref: 'AWS::NoValue' }] } },
        },
      },
    }),
    conditions: {
      IsProd: { 'Fn::Equals': [{ Ref: 'AWS::StackName' }, 'test-prod'] },
      IsDev: { 'Fn::Not': [{ Condition: 'IsProd' }] },
    },
  };
  const { creations } = planTemplate(template, place);
  expect(creations).toEqual([
    { kind: 'queue', name: 'test-dev-Kept', attributes: { VisibilityTimeout: '60' } },
    { kind: 'queue', name: 'test-dev-Plain', attributes: {} },
  ]);
});

test.each<[string, TestService, RegExp]>([
  [
    'A type of resource',
    { resources: { Feed: { Type: 'AWS::Kinesis::Stream', Properties: {} } } },
    /resource "Feed" is of type AWS::Kinesis::Stream, which is not served here; served are AWS::DynamoDB::Table, /,
  ],
  [
    'A property',
    { resources: { MyQueue: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true } } } },
    /resource "MyQueue" \(AWS::SQS::Queue\) asks for what cannot be done here:.*FifoQueue/s,
  ],
  [
    'An event',
    { functions: { f: { handler: 'a.b', events: [{ kafka: {} }] } } },
    /function "f" has an event "kafka", which is not served here/,
  ],
  ['A container image', { functions: { f: { image: 'x' } } }, /function "f" has no handler/],
  [
    'An on-success destination',
    { functions: { f: { handler: 'a.b', destinations: { onSuccess: 'x' } } } },
    /function "f" has an on-success destination/,
  ],
])('%s that is not served is refused by name.', (_what, service, message) => {
  expect(() => plan(service)).toThrow(message);
});

test('An iot event becomes a topic rule that invokes its function, and the permission to.', () => {
  const { creations } = plan({
    functions: {
      'do-it': { handler: 'a.b', events: [{ iot: { sql: "SELECT * FROM 'a'", enabled: false } }] },
    },
  });
  expect(creations).toEqual([
    {
      kind: 'topic-rule',
      name: 'test_dev_DoDashitIotTopicRule1',
      payload: {
        Sql: "SELECT * FROM 'a'",
        RuleDisabled: true,
        Actions: [
          { Lambda: { FunctionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:test-dev-do-it' } },
        ],
      },
    },
    {
      kind: 'lambda-permission',
      functionName: 'arn:aws:lambda:eu-west-1:000000000000:function:test-dev-do-it',
      action: 'lambda:InvokeFunction',
      principal: 'iot.amazonaws.com',
      sourceArn: 'arn:aws:iot:eu-west-1:000000000000:rule/test_dev_DoDashitIotTopicRule1',
    },
  ]);
});

test('A property of a function that is not served is refused by name; one without local effect is taken.', () => {
  expect(() => plan({ functions: { f: { handler: 'a.b', layers: ['x'] } } })).toThrow(
    /function "f" has the property "layers", which is not served here/,
  );
  expect(plan({ functions: { f: { handler: 'a.b', tags: { a: 'b' } } } }).functions).toHaveLength(1);
});
