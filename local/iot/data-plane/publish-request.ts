import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { AwsApiError } from '../../errors.ts';
import type { MessageProperties } from '../message.ts';
import { reservedTopicProblem, type ServedTopics } from '../topics/reserved-topics.ts';
import { topicNameProblem } from '../topics/topic-name.ts';

/** AWS IoT's limit for a published message, in bytes. */
export const maxPayloadBytes = 128 * 1024;

/** AWS keeps a message for seven days at most. */
const longestExpirySeconds = 604_800;

/** What a Publish request asks for. */
export interface PublishRequest {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1;
  readonly retain: boolean;
  readonly properties: MessageProperties | undefined;
}

/** The parts of an HTTP request that Publish looks at. */
export interface PublishSource {
  /** As it stands in the path, percent-encoded. */
  readonly encodedTopic: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
}

/**
 * Reads a Publish request, of an AWS caller or of a device.
 *
 * @throws AwsApiError 400 InvalidRequestException that says what cannot be published, or 413
 */
export function readPublish(source: PublishSource, served: ServedTopics): PublishRequest {
  const { query, body } = source;
  const topic = decodePathPart(source.encodedTopic, 'topic');
  const wrong = topicNameProblem(topic) ?? reservedTopicProblem(topic, served);
  if (wrong !== undefined) throw invalid(`The topic "${topic}" ${wrong}.`);
  if (body.length > maxPayloadBytes) {
    throw new AwsApiError(413, 'RequestEntityTooLargeException', 'The payload is larger than 128 KB.');
  }
  const qos = query.get('qos') ?? '0';
  if (qos !== '0' && qos !== '1') throw invalid(`QoS ${qos} is not 0 or 1.`);
  return {
    topic,
    payload: body,
    qos: qos === '1' ? 1 : 0,
    retain: query.get('retain') === 'true',
    properties: readMessageProperties(source),
  };
}

/**
 * The text of a part of a path.
 *
 * @throws AwsApiError 400 InvalidRequestException
 */
export function decodePathPart(encoded: string, name: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw invalid(`The ${name} "${encoded}" is not URL-encoded text.`);
  }
}

function readMessageProperties({ query, headers }: PublishSource): MessageProperties | undefined {
  const expiry = query.get('messageExpiry');
  const contentType = query.get('contentType');
  const responseTopic = query.get('responseTopic');
  const indicator = headers['x-amz-mqtt5-payload-format-indicator'];
  const correlation = headers['x-amz-mqtt5-correlation-data'];
  const users = headers['x-amz-mqtt5-user-properties'];
  if (responseTopic !== null && topicNameProblem(responseTopic) !== undefined) {
    throw invalid(`The response topic "${responseTopic}" ${topicNameProblem(responseTopic)}.`);
  }
  const properties: MessageProperties = {
    ...(indicator === undefined ? {} : { payloadFormatIndicator: readIndicator(indicator) }),
    ...(expiry === null ? {} : { messageExpirySeconds: readExpiry(expiry) }),
    ...(contentType === null ? {} : { contentType }),
    ...(responseTopic === null ? {} : { responseTopic }),
    ...(correlation === undefined ? {} : { correlationData: readBase64(correlation, 'correlation data') }),
    ...(users === undefined ? {} : { userProperties: readUserProperties(users) }),
  };
  return Object.keys(properties).length === 0 ? undefined : properties;
}

function readIndicator(header: string | string[]): boolean {
  if (header === 'UTF8_DATA') return true;
  if (header === 'UNSPECIFIED_BYTES') return false;
  throw invalid(`The payload format indicator ${String(header)} is not UNSPECIFIED_BYTES or UTF8_DATA.`);
}

function readExpiry(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw invalid(`The message expiry "${text}" is not a number of seconds.`);
  return Math.min(Math.max(Number(text), 1), longestExpirySeconds);
}

function readBase64(header: string | string[], name: string): Uint8Array {
  const text = z.base64().safeParse(header);
  if (!text.success) throw invalid(`The ${name} is not Base64.`);
  return Uint8Array.from(Buffer.from(text.data, 'base64'));
}

const userPropertiesSchema = z.array(z.record(z.string(), z.string()));

/** Base64 of a JSON array of objects with one name each: `[{"deviceName": "alpha"}, {"deviceCnt": "45"}]`. */
function readUserProperties(header: string | string[]): [string, string][] {
  const text = Buffer.from(readBase64(header, 'header with user properties')).toString();
  try {
    return userPropertiesSchema.parse(JSON.parse(text)).flatMap((one) => Object.entries(one));
  } catch {
    throw invalid('The user properties are not a JSON array of objects with one text each.');
  }
}

function invalid(message: string): AwsApiError {
  return new AwsApiError(400, 'InvalidRequestException', message);
}
