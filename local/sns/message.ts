import { z } from 'zod';
import { invalidParameter } from './errors.ts';

/** One attribute of a message; `BinaryValue` is base64. */
export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string | undefined;
  readonly BinaryValue?: string | undefined;
}

/** A message that was published, checked. */
export interface PublishedMessage {
  /** The text for one protocol: the same for all, or its own where the structure is JSON. */
  textFor(protocol: string): string;
  readonly subject?: string;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
}

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

type MessageFields = z.output<z.ZodObject<typeof messageFields>>;

/** The limit of SNS: text and attributes together. */
export const MAX_MESSAGE_BYTES = 262_144;

const ATTRIBUTE_NAME = /^(?!aws\.|amazon\.)(?!\.)(?!.*\.\.)[a-z0-9_.-]{1,256}(?<!\.)$/i;
const DATA_TYPE = /^(String|String\.Array|Number|Binary)$/;

/** @throws AwsApiError InvalidParameter */
export function readMessage(fields: MessageFields): PublishedMessage {
  const { Message, Subject, MessageStructure, MessageAttributes } = fields;
  if (fields.MessageGroupId !== undefined || fields.MessageDeduplicationId !== undefined) {
    throw invalidParameter(
      'MessageGroupId',
      'groups and deduplication belong to FIFO topics, which are not served',
    );
  }
  if (Message === '') throw invalidParameter('Message', 'Empty message');
  checkSubject(Subject);
  const bytes = checkAttributes(MessageAttributes) + Buffer.byteLength(Message);
  if (bytes > MAX_MESSAGE_BYTES) throw invalidParameter('Message', 'Message too long');
  return {
    textFor: readStructure(Message, MessageStructure),
    attributes: MessageAttributes,
    ...(Subject === undefined ? {} : { subject: Subject }),
  };
}

function readStructure(message: string, structure: string | undefined): (protocol: string) => string {
  if (structure === undefined || structure === '') return () => message;
  if (structure !== 'json') throw invalidParameter('MessageStructure', 'it is json, or left out');
  const texts = parseStructure(message);
  const fallback = texts['default'];
  if (typeof fallback !== 'string') {
    throw invalidParameter('Message Structure', 'No default entry in JSON message body');
  }
  return (protocol) => {
    const own = Object.hasOwn(texts, protocol) ? texts[protocol] : undefined;
    return typeof own === 'string' ? own : fallback;
  };
}

function parseStructure(message: string): Readonly<Record<string, unknown>> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(message));
  } catch {
    throw invalidParameter('Message Structure', 'JSON message body failed to parse');
  }
}

/** Up to 100 characters of printable ASCII that begin with a letter, a digit or a mark. */
function checkSubject(subject: string | undefined): void {
  if (subject === undefined || /^[\x21-\x7e][\x20-\x7e]{0,99}$/.test(subject)) return;
  throw invalidParameter('Subject', 'it has 1 to 100 printable ASCII characters and begins with no space');
}

/** The bytes that attributes count with. */
function checkAttributes(attributes: MessageFields['MessageAttributes']): number {
  let bytes = 0;
  for (const [name, { DataType, StringValue, BinaryValue }] of Object.entries(attributes)) {
    const at = `MessageAttributes.${name}`;
    if (!ATTRIBUTE_NAME.test(name))
      throw invalidParameter(at, 'the name of an attribute has letters, digits and _-.');
    if (!DATA_TYPE.test(DataType)) {
      throw invalidParameter(at, `the type ${DataType} is none of String, String.Array, Number and Binary`);
    }
    const value = DataType === 'Binary' ? BinaryValue : StringValue;
    if (value === undefined || value === '') throw invalidParameter(at, 'the value must not be empty');
    if (DataType === 'Number' && !Number.isFinite(Number(value)))
      throw invalidParameter(at, 'it is no number');
    bytes += Buffer.byteLength(name) + DataType.length + Buffer.byteLength(value);
  }
  return bytes;
}
