import { dimensions, judgement, names, watchedMetric } from './alarm-members.ts';
import type { Members, Shape } from './shape.ts';

const alarms: Shape = {
  list: {
    members: {
      AlarmName: 'text',
      AlarmArn: 'text',
      AlarmDescription: 'text',
      AlarmConfigurationUpdatedTimestamp: 'time',
      ActionsEnabled: 'boolean',
      OKActions: names,
      AlarmActions: names,
      InsufficientDataActions: names,
      StateValue: 'text',
      StateReason: 'text',
      StateReasonData: 'text',
      StateUpdatedTimestamp: 'time',
      StateTransitionedTimestamp: 'time',
      ...watchedMetric,
      ...judgement,
    },
  },
};

const historyItems: Shape = {
  list: {
    members: {
      AlarmName: 'text',
      AlarmType: 'text',
      Timestamp: 'time',
      HistoryItemType: 'text',
      HistorySummary: 'text',
      HistoryData: 'text',
    },
  },
};

/** What operations answer, by their names. Those that are not in here answer nothing. */
export const OUTPUTS: Readonly<Record<string, Members['members']>> = {
  ListMetrics: {
    Metrics: { list: { members: { Namespace: 'text', MetricName: 'text', Dimensions: dimensions } } },
    NextToken: 'text',
  },
  GetMetricStatistics: {
    Label: 'text',
    Datapoints: {
      list: {
        members: {
          Timestamp: 'time',
          SampleCount: 'number',
          Average: 'number',
          Sum: 'number',
          Minimum: 'number',
          Maximum: 'number',
          Unit: 'text',
          ExtendedStatistics: { map: 'number' },
        },
      },
    },
  },
  GetMetricData: {
    MetricDataResults: {
      list: {
        members: {
          Id: 'text',
          Label: 'text',
          Timestamps: { list: 'time' },
          Values: { list: 'number' },
          StatusCode: 'text',
        },
      },
    },
    NextToken: 'text',
  },
  DescribeAlarms: { MetricAlarms: alarms, CompositeAlarms: { list: { members: {} } }, NextToken: 'text' },
  DescribeAlarmsForMetric: { MetricAlarms: alarms },
  DescribeAlarmHistory: { AlarmHistoryItems: historyItems, NextToken: 'text' },
  TagResource: {},
  UntagResource: {},
  ListTagsForResource: { Tags: { list: { members: { Key: 'text', Value: 'text' } } } },
};
