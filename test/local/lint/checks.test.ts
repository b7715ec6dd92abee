import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CHECKS, findingText, lintTemplate } from '../../../local/lint/index.ts';
import { findings, lambdaAction, resource, type Resources, rule, sql } from './template.ts';

test('Every check has a code of its own, and explains itself in a sentence.', () => {
  expect(new Set(CHECKS.map(({ code }) => code)).size).toBe(CHECKS.length);
  expect(CHECKS.every(({ explain }) => /^[A-Z].+\.$/.test(explain))).toBe(true);
});

test('A rule without traps has no findings.', () => {
  expect(lintTemplate({ Rule: rule({}), Queue: resource('AWS::SQS::Queue', {}) })).toEqual([]);
});

test('A disabled rule, and a resource of another shape, are let pass.', () => {
  const broken = resource('AWS::IoT::TopicRule', { TopicRulePayload: 'text' });
  expect(lintTemplate({ Off: sql('no SQL', { RuleDisabled: true }), Broken: broken })).toEqual([]);
});

test('A finding is one line.', () => {
  const [finding] = lintTemplate({ Rule: sql('no SQL') });
  expect(finding).toBeDefined();
  if (finding !== undefined)
    expect(findingText(finding)).toMatch(/^error SQL_INVALID: Rule: AWS refuses the rule .+$/);
});

const table = resource('AWS::DynamoDB::Table', {
  AttributeDefinitions: [
    { AttributeName: 'device', AttributeType: 'S' },
    { AttributeName: 'time', AttributeType: 'N' },
  ],
  KeySchema: [
    { AttributeName: 'device', KeyType: 'HASH' },
    { AttributeName: 'time', KeyType: 'RANGE' },
  ],
});

const keys = {
  HashKeyField: 'device',
  HashKeyValue: '${device}',
  RangeKeyField: 'time',
  RangeKeyValue: '${time}',
  RangeKeyType: 'NUMBER',
};

function dynamo(settings: object): Resources {
  const action = { DynamoDB: { TableName: { Ref: 'Table' }, RoleArn: 'role', ...settings } };
  return { Table: table, Rule: rule({ Actions: [action] }) };
}

function put(text: string): Resources {
  const action = { DynamoDBv2: { PutItem: { TableName: { Ref: 'Table' } }, RoleArn: 'role' } };
  return { Table: table, Rule: sql(text, { Actions: [action] }) };
}

const permission = {
  FunctionName: { 'Fn::GetAtt': ['ScoreLambdaFunction', 'Arn'] },
  Action: 'lambda:InvokeFunction',
  Principal: 'iot.amazonaws.com',
  SourceArn: { 'Fn::GetAtt': ['Rule', 'Arn'] },
};

function lambda(given: object | undefined, properties: object = {}): Resources {
  return {
    Rule: rule({ Actions: [lambdaAction] }, properties),
    Other: rule({}),
    ...(given === undefined
      ? {}
      : { Permission: resource('AWS::Lambda::Permission', { ...permission, ...given }) }),
  };
}

function policy(statements: object | readonly object[], type = 'AWS::IoT::Policy') {
  return resource(type, { PolicyDocument: { Version: '2012-10-17', Statement: statements } });
}

function allow(...topics: unknown[]) {
  const Resource = topics.map((topic) =>
    typeof topic === 'string'
      ? { 'Fn::Sub': `arn:aws:iot:\${AWS::Region}:\${AWS::AccountId}:topic/${topic}` }
      : topic,
  );
  return { Effect: 'Allow', Action: ['iot:Publish', 'iot:Receive'], Resource };
}

function republish(topic: unknown, payload: object = {}) {
  return rule({ Actions: [{ Republish: { Topic: topic, RoleArn: 'role' } }], ...payload });
}

