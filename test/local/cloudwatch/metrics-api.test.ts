import {
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  PutMetricDataCommand,
  type GetMetricDataCommandInput,
  type GetMetricStatisticsCommandInput,
  type ListMetricsCommandInput,
  type MetricDatum,
  type PutMetricDataCommandInput,
} from '@aws-sdk/client-cloudwatch';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startCloudWatchUser, type CloudWatchUser } from './client.ts';
import { START_MS } from './support.ts';

let user: CloudWatchUser;
beforeEach(async () => {
  user = await startCloudWatchUser();
});
afterEach(() => user.close());

const at = (second: number): Date => new Date(START_MS + second * 1_000);

const put = (data: MetricDatum[], changes: Partial<PutMetricDataCommandInput> = {}) =>
  user.client.send(new PutMetricDataCommand({ Namespace: 'Greenhouse', MetricData: data, ...changes }));

const statistics = (changes: Partial<GetMetricStatisticsCommandInput> = {}) =>
  user.client.send(
    new GetMetricStatisticsCommand({
      Namespace: 'Greenhouse',
      MetricName: 'Lux',
      StartTime: at(0),
      EndTime: at(3_600),
      Period: 60,
      Statistics: ['Sum', 'SampleCount', 'Minimum', 'Maximum', 'Average'],
      ...changes,
    }),
  );

const lux = (second: number, value: number): MetricDatum => ({
  MetricName: 'Lux',
  Timestamp: at(second),
  Value: value,
});

test('Values that were put have their statistics.', async () => {
  await put([lux(0, 3), lux(59, 5), lux(60, 7)]);
  expect(await statistics()).toMatchObject({
    Label: 'Lux',
    Datapoints: [
      { Timestamp: at(0), Unit: 'None', SampleCount: 2, Sum: 8, Minimum: 3, Maximum: 5, Average: 4 },
      { Timestamp: at(60), Unit: 'None', SampleCount: 1, Sum: 7 },
    ],
  });
  const maximum = await statistics({ Statistics: ['Maximum'], Period: 3_600 });
  expect(maximum.Datapoints).toEqual([{ Timestamp: at(0), Unit: 'None', Maximum: 7 }]);
});

test('Values come one by one, many with their counts, or summed up.', async () => {
  await put([
    { MetricName: 'Lux', Timestamp: at(0), Values: [1, 2, 9], Counts: [2, 1, 1] },
    {
      MetricName: 'Lux',
      Timestamp: at(60),
      StatisticValues: { SampleCount: 4, Sum: 10, Minimum: 1, Maximum: 4 },
    },
    { MetricName: 'Lux', Timestamp: at(120), Values: [4, 6] },
  ]);
  const { Datapoints } = await statistics({ ExtendedStatistics: ['p50', 'p0', 'p100', 'p90'] });
  expect(Datapoints).toMatchObject([
    { SampleCount: 4, Sum: 13, ExtendedStatistics: { p0: 1, p50: 1.5, p90: expect.closeTo(6.9), p100: 9 } },
    // Of what somebody has summed up nobody knows the values.
    { SampleCount: 4, Sum: 10, Minimum: 1, Maximum: 4, Average: 2.5 },
    { SampleCount: 2, Sum: 10, ExtendedStatistics: { p50: 5 } },
  ]);
  expect(Datapoints?.[1]?.ExtendedStatistics).toEqual({});
});

test('A metric of high resolution is known by the second, for three hours; then by the minute.', async () => {
  const high = (second: number, value: number): MetricDatum => ({
    ...lux(second, value),
    StorageResolution: 1,
  });
  await put([high(1, 1), high(2, 2), high(61, 4), high(3_600, 8)]);
  const fine = { Period: 1, EndTime: at(120), Statistics: ['Sum' as const] };
  expect((await statistics(fine)).Datapoints?.map(({ Timestamp, Sum }) => [Timestamp, Sum])).toEqual([
    [at(1), 1],
    [at(2), 2],
    [at(61), 4],
  ]);
  user.opened.clock.advance(3.5 * 3_600_000);
  await put([high(3.5 * 3_600, 1)]);
  expect((await statistics(fine)).Datapoints?.map(({ Timestamp, Sum }) => [Timestamp, Sum])).toEqual([
    [at(0), 3],
    [at(60), 4],
  ]);
  expect((await statistics({ ExtendedStatistics: ['p100'] })).Datapoints?.[0]).toMatchObject({
    SampleCount: 2,
    Minimum: 1,
    Maximum: 2,
    ExtendedStatistics: { p100: 2 },
  });
});

