import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { AwsCommandLine } from './aws-command-line.ts';
import { ServiceCloud } from './cloud.ts';

let cloud: ServiceCloud;
let aws: AwsCommandLine;

beforeAll(async () => {
  cloud = await ServiceCloud.start();
  aws = new AwsCommandLine(cloud.running);
  // Time goes when a test says so: at a full minute an alarm judges for itself.
  await changeClock({ speed: 0 });
});

afterAll(async () => {
  aws.remove();
  await cloud.remove();
});

const cloudwatch = (...words: string[]) => aws.text('cloudwatch', ...words);

async function changeClock(change: unknown): Promise<void> {
  const answer = await fetch(`${cloud.running.endpointUrl}/_glasshouse/clock`, {
    method: 'POST',
    body: JSON.stringify(change),
  });
  expect(answer.status).toBe(200);
}

/** Lets time pass in the cloud, and waits for all that fell due. */
const advance = (minutes: number): Promise<void> => changeClock({ advanceMs: minutes * 60_000 });

const alarms = z.object({
  MetricAlarms: z.array(z.object({ AlarmName: z.string(), StateValue: z.string(), StateReason: z.string() })),
});

const stateOf = async (name: string) =>
  (await aws.json(alarms, 'cloudwatch', 'describe-alarms', '--alarm-names', name)).MetricAlarms[0];

const words = (options: Readonly<Record<string, string>>) =>
  Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);

const BRIGHT = {
  'alarm-name': 'bright',
  namespace: 'Greenhouse',
  'metric-name': 'Lux',
  dimensions: 'Name=Zone,Value=north',
  statistic: 'Average',
  period: '60',
  'evaluation-periods': '2',
  'datapoints-to-alarm': '2',
  threshold: '35000',
  'comparison-operator': 'GreaterThanOrEqualToThreshold',
};

const putLux = (value: string) =>
  cloudwatch(
    'put-metric-data',
    ...words({ namespace: 'Greenhouse', 'metric-name': 'Lux', dimensions: 'Zone=north', value }),
  );

test('An alarm rings after as many bright minutes as it asks for, and a queue hears of it by way of a topic.', async () => {
  const queue = await aws.json(
    z.object({ QueueUrl: z.string() }),
    'sqs',
    'create-queue',
    '--queue-name',
    'alarms-heard',
  );
  const topic = await aws.json(z.object({ TopicArn: z.string() }), 'sns', 'create-topic', '--name', 'alarms');
  const queueArn = topic.TopicArn.replace(':sns:', ':sqs:').replace(/alarms$/, 'alarms-heard');
  await aws.text(
    'sns',
    'subscribe',
    ...words({ 'topic-arn': topic.TopicArn, protocol: 'sqs', 'notification-endpoint': queueArn }),
  );
  await cloudwatch('put-metric-alarm', ...words({ ...BRIGHT, 'alarm-actions': topic.TopicArn }));
  expect(await stateOf('bright')).toMatchObject({ StateValue: 'INSUFFICIENT_DATA' });
  await putLux('36000');
  await advance(1);
  await putLux('35000');
  await advance(1);
  expect(await stateOf('bright')).toMatchObject({
    StateValue: 'ALARM',
    StateReason: expect.stringMatching(
      /^Threshold Crossed: 2 out of the last 2 datapoints \[35000\.0 \(.*\), 36000\.0 \(.*\)\] were greater than or equal to/,
    ),
  });
  const { Messages } = await aws.json(
    z.object({ Messages: z.array(z.object({ Body: z.string() })) }),
    'sqs',
    'receive-message',
    ...words({ 'queue-url': queue.QueueUrl, 'wait-time-seconds': '10' }),
  );
  const body = z
    .object({ Subject: z.string(), Message: z.string() })
    .parse(JSON.parse(Messages[0]?.Body ?? ''));
  expect(body.Subject).toBe('ALARM: "bright" in EU (Ireland)');
  expect(JSON.parse(body.Message)).toMatchObject({ AlarmName: 'bright', NewStateValue: 'ALARM' });
  const history = await aws.json(
    z.object({ AlarmHistoryItems: z.array(z.object({ HistorySummary: z.string() })) }),
    'cloudwatch',
    'describe-alarm-history',
    ...words({ 'alarm-name': 'bright', 'history-item-type': 'Action' }),
  );
  expect(history.AlarmHistoryItems).toEqual([
    { HistorySummary: `Successfully executed action ${topic.TopicArn}` },
  ]);
});

test('Metrics are listed and asked for.', async () => {
  const listed = await aws.json(
    z.object({ Metrics: z.array(z.object({ MetricName: z.string(), Dimensions: z.array(z.unknown()) })) }),
    'cloudwatch',
    'list-metrics',
    ...words({ namespace: 'Greenhouse' }),
  );
  expect(listed.Metrics).toContainEqual({
    MetricName: 'Lux',
    Dimensions: [{ Name: 'Zone', Value: 'north' }],
  });
  const series = await aws.json(
    z.object({ MetricDataResults: z.array(z.object({ Values: z.array(z.number()) })) }),
    'cloudwatch',
    'get-metric-data',
    ...words({
      'start-time': '2020-01-01T00:00:00Z',
      'end-time': '2020-01-01T01:00:00Z',
      'metric-data-queries': JSON.stringify([
        {
          Id: 'lux',
          MetricStat: { Metric: { Namespace: 'Greenhouse', MetricName: 'Lux' }, Period: 60, Stat: 'p90' },
        },
      ]),
    }),
  );
  expect(series.MetricDataResults).toEqual([{ Values: [] }]);
});

test('A state is set by hand, actions are switched off, and the alarm is deleted.', async () => {
  const { 'alarm-name': name } = BRIGHT;
  await cloudwatch('disable-alarm-actions', '--alarm-names', name);
  await cloudwatch(
    'set-alarm-state',
    ...words({ 'alarm-name': name, 'state-value': 'OK', 'state-reason': 'by hand' }),
  );
  expect(await stateOf(name)).toMatchObject({ StateValue: 'OK', StateReason: 'by hand' });
  await cloudwatch('delete-alarms', '--alarm-names', name);
  expect(await stateOf(name)).toBeUndefined();
  expect(await aws.refusal('cloudwatch', 'delete-alarms', '--alarm-names', name)).toEqual({
    code: 'ResourceNotFound',
    operation: 'DeleteAlarms',
    message: 'There is no alarm "bright".',
  });
});

test('What this cloud cannot do is refused by name.', async () => {
  const refusal = (options: Readonly<Record<string, string>>) =>
    aws.refusal('cloudwatch', 'put-metric-alarm', ...words({ ...BRIGHT, ...options }));
  expect(await refusal({ 'alarm-actions': 'arn:aws:automate:eu-west-1:ec2:stop' })).toMatchObject({
    code: 'ValidationError',
    message: expect.stringContaining('which is not served here'),
  });
  expect(await refusal({ 'comparison-operator': 'GreaterThanUpperThreshold' })).toMatchObject({
    message: expect.stringContaining('anomaly detection'),
  });
});
