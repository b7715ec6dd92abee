import { z } from 'zod';
import { cloudFormationBoolean, defineAction, roleArn, templateText } from './action.ts';
import { requirePermission } from './permissions.ts';
import { textOf } from './result-text.ts';

/** Sends the SELECT result to a queue, as text or in base64. */
export const sqs = defineAction({
  name: 'Sqs',
  failedAction: 'SqsAction',
  settings: z.strictObject({
    QueueUrl: templateText,
    UseBase64: cloudFormationBoolean.default(false),
    RoleArn: roleArn,
  }),
  prepare: ({ QueueUrl, UseBase64, RoleArn }) => ({
    resource: QueueUrl,
    run: async (queueUrl, invocation, services) => {
      const bytes = invocation.result.bytes();
      const body = UseBase64 ? Buffer.from(bytes).toString('base64') : textOf(bytes, 'SQS', 'set UseBase64');
      requirePermission(services, invocation, RoleArn, 'sqs:SendMessage', ({ region, accountId }) => {
        const name = queueUrl.slice(queueUrl.lastIndexOf('/') + 1);
        return `arn:aws:sqs:${region}:${accountId}:${name}`;
      });
      await services.sendMessage({ queueUrl, body });
    },
  }),
});