test('A large request comes packed, and is taken whole.', async () => {
  const values = Array.from({ length: 150 }, (_, n) => 1_000.25 + n);
  const data = Array.from({ length: 20 }, (_, n): MetricDatum => ({
    ...lux(n, 0),
    Value: undefined,
    Values: values,
  }));
  await put(data);
  expect((await statistics()).Datapoints).toMatchObject([{ SampleCount: 3_000, Minimum: 1_000.25 }]);
});

test.each<[string, MetricDatum[], Partial<PutMetricDataCommandInput>, string, string]>([
  ['no value', [{ MetricName: 'a' }], {}, 'MissingParameter', 'One of MetricData.member.1.Value'],
  ['two kinds of values', [{ ...lux(0, 1), Values: [1] }], {}, 'InvalidParameterCombination', 'Only one of'],
  [
    'counts for other values',
    [{ MetricName: 'a', Values: [1, 2], Counts: [1] }],
    {},
    'InvalidParameterValue',
    'same length',
  ],
  [
    'no name',
    [{ Value: 1, MetricName: undefined }],
    {},
    'MissingParameter',
    'MetricData.member.1.MetricName is required',
  ],
  ['a value without bounds', [lux(0, Infinity)], {}, 'InvalidParameterValue', 'MetricData.member.1.Value'],
  [
    'a value that is too large',
    [lux(0, 1), lux(0, 1e200)],
    {},
    'InvalidParameterValue',
    'MetricData.member.2.Value',
  ],
  ['an old timestamp', [lux(-15 * 86_400, 1)], {}, 'InvalidParameterValue', 'the last two weeks'],
  ['a timestamp to come', [lux(3 * 3_600, 1)], {}, 'InvalidParameterValue', 'the next two hours'],
  [
    '31 dimensions',
    [{ ...lux(0, 1), Dimensions: Array.from({ length: 31 }, (_, n) => ({ Name: `d${n}`, Value: 'x' })) }],
    {},
    'InvalidParameterValue',
    'there are at most 30',
  ],
  [
    'a dimension without a value',
    [{ ...lux(0, 1), Dimensions: [{ Name: 'd', Value: '' }] }],
    {},
    'InvalidParameterValue',
    'Dimensions',
  ],
  [
    '151 values',
    [{ MetricName: 'a', Values: Array.from({ length: 151 }, () => 1) }],
    {},
    'InvalidParameterValue',
    'at most 150',
  ],
  [
    '1001 metrics',
    Array.from({ length: 1_001 }, () => lux(0, 1)),
    {},
    'InvalidParameterValue',
    'at most 1000',
  ],
  [
    'another resolution',
    [{ ...lux(0, 1), StorageResolution: 5 }],
    {},
    'InvalidParameterValue',
    'it is 1 or 60',
  ],
  ['a namespace that cannot be', [lux(0, 1)], { Namespace: ':a' }, 'InvalidParameterValue', 'Namespace'],
  [
    'metrics of entities',
    [lux(0, 1)],
    { EntityMetricData: [{}] },
    'InvalidParameterValue',
    'metrics of entities are not served',
  ],
  [
    'a minimum above the maximum',
    [{ MetricName: 'a', StatisticValues: { SampleCount: 1, Sum: 1, Minimum: 2, Maximum: 1 } }],
    {},
    'InvalidParameterValue',
    'greater than Maximum',
  ],
])('With %s nothing of a request is taken.', async (_what, data, changes, code, text) => {
  await expect(put([...data], changes)).rejects.toMatchObject({
    Code: code,
    message: expect.stringContaining(text),
  });
  expect(user.opened.cloudwatch.listMetrics()).toEqual([]);
  expect(user.failures).toEqual([]);
});

test('The errors of the SDK have their own names.', async () => {
  await expect(put([{ MetricName: 'a' }])).rejects.toMatchObject({
    name: 'MissingRequiredParameterException',
  });
  await expect(put([lux(0, 1e200)])).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
});

test.each<[Partial<GetMetricStatisticsCommandInput>, string, string]>([
  [{ Statistics: [] }, 'InvalidParameterCombination', 'At least one of'],
  [{ ExtendedStatistics: ['tm90'] }, 'InvalidParameterValue', '"tm90" is not served'],
  [{ ExtendedStatistics: ['p101'] }, 'InvalidParameterValue', '"p101" is not served'],
  [{ Period: 90 }, 'InvalidParameterValue', '90 is not'],
  [{ EndTime: at(0) }, 'InvalidParameterValue', 'StartTime'],
  [{ EndTime: at(86_400 * 2) }, 'InvalidParameterCombination', 'more than 1440 periods'],
  [{ MetricName: undefined }, 'MissingParameter', 'The parameter MetricName is required'],
])('Statistics with %j are refused: %s.', async (changes, code, text) => {
  await expect(statistics(changes)).rejects.toMatchObject({
    Code: code,
    message: expect.stringContaining(text),
  });
});

