import { expect, test } from 'vitest';
import { actionBench, ROLE } from './bench.ts';

const RoleArn = ROLE;

/** What one action asks of its service for one message. */
async function asked(action: object, payload: unknown, sql?: string) {
  const bench = actionBench([action], {}, sql === undefined ? {} : { sql });
  const failures = await bench.send(payload);
  return { calls: bench.calls, failures };
}

async function failure(action: object, payload: unknown, sql?: string): Promise<string | undefined> {
  const { calls, failures } = await asked(action, payload, sql);
  expect(calls).toEqual([]);
  return failures[0]?.errorMessage;
}

const bytes = new Uint8Array([0, 255]);

test('Bytes that are no text go to Kinesis and Firehose, and are refused where text or JSON is needed.', async () => {
  const kinesis = await asked({ Kinesis: { StreamName: 's', PartitionKey: 'k', RoleArn } }, bytes);
  expect(kinesis.calls[0]?.value).toMatchObject(['kinesis', { data: 'AP8=', encoding: 'base64' }]);
  expect(
    (await asked({ Firehose: { DeliveryStreamName: 's', BatchMode: true, RoleArn } }, bytes)).calls,
  ).toHaveLength(1);
  expect(await failure({ Sns: { TargetArn: 't', RoleArn } }, bytes)).toContain(
    'not UTF-8, which SNS requires',
  );
  expect(await failure({ CloudwatchLogs: { LogGroupName: 'g', RoleArn } }, bytes)).toContain(
    'CloudWatch Logs',
  );
  expect(await failure({ StepFunctions: { StateMachineName: 'm', RoleArn } }, bytes)).toContain(
    'is not JSON',
  );
});

test.each<[string, object, unknown, string]>([
  [
    'Kinesis',
    { StreamName: 's', PartitionKey: '${missing}' },
    {},
    'partition key has 1 to 256 characters, not 0',
  ],
  [
    'Firehose',
    { DeliveryStreamName: 's', BatchMode: true },
    [],
    'a batch has 1 to 500 records, and the result has 0',
  ],
  ['CloudwatchLogs', { LogGroupName: 'g', BatchMode: true }, {}, 'is no Array'],
  ['CloudwatchLogs', { LogGroupName: 'g', BatchMode: true }, [1], 'element 0 is no Object'],
  [
    'CloudwatchLogs',
    { LogGroupName: 'g', BatchMode: true },
    [{ message: 'x' }],
    'element 0 has no timestamp',
  ],
  ['CloudwatchLogs', { LogGroupName: 'g', BatchMode: true }, [{ timestamp: 1 }], 'element 0 has no message'],
  [
    'CloudwatchMetric',
    { MetricNamespace: 'n', MetricName: 'm', MetricValue: '${x}', MetricUnit: 'None' },
    { x: 'warm' },
    'the value "warm" of the metric is no number',
  ],
  [
    'CloudwatchMetric',
    { MetricNamespace: 'n', MetricName: 'm', MetricValue: '1', MetricUnit: '${x}' },
    { x: 'Lux' },
    'the unit "Lux" is none of Seconds',
  ],
  [
    'Timestream',
    { DatabaseName: 'd', TableName: 't', Dimensions: [{ Name: 'n', Value: 'v' }] },
    { x: null },
    'the attribute "x" is null',
  ],
  [
    'Timestream',
    { DatabaseName: 'd', TableName: 't', Dimensions: [{ Name: 'n', Value: 'v' }] },
    [1],
    'not a JSON object',
  ],
  [
    'Timestream',
    {
      DatabaseName: 'd',
      TableName: 't',
      Dimensions: [{ Name: 'n', Value: 'v' }],
      Timestamp: { Value: '${x}', Unit: 'SECONDS' },
    },
    { x: 'now' },
    'the timestamp "now" is no whole number',
  ],
  [
    'OpenSearch',
    { Endpoint: 'https://e', Index: 'i', Type: 't', Id: '${x}' },
    {},
    'the index or the id is empty',
  ],
])('%s with %j fails for %j.', async (name, settings, payload, reason) => {
  const sql = "SELECT VALUE * FROM 'a/#'";
  expect(await failure({ [name]: { ...settings, RoleArn } }, payload, sql)).toContain(reason);
});