/** Each trap: a template, and a piece of what is told. */
const traps: readonly [code: string, what: string, resources: Resources, told: string][] = [
  [
    'SQL_INVALID',
    'LIKE, which AWS does not have',
    { R: sql("SELECT * FROM 'a' WHERE x LIKE 'y'") },
    'SqlParseException',
  ],
  ['SQL_INVALID', 'a wildcard inside a level', { R: sql("SELECT * FROM 'a/b+'") }, 'a/b+'],
  [
    'NEWER_SQL_IN_OLD_VERSION',
    'a newer function by default',
    { R: sql("SELECT get_or_default(x, 1) AS n FROM 'a'", { AwsIotSqlVersion: undefined }) },
    'the default of CloudFormation',
  ],
  [
    'NEWER_SQL_IN_OLD_VERSION',
    'a nested query in the older version',
    { R: sql("SELECT (SELECT v FROM list) AS v FROM 'a'", { AwsIotSqlVersion: '2015-10-08' }) },
    'runs under 2015-10-08',
  ],
  [
    'RESERVED_TOPIC',
    'a misspelt shadow topic',
    { R: sql("SELECT * FROM '$aws/things/+/shadow/udpate/accepted'") },
    'nobody can publish',
  ],
  [
    'RESERVED_TOPIC',
    'a topic of Basic Ingest',
    { R: sql("SELECT * FROM '$aws/rules/R/#'") },
    'leave FROM out',
  ],
  [
    'RESERVED_TOPIC',
    'a shared subscription',
    { R: sql("SELECT * FROM '$share/g/a'") },
    'no shared subscriptions',
  ],
  ['RESERVED_TOPIC', 'a $ of one’s own', { R: sql("SELECT * FROM '$mine/a'") }, 'without $'],
  [
    'RESERVED_TOPIC',
    'a reserved topic republished with one $',
    { R: republish('$aws/things/a/shadow/update') },
    "write '$$aws/things/a/shadow/update'",
  ],
  ['LAMBDA_PERMISSION_MISSING', 'no permission', lambda(undefined), 'AWS::Lambda::Permission'],
  [
    'LAMBDA_PERMISSION_MISSING',
    'a permission for another rule',
    lambda({ SourceArn: { 'Fn::GetAtt': 'Other.Arn' } }),
    '!GetAtt Rule.Arn',
  ],
  [
    'LAMBDA_PERMISSION_MISSING',
    'a permission for another function',
    lambda({ FunctionName: { Ref: 'OtherLambdaFunction' } }),
    'ScoreLambdaFunction',
  ],
  [
    'LAMBDA_PERMISSION_MISSING',
    'a permission for another service',
    lambda({ Principal: 's3.amazonaws.com' }),
    'Principal',
  ],
  [
    'LAMBDA_PERMISSION_MISSING',
    'a permission for another action',
    lambda({ Action: 'lambda:GetFunction' }),
    'Action',
  ],
  [
    'LAMBDA_PERMISSION_MISSING',
    'a permission for a rule of another name',
    lambda({ SourceArn: 'arn:aws:iot:eu-west-1:1:rule/other' }, { RuleName: 'mine' }),
    'SourceArn',
  ],
  [
    'DYNAMODB_KEY_MISMATCH',
    'another name of the hash key',
    dynamo({ ...keys, HashKeyField: 'thing' }),
    'is "device", not "thing"',
  ],
  [
    'DYNAMODB_KEY_MISMATCH',
    'another type of the range key',
    dynamo({ ...keys, RangeKeyType: undefined }),
    'set RangeKeyType to NUMBER',
  ],
  ['DYNAMODB_KEY_MISMATCH', 'no range key', dynamo({ HashKeyField: 'device' }), 'has the range key "time"'],
  [
    'DYNAMODB_KEY_MISMATCH',
    'a key that SELECT does not give',
    put("SELECT device, value FROM 'a'"),
    '"time"',
  ],
  [
    'TOPIC_NOT_ALLOWED',
    'a leading slash that the policy does not have',
    {
      R: sql("SELECT * FROM '/topic/Greenhouse/LuxSensors'"),
      P: policy(allow('topic/Greenhouse/${!iot:ClientId}')),
    },
    'topic/topic/Greenhouse/*',
  ],
  [
    'TOPIC_NOT_ALLOWED',
    'a policy for subscribing only',
    {
      R: rule({}),
      P: policy({ Effect: 'Allow', Action: 'iot:Subscribe', Resource: '*' }),
      Q: policy(allow('x')),
    },
    'lets a device publish',
  ],
  [
    'FILTERS_NEVER_MEET',
    'the level above a #',
    { R: sql("SELECT * FROM 'a'"), S: sql("SELECT * FROM 'a/#'") },
    'one level deeper',
  ],
  [
    'FILTERS_NEVER_MEET',
    'a leading slash',
    { R: sql("SELECT * FROM 'a/b'"), S: sql("SELECT * FROM '/a/b'") },
    'leading slash',
  ],
  [
    'FILTERS_NEVER_MEET',
    'a trailing slash',
    { R: sql("SELECT * FROM 'a/b'"), S: sql("SELECT * FROM 'a/b/'") },
    'trailing slash',
  ],
  [
    'FILTERS_NEVER_MEET',
    'capitals',
    { R: sql("SELECT * FROM 'a/b'"), S: sql("SELECT * FROM 'A/b'") },
    'case-sensitive',
  ],
  [
    'FILTERS_NEVER_MEET',
    'a topic that is republished on',
    { R: sql("SELECT * FROM 'out/#'"), S: republish('out') },
    'topic of S',
  ],
  [
    'TEMPLATE_NAMES_ALIAS',
    'an alias of a function',
    {
      R: sql("SELECT *, timestamp() AS receivedAt FROM 'a'", {
        Actions: [{ S3: { BucketName: 'b', Key: 'x/${receivedAt}', RoleArn: 'r' } }],
      }),
    },
    'write ${timestamp()} instead',
  ],
  [
    'TEMPLATE_NAMES_ALIAS',
    'a key of an inner object',
    {
      R: sql("SELECT state.v FROM 'a'", {
        Actions: [{ S3: { BucketName: 'b', Key: { 'Fn::Sub': '${AWS::Region}/${!v}' }, RoleArn: 'r' } }],
      }),
    },
    'write ${state.v} instead',
  ],
  ['NO_ERROR_ACTION', 'no error action', { R: rule({ ErrorAction: undefined }) }, 'is gone'],
];

