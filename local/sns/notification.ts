import { z } from 'zod';

/** One attribute of a message; `BinaryValue` is base64. */
const attributeSchema = z.object({
  DataType: z.string(),
  StringValue: z.string().optional(),
  BinaryValue: z.string().optional(),
});

const messageSchema = z.object({
  /** The text for all protocols that have none of their own. */
  text: z.string(),
  /** Texts by protocol, where the structure of the message is JSON. */
  texts: z.record(z.string(), z.string()).default({}),
  subject: z.string().exactOptional(),
  attributes: z.record(z.string(), attributeSchema),
});

/** A message on its way to subscribers, as it is kept while a delivery waits. */
export const notificationSchema = z.object({
  messageId: z.string(),
  topicArn: z.string(),
  /** When it was published. */
  atMs: z.number(),
  message: messageSchema,
  /** The topic's, when it was published: 1 signs with SHA-1, 2 with SHA-256. */
  signatureVersion: z.enum(['1', '2']),
  /** The topic's display name, when it was published: what mail and text messages come from. */
  displayName: z.string(),
});

export type MessageAttribute = z.output<typeof attributeSchema>;
/** A message that was published, checked. */
export type PublishedMessage = z.output<typeof messageSchema>;
export type Notification = z.output<typeof notificationSchema>;

/** The text for one protocol: the same for all, or its own where the structure is JSON. */
export function textFor({ text, texts }: PublishedMessage, protocol: string): string {
  return Object.hasOwn(texts, protocol) ? (texts[protocol] ?? text) : text;
}
