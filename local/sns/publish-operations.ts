import { z } from 'zod';
import { AwsApiError } from '../errors.ts';
import { readInput, requireTopic, type Operation, type SnsContext } from './context.ts';
import { deliver, keepSms } from './deliver.ts';
import { invalidParameter, snsError } from './errors.ts';
import { MAX_MESSAGE_BYTES, messageFields, readMessage, type PublishedMessage } from './message.ts';
import type { Subscription } from './store.ts';

const MAX_ENTRIES = 10;
const MAX_SUBSCRIBERS = 10_000;

const publishInput = z.object({
  TopicArn: z.string().optional(),
  TargetArn: z.string().optional(),
  PhoneNumber: z.string().optional(),
  ...messageFields,
});
const batchInput = z.object({
  TopicArn: z.string(),
  PublishBatchRequestEntries: z.array(z.object({ Id: z.string(), ...messageFields })).default([]),
});

/**
 * Publishes to a topic. Queues, functions and the outbox have the message when this resolves; subscribers over HTTP
 * get it in the background.
 *
 * @returns the message's id.
 * @throws AwsApiError NotFound when there is no such topic; a subscriber that cannot be reached is no error.
 */
export async function publishToTopic(
  context: SnsContext,
  topicArn: string,
  message: PublishedMessage,
): Promise<string> {
  const topic = requireTopic(context, topicArn);
  const notification = {
    messageId: context.newId(),
    topicArn: topic.arn,
    atMs: context.clock.now(),
    message,
  };
  const subscriptions = context.store
    .listSubscriptions(topic.arn, '', MAX_SUBSCRIBERS)
    .filter(({ token }) => token === undefined);
  const isPosted = ({ protocol }: Subscription): boolean => protocol === 'http' || protocol === 'https';
  for (const subscription of subscriptions.filter(isPosted)) {
    context.inBackground(deliver(notification, subscription, context));
  }
  const others = subscriptions.filter((subscription) => !isPosted(subscription));
  await Promise.all(others.map((subscription) => deliver(notification, subscription, context)));
  return notification.messageId;
}

export function publishOperations(context: SnsContext): Record<string, Operation> {
  return {
    async Publish(input) {
      const fields = readInput(publishInput, input);
      const { TopicArn, TargetArn, PhoneNumber } = fields;
      const targets = [TopicArn, TargetArn, PhoneNumber].filter((target) => target !== undefined);
      if (targets.length !== 1) {
        throw invalidParameter('TopicArn', 'one of TopicArn, TargetArn and PhoneNumber is needed');
      }
      const message = readMessage(fields);
      if (PhoneNumber === undefined) {
        return { MessageId: await publishToTopic(context, TopicArn ?? TargetArn ?? '', message) };
      }
      if (!/^\+?[0-9]{3,20}$/.test(PhoneNumber)) throw invalidParameter('PhoneNumber', 'it is none in E.164');
      const notification = { messageId: context.newId(), topicArn: '', atMs: context.clock.now(), message };
      keepSms(notification, PhoneNumber, context.targets);
      return { MessageId: notification.messageId };
    },
    async PublishBatch(input) {
      const { TopicArn, PublishBatchRequestEntries: entries } = readInput(batchInput, input);
      requireTopic(context, TopicArn);
      checkBatch(entries);
      const Successful: object[] = [];
      const Failed: object[] = [];
      for (const { Id, ...fields } of entries) {
        try {
          Successful.push({ Id, MessageId: await publishToTopic(context, TopicArn, readMessage(fields)) });
        } catch (thrown) {
          if (!(thrown instanceof AwsApiError)) throw thrown;
          const { code: Code, message: Message, status } = thrown;
          Failed.push({ Id, Code, Message, SenderFault: status < 500 });
        }
      }
      return { Successful, Failed };
    },
  };
}

/** The checks that a batch as a whole has to pass. */
function checkBatch(entries: readonly { readonly Id: string; readonly Message: string }[]): void {
  if (entries.length === 0) {
    throw snsError('EmptyBatchRequest', "The batch request doesn't contain any entries.");
  }
  if (entries.length > MAX_ENTRIES) {
    throw snsError(
      'TooManyEntriesInBatchRequest',
      `The batch request contains more entries than permissible: ${entries.length} of ${MAX_ENTRIES}.`,
    );
  }
  const wrong = entries.find(({ Id }) => !/^[A-Za-z0-9_-]{1,80}$/.test(Id));
  if (wrong !== undefined) {
    throw snsError(
      'InvalidBatchEntryId',
      `The Id of a batch entry is not usable: "${wrong.Id.slice(0, 100)}".`,
    );
  }
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
    throw snsError('BatchEntryIdsNotDistinct', 'Two or more batch entries in the request have the same Id.');
  }
  const bytes = entries.reduce((sum, { Message }) => sum + Buffer.byteLength(Message), 0);
  if (bytes > MAX_MESSAGE_BYTES) {
    throw snsError(
      'BatchRequestTooLong',
      `The messages have ${bytes} bytes, and ${MAX_MESSAGE_BYTES} are taken.`,
    );
  }
}