test.each(traps)('%s: %s.', (code, _what, resources, told) => {
  const found = findings(code, resources);
  expect(found).toHaveLength(1);
  expect(found[0]?.message).toContain(told);
});

test('Every check finds something.', () => {
  expect(new Set(traps.map(([code]) => code))).toEqual(new Set(CHECKS.map(({ code }) => code)));
});

/** What looks like a trap and is none. */
const clean: readonly [code: string, what: string, resources: Resources][] = [
  [
    'NEWER_SQL_IN_OLD_VERSION',
    'what both versions have',
    { R: sql("SELECT x, topic(1) AS t FROM 'a'", { AwsIotSqlVersion: undefined }) },
  ],
  [
    'NEWER_SQL_IN_OLD_VERSION',
    'a newer function in the newer version',
    { R: sql("SELECT get_or_default(x, 1) AS n FROM 'a'") },
  ],
  ['RESERVED_TOPIC', 'shadow topics', { R: sql("SELECT * FROM '$aws/things/+/shadow/name/+/update/delta'") }],
  ['RESERVED_TOPIC', 'lifecycle events', { R: sql("SELECT * FROM '$aws/events/presence/connected/+'") }],
  ['RESERVED_TOPIC', 'everything reserved', { R: sql("SELECT * FROM '$aws/#'") }],
  [
    'RESERVED_TOPIC',
    'a template, and $$',
    { R: republish('${topic()}/x'), S: republish('$$aws/things/a/shadow/update') },
  ],
  ['LAMBDA_PERMISSION_MISSING', 'the permission', lambda({})],
  ['LAMBDA_PERMISSION_MISSING', 'a permission for every rule', lambda({ SourceArn: undefined })],
  [
    'LAMBDA_PERMISSION_MISSING',
    'names in Fn::Sub',
    lambda({
      FunctionName: { 'Fn::Sub': '${ScoreLambdaFunction.Arn}' },
      SourceArn: { 'Fn::Sub': 'arn:aws:iot:${AWS::Region}:${AWS::AccountId}:rule/${Rule}' },
    }),
  ],
  [
    'LAMBDA_PERMISSION_MISSING',
    'names with wildcards',
    lambda({ Action: 'lambda:*', SourceArn: 'arn:aws:iot:*:*:rule/mine_*' }, { RuleName: 'mine_1' }),
  ],
  [
    'LAMBDA_PERMISSION_MISSING',
    'a function elsewhere',
    { R: rule({ Actions: [{ Lambda: { FunctionArn: 'arn:aws:lambda:eu-west-1:1:function:f' } }] }) },
  ],
  ['DYNAMODB_KEY_MISMATCH', 'the keys of the table', dynamo(keys)],
  ['DYNAMODB_KEY_MISMATCH', 'a key out of a template', dynamo({ ...keys, HashKeyField: '${k}' })],
  ['DYNAMODB_KEY_MISMATCH', 'all columns', put("SELECT * FROM 'a'")],
  ['DYNAMODB_KEY_MISMATCH', 'both keys', put("SELECT device, timestamp() AS time FROM 'a'")],
  [
    'DYNAMODB_KEY_MISMATCH',
    'a table elsewhere',
    { R: rule({ Actions: [{ DynamoDBv2: { PutItem: { TableName: 't' }, RoleArn: 'r' } }] }) },
  ],
  ['TOPIC_NOT_ALLOWED', 'a template without policies', { R: rule({}) }],
  ['TOPIC_NOT_ALLOWED', 'an allowed topic', { R: rule({}), P: policy([allow('x'), allow('a/*')]) }],
  [
    'TOPIC_NOT_ALLOWED',
    'a policy as text',
    {
      R: rule({}),
      P: resource('AWS::IoT::Policy', {
        PolicyDocument: JSON.stringify({ Statement: { Effect: 'Allow', Action: 'iot:*', Resource: '*' } }),
      }),
    },
  ],
  [
    'TOPIC_NOT_ALLOWED',
    'an ARN that only a deployment knows',
    { R: rule({}), P: policy(allow({ 'Fn::ImportValue': 'x' })) },
  ],
  [
    'TOPIC_NOT_ALLOWED',
    'what a function publishes',
    {
      R: rule({}),
      P: policy(allow('x')),
      Q: resource('AWS::IAM::Role', { Policies: [{ PolicyDocument: { Statement: [allow('a/b')] } }] }),
    },
  ],
  [
    'TOPIC_NOT_ALLOWED',
    'what a rule republishes',
    { R: rule({}), P: policy(allow('x')), S: republish('a/${x}', { Sql: "SELECT * FROM 'x'" }) },
  ],
  [
    'FILTERS_NEVER_MEET',
    'filters that meet',
    { R: sql("SELECT * FROM 'a/#'"), S: sql("SELECT * FROM 'a/+'"), T: sql("SELECT * FROM '#'") },
  ],
  [
    'FILTERS_NEVER_MEET',
    'filters that do not look alike',
    { R: sql("SELECT * FROM 'a/b'"), S: sql("SELECT * FROM 'a/c'") },
  ],
  [
    'TEMPLATE_NAMES_ALIAS',
    'an attribute of the message',
    {
      R: sql("SELECT device, x AS y FROM 'a'", {
        Actions: [{ S3: { BucketName: 'b', Key: '${device}/${x}/${topic()}', RoleArn: 'r' } }],
      }),
    },
  ],
  [
    'TEMPLATE_NAMES_ALIAS',
    'what is no template to the parser',
    { R: rule({ Actions: [{ S3: { BucketName: 'b', Key: '${', RoleArn: 'r' } }] }) },
  ],
];

