import { expect, test } from 'vitest';
import { ConfigurationError } from '../../../../../local/errors.ts';
import { confirmationUrlsOf, readTopicRule } from '../../../../../local/iot/rules/index.ts';

const role = { RoleArn: 'role' };
const Url = 'http://127.0.0.1:8080/in';

/** Every action that is served, with every setting that it has; text that is `${x}` may be a template. */
const COMPLETE: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  Lambda: { FunctionArn: '${x}' },
  Republish: {
    Topic: '${x}',
    Qos: 1,
    Headers: {
      PayloadFormatIndicator: '${x}',
      ContentType: '${x}',
      ResponseTopic: '${x}',
      CorrelationData: '${x}',
      MessageExpiry: '${x}',
      UserProperties: [{ Key: '${x}', Value: '${x}' }],
    },
    ...role,
  },
  S3: { BucketName: '${x}', Key: '${x}', CannedAcl: 'private', ...role },
  Sqs: { QueueUrl: '${x}', UseBase64: true, ...role },
  DynamoDBv2: { PutItem: { TableName: '${x}' }, ...role },
  DynamoDB: {
    TableName: '${x}',
    HashKeyField: '${x}',
    HashKeyValue: '${x}',
    HashKeyType: '${x}',
    RangeKeyField: '${x}',
    RangeKeyValue: '${x}',
    RangeKeyType: '${x}',
    PayloadField: '${x}',
    Operation: '${x}',
    ...role,
  },
  Sns: { TargetArn: '${x}', MessageFormat: 'JSON', ...role },
  CloudwatchMetric: {
    MetricNamespace: '${x}',
    MetricName: '${x}',
    MetricValue: '${x}',
    MetricUnit: '${x}',
    MetricTimestamp: '${x}',
    ...role,
  },
  CloudwatchAlarm: { AlarmName: '${x}', StateReason: '${x}', StateValue: '${x}', ...role },
  CloudwatchLogs: { LogGroupName: '${x}', BatchMode: true, ...role },
  Kinesis: { StreamName: '${x}', PartitionKey: '${x}', ...role },
  Firehose: { DeliveryStreamName: '${x}', Separator: '\r\n', BatchMode: 'true', ...role },
  Http: {
    Url: 'http://127.0.0.1:8080/${x}',
    ConfirmationUrl: 'http://127.0.0.1:8080/',
    Headers: [{ Key: 'x-device', Value: '${x}' }],
    EnableBatching: true,
    BatchConfig: { MaxBatchOpenMs: 50, MaxBatchSize: 2, MaxBatchSizeBytes: 100, BatchAcrossTopics: true },
  },
  StepFunctions: { StateMachineName: '${x}', ExecutionNamePrefix: '${x}', ...role },
  Timestream: {
    DatabaseName: '${x}',
    TableName: '${x}',
    Dimensions: [{ Name: 'device', Value: '${x}' }],
    Timestamp: { Value: '${x}', Unit: 'SECONDS' },
    ...role,
  },
  OpenSearch: { Endpoint: '${x}', Index: '${x}', Type: '${x}', Id: '${x}', ...role },
  Elasticsearch: { Endpoint: '${x}', Index: '${x}', Type: '${x}', Id: '${x}', ...role },
};

const Sql = "SELECT * FROM 'a'";

function read(action: object) {
  return readTopicRule({ ruleName: 'Rule', payload: { Sql, Actions: [action] } });
}

function refusal(action: object): string {
  try {
    read(action);
  } catch (thrown) {
    if (thrown instanceof ConfigurationError) return `${thrown.code} ${thrown.message}`;
    throw thrown;
  }
  throw new Error('the rule was read');
}

/** As the API writes a payload: each name with a small first letter. */
function inApiForm(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inApiForm);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name[0]?.toLowerCase() + name.slice(1), inApiForm(inner)]),
  );
}

test.each(Object.entries(COMPLETE))(
  '%s is read with all of its settings, in both spellings.',
  (name, settings) => {
    const fromTemplate = read({ [name]: settings });
    const payload = inApiForm({ Sql, Actions: [{ [name]: settings }] });
    const fromApi = readTopicRule({ ruleName: 'Rule', payload, spelling: 'api' });
    for (const { actions } of [fromTemplate, fromApi]) {
      expect(actions.map(({ failedAction }) => failedAction)).toEqual([`${name}Action`]);
      expect(actions[0]?.prepared.resource.source).toContain('${x}');
    }
  },
);

test.each([
  ['Republish', 'Qos'],
  ['S3', 'CannedAcl'],
  ['Sqs', 'UseBase64'],
  ['Sns', 'MessageFormat'],
  ['CloudwatchLogs', 'BatchMode'],
  ['Firehose', 'Separator'],
  ['Firehose', 'BatchMode'],
  ['Http', 'EnableBatching'],
])('%s takes no template for %s.', (name, setting) => {
  expect(refusal({ [name]: { ...COMPLETE[name], [setting]: '${x}' } })).toMatch(
    new RegExp(`^RULE_FIELD_INVALID .*Actions\\[0\\]\\.${name}\\.${setting}`),
  );
});

