import {
  GetItemCommand,
  ScanCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  type DynamoDBClient,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { GlasshouseError } from '../../shared/errors.ts';
import { readHousehold, type Household } from '../../shared/household/household.ts';
import { visitItem, visitKey } from '../../shared/household/visit.ts';
import { once } from '../../shared/once.ts';
import { fromItem, toItem, type Item } from '../../shared/sigfox/item.ts';
import { emptyLog, NOTICE_KINDS, type CareLog } from './log.ts';
import type { VisitChanges } from './visit-changes.ts';

/** A home's log cannot be read. */
export class CareLogError extends GlasshouseError {
  override readonly name = 'CareLogError' as const;
}

/** A home as it stands in the table. */
export interface StoredHousehold {
  readonly household: Household;
  readonly log: CareLog;
  /** Of the log; undefined: nothing has been logged yet. */
  readonly version: number | undefined;
}

export interface HouseholdChange {
  readonly next: CareLog;
  readonly changes: VisitChanges;
  /** When somebody has to look again; undefined: never, until something happens. */
  readonly lookAtMs: number | undefined;
}

/** A table that has no end in so many pages of a megabyte is not this one. */
const MAX_PAGES = 1_000;

/**
 * Homes, and beside them their visits. People write a home's settings (household.ts), this function three other
 * attributes of the same item:
 *
 *     careLog         S  JSON: CareLog
 *     careLogVersion  N  grows with every change of it
 *     lookAtMs        N  when the clock has to be looked at; absent: never
 *
 * The log and the visits that follow from it are written by one transaction, on the version that was read:
 *
 *     none ──(attribute_not_exists(careLogVersion))──▶ 1 ──(careLogVersion = 1)──▶ 2 ──▶ …
 *
 * and only where there still is such a home (attribute_exists(household)).
 */
export class HouseholdStore {
  readonly #client: DynamoDBClient;
  readonly #tables: { readonly buttons: string; readonly households: string; readonly visits: string };

  constructor(client: DynamoDBClient, tables: { buttons: string; households: string; visits: string }) {
    this.#client = client;
    this.#tables = tables;
  }

  /** The home that a button hangs in. */
  async householdOf(device: string): Promise<string | undefined> {
    const { Item: item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#tables.buttons, Key: { device: { S: device } } }),
    );
    return item?.['household']?.S;
  }

  /**
   * @returns what is wrong with its settings, where they cannot be used; undefined where there is no such home.
   * @throws CareLogError CARE_LOG_UNREADABLE
   */
  async load(name: string): Promise<StoredHousehold | string | undefined> {
    const { Item: item } = await this.#client.send(
      new GetItemCommand({
        TableName: this.#tables.households,
        Key: { household: { S: name } },
        ConsistentRead: true,
      }),
    );
    if (item === undefined) return undefined;
    const household = readHousehold(item);
    if (typeof household === 'string') return household;
    const version = item['careLogVersion']?.N;
    const log = readLog(item, household);
    return { household, log, version: version === undefined ? undefined : Number(version) };
  }

  /** @returns false when something else was written meanwhile, or the home was removed: decide again. */
  async save(
    { household: { household }, version }: StoredHousehold,
    change: HouseholdChange,
  ): Promise<boolean> {
    try {
      await this.#client.send(
        new TransactWriteItemsCommand({ TransactItems: this.#writes(household, version, change) }),
      );
      return true;
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const codes = error.CancellationReasons?.map(({ Code }) => Code) ?? [];
      const isMoved = codes.some(
        (code) => code === 'ConditionalCheckFailed' || code === 'TransactionConflict',
      );
      if (isMoved) return false;
      throw error;
    }
  }

  #writes(
    household: string,
    version: number | undefined,
    { next, changes, lookAtMs }: HouseholdChange,
  ): TransactWriteItem[] {
    const { households, visits } = this.#tables;
    const unchanged =
      version === undefined ? 'attribute_not_exists(careLogVersion)' : 'careLogVersion = :version';
    // An update of a home that was removed meanwhile would make it anew, without its settings.
    const condition = `attribute_exists(household) AND ${unchanged}`;
    const values = toItem({
      ':log': JSON.stringify(next),
      ':next': (version ?? 0) + 1,
      ':version': version,
      ':lookAtMs': lookAtMs,
    });
    const look = lookAtMs === undefined ? 'REMOVE lookAtMs' : ', lookAtMs = :lookAtMs';
    const log: TransactWriteItem = {
      Update: {
        TableName: households,
        Key: { household: { S: household } },
        UpdateExpression: `SET careLog = :log, careLogVersion = :next ${look}`,
        ConditionExpression: condition,
        ExpressionAttributeValues: values,
      },
    };
    const deletes = changes.deletes.map((visit): TransactWriteItem => {
      const Key = { household: { S: household }, at: { S: visitKey(visit) } };
      return { Delete: { TableName: visits, Key } };
    });
    const puts = changes.puts.map((visit): TransactWriteItem => ({
      Put: { TableName: visits, Item: visitItem(household, visit) },
    }));
    return [log, ...deletes, ...puts];
  }

  /** Names of the homes for which the clock has to be looked at. */
  async *due(nowMs: number): AsyncGenerator<string> {
    let from: Item | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const { Items = [], LastEvaluatedKey } = await this.#client.send(
        new ScanCommand({
          TableName: this.#tables.households,
          ProjectionExpression: 'household',
          FilterExpression: 'lookAtMs <= :now',
          ExpressionAttributeValues: { ':now': { N: String(nowMs) } },
          ...(from === undefined ? {} : { ExclusiveStartKey: from }),
        }),
      );
      for (const { household } of Items) if (household?.S !== undefined) yield household.S;
      if (LastEvaluatedKey === undefined) return;
      from = LastEvaluatedKey;
    }
  }
}

const logSchema = once(() => {
  const event = z.object({
    device: z.string(),
    timeMs: z.number(),
    seqNumber: z.exactOptional(z.number()),
    kind: z.enum(['arrival', 'departure', 'alive']),
    carer: z.number(),
    batteryMillivolts: z.exactOptional(z.number()),
    notices: z.array(z.enum(NOTICE_KINDS)),
    isTold: z.exactOptional(z.literal(true)),
    tellingUntilMs: z.exactOptional(z.number()),
    missingTold: z.exactOptional(z.literal(true)),
  });
  return z.object({
    events: z.array(event),
    horizonMs: z.number(),
    asOfMs: z.number(),
    rules: z.object({ repeatMs: z.number(), longestMs: z.number() }),
  });
});

function readLog(item: Item, household: Household): CareLog {
  const text = fromItem(item)['careLog'];
  if (text === undefined) return emptyLog(household);
  try {
    return logSchema().parse(JSON.parse(typeof text === 'string' ? text : ''));
  } catch (cause) {
    throw new CareLogError(
      `the log of the home ${household.household} cannot be read: mend or remove the attributes careLog and careLogVersion of its item`,
      { code: 'CARE_LOG_UNREADABLE', retryable: false, data: { household: household.household }, cause },
    );
  }
}
