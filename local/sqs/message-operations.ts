import { createHash } from 'node:crypto';
import * as z from 'zod';
import { batchSchema, runBatch, tooLong } from './batch.ts';
import { decodeReceipt, encodeReceipt, queueArn, queueByArn, queueByUrl, readInput } from './context.ts';
import type { Caller, Operation, SqsContext } from './context.ts';
import { sqsError } from './errors.ts';
import { attributesSizeBytes, hasOnlyAllowedCharacters, md5OfAttributes } from './message-attributes.ts';
import { selectAttributes, validateMessageAttributes, type MessageAttributes } from './message-attributes.ts';
import type { ReceivedMessage } from './message-store.ts';
import { numberAttribute, readRedrivePolicy } from './queue-attributes.ts';
import type { Queue } from './store.ts';

const MAX_VISIBILITY_SECONDS = 43_200;
/** The most that one batch may hold together, the same as one message. */
const MAX_BATCH_BYTES = 1_048_576;

const visibility = z.int().min(0).max(MAX_VISIBILITY_SECONDS);
const attributeSchema = z.object({
  DataType: z.string(),
  StringValue: z.string().optional(),
  BinaryValue: z.string().optional(),
});
const attributesSchema = z.record(z.string(), attributeSchema);
const sendFields = {
  MessageBody: z.string(),
  DelaySeconds: z.int().min(0).max(900).optional(),
  MessageAttributes: attributesSchema.default({}),
  MessageSystemAttributes: z.object({ AWSTraceHeader: attributeSchema.optional() }).default({}),
  MessageGroupId: z.string().max(128).optional(),
  MessageDeduplicationId: z.never('standard queues do not deduplicate').optional(),
};
const entrySchema = z.object(sendFields);
const byUrl = z.object({ QueueUrl: z.string() });
const sendSchema = byUrl.extend(sendFields);
const receiveSchema = byUrl.extend({
  MaxNumberOfMessages: z.int().min(1).max(10).default(1),
  VisibilityTimeout: visibility.optional(),
  WaitTimeSeconds: z.int().min(0).max(20).optional(),
  AttributeNames: z.array(z.string()).default([]),
  MessageSystemAttributeNames: z.array(z.string()).default([]),
  MessageAttributeNames: z.array(z.string()).default([]),
});
const handleFields = { ReceiptHandle: z.string() };
const visibilityFields = { ...handleFields, VisibilityTimeout: visibility };

type Entry = z.infer<typeof entrySchema>;

/**
 * Puts one message into a queue.
 *
 * @throws AwsApiError `MissingParameter`, `InvalidParameterValue`, `InvalidMessageContents`.
 */
export function sendMessage(context: SqsContext, queue: Queue, entry: Entry, senderId: string) {
  const { messages, waiters, clock, newId } = context;
  const { MessageBody: body, MessageAttributes: attributes, MessageGroupId } = entry;
  const trace = entry.MessageSystemAttributes.AWSTraceHeader;
  if (body === '') throw sqsError('MissingParameter', 'The request must contain the parameter MessageBody.');
  if (!hasOnlyAllowedCharacters(body)) {
    throw sqsError(
      'InvalidMessageContents',
      'Invalid characters were found in the message body. Allowed are #x9, #xA, #xD, #x20 to #xD7FF, #xE000 to ' +
        '#xFFFD and #x10000 to #x10FFFF.',
    );
  }
  validateMessageAttributes(attributes);
  const most = numberAttribute(queue.attributes, 'MaximumMessageSize');
  if (sizeBytes(entry) > most) {
    throw sqsError(
      'InvalidParameterValue',
      `One or more parameters are invalid. Reason: Message must be shorter than ${most} bytes.`,
    );
  }
  const messageId = newId();
  const systemAttributes = {
    SenderId: senderId,
    ...(trace?.StringValue === undefined ? {} : { AWSTraceHeader: trace.StringValue }),
    ...(MessageGroupId === undefined ? {} : { MessageGroupId }),
  };
  const delaySeconds = entry.DelaySeconds ?? numberAttribute(queue.attributes, 'DelaySeconds');
  messages.send(
    queue.id,
    { messageId, body, attributes, systemAttributes },
    delaySeconds * 1_000,
    clock.now(),
  );
  waiters.wake(queue.id);
  const md5 = md5OfAttributes(attributes);
  const systemMd5 = trace === undefined ? undefined : md5OfAttributes({ AWSTraceHeader: trace });
  return {
    MessageId: messageId,
    MD5OfMessageBody: md5OfText(body),
    ...(md5 === undefined ? {} : { MD5OfMessageAttributes: md5 }),
    ...(systemMd5 === undefined ? {} : { MD5OfMessageSystemAttributes: systemMd5 }),
  };
}

function sizeBytes({ MessageBody, MessageAttributes }: Entry): number {
  return Buffer.byteLength(MessageBody) + attributesSizeBytes(MessageAttributes);
}

