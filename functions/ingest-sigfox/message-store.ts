import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { toItem, type Item } from '../../shared/sigfox/item.ts';
import type { MessageKey } from './message-key.ts';
import type { LastMessage } from './sequence.ts';
import { keepNewest } from '../../shared/keep-newest.ts';

/** The newest message of a device, as its item has it. */
export interface DeviceState extends LastMessage {
  /** Grows by one with each message that is newer than all before it. */
  readonly version: number;
}

export type SaveOutcome =
  | { readonly kind: 'saved' }
  /** The message is there already; `item` is what stands there. */
  | { readonly kind: 'known'; readonly item: Item }
  /** A newer message of the device came first, or another transaction is under way: decide again. */
  | { readonly kind: 'moved'; readonly state: DeviceState | undefined };

export interface UplinkWrite {
  readonly key: MessageKey;
  readonly item: Item;
  /** For a message that is newer than all before it; absent: it is late, and moves nothing. */
  readonly advance?: {
    readonly device: string;
    readonly from: DeviceState | undefined;
    readonly to: LastMessage;
    readonly deviceTypeId: string | undefined;
  };
}

/** Devices that a container remembers. */
const MAX_REMEMBERED = 5_000;

/**
 * Messages in the table `sigfox`, and beside them the newest message of each device in its own item:
 *
 *     device         S   key
 *     version        N   grows with every newer message
 *     lastTimeMs     N   the newest message's own time
 *     lastSeqNumber  N   its number, where it has one
 *     deviceTypeId   S   its kind, where it told it
 *
 * Both are written by one transaction, so that nothing between the two can be lost, and each has its condition:
 *
 *     message  no item, or one that only has what DATA_ADVANCED told ──▶ written; else it is known already
 *     device   no version ──▶ 1 ──(version = 1)──▶ 2 ──▶ …; else a newer message came first
 *
 * A warm container knows the version that it wrote last, and a refusal brings what stands there: nothing is
 * ever read first. A transaction costs twice the writes; at 140 messages a device and day nobody sees it.
 */
export class MessageStore {
  readonly #client: DynamoDBClient;
  readonly #messages: string;
  readonly #devices: string;
  readonly #remembered = new Map<string, DeviceState>();

  constructor(client: DynamoDBClient, tables: { messages: string; devices: string }) {
    this.#client = client;
    this.#messages = tables.messages;
    this.#devices = tables.devices;
  }

  /** What this container believes to be the newest message, without asking. */
  remembered(device: string): DeviceState | undefined {
    return this.#remembered.get(device);
  }

  async saveUplink({ key, item, advance }: UplinkWrite): Promise<SaveOutcome> {
    const message = setAll(this.#messages, messageItemKey(key), item, 'data');
    if (advance === undefined) return this.#saveLate(message);
    try {
      await this.#client.send(
        new TransactWriteItemsCommand({
          TransactItems: [{ Update: message }, { Update: advanceUpdate(this.#devices, advance) }],
        }),
      );
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const [onMessage, onDevice] = error.CancellationReasons ?? [];
      if (onMessage?.Code === 'ConditionalCheckFailed') return { kind: 'known', item: onMessage.Item ?? {} };
      if (onDevice?.Code === 'ConditionalCheckFailed') {
        const state = readState(onDevice.Item);
        this.#remember(advance.device, state);
        return { kind: 'moved', state };
      }
      if (onMessage?.Code !== 'TransactionConflict' && onDevice?.Code !== 'TransactionConflict') throw error;
      return { kind: 'moved', state: advance.from };
    }
    this.#remember(advance.device, { ...advance.to, version: (advance.from?.version ?? 0) + 1 });
    return { kind: 'saved' };
  }

  async #saveLate(message: Update): Promise<SaveOutcome> {
    const item = await this.#unlessThere(message);
    return item === undefined ? { kind: 'saved' } : { kind: 'known', item };
  }

  /**
   * Gives a message that could not be decoded the values that it has by today's config.
   *
   * @returns whether it still had a problem.
   */
  async mendUplink(key: MessageKey, values: AttributeValue): Promise<boolean> {
    const there = await this.#unlessThere({
      TableName: this.#messages,
      Key: messageItemKey(key),
      UpdateExpression: 'SET #values = :values REMOVE #problem',
      ConditionExpression: 'attribute_exists(#problem)',
      ExpressionAttributeNames: { '#values': 'values', '#problem': 'problem' },
      ExpressionAttributeValues: { ':values': values },
    });
    return there === undefined;
  }

