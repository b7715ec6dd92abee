import { expect, test } from 'vitest';
import { actionBench, NOW_MS, ROLE, UUID } from './bench.ts';

const RoleArn = ROLE;

/** What one action asks of its service for one message. */
async function asked(action: object, payload: unknown, sql?: string) {
  const bench = actionBench([action], {}, sql === undefined ? {} : { sql });
  const failures = await bench.send(payload);
  return { calls: bench.calls, failures };
}

const message = { device: 'd1', value: 21.5 };
const text = JSON.stringify(message);

test.each<[string, object, string, unknown]>([
  ['Sns', { TargetArn: 'arn:${device}', RoleArn }, 'notify', { topicArn: 'arn:d1', message: text }],
  [
    'Sns',
    { TargetArn: 'arn', MessageFormat: 'JSON', RoleArn },
    'notify',
    { topicArn: 'arn', message: text, messageStructure: 'json' },
  ],
  [
    'Kinesis',
    { StreamName: 'stream', PartitionKey: '${device}', RoleArn },
    'keep',
    ['kinesis', { ruleName: 'Rule', streamName: 'stream', partitionKey: 'd1', data: text }],
  ],
  [
    'Kinesis',
    { StreamName: 'stream', RoleArn },
    'keep',
    ['kinesis', { ruleName: 'Rule', streamName: 'stream', partitionKey: UUID, data: text }],
  ],
  [
    'StepFunctions',
    { StateMachineName: 'm', ExecutionNamePrefix: '${device}-', RoleArn },
    'keep',
    [
      'step-functions',
      { ruleName: 'Rule', stateMachineName: 'm', executionName: `d1-${UUID}`, input: message },
    ],
  ],
  [
    'OpenSearch',
    {
      Endpoint: 'https://search-x.eu-west-1.es.amazonaws.com',
      Index: 'i',
      Type: '_doc',
      Id: '${device}',
      RoleArn,
    },
    'keep',
    [
      'open-search',
      {
        ruleName: 'Rule',
        endpoint: 'https://search-x.eu-west-1.es.amazonaws.com',
        index: 'i',
        type: '_doc',
        id: 'd1',
        document: message,
      },
    ],
  ],
  ['Firehose', { DeliveryStreamName: 's', RoleArn }, 'putRecords', ['s', [text]]],
  ['Firehose', { DeliveryStreamName: 's', Separator: '\n', RoleArn }, 'putRecords', ['s', [`${text}\n`]]],
  [
    'CloudwatchMetric',
    {
      MetricNamespace: 'Plant',
      MetricName: '${device}',
      MetricValue: '${value}',
      MetricUnit: 'Count',
      MetricTimestamp: '1600000000',
      RoleArn,
    },
    'putMetric',
    {
      namespace: 'Plant',
      name: 'd1',
      dimensions: {},
      value: 21.5,
      unit: 'Count',
      timestampMs: 1_600_000_000_000,
    },
  ],
  [
    'CloudwatchAlarm',
    { AlarmName: 'hot', StateReason: '${device} is hot', StateValue: 'ALARM', RoleArn },
    'setAlarmState',
    { alarmName: 'hot', stateReason: 'd1 is hot', stateValue: 'ALARM' },
  ],
  [
    'CloudwatchLogs',
    { LogGroupName: 'devices', RoleArn },
    'putLogEvents',
    { logGroupName: 'devices', logStreamName: 'Rule', events: [{ timestampMs: NOW_MS, message: text }] },
  ],
])('%s with %j asks its service for what the message says.', async (name, settings, service, value) => {
  expect(await asked({ [name]: settings }, message)).toEqual({ calls: [{ service, value }], failures: [] });
});

test('A metric without a timestamp is of now.', async () => {
  const settings = { MetricNamespace: 'n', MetricName: 'm', MetricValue: '1', MetricUnit: 'None', RoleArn };
  const { calls } = await asked({ CloudwatchMetric: settings }, message);
  expect(calls[0]?.value).toMatchObject({ timestampMs: NOW_MS });
});

