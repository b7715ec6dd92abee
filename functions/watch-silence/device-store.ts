import {
  ConditionalCheckFailedException,
  ScanCommand,
  UpdateItemCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { once } from '../../shared/once.ts';
import { fromItem, toAttribute, type Item } from '../../shared/sigfox/item.ts';
import type { Silence, WatchedDevice } from './silence.ts';

/** A table that has no end in so many pages of a megabyte is not this one. */
const MAX_PAGES = 1_000;

const silenceSchema = once(() =>
  z.object({
    state: z.enum(['silent', 'back']),
    lastTimeMs: z.number(),
    silentSinceMs: z.number(),
    raisedAtMs: z.number(),
    isTold: z.boolean(),
  }),
);

const deviceSchema = once(() =>
  z.object({
    device: z.string(),
    lastTimeMs: z.number(),
    deviceTypeId: z.exactOptional(z.string()),
    intervalSeconds: z.exactOptional(z.number()),
    silence: z.exactOptional(silenceSchema()),
  }),
);

/** The items of devices, as far as their silence is concerned. */
export class DeviceStore {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;

  constructor(client: DynamoDBClient, tableName: string) {
    this.#client = client;
    this.#tableName = tableName;
  }

  /** Every device that has sent a message. */
  async *all(): AsyncGenerator<WatchedDevice> {
    let from: Item | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const { Items = [], LastEvaluatedKey } = await this.#client.send(
        new ScanCommand({
          TableName: this.#tableName,
          ProjectionExpression: '#device, lastTimeMs, deviceTypeId, intervalSeconds, silence',
          FilterExpression: 'attribute_exists(lastTimeMs)',
          ExpressionAttributeNames: { '#device': 'device' },
          ...(from === undefined ? {} : { ExclusiveStartKey: from }),
        }),
      );
      for (const item of Items) yield deviceSchema().parse(fromItem(item));
      if (LastEvaluatedKey === undefined) return;
      from = LastEvaluatedKey;
    }
  }

  /**
   * Writes what was decided, if what it was decided on still stands:
   *
   *     the same silence as was read, and no newer message ──▶ written
   *     another run was faster, or a message came meanwhile ──▶ left to the next run
   *
   * @returns whether it was written.
   */
  async save({ device, lastTimeMs, silence }: WatchedDevice, next: Silence): Promise<boolean> {
    const sameSilence = silence === undefined ? 'attribute_not_exists(silence)' : 'silence = :old';
    return this.#write(device, next, `lastTimeMs = :lastTimeMs AND ${sameSilence}`, {
      ':lastTimeMs': { N: String(lastTimeMs) },
      ...(silence === undefined ? {} : { ':old': toAttribute({ ...silence }) }),
    });
  }

  /** Writes that a silence was told. A message that came meanwhile makes it no less so. */
  async markTold(device: string, silence: Silence): Promise<void> {
    const old = { ':old': toAttribute({ ...silence }) };
    await this.#write(device, { ...silence, isTold: true }, 'silence = :old', old);
  }

  async #write(device: string, next: Silence, condition: string, values: Item): Promise<boolean> {
    try {
      await this.#client.send(
        new UpdateItemCommand({
          TableName: this.#tableName,
          Key: { device: { S: device } },
          UpdateExpression: 'SET silence = :next',
          ConditionExpression: condition,
          ExpressionAttributeValues: { ':next': toAttribute({ ...next }), ...values },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}
