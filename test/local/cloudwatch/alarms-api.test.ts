import {
  DeleteAlarmsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  DescribeAlarmsForMetricCommand,
  DisableAlarmActionsCommand,
  EnableAlarmActionsCommand,
  ListTagsForResourceCommand,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
  TagResourceCommand,
  UntagResourceCommand,
  type DescribeAlarmHistoryCommandInput,
  type DescribeAlarmsCommandInput,
  type PutMetricAlarmCommandInput,
} from '@aws-sdk/client-cloudwatch';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startCloudWatchUser, type CloudWatchUser } from './client.ts';
import { FUNCTION, SHADE_ALARM, START_MS, TOPIC } from './support.ts';

const MINUTE_MS = 60_000;
const ARN = 'arn:aws:cloudwatch:eu-west-1:000000000000:alarm:';

let user: CloudWatchUser;
const users: CloudWatchUser[] = [];

/** Another user takes over from here. */
async function become(...options: Parameters<typeof startCloudWatchUser>): Promise<void> {
  user = await startCloudWatchUser(...options);
  users.push(user);
}

beforeEach(() => become());
afterEach(async () => {
  for (const one of users.splice(0)) await one.close();
});

const put = (changes: Partial<PutMetricAlarmCommandInput> = {}) =>
  user.client.send(new PutMetricAlarmCommand({ ...SHADE_ALARM, ...changes }));

const describe = async (input: DescribeAlarmsCommandInput = {}) =>
  user.client.send(new DescribeAlarmsCommand(input));

const namesOf = async (input: DescribeAlarmsCommandInput = {}) =>
  (await describe(input)).MetricAlarms?.map(({ AlarmName }) => AlarmName);

