import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { connectAsync } from 'mqtt';
import { z } from 'zod';
import type { ScoredReading } from '../../functions/score-anomaly/scoring.ts';
import type { RunningCloud } from '../../local/running.ts';
import { eventually } from './cloud.ts';

const counts = z.record(z.string(), z.number());
const statusSchema = z.object({ functions: counts, dynamodb: counts, pendingInvocations: z.number() });

/**
 * Somebody who uses a running cloud of this service: with a device connected over MQTT, the SDK, and the
 * cloud's own API. The standard AWS variables of this process lead to it from now on, so that SDK clients
 * need no options.
 */
export async function useCloud(cloud: RunningCloud) {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: cloud.endpointUrl,
    AWS_REGION: cloud.region,
    AWS_ACCESS_KEY_ID: 'any',
    AWS_SECRET_ACCESS_KEY: 'any',
  });
  const sqs = new SQSClient();
  const dynamodb = new DynamoDBClient();
  const device = await connectAsync(cloud.mqttUrl, { reconnectPeriod: 0 });
  const results: ScoredReading[] = [];
  device.on('message', (_topic, payload) => results.push(JSON.parse(payload.toString())));
  await device.subscribeAsync('anom/pred', { qos: 1 });

  function resource(logicalId: string): string {
    const found = cloud.resources[logicalId];
    if (found === undefined) throw new Error(`the template has no ${logicalId}`);
    return found;
  }

  async function ask(method: string, at: string, body?: unknown): Promise<unknown> {
    const request = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const answer = await fetch(`${cloud.endpointUrl}/_glasshouse/${at}`, request);
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
  }

  const status = async () => statusSchema.parse(await ask('GET', 'status'));

  const resultsOf = (name: string) => results.filter((one) => one.device === name);

  async function publish(topic: string, message: unknown): Promise<void> {
    const isRaw = typeof message === 'string' || Buffer.isBuffer(message);
    await device.publishAsync(topic, isRaw ? message : JSON.stringify(message), { qos: 1 });
  }

  return {
    /** What the template's resource is called here: the name of a table, the URL of a queue. */
    resource,
    /** The results of a device since the start, in the order of arrival. */
    resultsOf,
    /** Publishes JSON, or text and bytes as they are. */
    publish,
    /** Publishes a reading and waits for the next result of its device. */
    async score(reading: Readonly<Record<string, unknown>>): Promise<ScoredReading> {
      const name = String(reading['device']);
      const before = resultsOf(name).length;
      await publish('anom/detect', reading);
      return eventually(() => resultsOf(name)[before]);
    },
    /** An item of a table by its key, which has one attribute; empty when there is none. */
    async item(table: string, attribute: string, value: string): Promise<Record<string, unknown>> {
      const Key = { [attribute]: { S: value } };
      const { Item: item } = await dynamodb.send(new GetItemCommand({ TableName: resource(table), Key }));
      return item === undefined ? {} : unmarshall(item);
    },
    /** What a function has counted since the start, such as `score-anomaly/InputRejected`. */
    async metric(name: string): Promise<number> {
      return (await status()).functions[`Glasshouse/${name}`] ?? 0;
    },
    /** How many writes DynamoDB was asked for since the start. */
    async updates(): Promise<number> {
      return (await status()).dynamodb['UpdateItem'] ?? 0;
    },
    /** Resolves when no invocation waits, runs, or is to be tried again. */
    async settled(): Promise<void> {
      await eventually(async () => ((await status()).pendingInvocations === 0 ? true : undefined), 25_000);
    },
    /** Makes calls to come fail. */
    fault: (fault: Readonly<Record<string, unknown>>) => ask('POST', 'faults', fault),
    /** What is in a queue, up to ten, and stays there. */
    async peek(queue: string): Promise<unknown[]> {
      const { Messages: messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: resource(queue),
          MaxNumberOfMessages: 10,
          VisibilityTimeout: 0,
        }),
      );
      return messages.map(({ Body: body = '' }): unknown => JSON.parse(body));
    },
    /** Takes everything out of a queue. */
    async takeAll(queue: string): Promise<unknown[]> {
      const QueueUrl = resource(queue);
      const bodies: unknown[] = [];
      for (;;) {
        const { Messages: messages = [] } = await sqs.send(
          new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
        );
        if (messages.length === 0) return bodies;
        for (const { Body: body = '', ReceiptHandle } of messages) {
          bodies.push(JSON.parse(body));
          await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
        }
      }
    },
    leave(): void {
      device.end(true);
      sqs.destroy();
      dynamodb.destroy();
    },
  };
}