test('Timestream gets a record of each attribute, of the type that its value has.', async () => {
  const settings = {
    DatabaseName: 'db',
    TableName: 't',
    Dimensions: [{ Name: 'device', Value: '${topic(2)}' }],
    Timestamp: { Value: '${at}', Unit: 'SECONDS' },
    RoleArn,
  };
  const sent =
    '{"at": 1700000001, "on": true, "whole": 12, "part": 1.5, "word": "12", "list": [1, "a"], "o": {"k": 1}}';
  const { calls, failures } = await asked({ Timestream: settings }, sent);
  expect(failures).toEqual([]);
  const record = (measureName: string, measureValue: string, measureValueType: string) => ({
    measureName,
    measureValue,
    measureValueType,
  });
  expect(calls).toEqual([
    {
      service: 'keep',
      value: [
        'timestream',
        {
          ruleName: 'Rule',
          databaseName: 'db',
          tableName: 't',
          time: '1700000001',
          timeUnit: 'SECONDS',
          dimensions: [{ name: 'device', value: 'b' }],
          records: [
            record('at', '1700000001', 'BIGINT'),
            record('on', 'true', 'BOOLEAN'),
            record('whole', '12', 'BIGINT'),
            record('part', '1.5', 'DOUBLE'),
            record('word', '12', 'VARCHAR'),
            record('list', '[1,"a"]', 'VARCHAR'),
            record('o', '{"k":1}', 'VARCHAR'),
          ],
        },
      ],
    },
  ]);
});

const batchOf = (name: string) => `SELECT VALUE ${name} FROM 'a/#'`;

test('In batch mode each element of an Array is a record of Firehose, and of CloudWatch Logs an event.', async () => {
  const firehose = { Firehose: { DeliveryStreamName: 's', Separator: ',', BatchMode: true, RoleArn } };
  const list = { list: [{ a: 1 }, 'text', 2] };
  expect((await asked(firehose, list, batchOf('list'))).calls).toEqual([
    { service: 'putRecords', value: ['s', ['{"a":1},', 'text,', '2,']] },
  ]);
  expect((await asked(firehose, message)).calls).toEqual([
    { service: 'putRecords', value: ['s', [`${text},`]] },
  ]);
  const logs = { CloudwatchLogs: { LogGroupName: 'g', BatchMode: true, RoleArn } };
  const events = {
    list: [
      { timestamp: 5, message: 'one' },
      { timestamp: 6, message: { x: 1 } },
    ],
  };
  expect((await asked(logs, events, batchOf('list'))).calls).toEqual([
    {
      service: 'putLogEvents',
      value: {
        logGroupName: 'g',
        logStreamName: 'Rule',
        events: [
          { timestampMs: 5, message: 'one' },
          { timestampMs: 6, message: '{"x":1}' },
        ],
      },
    },
  ]);
});

test('An action whose service the engine runs without fails, and names it.', async () => {
  const bench = actionBench([{ Sns: { TargetArn: 't', RoleArn } }], {}, { without: ['notify'] });
  expect(await bench.send({})).toMatchObject([
    { failedAction: 'SnsAction', errorMessage: 'this engine runs without the service "notify"' },
  ]);
});

test('One action that fails stops none of the others, and the error action is told its name and target.', async () => {
  const bench = actionBench(
    [
      { Kinesis: { StreamName: 's-${device}', PartitionKey: '${missing}', RoleArn } },
      { Sns: { TargetArn: 't', RoleArn } },
    ],
    {},
    { errorAction: { CloudwatchLogs: { LogGroupName: 'failures', RoleArn } } },
  );
  await bench.send(message);
  expect(bench.calls.map(({ service }) => service)).toEqual(['notify', 'putLogEvents']);
  const [, told] = bench.calls;
  expect(JSON.stringify(told?.value)).toContain(
    '\\"failedAction\\":\\"KinesisAction\\",\\"failedResource\\":\\"s-d1\\"',
  );
});
