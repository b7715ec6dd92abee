import { alarmOperations } from './alarm-operations.ts';
import type { CloudWatchContext } from './context.ts';
import { describeAlarmHistory } from './describe-alarm-history.ts';
import { describeAlarms } from './describe-alarms.ts';
import { getMetricData } from './get-metric-data.ts';
import { getMetricStatistics } from './get-metric-statistics.ts';
import type { Operation } from './handler.ts';
import { listMetrics } from './list-metrics.ts';
import { putMetricData } from './put-metric-data.ts';
import { tagOperations } from './tag-operations.ts';

/** Everything that the API can be asked. */
export function operations(context: CloudWatchContext): Record<string, Operation> {
  return {
    ...putMetricData(context),
    ...listMetrics(context),
    ...getMetricStatistics(context),
    ...getMetricData(context),
    ...alarmOperations(context),
    ...describeAlarms(context),
    ...describeAlarmHistory(context),
    ...tagOperations(context),
  };
}
