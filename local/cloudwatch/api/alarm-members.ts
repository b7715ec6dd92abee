import type { Members, Shape } from './shape.ts';

export const dimensions: Shape = { list: { members: { Name: 'text', Value: 'text' } } };
export const names: Shape = { list: 'text' };

/** The metric that an alarm watches: what is given with an alarm, asked for, and answered. */
export const watchedMetric: Members['members'] = {
  MetricName: 'text',
  Namespace: 'text',
  Statistic: 'text',
  ExtendedStatistic: 'text',
  Dimensions: dimensions,
  Period: 'number',
  Unit: 'text',
};

/** How an alarm judges its metric. */
export const judgement: Members['members'] = {
  EvaluationPeriods: 'number',
  DatapointsToAlarm: 'number',
  Threshold: 'number',
  ComparisonOperator: 'text',
  TreatMissingData: 'text',
  EvaluateLowSampleCountPercentile: 'text',
};
