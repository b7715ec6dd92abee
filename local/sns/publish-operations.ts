import { z } from 'zod';
import { AwsApiError } from '../errors.ts';
import { readInput, requireTopic, type Operation, type SnsContext } from './context.ts';
import { invalidParameter, snsError } from './errors.ts';
import { messageFields, readMessage, sizeBytes, type MessageFields } from './message.ts';
import { textFor } from './notification.ts';
import { publishToPhone, publishToTopic } from './publish.ts';
import { checkSmsAttributes, MAX_SMS_CHARACTERS, readPhoneNumber } from './sms-operations.ts';
import { maxMessageBytes } from './topic-attributes.ts';

const MAX_ENTRIES = 10;

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

export function publishOperations(context: SnsContext): Record<string, Operation> {
  async function publish(topicArn: string, fields: MessageFields): Promise<string> {
    if (topicArn.includes(':endpoint/')) {
      throw invalidParameter(
        'TargetArn',
        'push notifications to apps are not served; publish to a topic or a phone',
      );
    }
    const { attributes } = requireTopic(context, topicArn);
    const message = readMessage(fields, maxMessageBytes(attributes));
    checkSmsAttributes(message.attributes);
    return publishToTopic(context, topicArn, message, sizeBytes(fields));
  }

  function publishSms(phoneNumber: string, fields: MessageFields): string {
    const to = readPhoneNumber(phoneNumber);
    const message = readMessage(fields);
    checkSmsAttributes(message.attributes);
    if (textFor(message, 'sms').length > MAX_SMS_CHARACTERS) {
      throw snsError('InvalidParameter', 'Invalid parameter: Message too long');
    }
    return publishToPhone(context, to, message, sizeBytes(fields));
  }

  return {
    async Publish(input) {
      const { TopicArn, TargetArn, PhoneNumber, ...fields } = readInput(publishInput, input);
      const targets = [TopicArn, TargetArn, PhoneNumber].filter((target) => target !== undefined);
      if (targets.length !== 1) {
        throw invalidParameter('TopicArn', 'one of TopicArn, TargetArn and PhoneNumber is needed');
      }
      if (PhoneNumber !== undefined) return { MessageId: publishSms(PhoneNumber, fields) };
      return { MessageId: await publish(TopicArn ?? TargetArn ?? '', fields) };
    },
    async PublishBatch(input) {
      const { TopicArn, PublishBatchRequestEntries: entries } = readInput(batchInput, input);
      const { attributes } = requireTopic(context, TopicArn);
      checkBatch(entries, maxMessageBytes(attributes));
      const Successful: object[] = [];
      const Failed: object[] = [];
      for (const { Id, ...fields } of entries) {
        try {
          Successful.push({ Id, MessageId: await publish(TopicArn, fields) });
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
function checkBatch(entries: readonly (MessageFields & { readonly Id: string })[], maxBytes: number): void {
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
    const what = wrong.Id.length > 80 ? 'is too long' : 'contains an impermissible character';
    throw snsError(
      'InvalidBatchEntryId',
      `The Id of a batch entry in the batch request ${what}: ${wrong.Id.slice(0, 100)}`,
    );
  }
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
    throw snsError('BatchEntryIdsNotDistinct', 'Two or more batch entries in the request have the same Id.');
  }
  const bytes = entries.reduce((sum, entry) => sum + sizeBytes(entry), 0);
  if (bytes > maxBytes) {
    throw snsError('BatchRequestTooLong', `The messages have ${bytes} bytes, and ${maxBytes} are taken.`);
  }
}