function md5OfText(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

/** The operations on messages. */
export function messageOperations(context: SqsContext) {
  const { messages, waiters, clock, callersClock } = context;

  /** Receives what is there, else waits for it as long as the caller wants and stays. */
  async function receive(
    input: z.infer<typeof receiveSchema>,
    { signal }: Caller,
  ): Promise<ReceivedMessage[]> {
    const { attributes } = queueByUrl(context, input.QueueUrl);
    const waitSeconds = input.WaitTimeSeconds ?? numberAttribute(attributes, 'ReceiveMessageWaitTimeSeconds');
    const deadlineMs = callersClock.now() + waitSeconds * 1_000;
    for (;;) {
      if (signal?.aborted === true || waiters.closed) return [];
      // Looked up again each time: while one sleeps the queue may be changed or deleted.
      const queue = queueByUrl(context, input.QueueUrl);
      const now = clock.now();
      const found = receiveNow(queue, input, now);
      if (found.length > 0 || callersClock.now() >= deadlineMs) return found;
      const visibleAtMs = messages.nextVisibleAt(queue.id, now);
      await waiters.wait(queue.id, { deadlineMs, visibleAtMs }, signal);
    }
  }

  function receiveNow(queue: Queue, input: z.infer<typeof receiveSchema>, now: number): ReceivedMessage[] {
    messages.expire(queue.id, now - numberAttribute(queue.attributes, 'MessageRetentionPeriod') * 1_000);
    const seconds = input.VisibilityTimeout ?? numberAttribute(queue.attributes, 'VisibilityTimeout');
    const deadLetter = deadLetterOf(queue);
    const options = { max: input.MaxNumberOfMessages, visibilityMs: seconds * 1_000, deadLetter };
    const received = messages.receive(queue.id, options, now);
    if (received.buried > 0 && deadLetter !== undefined) waiters.wake(deadLetter.queueId);
    return received.messages;
  }

  /** Where a queue's dead letters go; nowhere when that queue has been deleted since. */
  function deadLetterOf(queue: Queue) {
    const policy = readRedrivePolicy(queue.attributes);
    const target = policy === undefined ? undefined : queueByArn(context, policy.deadLetterTargetArn);
    if (policy === undefined || target === undefined) return undefined;
    const { maxReceiveCount } = policy;
    return { queueId: target.id, maxReceiveCount, sourceArn: queueArn(context, queue.name) };
  }

  function deleteMessage(queue: Queue, { ReceiptHandle }: { ReceiptHandle: string }): void {
    messages.remove(decodeReceipt(queue, ReceiptHandle));
  }

  function changeVisibility(queue: Queue, input: { ReceiptHandle: string; VisibilityTimeout: number }): void {
    const receipt = decodeReceipt(queue, input.ReceiptHandle);
    const now = clock.now();
    const message = messages.find(receipt);
    if (message === undefined || message.visibleAt <= now) {
      throw sqsError(
        'MessageNotInflight',
        'The message referred to is not in flight: it was deleted, or its visibility timeout has run out.',
      );
    }
    const visibleAt = now + input.VisibilityTimeout * 1_000;
    if (visibleAt > message.receivedAt + MAX_VISIBILITY_SECONDS * 1_000) {
      throw sqsError(
        'InvalidParameterValue',
        `Value ${input.VisibilityTimeout} for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout ` +
          `for the message is beyond the limit [${MAX_VISIBILITY_SECONDS} seconds].`,
      );
    }
    messages.setVisibleAt(receipt.seq, visibleAt);
    // Also when it is later than before: those who wait must look at the clock anew.
    waiters.wake(queue.id);
  }

  return {
    SendMessage(input, { senderId }) {
      const { QueueUrl, ...entry } = readInput(sendSchema, input);
      return sendMessage(context, queueByUrl(context, QueueUrl), entry, senderId);
    },
    SendMessageBatch(input, { senderId }) {
      const { QueueUrl, Entries } = readInput(batchSchema(sendFields), input);
      const queue = queueByUrl(context, QueueUrl);
      const total = Entries.reduce((sum, entry) => sum + sizeBytes(entry), 0);
      if (total > MAX_BATCH_BYTES) throw tooLong(total, MAX_BATCH_BYTES);
      return runBatch(Entries, (entry) => sendMessage(context, queue, entry, senderId));
    },
    async ReceiveMessage(input, caller) {
      const request = readInput(receiveSchema, input);
      const received = await receive(request, caller);
      if (received.length === 0) return {};
      const system = [...request.AttributeNames, ...request.MessageSystemAttributeNames];
      return {
        Messages: received.map((message) => describeMessage(message, system, request.MessageAttributeNames)),
      };
    },
    DeleteMessage(input) {
      const { QueueUrl, ...entry } = readInput(byUrl.extend(handleFields), input);
      deleteMessage(queueByUrl(context, QueueUrl), entry);
      return {};
    },
    DeleteMessageBatch(input) {
      const { QueueUrl, Entries } = readInput(batchSchema(handleFields), input);
      const queue = queueByUrl(context, QueueUrl);
      return runBatch(Entries, (entry) => deleteMessage(queue, entry));
    },
    ChangeMessageVisibility(input) {
      const { QueueUrl, ...entry } = readInput(byUrl.extend(visibilityFields), input);
      changeVisibility(queueByUrl(context, QueueUrl), entry);
      return {};
    },
    ChangeMessageVisibilityBatch(input) {
      const { QueueUrl, Entries } = readInput(batchSchema(visibilityFields), input);
      const queue = queueByUrl(context, QueueUrl);
      return runBatch(Entries, (entry) => changeVisibility(queue, entry));
    },
  } satisfies Record<string, Operation>;
}

/** A message as a receiver sees it, with the attributes that were asked for. */
function describeMessage(
  message: ReceivedMessage,
  systemNames: readonly string[],
  attributeNames: readonly string[],
) {
  const all = {
    ...message.systemAttributes,
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(message.receiveCount),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
  };
  const system = Object.entries(all).filter(
    ([name]) => systemNames.includes('All') || systemNames.includes(name),
  );
  const attributes: MessageAttributes = selectAttributes(message.attributes, attributeNames);
  const md5 = md5OfAttributes(attributes);
  return {
    MessageId: message.messageId,
    ReceiptHandle: encodeReceipt(message),
    MD5OfBody: md5OfText(message.body),
    Body: message.body,
    ...(system.length === 0 ? {} : { Attributes: Object.fromEntries(system) }),
    ...(md5 === undefined ? {} : { MD5OfMessageAttributes: md5, MessageAttributes: attributes }),
  };
}
