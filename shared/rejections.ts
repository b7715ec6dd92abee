import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { GlasshouseError } from './errors.ts';

/**
 * Input that can never work: it is kept, whole and with its reason, in the rejections queue, and is not
 * tried again. `code` says which rule it broke and `data.field` where.
 */
export class RejectedInputError extends GlasshouseError {
  override readonly name = 'RejectedInputError' as const;

  constructor(code: string, message: string, field?: string) {
    super(message, { code, retryable: false, data: field === undefined ? {} : { field } });
  }
}

/** The body of a message in the rejections queue. */
export interface Rejection {
  readonly reason: { readonly code: string; readonly message: string; readonly field?: string };
  /** The function that refused the input. */
  readonly function: string;
  /** The invocation that refused it: a replay of the same invocation sends the same id again. */
  readonly requestId: string;
  readonly rejectedAt: string;
  /** The input as it came, whole. */
  readonly input: unknown;
}

export function describeRejection(
  error: RejectedInputError,
  input: unknown,
  origin: { functionName: string; requestId: string; nowMs: number },
): Rejection {
  const field = error.data['field'];
  return {
    reason: {
      code: error.code,
      message: error.message,
      ...(typeof field === 'string' ? { field } : {}),
    },
    function: origin.functionName,
    requestId: origin.requestId,
    rejectedAt: new Date(origin.nowMs).toISOString(),
    input,
  };
}

/** Puts a rejection into the queue. Throws when the queue cannot be reached: Lambda then tries again. */
export async function sendRejection(
  client: SQSClient,
  queueUrl: string,
  rejection: Rejection,
): Promise<void> {
  await client.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: JSON.stringify(rejection),
      MessageAttributes: { reason: { DataType: 'String', StringValue: rejection.reason.code } },
    }),
  );
}