test('Metrics are listed by namespace, name and dimensions, 500 at a time.', async () => {
  const data = Array.from({ length: 1_000 }, (_, n): MetricDatum => ({
    ...lux(0, n),
    Dimensions: [
      { Name: 'Probe', Value: `p${n}` },
      { Name: 'Zone', Value: String(n % 2) },
    ],
  }));
  await put(data);
  await put([lux(0, 1)]);
  const list = (input: ListMetricsCommandInput) => user.client.send(new ListMetricsCommand(input));
  const seen = new Set<string>();
  let token: string | undefined;
  const sizes: number[] = [];
  do {
    const page = await list({ Namespace: 'Greenhouse', NextToken: token });
    for (const metric of page.Metrics ?? []) seen.add(JSON.stringify(metric));
    sizes.push(page.Metrics?.length ?? 0);
    token = page.NextToken;
  } while (token !== undefined);
  expect([sizes, seen.size]).toEqual([[500, 500, 1], 1_001]);
  const probe = await list({ Dimensions: [{ Name: 'Probe', Value: 'p7' }] });
  expect(probe.Metrics).toEqual([
    {
      Namespace: 'Greenhouse',
      MetricName: 'Lux',
      Dimensions: [
        { Name: 'Probe', Value: 'p7' },
        { Name: 'Zone', Value: '1' },
      ],
    },
  ]);
  expect((await list({ Dimensions: [{ Name: 'Zone' }] })).Metrics).toHaveLength(500);
  expect((await list({ MetricName: 'Other' })).Metrics).toEqual([]);
  user.opened.clock.advance(4 * 3_600_000);
  await put([{ ...lux(4 * 3_600, 1), MetricName: 'Fresh' }]);
  const active = await list({ RecentlyActive: 'PT3H' });
  expect(active.Metrics?.map(({ MetricName }) => MetricName)).toEqual(['Fresh']);
  await expect(list({ NextToken: 'abc' })).rejects.toMatchObject({ name: 'InvalidNextToken' });
});

const data = (changes: Partial<GetMetricDataCommandInput> = {}, stat: object = {}, query: object = {}) =>
  user.client.send(
    new GetMetricDataCommand({
      StartTime: at(0),
      EndTime: at(600),
      MetricDataQueries: [
        {
          Id: 'lux',
          MetricStat: {
            Metric: { Namespace: 'Greenhouse', MetricName: 'Lux' },
            Period: 60,
            Stat: 'Average',
            ...stat,
          },
          ...query,
        },
      ],
      ...changes,
    }),
  );

test('GetMetricData gives series, the newest first unless asked otherwise, in parts where they are long.', async () => {
  await put([lux(0, 1), lux(60, 2), lux(120, 3)]);
  expect((await data()).MetricDataResults).toEqual([
    {
      Id: 'lux',
      Label: 'Lux',
      StatusCode: 'Complete',
      Timestamps: [at(120), at(60), at(0)],
      Values: [3, 2, 1],
    },
  ]);
  const ascending = { ScanBy: 'TimestampAscending', MaxDatapoints: 2 } as const;
  const first = await data(ascending, { Stat: 'p50' }, { Label: 'mine' });
  expect(first.MetricDataResults).toMatchObject([
    { Label: 'mine', Values: [1, 2], StatusCode: 'PartialData' },
  ]);
  const second = await data({ ...ascending, NextToken: first.NextToken }, { Stat: 'p50' });
  expect(second.MetricDataResults).toMatchObject([{ Values: [3], StatusCode: 'Complete' }]);
  expect(second.NextToken).toBeUndefined();
  expect((await data({}, {}, { ReturnData: false })).MetricDataResults).toEqual([]);
});

test.each<[string, object, object, string]>([
  ['an expression', {}, { Expression: 'SUM(METRICS())' }, 'expressions of metric math'],
  ['a trimmed mean', { Stat: 'tm99' }, {}, '"tm99" is not served'],
  ['an Id that cannot be', {}, { Id: 'Lux' }, 'it begins with a small letter'],
  ['a dynamic label', {}, { Label: '${MAX}' }, 'dynamic labels'],
  ['a period that cannot be', { Period: 45 }, {}, '45 is not'],
])('GetMetricData with %s is refused by name.', async (_what, stat, query, text) => {
  await expect(data({}, stat, query)).rejects.toMatchObject({ message: expect.stringContaining(text) });
  expect(user.failures).toEqual([]);
});
