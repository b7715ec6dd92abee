import { z } from 'zod';
import type { SelectResult } from '../sql/result.ts';
import { isArray, toText } from '../sql/conversions.ts';
import { ActionError, cloudFormationBoolean, defineAction, roleArn, templateText } from './action.ts';
import { requirePermission, requireService } from './permissions.ts';

const MAX_BATCH_RECORDS = 500;

/**
 * Puts the SELECT result into a Firehose delivery stream. In batch mode each element of an Array is a record of its
 * own. The separator ends every record.
 */
export const firehose = defineAction({
  name: 'Firehose',
  failedAction: 'FirehoseAction',
  settings: z.strictObject({
    DeliveryStreamName: templateText,
    Separator: z.enum([',', '\t', '\n', '\r\n']).optional(),
    BatchMode: cloudFormationBoolean.default(false),
    RoleArn: roleArn,
  }),
  prepare: ({ DeliveryStreamName, Separator, BatchMode, RoleArn }) => ({
    resource: DeliveryStreamName,
    run: async (streamName, invocation, services) => {
      const records = recordsOf(invocation.result, BatchMode);
      const putRecords = requireService(services, 'putRecords');
      const call = BatchMode ? 'firehose:PutRecordBatch' : 'firehose:PutRecord';
      requirePermission(services, invocation, RoleArn, call, ({ region, accountId }) => {
        return `arn:aws:firehose:${region}:${accountId}:deliverystream/${streamName}`;
      });
      const ending = Buffer.from(Separator ?? '');
      putRecords(
        streamName,
        records.map((record) => (ending.length === 0 ? record : Buffer.concat([record, ending]))),
      );
    },
  }),
});

/** @throws ActionError BATCH_INVALID */
function recordsOf(result: SelectResult, isBatch: boolean): readonly Uint8Array[] {
  const value = isBatch && result.isJson() ? result.json() : undefined;
  if (!isArray(value)) return [result.bytes()];
  if (value.length === 0 || value.length > MAX_BATCH_RECORDS) {
    throw new ActionError(
      'BATCH_INVALID',
      `a batch has 1 to ${MAX_BATCH_RECORDS} records, and the result has ${value.length}`,
    );
  }
  return value.map((element) => Buffer.from(toText(element) ?? 'null'));
}
