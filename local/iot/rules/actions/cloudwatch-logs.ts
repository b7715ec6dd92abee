import { z } from 'zod';
import type { SelectResult } from '../sql/result.ts';
import { isArray, isObject, toText } from '../sql/conversions.ts';
import { isInt, isNumber, toDouble, type SqlValue } from '../sql/values.ts';
import { ActionError, cloudFormationBoolean, defineAction, roleArn, templateText } from './action.ts';
import { requirePermission, requireService } from './permissions.ts';
import { jsonOf, textOf } from './result-text.ts';

/** What AWS IoT has to be allowed, in the order in which it needs it. */
const CALLS = ['logs:DescribeLogStreams', 'logs:CreateLogStream', 'logs:PutLogEvents'] as const;

/**
 * Writes the SELECT result into a CloudWatch log group: as one event of now, or in batch mode as the events of an
 * Array of `{timestamp, message}`, their times in milliseconds. The stream is called as the rule.
 */
export const cloudwatchLogs = defineAction({
  name: 'CloudwatchLogs',
  failedAction: 'CloudwatchLogsAction',
  settings: z.strictObject({
    LogGroupName: templateText,
    BatchMode: cloudFormationBoolean.default(false),
    RoleArn: roleArn,
  }),
  prepare: ({ LogGroupName, BatchMode, RoleArn }) => ({
    resource: LogGroupName,
    run: async (logGroupName, invocation, services) => {
      const { result, context, ruleName } = invocation;
      const events = BatchMode
        ? readBatch(result)
        : [{ timestampMs: context.nowMs, message: lineOf(result) }];
      const putLogEvents = requireService(services, 'putLogEvents');
      for (const call of CALLS) {
        requirePermission(services, invocation, RoleArn, call, ({ region, accountId }) => {
          return `arn:aws:logs:${region}:${accountId}:log-group:${logGroupName}:log-stream:${ruleName}`;
        });
      }
      putLogEvents({ logGroupName, logStreamName: ruleName, events });
    },
  }),
});

function lineOf(result: SelectResult): string {
  return textOf(result.bytes(), 'CloudWatch Logs', "use encode(*, 'base64')");
}

/** @throws ActionError RESULT_NOT_JSON, BATCH_INVALID */
function readBatch(result: SelectResult): { timestampMs: number; message: string }[] {
  const value = jsonOf(result, 'a batch of log events');
  if (!isArray(value)) throw notABatch('the result of SELECT is no Array');
  return value.map((element, index) => readEvent(element, index));
}

function readEvent(value: SqlValue, index: number): { timestampMs: number; message: string } {
  if (!isObject(value)) throw notABatch(`element ${index} is no Object`);
  const { timestamp, message } = value;
  if (!isNumber(timestamp) || !isInt(timestamp)) {
    throw notABatch(`element ${index} has no timestamp that is a whole number of milliseconds`);
  }
  const text = toText(message);
  if (text === undefined) throw notABatch(`element ${index} has no message`);
  return { timestampMs: toDouble(timestamp), message: text };
}

function notABatch(why: string): ActionError {
  return new ActionError(
    'BATCH_INVALID',
    `${why}; a batch is [{"timestamp": 1673520691093, "message": "…"}, …]`,
  );
}