test.each(['IotAnalytics', 'IotEvents', 'IotSiteWise', 'InfluxDB', 'Kafka', 'Location', 'Salesforce'])(
  '%s is refused by name, with another way.',
  (name) => {
    expect(refusal({ [name]: {} })).toMatch(
      new RegExp(`^ACTION_NOT_SERVED .*action ${name} is not served.*: use `),
    );
  },
);

test('In the spelling of the API errors name fields as the API does, and names of CloudFormation are none.', () => {
  const readApi = (actions: unknown) =>
    readTopicRule({ ruleName: 'Rule', payload: { sql: Sql, actions }, spelling: 'api' });
  expect(() => readApi([{ s3: { bucketName: 'b', key: 'k' } }])).toThrow(
    'Rule "Rule", actions[0].s3.roleArn: ',
  );
  expect(() => readApi([{ sns: { targetArn: 't', roleArn: 'r', Subject: 's' } }])).toThrow(/field Subject/);
  expect(() => readApi([{ sns: { targetArn: 't', roleArn: 'r', subject: 's' } }])).toThrow(
    'Rule "Rule", actions[0].sns: the field subject is not served; served: targetArn, messageFormat, roleArn',
  );
  expect(() => readApi([{ kafka: {} }])).toThrow('the action kafka is not served');
});

test.each<[string, object, string]>([
  ['a server elsewhere', { Url: 'https://example.com/in' }, 'example.com is not this machine'],
  [
    'a server elsewhere behind a template',
    { Url: 'http://10.0.0.1/${x}', ConfirmationUrl: Url },
    '10.0.0.1 is not this machine',
  ],
  ['a name that leads here', { Url: 'http://127.0.0.1.nip.io/' }, 'is not this machine'],
  ['another protocol', { Url: 'ftp://127.0.0.1/' }, 'is no URL of HTTP'],
  [
    'a template without the URL that confirms',
    { Url: 'http://127.0.0.1/${x}' },
    'needs the URL that confirms',
  ],
  ['a signature', { Url, Auth: { Sigv4: {} } }, 'SigV4 is not served'],
  ['a header of the connection', { Url, Headers: [{ Key: 'Host', Value: 'x' }] }, 'connection itself sets'],
  ['a header that is none', { Url, Headers: [{ Key: 'a b', Value: 'x' }] }, 'no name of a header'],
  ['a batch of one', { Url, BatchConfig: { MaxBatchSize: 1 } }, 'BatchConfig.MaxBatchSize'],
])('Http refuses %s.', (_what, settings, reason) => {
  expect(refusal({ Http: settings })).toContain(reason);
});

test.each<[string, object]>([
  ['DynamoDB.HashKeyType', { DynamoDB: { ...COMPLETE['DynamoDB'], HashKeyType: 'BINARY' } }],
  ['DynamoDB.Operation', { DynamoDB: { ...COMPLETE['DynamoDB'], Operation: 'UPSERT' } }],
  ['CloudwatchAlarm.StateValue', { CloudwatchAlarm: { ...COMPLETE['CloudwatchAlarm'], StateValue: 'FINE' } }],
  [
    'CloudwatchMetric.MetricUnit',
    { CloudwatchMetric: { ...COMPLETE['CloudwatchMetric'], MetricUnit: 'Lux' } },
  ],
  ['Firehose.Separator', { Firehose: { ...COMPLETE['Firehose'], Separator: ';' } }],
  [
    'Timestream.Dimensions.0.Name',
    { Timestream: { ...COMPLETE['Timestream'], Dimensions: [{ Name: 'measure_name', Value: 'x' }] } },
  ],
  [
    'Republish.Headers.ContentType',
    { Republish: { ...COMPLETE['Republish'], Headers: { ContentType: '${' } } },
  ],
])('A value that %s cannot have is refused when the rule is read.', (field, action) => {
  expect(refusal(action)).toContain(`Rule "Rule", Actions[0].${field}: `);
});

test('The URLs to confirm are those in which no template stands, each once.', () => {
  const http = (settings: object) => ({ Http: settings });
  const rule = readTopicRule({
    ruleName: 'Rule',
    payload: {
      Sql,
      Actions: [
        http({ Url }),
        http({ Url: 'http://127.0.0.1:8080/${x}', ConfirmationUrl: 'http://127.0.0.1:8080/' }),
        http({ Url: 'http://127.0.0.1:1/${x}', ConfirmationUrl: 'http://127.0.0.1:1/${y}' }),
      ],
      ErrorAction: http({ Url }),
    },
  });
  expect(confirmationUrlsOf([rule])).toEqual([Url, 'http://127.0.0.1:8080/']);
});
