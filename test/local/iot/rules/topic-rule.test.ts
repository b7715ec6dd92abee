import { expect, test } from 'vitest';
import { ConfigurationError } from '../../../../local/errors.ts';
import { readTopicRule } from '../../../../local/iot/rules/index.ts';

const lambda = { Lambda: { FunctionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:score' } };

function refusal(payload: unknown, ruleName = 'Score'): ConfigurationError {
  try {
    readTopicRule({ ruleName, payload });
  } catch (thrown) {
    if (thrown instanceof ConfigurationError) return thrown;
    throw thrown;
  }
  throw new Error('the rule was read');
}

test('A rule with everything is read.', () => {
  const rule = readTopicRule({
    ruleName: 'Score_1',
    payload: {
      Sql: "SELECT * FROM 'a/#' WHERE x > 1",
      AwsIotSqlVersion: '2016-03-23',
      Description: 'everything',
      RuleDisabled: 'true',
      Actions: [
        lambda,
        { Republish: { Topic: '$$aws/${topic(2)}', Qos: '1', RoleArn: 'role' } },
        { S3: { BucketName: 'bucket', Key: '${newuuid()}.json', RoleArn: 'role' } },
        { Sqs: { QueueUrl: 'http://queue', UseBase64: true, RoleArn: 'role' } },
        { DynamoDBv2: { PutItem: { TableName: 'table' }, RoleArn: 'role' } },
      ],
      ErrorAction: { Sqs: { QueueUrl: 'http://errors', RoleArn: 'role' } },
    },
  });
  expect(rule.isDisabled).toBe(true);
  expect(rule.sql.version).toBe('2016-03-23');
  expect(rule.sql.topicFilter).toBe('a/#');
  expect(rule.actions.map(({ failedAction }) => failedAction)).toEqual([
    'LambdaAction',
    'RepublishAction',
    'S3Action',
    'SqsAction',
    'DynamoDBv2Action',
  ]);
  expect(rule.errorAction?.prepared.resource.source).toBe('http://errors');
});

test('The defaults are those of CloudFormation.', () => {
  const rule = readTopicRule({ ruleName: 'Score', payload: { Sql: 'SELECT *', Actions: [] } });
  expect(rule.isDisabled).toBe(false);
  expect(rule.sql.version).toBe('2015-10-08');
  expect(rule.errorAction).toBeUndefined();
});

const Sql = "SELECT * FROM 'a'";

test.each([
  [{ Sql, Actions: [lambda], Extra: 1 }, 'RULE_FIELD_NOT_SERVED', ['Extra', 'served: Sql, Description']],
  [{ Actions: [] }, 'RULE_FIELD_INVALID', ['Sql']],
  ['text', 'RULE_FIELD_INVALID', ['object']],
  [{ Sql, Actions: Array.from({ length: 11 }, () => lambda) }, 'RULE_FIELD_INVALID', ['Actions', '10']],
  [{ Sql, Actions: [], RuleDisabled: 'no' }, 'RULE_FIELD_INVALID', ['RuleDisabled']],
  [{ Sql, Actions: [{}] }, 'RULE_FIELD_INVALID', ['Actions[0]', 'exactly one field']],
  [{ Sql, Actions: [{ ...lambda, S3: {} }] }, 'RULE_FIELD_INVALID', ['Actions[0]', 'exactly one field']],
  [
    { Sql, Actions: [lambda, { Fax: {} }] },
    'ACTION_NOT_SERVED',
    ['Actions[1]', 'Fax', 'Lambda, Republish, S3, Sqs, DynamoDBv2'],
  ],
  [
    { Sql, Actions: [], ErrorAction: { Kafka: {} } },
    'ACTION_NOT_SERVED',
    ['ErrorAction', 'Kafka', 'no Kafka cluster'],
  ],
  [
    { Sql, Actions: [{ Republish: { Topic: 'a', RoleArn: 'r', Retain: true } }] },
    'RULE_FIELD_NOT_SERVED',
    ['Actions[0].Republish', 'Retain', 'served: Topic, Qos, Headers, RoleArn'],
  ],
  [
    { Sql, Actions: [{ Republish: { Topic: 'a', RoleArn: 'r', Headers: { Expiry: '1' } } }] },
    'RULE_FIELD_NOT_SERVED',
    ['Actions[0].Republish.Headers', 'Expiry', 'served: PayloadFormatIndicator, ContentType'],
  ],
  [
    { Sql, Actions: [{ DynamoDBv2: { PutItem: { TableName: 't', Region: 'x' }, RoleArn: 'r' } }] },
    'RULE_FIELD_NOT_SERVED',
    ['DynamoDBv2.PutItem', 'Region', 'served: TableName'],
  ],
  [
    { Sql, Actions: [{ S3: { BucketName: 'b', Key: 'k' } }] },
    'RULE_FIELD_INVALID',
    ['Actions[0].S3.RoleArn'],
  ],
  [{ Sql, Actions: [{ Republish: { Topic: 'a', Qos: 2, RoleArn: 'r' } }] }, 'RULE_FIELD_INVALID', ['Qos']],
  [
    { Sql, Actions: [{ S3: { BucketName: 'b', Key: 'a/${machinelearning_predict(x)}', RoleArn: 'r' } }] },
    'RULE_FIELD_INVALID',
    ['Actions[0].S3.Key', 'column 5', 'machinelearning_predict()'],
  ],
  [
    { Sql: 'SELECT machinelearning_predict(a)', Actions: [] },
    'RULE_SQL_INVALID',
    ['Sql', 'column 8', 'machinelearning_predict()'],
  ],
  [{ Sql, AwsIotSqlVersion: 'beta', Actions: [] }, 'SQL_VERSION_NOT_SERVED', ['beta']],
])('The payload %j is refused with %s.', (payload, code, words) => {
  const error = refusal(payload);
  expect(error.code).toBe(code);
  for (const word of ['Score', ...words]) expect(error.message).toContain(word);
});

test.each(['', 'a-b', 'a b', 'ä', 'x'.repeat(129)])('The rule name "%s" is refused.', (ruleName) => {
  expect(refusal({ Sql, Actions: [] }, ruleName).code).toBe('RULE_NAME_INVALID');
});

test('The SqlParseError is the cause.', () => {
  const { cause } = refusal({ Sql: 'SELECT machinelearning_predict(a)', Actions: [] });
  expect(cause).toMatchObject({ name: 'SqlParseError', code: 'NOT_SERVED_YET', column: 8 });
});
