import { dimensions, judgement, names, watchedMetric } from './alarm-members.ts';
import type { Members, Shape } from './shape.ts';

const tags: Shape = { list: { members: { Key: 'text', Value: 'text' } } };

const queries: Shape = {
  list: {
    members: {
      Id: 'text',
      MetricStat: {
        members: {
          Metric: { members: { Namespace: 'text', MetricName: 'text', Dimensions: dimensions } },
          Period: 'number',
          Stat: 'text',
          Unit: 'text',
        },
      },
      Expression: 'text',
      Label: 'text',
      ReturnData: 'boolean',
      Period: 'number',
      AccountId: 'text',
    },
  },
};

const metricData: Shape = {
  list: {
    members: {
      MetricName: 'text',
      Dimensions: dimensions,
      Timestamp: 'time',
      Value: 'number',
      StatisticValues: {
        members: { SampleCount: 'number', Sum: 'number', Minimum: 'number', Maximum: 'number' },
      },
      Values: { list: 'number' },
      Counts: { list: 'number' },
      Unit: 'text',
      StorageResolution: 'number',
    },
  },
};

/** What operations are told, by their names. */
export const INPUTS: Readonly<Record<string, Members['members']>> = {
  PutMetricData: {
    Namespace: 'text',
    MetricData: metricData,
    EntityMetricData: { list: { members: { MetricData: metricData } } },
    StrictEntityValidation: 'boolean',
  },
  ListMetrics: {
    Namespace: 'text',
    MetricName: 'text',
    Dimensions: dimensions,
    NextToken: 'text',
    RecentlyActive: 'text',
    IncludeLinkedAccounts: 'boolean',
    OwningAccount: 'text',
  },
  GetMetricStatistics: {
    Namespace: 'text',
    MetricName: 'text',
    Dimensions: dimensions,
    StartTime: 'time',
    EndTime: 'time',
    Period: 'number',
    Statistics: names,
    ExtendedStatistics: names,
    Unit: 'text',
  },
  GetMetricData: {
    MetricDataQueries: queries,
    StartTime: 'time',
    EndTime: 'time',
    NextToken: 'text',
    ScanBy: 'text',
    MaxDatapoints: 'number',
    LabelOptions: { members: { Timezone: 'text' } },
  },
  PutMetricAlarm: {
    AlarmName: 'text',
    AlarmDescription: 'text',
    ActionsEnabled: 'boolean',
    OKActions: names,
    AlarmActions: names,
    InsufficientDataActions: names,
    ...watchedMetric,
    ...judgement,
    Metrics: queries,
    Tags: tags,
    ThresholdMetricId: 'text',
    EvaluationCriteria: { members: { PromQLCriteria: { members: { Query: 'text' } } } },
    EvaluationInterval: 'number',
    EvaluationWindow: {
      members: { SlidingWindow: { members: {} }, WallClockWindow: { members: { Timezone: 'text' } } },
    },
    WarmUpConfiguration: {
      members: {
        WarmUpPeriodDurationInMinutes: 'number',
        OnlyStartEvaluatingAfterWarmUpPeriodEnds: 'boolean',
      },
    },
  },
  DescribeAlarms: {
    AlarmNames: names,
    AlarmNamePrefix: 'text',
    AlarmTypes: names,
    ChildrenOfAlarmName: 'text',
    ParentsOfAlarmName: 'text',
    StateValue: 'text',
    ActionPrefix: 'text',
    MaxRecords: 'number',
    NextToken: 'text',
  },
  DescribeAlarmsForMetric: {
    ...watchedMetric,
  },
  DescribeAlarmHistory: {
    AlarmName: 'text',
    AlarmContributorId: 'text',
    AlarmTypes: names,
    HistoryItemType: 'text',
    StartDate: 'time',
    EndDate: 'time',
    MaxRecords: 'number',
    NextToken: 'text',
    ScanBy: 'text',
  },
  DeleteAlarms: { AlarmNames: names },
  EnableAlarmActions: { AlarmNames: names },
  DisableAlarmActions: { AlarmNames: names },
  SetAlarmState: { AlarmName: 'text', StateValue: 'text', StateReason: 'text', StateReasonData: 'text' },
  TagResource: { ResourceARN: 'text', Tags: tags },
  UntagResource: { ResourceARN: 'text', TagKeys: names },
  ListTagsForResource: { ResourceARN: 'text' },
};