test.each(clean)('%s lets pass: %s.', (code, _what, resources) => {
  expect(findings(code, resources)).toEqual([]);
});

test('A finding names the place in the resource.', () => {
  const { Rule } = dynamo({ ...keys, RangeKeyType: 'STRING' });
  const [finding] = findings('DYNAMODB_KEY_MISMATCH', {
    Table: table,
    ...(Rule === undefined ? {} : { Rule }),
  });
  expect(finding).toMatchObject({
    severity: 'error',
    logicalId: 'Rule',
    path: ['TopicRulePayload', 'Actions', 0, 'DynamoDB', 'RangeKeyType'],
  });
});

test('Whatever a template holds, it is looked through to the end.', () => {
  const types = fc.constantFrom(
    'AWS::IoT::TopicRule',
    'AWS::IoT::Policy',
    'AWS::IAM::Role',
    'AWS::Lambda::Permission',
    'AWS::DynamoDB::Table',
  );
  const keys = fc.constantFrom(
    'Sql',
    'Actions',
    'Lambda',
    'Republish',
    'DynamoDB',
    'DynamoDBv2',
    'PutItem',
    'TableName',
    'Topic',
    'FunctionArn',
    'PolicyDocument',
    'Statement',
    'Effect',
    'Action',
    'Resource',
    'KeySchema',
    'Ref',
    'AttributeDefinitions',
    'Fn::Sub',
    'Fn::Join',
    'Fn::GetAtt',
    'ErrorAction',
    'TopicRulePayload',
    'Policies',
  );
  const texts = fc.oneof(
    fc.string(),
    fc.constantFrom(
      "SELECT x AS y FROM 'a/+'",
      "SELECT * FROM '$x/#'",
      '${y}',
      '${',
      'Allow',
      'iot:Publish',
      '*',
      'R',
    ),
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 6, withCrossShrink: true },
      texts,
      fc.constantFrom(null, true, 1),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(keys, tie('value'), { maxKeys: 4 }),
    ),
  }));
  const record = fc.dictionary(keys, value, { maxKeys: 5 });
  const resources = fc.dictionary(
    fc.constantFrom('R', 'S', 'T', 'U'),
    fc.record({
      type: types,
      properties: fc.oneof(
        record,
        fc.tuple(texts, record, record).map(([text, action, error]) => ({
          TopicRulePayload: { Sql: text, Actions: [action], ErrorAction: error },
        })),
      ),
    }),
  );
  fc.assert(
    fc.property(resources, (template) => {
      for (const finding of lintTemplate(template)) expect(findingText(finding)).toContain(finding.code);
    }),
    { seed: 20261121, numRuns: 2_000 },
  );
});

test('What a resource accepts in its metadata, with a reason, is not told; without a reason it is.', () => {
  const accepting = (why: unknown) => ({
    ...rule({ ErrorAction: undefined }),
    metadata: { Glasshouse: { Accepted: { NO_ERROR_ACTION: why } } },
  });
  const codes = (why: unknown) => lintTemplate({ R: accepting(why) }).map(({ code }) => code);
  expect(codes('it is a sketch')).not.toContain('NO_ERROR_ACTION');
  expect(codes('')).toContain('NO_ERROR_ACTION');
  expect(codes(true)).toContain('NO_ERROR_ACTION');
});
