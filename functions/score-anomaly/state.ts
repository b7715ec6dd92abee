import {
  ConditionalCheckFailedException,
  GetItemCommand,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import type { DeviceState } from './scoring.ts';
import { decodeState, encodeColumns, encodeLast, type Item } from './state-item.ts';
import { keepNewest } from '../../shared/keep-newest.ts';

export type SaveOutcome =
  | { readonly saved: true }
  /** Somebody else wrote first; `fresh` is what stands there now, undefined when there is no item. */
  | { readonly saved: false; readonly fresh: DeviceState | undefined };

/** Devices that a container remembers. At about 1 KB each this is far under its memory. */
const MAX_REMEMBERED = 2_000;

/**
 * The states of devices in DynamoDB, one item each, with the memory of this container in front.
 *
 * One conditional write a reading is all the traffic: a warm container knows the state that it wrote last,
 * and when another container has written since, the refused write brings the fresh state along
 * (`ReturnValuesOnConditionCheckFailure`), so nothing is ever read first.
 *
 *     no item ──(attribute_not_exists(version))──▶ version 1 ──(version = 1)──▶ version 2 ──▶ …
 *                                                     ▲
 *     tune-scoring: ADD version 1 ────────────────────┘ (a change of settings makes every memory stale)
 */
export class StateStore {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;
  readonly #remembered = new Map<string, DeviceState>();

  constructor(client: DynamoDBClient, tableName: string) {
    this.#client = client;
    this.#tableName = tableName;
  }

  /** What this container believes, without asking; undefined when it has no belief. */
  remembered(key: string): DeviceState | undefined {
    return this.#remembered.get(key);
  }

  /** What stands in the table now. */
  async load(key: string): Promise<DeviceState | undefined> {
    const { Item: item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#tableName, Key: { key: { S: key } }, ConsistentRead: true }),
    );
    return this.#remember(key, item);
  }

  /** Writes `next` if the item is still at `expectedVersion` (undefined: if there is none). */
  async save(key: string, expectedVersion: number | undefined, next: DeviceState): Promise<SaveOutcome> {
    const unchanged =
      expectedVersion === undefined ? 'attribute_not_exists(#version)' : '#version = :expected';
    const values: Item = {
      ':next': { N: String(next.version) },
      ':columns': encodeColumns(next.columns),
      ...(next.last === undefined ? {} : { ':last': encodeLast(next.last) }),
      ...(expectedVersion === undefined ? {} : { ':expected': { N: String(expectedVersion) } }),
    };
    try {
      await this.#client.send(
        new UpdateItemCommand({
          TableName: this.#tableName,
          Key: { key: { S: key } },
          UpdateExpression: 'SET #version = :next, #columns = :columns, #last = :last',
          ConditionExpression: unchanged,
          ExpressionAttributeNames: { '#version': 'version', '#columns': 'columns', '#last': 'last' },
          ExpressionAttributeValues: values,
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return { saved: false, fresh: this.#remember(key, error.Item) };
    }
    keepNewest(this.#remembered, key, next, MAX_REMEMBERED);
    return { saved: true };
  }

  #remember(key: string, item: Record<string, AttributeValue> | undefined): DeviceState | undefined {
    if (item === undefined) {
      this.#remembered.delete(key);
      return undefined;
    }
    const state = decodeState(item);
    keepNewest(this.#remembered, key, state, MAX_REMEMBERED);
    return state;
  }
}
