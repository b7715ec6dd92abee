import { z } from 'zod';
import { METRIC_UNITS } from '../../../cloudwatch/metric.ts';
import { toNumber } from '../sql/conversions.ts';
import { toDouble } from '../sql/values.ts';
import { ActionError, defineAction, roleArn, templateChoice, templateText } from './action.ts';
import { requirePermission, requireService } from './permissions.ts';

/** Puts a data point of a CloudWatch metric. AWS gives such a metric no dimensions. */
export const cloudwatchMetric = defineAction({
  name: 'CloudwatchMetric',
  failedAction: 'CloudwatchMetricAction',
  settings: z.strictObject({
    MetricNamespace: templateText,
    MetricName: templateText,
    MetricValue: templateText,
    MetricUnit: templateChoice(METRIC_UNITS),
    MetricTimestamp: templateText.optional(),
    RoleArn: roleArn,
  }),
  prepare: ({ MetricNamespace, MetricName, MetricValue, MetricUnit, MetricTimestamp, RoleArn }) => ({
    resource: MetricName,
    run: async (name, invocation, services) => {
      const { context } = invocation;
      const seconds = MetricTimestamp?.render(context);
      const datum = {
        namespace: MetricNamespace.render(context),
        name,
        dimensions: {},
        value: readNumber(MetricValue.render(context), 'value'),
        unit: readUnit(MetricUnit.render(context)),
        timestampMs: seconds === undefined ? context.nowMs : readNumber(seconds, 'timestamp') * 1_000,
      };
      const putMetric = requireService(services, 'putMetric');
      const about = { metricNamespace: datum.namespace };
      requirePermission(services, invocation, RoleArn, 'cloudwatch:PutMetricData', () => '*', about);
      putMetric(datum);
    },
  }),
});

function readNumber(text: string, what: string): number {
  const number = toNumber(text);
  if (number !== undefined) return toDouble(number);
  throw new ActionError(
    'PARAMETER_INVALID',
    `the ${what} "${text.slice(0, 100)}" of the metric is no number`,
  );
}

function readUnit(text: string): (typeof METRIC_UNITS)[number] {
  const unit = METRIC_UNITS.find((one) => one === text);
  if (unit !== undefined) return unit;
  throw new ActionError(
    'PARAMETER_INVALID',
    `the unit "${text.slice(0, 100)}" is none of ${METRIC_UNITS.join(', ')}`,
  );
}