const set = (StateValue: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA', changes: object = {}) =>
  user.client.send(
    new SetAlarmStateCommand({ AlarmName: 'shade', StateValue, StateReason: 'a test', ...changes }),
  );

const history = async (input: DescribeAlarmHistoryCommandInput = {}) =>
  user.client.send(new DescribeAlarmHistoryCommand(input));

/** `StateUpdate: Alarm updated from OK to ALARM` */
const summaries = async (input: DescribeAlarmHistoryCommandInput = {}) =>
  (await history(input)).AlarmHistoryItems?.map((item) => `${item.HistoryItemType}: ${item.HistorySummary}`);

test('An alarm is described as it was put, with all that it may have.', async () => {
  const full: PutMetricAlarmCommandInput = {
    ...SHADE_ALARM,
    AlarmDescription: 'Wärme <&>',
    ActionsEnabled: false,
    OKActions: [TOPIC],
    AlarmActions: [TOPIC, FUNCTION],
    InsufficientDataActions: [FUNCTION],
    Dimensions: [{ Name: 'Zone', Value: 'north' }],
    Unit: 'Count',
    EvaluationPeriods: 15,
    DatapointsToAlarm: 12,
    Threshold: -0.5,
    TreatMissingData: 'ignore',
  };
  await put({ ...full, Tags: [{ Key: 'team', Value: 'green' }] });
  expect((await describe()).MetricAlarms).toEqual([
    {
      ...full,
      AlarmArn: `${ARN}shade`,
      AlarmConfigurationUpdatedTimestamp: new Date(START_MS),
      StateValue: 'INSUFFICIENT_DATA',
      StateReason: 'Unchecked: Initial alarm creation',
      StateUpdatedTimestamp: new Date(START_MS),
      StateTransitionedTimestamp: new Date(START_MS),
    },
  ]);
  const percentile = {
    Statistic: undefined,
    ExtendedStatistic: 'p99.5',
    EvaluateLowSampleCountPercentile: 'ignore',
  };
  await put({ AlarmName: 'slow', ...percentile });
  const { MetricAlarms } = await describe({ AlarmNames: ['slow'] });
  expect(MetricAlarms).toMatchObject([
    { ExtendedStatistic: 'p99.5', EvaluateLowSampleCountPercentile: 'ignore' },
  ]);
  expect(MetricAlarms?.[0]?.Statistic).toBeUndefined();
});

test('An alarm that is put again has its new definition and its old state.', async () => {
  await put();
  await set('ALARM');
  user.opened.clock.advance(1_000);
  await put({ Threshold: 5 });
  expect((await describe()).MetricAlarms).toMatchObject([
    { Threshold: 5, StateValue: 'ALARM', AlarmConfigurationUpdatedTimestamp: new Date(START_MS + 1_000) },
  ]);
});

test.each<[string, Partial<PutMetricAlarmCommandInput>, string, string]>([
  [
    'metric math',
    { Metrics: [{ Id: 'm', Expression: 'SUM(METRICS())' }] },
    'ValidationError',
    'alarms on metric math',
  ],
  ['a band', { ThresholdMetricId: 'ad1' }, 'ValidationError', 'a band of anomaly detection'],
  [
    'an operator of bands',
    { ComparisonOperator: 'GreaterThanUpperThreshold' },
    'ValidationError',
    'a band of anomaly detection',
  ],
  [
    'PromQL',
    { EvaluationCriteria: { PromQLCriteria: { Query: 'up' } } },
    'ValidationError',
    'alarms on PromQL',
  ],
  ['another interval', { EvaluationInterval: 30 }, 'ValidationError', 'other intervals'],
  [
    'a trimmed mean',
    { Statistic: undefined, ExtendedStatistic: 'tm90' },
    'ValidationError',
    '"tm90" is not served',
  ],
  ['two statistics', { ExtendedStatistic: 'p50' }, 'InvalidParameterCombination', 'and not both'],
  ['no statistic', { Statistic: undefined }, 'InvalidParameterCombination', 'One of the parameters'],
  ['no threshold', { Threshold: undefined }, 'ValidationError', 'The parameter Threshold is required'],
  ['no metric', { MetricName: undefined }, 'ValidationError', 'The parameter MetricName is required'],
  ['a period of 90 s', { Period: 90 }, 'ValidationError', '90 is not 10, 20, 30 or a multiple of 60'],
  ['more than a day', { EvaluationPeriods: 1_441 }, 'ValidationError', 'more than 86400 seconds'],
  [
    'more than a week',
    { Period: 3_600, EvaluationPeriods: 169 },
    'ValidationError',
    'more than 604800 seconds',
  ],
  ['M above N', { DatapointsToAlarm: 4 }, 'ValidationError', '4 are more than the 3 EvaluationPeriods'],
  ['M of none', { DatapointsToAlarm: 0 }, 'ValidationError', 'DatapointsToAlarm'],
  ['an unknown treatment', { TreatMissingData: 'zero' }, 'ValidationError', 'TreatMissingData'],
  [
    'an action of EC2',
    { AlarmActions: ['arn:aws:automate:eu-west-1:ec2:stop'] },
    'ValidationError',
    'one of EC2',
  ],
  [
    'an action of Auto Scaling',
    { OKActions: ['arn:aws:autoscaling:eu-west-1:000000000000:scalingPolicy:x'] },
    'ValidationError',
    'Auto Scaling',
  ],
  [
    'an OpsItem',
    { AlarmActions: [TOPIC, 'arn:aws:ssm:eu-west-1:000000000000:opsitem:1'] },
    'ValidationError',
    'AlarmActions.member.2',
  ],
  ['no ARN', { InsufficientDataActions: ['shades'] }, 'ValidationError', 'is no ARN of an action'],
  [
    'six actions',
    { AlarmActions: Array.from({ length: 6 }, () => TOPIC) },
    'ValidationError',
    'at most five',
  ],
  [
    'a dimension twice',
    {
      Dimensions: [
        { Name: 'a', Value: '1' },
        { Name: 'a', Value: '2' },
      ],
    },
    'ValidationError',
    'there twice',
  ],
  ['a long name', { AlarmName: 'x'.repeat(256) }, 'ValidationError', 'AlarmName'],
])('An alarm with %s is refused by name.', async (_what, changes, code, text) => {
  await expect(put(changes)).rejects.toMatchObject({ Code: code, message: expect.stringContaining(text) });
  expect(await namesOf()).toEqual([]);
  expect(user.failures).toEqual([]);
});

test('Alarms are found by name, prefix, state, action and type, some at a time.', async () => {
  for (const name of ['awning', 'shade-1', 'shade-2', 'shade-3']) await put({ AlarmName: name });
  await put({ AlarmName: 'shade-2', OKActions: [TOPIC] });
  await set('ALARM', { AlarmName: 'shade-3' });
  expect(await namesOf({ AlarmNames: ['shade-2', 'awning', 'none'] })).toEqual(['awning', 'shade-2']);
  expect(await namesOf({ AlarmNamePrefix: 'shade' })).toEqual(['shade-1', 'shade-2', 'shade-3']);
  expect(await namesOf({ StateValue: 'ALARM' })).toEqual(['shade-3']);
  expect(await namesOf({ ActionPrefix: 'arn:aws:sns' })).toEqual(['shade-2']);
  expect(await namesOf({ AlarmTypes: ['CompositeAlarm'] })).toEqual([]);
  const first = await describe({ MaxRecords: 3 });
  expect(await namesOf({ MaxRecords: 3, NextToken: first.NextToken })).toEqual(['shade-3']);
  await expect(describe({ AlarmNames: ['a'], AlarmNamePrefix: 'a' })).rejects.toMatchObject({
    Code: 'InvalidParameterCombination',
  });
  await expect(describe({ ChildrenOfAlarmName: 'a' })).rejects.toThrow(
    'composite alarms are not served here',
  );
  await expect(
    user.client.send(new PutCompositeAlarmCommand({ AlarmName: 'a', AlarmRule: 'x' })),
  ).rejects.toThrow('The action PutCompositeAlarm is not served here');
});

test('The alarms of a metric are found by all that tells metrics apart.', async () => {
  await put({ AlarmName: 'north', Dimensions: [{ Name: 'Zone', Value: 'north' }] });
  await put({ AlarmName: 'all', Statistic: 'Maximum' });
  const find = async (input: object) => {
    const command = new DescribeAlarmsForMetricCommand({
      Namespace: 'Greenhouse',
      MetricName: 'ShadePosition',
      ...input,
    });
    return (await user.client.send(command)).MetricAlarms?.map(({ AlarmName }) => AlarmName);
  };
  expect(await find({})).toEqual(['all']);
  expect(await find({ Dimensions: [{ Name: 'Zone', Value: 'north' }] })).toEqual(['north']);
  expect(await find({ Statistic: 'Sum' })).toEqual([]);
  expect(await find({ Statistic: 'Maximum', Period: 60 })).toEqual(['all']);
  expect(await find({ Period: 300 })).toEqual([]);
});

test('Alarms are deleted all together or not at all.', async () => {
  await put({ AlarmName: 'a' });
  await put({ AlarmName: 'b' });
  const remove = (...AlarmNames: string[]) => user.client.send(new DeleteAlarmsCommand({ AlarmNames }));
  await expect(remove('a', 'c')).rejects.toMatchObject({ name: 'ResourceNotFound' });
  expect(await namesOf()).toEqual(['a', 'b']);
  await remove('a', 'b', 'a');
  expect(await namesOf()).toEqual([]);
  expect(await summaries({ AlarmName: 'a' })).toEqual([
    'ConfigurationUpdate: Alarm "a" deleted',
    'ConfigurationUpdate: Alarm "a" created',
  ]);
});

test('Actions are switched off and on again; a name that nobody has is passed over.', async () => {
  await put({ AlarmActions: [TOPIC] });
  await user.client.send(new DisableAlarmActionsCommand({ AlarmNames: ['shade', 'none'] }));
  expect((await describe()).MetricAlarms).toMatchObject([{ ActionsEnabled: false }]);
  await set('ALARM');
  await user.client.send(new EnableAlarmActionsCommand({ AlarmNames: ['shade'] }));
  // The state is the same as before: nothing has changed that an action would be run for.
  await set('ALARM');
  await user.opened.cloudwatch.drained();
  expect(user.opened.published).toEqual([]);
  await set('OK');
  await set('ALARM');
  await user.opened.cloudwatch.drained();
  expect(user.opened.published).toHaveLength(1);
});

test('A state that is set has its reason and its data.', async () => {
  await put();
  await set('ALARM', { StateReasonData: '{"by":"hand"}' });
  expect((await describe()).MetricAlarms).toMatchObject([
    { StateValue: 'ALARM', StateReason: 'a test', StateReasonData: '{"by":"hand"}' },
  ]);
  await expect(set('OK', { AlarmName: 'none' })).rejects.toMatchObject({ name: 'ResourceNotFound' });
  await expect(set('OK', { StateReasonData: '{' })).rejects.toMatchObject({ name: 'InvalidFormatFault' });
  await expect(set('OK', { StateValue: 'WARM' })).rejects.toMatchObject({ Code: 'ValidationError' });
});

test('What happened to an alarm is told, the newest first, in parts and in either order.', async () => {
  await become({ publish: () => Promise.reject(new Error('Topic does not exist')) });
  await put({ EvaluationPeriods: 1, AlarmActions: [TOPIC, FUNCTION] });
  await user.client.send(
    new PutMetricDataCommand({
      Namespace: 'Greenhouse',
      MetricData: [{ MetricName: 'ShadePosition', Value: 1 }],
    }),
  );
  user.opened.clock.advance(MINUTE_MS);
  await user.opened.cloudwatch.drained();
  const all = await summaries();
  expect(all?.slice(2)).toEqual([
    'StateUpdate: Alarm updated from INSUFFICIENT_DATA to ALARM',
    'ConfigurationUpdate: Alarm "shade" created',
  ]);
  expect(all?.slice(0, 2).sort()).toEqual([
    `Action: Failed to execute action ${TOPIC}. Received error: "Topic does not exist"`,
    `Action: Successfully executed action ${FUNCTION}`,
  ]);
  expect(await summaries({ ScanBy: 'TimestampAscending' })).toEqual(all?.toReversed());
  const first = await history({ MaxRecords: 3 });
  expect(await summaries({ MaxRecords: 3, NextToken: first.NextToken })).toEqual([
    'ConfigurationUpdate: Alarm "shade" created',
  ]);
  expect(await summaries({ HistoryItemType: 'Action' })).toHaveLength(2);
  expect(await summaries({ StartDate: new Date(START_MS + 1) })).toHaveLength(3);
  expect(await summaries({ EndDate: new Date(START_MS) })).toHaveLength(1);
  expect(await summaries({ AlarmName: 'none' })).toEqual([]);
  const [update] = (await history({ HistoryItemType: 'StateUpdate' })).AlarmHistoryItems ?? [];
  expect(JSON.parse(update?.HistoryData ?? '')).toMatchObject({
    version: '1.0',
    oldState: { stateValue: 'INSUFFICIENT_DATA', stateReason: 'Unchecked: Initial alarm creation' },
    newState: { stateValue: 'ALARM', stateReasonData: { recentDatapoints: [1], threshold: 0 } },
  });
});

test('Of each alarm the last thousand things are kept.', async () => {
  await put();
  const { cloudwatch } = user.opened;
  for (let n = 0; n < 1_010; n += 1) {
    cloudwatch.setAlarmState({
      alarmName: 'shade',
      stateValue: n % 2 === 0 ? 'OK' : 'ALARM',
      stateReason: String(n),
    });
  }
  let count = 0;
  let token: string | undefined;
  do {
    const page = await history({ NextToken: token });
    count += page.AlarmHistoryItems?.length ?? 0;
    token = page.NextToken;
  } while (token !== undefined);
  expect(count).toBe(1_000);
});

test('Alarms have tags.', async () => {
  await put({ Tags: [{ Key: 'team', Value: 'green' }] });
  const ResourceARN = `${ARN}shade`;
  await user.client.send(new TagResourceCommand({ ResourceARN, Tags: [{ Key: 'a', Value: '' }] }));
  await user.client.send(new UntagResourceCommand({ ResourceARN, TagKeys: ['team'] }));
  const { Tags } = await user.client.send(new ListTagsForResourceCommand({ ResourceARN }));
  expect(Tags).toEqual([{ Key: 'a', Value: '' }]);
  await expect(
    user.client.send(new ListTagsForResourceCommand({ ResourceARN: `${ARN}none` })),
  ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});
