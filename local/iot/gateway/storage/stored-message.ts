import { Buffer } from 'node:buffer';
import { z } from 'zod';
import type { IotMessage, MessageProperties } from '../../message.ts';

const propertiesSchema = z.strictObject({
  payloadFormatIndicator: z.boolean().exactOptional(),
  messageExpirySeconds: z.number().exactOptional(),
  contentType: z.string().exactOptional(),
  responseTopic: z.string().exactOptional(),
  correlationData: z.base64().exactOptional(),
  userProperties: z.array(z.tuple([z.string(), z.string()])).exactOptional(),
});

/** All of a message but its topic and payload, which have columns of their own. */
const detailSchema = z.strictObject({
  qos: z.literal([0, 1]),
  retain: z.boolean(),
  publisher: z.strictObject({
    protocol: z.enum(['MQTT', 'HTTP', 'RULE']),
    clientId: z.string().exactOptional(),
    principal: z.string().exactOptional(),
    sourceIp: z.string().exactOptional(),
  }),
  traceId: z.string(),
  republishes: z.number(),
  properties: propertiesSchema.exactOptional(),
});

/** A message without its topic and payload, as JSON text. */
export function writeMessageDetail(message: IotMessage): string {
  const { qos, retain, publisher, traceId, republishes, properties } = message;
  const correlationData = properties?.correlationData;
  return JSON.stringify({
    qos,
    retain,
    publisher,
    traceId,
    republishes,
    ...(properties === undefined
      ? {}
      : {
          properties: {
            ...properties,
            ...(correlationData === undefined
              ? {}
              : { correlationData: Buffer.from(correlationData).toString('base64') }),
          },
        }),
  });
}

/** @throws ZodError or SyntaxError for what `writeMessageDetail` has not written */
export function readMessage(topic: string, payload: Uint8Array, detail: string): IotMessage {
  const { properties, ...rest } = detailSchema.parse(JSON.parse(detail));
  if (properties === undefined) return { topic, payload, ...rest };
  const { correlationData, ...others } = properties;
  const read: MessageProperties =
    correlationData === undefined
      ? others
      : { ...others, correlationData: Uint8Array.from(Buffer.from(correlationData, 'base64')) };
  return { topic, payload, ...rest, properties: read };
}
