import { z } from 'zod';
import { ActionError, defineAction, roleArn, templateText } from './action.ts';
import { requirePermission, requireService } from './permissions.ts';
import { textOrBase64 } from './result-text.ts';

/** The limit of Kinesis for the key of a record, in characters. */
const MAX_PARTITION_KEY = 256;

/** Puts the SELECT result into a Kinesis data stream: kept in the outbox. Without a key each record gets its own. */
export const kinesis = defineAction({
  name: 'Kinesis',
  failedAction: 'KinesisAction',
  settings: z.strictObject({
    StreamName: templateText,
    PartitionKey: templateText.optional(),
    RoleArn: roleArn,
  }),
  prepare: ({ StreamName, PartitionKey, RoleArn }) => ({
    resource: StreamName,
    run: async (streamName, invocation, services) => {
      const { context, result, ruleName } = invocation;
      const partitionKey = PartitionKey?.render(context) ?? context.newUuid();
      if (partitionKey === '' || partitionKey.length > MAX_PARTITION_KEY) {
        throw new ActionError(
          'KEY_INVALID',
          `the partition key has 1 to ${MAX_PARTITION_KEY} characters, not ${partitionKey.length}`,
        );
      }
      const keep = requireService(services, 'keep');
      requirePermission(services, invocation, RoleArn, 'kinesis:PutRecord', ({ region, accountId }) => {
        return `arn:aws:kinesis:${region}:${accountId}:stream/${streamName}`;
      });
      keep('kinesis', { ruleName, streamName, partitionKey, ...textOrBase64(result.bytes()) });
    },
  }),
});
