import { z } from 'zod';
import { defineAction, roleArn, templateText } from './action.ts';
import { requirePermission, requireService } from './permissions.ts';
import { textOf } from './result-text.ts';

/** Publishes the SELECT result to an SNS topic: as the text, or as JSON that holds a text for each protocol. */
export const sns = defineAction({
  name: 'Sns',
  failedAction: 'SnsAction',
  settings: z.strictObject({
    TargetArn: templateText,
    MessageFormat: z.enum(['RAW', 'JSON']).default('RAW'),
    RoleArn: roleArn,
  }),
  prepare: ({ TargetArn, MessageFormat, RoleArn }) => ({
    resource: TargetArn,
    run: async (topicArn, invocation, services) => {
      const message = textOf(invocation.result.bytes(), 'SNS', "use encode(*, 'base64')");
      const notify = requireService(services, 'notify');
      requirePermission(services, invocation, RoleArn, 'sns:Publish', () => topicArn);
      await notify({ topicArn, message, ...(MessageFormat === 'JSON' ? { messageStructure: 'json' } : {}) });
    },
  }),
});
