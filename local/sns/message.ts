import { z } from 'zod';
import { attributesBytes, checkAttributes } from './message-attributes.ts';
import { invalidParameter, snsError } from './errors.ts';
import type { PublishedMessage } from './notification.ts';

/** The parameters of a message, in Publish as in PublishBatch. */
export const messageFields = {
  Message: z.string(),
  Subject: z.string().optional(),
  MessageStructure: z.string().optional(),
  MessageAttributes: z
    .record(
      z.string(),
      z.object({
        DataType: z.string(),
        StringValue: z.string().optional(),
        BinaryValue: z.string().optional(),
      }),
    )
    .default({}),
  MessageGroupId: z.string().optional(),
  MessageDeduplicationId: z.string().optional(),
};

export type MessageFields = z.output<z.ZodObject<typeof messageFields>>;

/** The limit of SNS where a topic sets none: text and attributes together. */
export const MAX_MESSAGE_BYTES = 262_144;

/** @throws AwsApiError InvalidParameter, ParameterValueInvalid */
export function readMessage(fields: MessageFields, maxBytes = MAX_MESSAGE_BYTES): PublishedMessage {
  const { Message, Subject, MessageStructure, MessageAttributes } = fields;
  if (fields.MessageDeduplicationId !== undefined) {
    throw invalidParameter(
      'MessageDeduplicationId',
      'The request includes MessageDeduplicationId parameter that is not valid for this topic type: ' +
        'FIFO topics are not served',
    );
  }
  if (fields.MessageGroupId !== undefined) {
    throw invalidParameter('MessageGroupId', 'groups belong to FIFO topics, which are not served');
  }
  if (Message === '') throw snsError('InvalidParameter', 'Invalid parameter: Empty message');
  checkSubject(Subject);
  checkAttributes(MessageAttributes);
  if (sizeBytes(fields) > maxBytes) {
    throw snsError('InvalidParameter', 'Invalid parameter: Message too long');
  }
  const texts = readStructure(Message, MessageStructure);
  return {
    text: texts?.fallback ?? Message,
    texts: texts?.own ?? {},
    attributes: MessageAttributes,
    ...(Subject === undefined ? {} : { subject: Subject }),
  };
}

/** What counts towards the limit of a message. */
export function sizeBytes({ Message, MessageAttributes }: MessageFields): number {
  return Buffer.byteLength(Message) + attributesBytes(MessageAttributes);
}

/** The texts of a message whose structure is JSON; a value that is no text is as if it were not there. */
function readStructure(
  message: string,
  structure: string | undefined,
): { readonly fallback: string; readonly own: Record<string, string> } | undefined {
  if (structure === undefined || structure === '') return undefined;
  if (structure !== 'json') throw invalidParameter('MessageStructure', 'it is json, or left out');
  const entries = Object.entries(parseStructure(message));
  const texts = entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const fallback = texts.find(([protocol]) => protocol === 'default')?.[1];
  if (fallback === undefined) {
    throw snsError(
      'InvalidParameter',
      'Invalid parameter: Message Structure - No default entry in JSON message body',
    );
  }
  return { fallback, own: Object.fromEntries(texts.filter(([protocol]) => protocol !== 'default')) };
}

function parseStructure(message: string): Readonly<Record<string, unknown>> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(message));
  } catch {
    throw snsError(
      'InvalidParameter',
      'Invalid parameter: Message Structure - JSON message body failed to parse',
    );
  }
}

/** One line of up to 100 characters. */
function checkSubject(subject: string | undefined): void {
  if (subject === undefined) return;
  const isLine = !/[\p{Cc}\u2028\u2029]/u.test(subject) && subject.isWellFormed();
  if (isLine && subject.trim() !== '' && subject.length <= 100) return;
  throw invalidParameter('Subject', 'it has 1 to 100 characters, no line breaks and no control characters');
}
