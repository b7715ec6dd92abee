import { z } from 'zod';
import type { MessageProperties } from '../../message.ts';
import { topicNameProblem } from '../../topics/topic-name.ts';
import type { MessageContext } from '../sql/context.ts';
import { ActionError, templateChoice, templateText } from './action.ts';

const FORMATS = ['UNSPECIFIED_BYTES', 'UTF8_DATA'];

/** The API's limits: characters of each setting, and user properties. */
const MAX_LENGTH = 1_024;
const MAX_USER_PROPERTIES = 100;

/** A message does not outlive a week on AWS IoT; what asks for longer gets a week. */
const MAX_EXPIRY_SECONDS = 604_800;

const header = z.string().max(MAX_LENGTH).pipe(templateText);

/** What a republished message says about itself in MQTT 5; templates may stand in everything. */
export const headersSchema = z.strictObject({
  PayloadFormatIndicator: templateChoice(FORMATS).optional(),
  ContentType: header.optional(),
  ResponseTopic: header.optional(),
  CorrelationData: header.optional(),
  MessageExpiry: header.optional(),
  UserProperties: z
    .array(z.strictObject({ Key: header, Value: header }))
    .max(MAX_USER_PROPERTIES)
    .optional(),
});

/**
 * The properties for one message; a header that is empty for it is left out.
 *
 * @throws ActionError HEADER_REFUSED
 */
export function renderHeaders(
  headers: z.output<typeof headersSchema>,
  context: MessageContext,
): MessageProperties {
  const {
    PayloadFormatIndicator,
    ContentType,
    ResponseTopic,
    CorrelationData,
    MessageExpiry,
    UserProperties,
  } = headers;
  const format = PayloadFormatIndicator?.render(context) || undefined;
  const contentType = ContentType?.render(context) || undefined;
  const responseTopic = ResponseTopic?.render(context) || undefined;
  const correlation = CorrelationData?.render(context) || undefined;
  const expiry = MessageExpiry?.render(context) || undefined;
  const userProperties = UserProperties?.map(
    ({ Key, Value }) => [Key.render(context), Value.render(context)] as const,
  );
  return {
    ...(format === undefined ? {} : { payloadFormatIndicator: readFormat(format) }),
    ...(contentType === undefined ? {} : { contentType }),
    ...(responseTopic === undefined ? {} : { responseTopic: readTopic(responseTopic) }),
    ...(correlation === undefined ? {} : { correlationData: readBase64(correlation) }),
    ...(expiry === undefined ? {} : { messageExpirySeconds: readExpiry(expiry) }),
    ...(userProperties === undefined ? {} : { userProperties }),
  };
}

function readFormat(text: string): boolean {
  if (FORMATS.includes(text)) return text === 'UTF8_DATA';
  throw refused('PayloadFormatIndicator', text, `is none of ${FORMATS.join(', ')}`);
}

function readTopic(text: string): string {
  const problem = topicNameProblem(text);
  if (problem === undefined) return text;
  throw refused('ResponseTopic', text, problem);
}

function readBase64(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64').replace(/=+$/, '') === text.replace(/=+$/, '')) return bytes;
  throw refused('CorrelationData', text, 'is not base64');
}

function readExpiry(text: string): number {
  if (/^\d{1,10}$/.test(text)) return Math.min(Number(text), MAX_EXPIRY_SECONDS);
  throw refused('MessageExpiry', text, 'is no whole number of seconds');
}

function refused(name: string, text: string, why: string): ActionError {
  return new ActionError('HEADER_REFUSED', `the header ${name} "${text.slice(0, 200)}" ${why}`, {
    header: name,
  });
}