  /**
   * Writes attributes into a message's item, whether or not it is there already, unless `unless` is one of
   * its attributes.
   *
   * @returns whether they were written.
   */
  async complete(key: MessageKey, attributes: Item, unless: string): Promise<boolean> {
    const update = setAll(this.#messages, messageItemKey(key), attributes, unless);
    return (await this.#unlessThere(update)) === undefined;
  }

  /** Makes the update; where its condition does not hold, resolves to what stands there. */
  async #unlessThere(update: Update): Promise<Item | undefined> {
    try {
      await this.#client.send(
        new UpdateItemCommand({ ...update, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
      );
      return undefined;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return error.Item ?? {};
      throw error;
    }
  }

  #remember(device: string, state: DeviceState | undefined): void {
    if (state === undefined) this.#remembered.delete(device);
    else keepNewest(this.#remembered, device, state, MAX_REMEMBERED);
  }
}

interface Update {
  readonly TableName: string;
  readonly Key: Item;
  readonly UpdateExpression: string;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues: Item;
  readonly ReturnValuesOnConditionCheckFailure?: 'ALL_OLD';
}

/** An update that sets every attribute of `item`, unless the item there has the attribute `unless`. */
function setAll(TableName: string, Key: Item, item: Item, unless: string): Update {
  const names = Object.keys(item);
  const values = Object.values(item).map((value, index): [string, AttributeValue] => [`:v${index}`, value]);
  return {
    TableName,
    Key,
    UpdateExpression: `SET ${names.map((_, index) => `#n${index} = :v${index}`).join(', ')}`,
    ConditionExpression: 'attribute_not_exists(#unless)',
    ExpressionAttributeNames: {
      '#unless': unless,
      ...Object.fromEntries(names.map((name, index) => [`#n${index}`, name])),
    },
    ExpressionAttributeValues: Object.fromEntries(values),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  };
}

function advanceUpdate(
  devices: string,
  { device, from, to, deviceTypeId }: NonNullable<UplinkWrite['advance']>,
): Update {
  const set = toItem({
    version: (from?.version ?? 0) + 1,
    lastTimeMs: to.timeMs,
    lastSeqNumber: to.seqNumber ?? null,
    deviceTypeId,
  });
  const key = { device: { S: device } };
  const update = setAll(devices, key, set, 'version');
  if (from === undefined) return update;
  return {
    ...update,
    ConditionExpression: '#unless = :from',
    ExpressionAttributeValues: { ...update.ExpressionAttributeValues, ':from': { N: String(from.version) } },
  };
}

function messageItemKey({ deviceid, timestamp }: MessageKey): Item {
  return { deviceid: { S: deviceid }, timestamp: { S: timestamp } };
}

/** A device whose only attributes are its downlinks has sent nothing yet. */
function readState(item: Item | undefined): DeviceState | undefined {
  const version = item?.['version']?.N;
  const timeMs = item?.['lastTimeMs']?.N;
  const seqNumber = item?.['lastSeqNumber']?.N;
  if (version === undefined || timeMs === undefined) return undefined;
  return {
    version: Number(version),
    timeMs: Number(timeMs),
    ...(seqNumber === undefined ? {} : { seqNumber: Number(seqNumber) }),
  };
}
