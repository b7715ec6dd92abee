import {
  ConditionalCheckFailedException,
  GetItemCommand,
  ScanCommand,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { decodeZone, encodeState, type Item, type Zone } from './zone-item.ts';
import type { ZoneSettings } from './zone-settings.ts';
import type { ZoneState } from './zone-state.ts';
import { keepNewest } from '../../shared/keep-newest.ts';

export type SaveOutcome =
  | { readonly saved: true }
  /** Somebody else wrote first; `fresh` is what stands there now, undefined when the zone is not set up. */
  | { readonly saved: false; readonly fresh: Zone | undefined };

/** A zone of the table: undefined where nobody has set it up. */
export type FoundZone =
  | { readonly name: string; readonly zone: Zone | undefined }
  | { readonly name: string; readonly error: unknown };

/** A publication of a zone's state. */
export interface Told {
  readonly version: number;
  readonly atMs: number;
}

/** Zones that a container remembers, and that a tick looks at. At some KB each this is far under its memory. */
export const MAX_ZONES = 500;

/**
 * The zones in DynamoDB, one item each, with the memory of this container in front: one conditional write a
 * reading is all the traffic, and a refused one brings the fresh item along.
 *
 *     settings ──(receivedAt ≥ the last)──▶ version 1 ──(version = 1)──▶ version 2 ──▶ …
 *                                              ▲
 *     settings again: ADD version 1 ───────────┘ (makes every memory stale)
 */
export class ZoneStore {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;
  readonly #remembered = new Map<string, Zone>();
  readonly #told = new Map<string, Told>();

  constructor(client: DynamoDBClient, tableName: string) {
    this.#client = client;
    this.#tableName = tableName;
  }

  /** What this container believes, without asking; undefined when it has no belief. */
  remembered(zone: string): Zone | undefined {
    return this.#remembered.get(zone);
  }

  /** What this container published last of a zone's state; undefined when it has not, or forgot. */
  lastTold(zone: string): Told | undefined {
    return this.#told.get(zone);
  }

  /** Remembers what was published of a zone's state. */
  told(zone: string, told: Told): void {
    keepNewest(this.#told, zone, told, MAX_ZONES);
  }

  /** What stands in the table now. */
  async load(zone: string): Promise<Zone | undefined> {
    const { Item: item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#tableName, Key: { zone: { S: zone } }, ConsistentRead: true }),
    );
    return this.#remember(zone, item);
  }

  /**
   * Every zone as it stands in the table now, at most MAX_ZONES; of an item that cannot be read, why. The whole
   * items are read because a read costs by what lies there, not by what is asked of it.
   */
  async all(): Promise<readonly FoundZone[]> {
    const found: FoundZone[] = [];
    let start: Item | undefined;
    do {
      const page = await this.#client.send(
        new ScanCommand({
          TableName: this.#tableName,
          ConsistentRead: true,
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
        }),
      );
      for (const item of page.Items ?? []) {
        const name = item['zone']?.S;
        if (name !== undefined) found.push(this.#find(name, item));
      }
      start = page.LastEvaluatedKey;
    } while (start !== undefined && found.length < MAX_ZONES);
    return found.slice(0, MAX_ZONES);
  }

  /** Writes a zone's state if its item still has the version before. */
  async save(zone: Zone, next: ZoneState): Promise<SaveOutcome> {
    try {
      await this.#client.send(
        new UpdateItemCommand({
          TableName: this.#tableName,
          Key: { zone: { S: next.zone } },
          UpdateExpression: 'SET #version = :next, #state = :state',
          ConditionExpression: '#version = :expected',
          ExpressionAttributeNames: { '#version': 'version', '#state': 'state' },
          ExpressionAttributeValues: {
            ':next': { N: String(next.version) },
            ':state': encodeState(next),
            ':expected': { N: String(zone.version) },
          },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return { saved: false, fresh: this.#remember(next.zone, error.Item) };
    }
    keepNewest(this.#remembered, next.zone, { ...zone, version: next.version, state: next }, MAX_ZONES);
    return { saved: true };
  }

  /**
   * Writes the settings of a zone, whole, unless a later change stands.
   *
   * @returns whether they were written.
   */
  async saveSettings(zone: string, settings: ZoneSettings, receivedAtMs: number): Promise<boolean> {
    this.#remembered.delete(zone);
    try {
      await this.#client.send(
        new UpdateItemCommand({
          TableName: this.#tableName,
          Key: { zone: { S: zone } },
          UpdateExpression: 'SET #settings = :settings, #changedAt = :changedAt ADD #version :one',
          ConditionExpression: 'attribute_not_exists(#changedAt) OR #changedAt <= :changedAt',
          ExpressionAttributeNames: {
            '#settings': 'settings',
            '#changedAt': 'settingsChangedAt',
            '#version': 'version',
          },
          ExpressionAttributeValues: {
            ':settings': { S: JSON.stringify(settings) },
            ':changedAt': { N: String(receivedAtMs) },
            ':one': { N: '1' },
          },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  #find(name: string, item: Item): FoundZone {
    try {
      return { name, zone: this.#remember(name, item) };
    } catch (error) {
      return { name, error };
    }
  }

  #remember(name: string, item: Record<string, AttributeValue> | undefined): Zone | undefined {
    const zone = item === undefined ? undefined : decodeZone(item);
    if (zone === undefined) this.#remembered.delete(name);
    else keepNewest(this.#remembered, name, zone, MAX_ZONES);
    return zone;
  }
}
