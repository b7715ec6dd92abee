import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import { ActionError, cloudFormationBoolean, defineAction, roleArn, templateText } from './action.ts';

/** Sends the SELECT result to a queue, as text or in base64. */
export const sqs = defineAction({
  name: 'Sqs',
  failedAction: 'SqsAction',
  settings: z.strictObject({
    QueueUrl: templateText,
    UseBase64: cloudFormationBoolean.default(false),
    RoleArn: roleArn,
  }),
  prepare: ({ QueueUrl, UseBase64 }) => ({
    resource: QueueUrl,
    run: async (queueUrl, { result }, services) => {
      await services.sendMessage({ queueUrl, body: bodyOf(result.bytes(), UseBase64) });
    },
  }),
});

function bodyOf(bytes: Uint8Array, useBase64: boolean): string {
  if (!useBase64 && !isUtf8(bytes)) {
    throw new ActionError('BODY_NOT_TEXT', 'the payload is not UTF-8, which SQS requires: set UseBase64');
  }
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString(useBase64 ? 'base64' : 'utf8');
}
