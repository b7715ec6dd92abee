import { Buffer } from 'node:buffer';
import { AwsApiError } from '../../errors.ts';
import type { Gateway } from '../gateway/index.ts';
import { page } from './page.ts';
import { decodePathPart } from './publish-request.ts';

/** AWS's page size, which is its largest as well. */
const largestPage = 200;

type RetainedMessages = Pick<Gateway, 'retained' | 'listRetained'>;

/**
 * GetRetainedMessage.
 *
 * @throws AwsApiError 404 ResourceNotFoundException
 */
export function getRetainedMessage(gateway: RetainedMessages, encodedTopic: string): unknown {
  const topic = decodePathPart(encodedTopic, 'topic');
  const entry = gateway.retained(topic);
  if (entry === undefined) {
    throw new AwsApiError(404, 'ResourceNotFoundException', `No message is retained on "${topic}".`);
  }
  const { payload, qos, properties } = entry.message;
  const users = properties?.userProperties?.map(([name, value]) => ({ [name]: value }));
  return {
    topic,
    payload: Buffer.from(payload).toString('base64'),
    qos,
    lastModifiedTime: entry.modifiedAtMs,
    userProperties: users === undefined ? null : Buffer.from(JSON.stringify(users)).toString('base64'),
  };
}

/** ListRetainedMessages, by topic. */
export function listRetainedMessages(gateway: RetainedMessages, query: URLSearchParams): unknown {
  const entries = gateway.listRetained();
  const { items, nextToken } = page(entries, ({ message }) => message.topic, query, largestPage);
  return {
    retainedTopics: items.map(({ message, modifiedAtMs }) => ({
      topic: message.topic,
      payloadSize: message.payload.length,
      qos: message.qos,
      lastModifiedTime: modifiedAtMs,
    })),
    nextToken,
  };
}
