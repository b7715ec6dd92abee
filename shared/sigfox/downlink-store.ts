import {
  ConditionalCheckFailedException,
  GetItemCommand,
  UpdateItemCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { GlasshouseError } from '../errors.ts';
import { once } from '../once.ts';
import { DOWNLINK_STATES, EMPTY_SLOT, type DownlinkSlot, type SlotChange } from './downlink.ts';
import type { Item } from './item.ts';
import { keepNewest } from '../keep-newest.ts';

/** A device's downlinks cannot be read, or are written to without an end. */
export class DownlinkSlotError extends GlasshouseError {
  override readonly name = 'DownlinkSlotError' as const;
}

/** One wins every round; more rounds than this at one device is a fault elsewhere. */
const MAX_ROUNDS = 20;

/** Devices whose slot a container remembers, at a kilobyte or so each. */
const MAX_REMEMBERED = 1_000;

interface VersionedSlot {
  /** Absent: no item, or one without downlinks. */
  readonly version?: number;
  readonly slot: DownlinkSlot;
}

/**
 * The downlinks of devices: two attributes of a device's item, which nothing else writes.
 *
 *     device           S   key
 *     downlinks        S   JSON: DownlinkSlot
 *     downlinkVersion  N   grows with every change of them
 *
 * A change is one conditional write, made on what this container remembers. Where another has written since,
 * the refused write brings the slot as it is, and the change is decided again on that:
 *
 *     none ──(attribute_not_exists(downlinkVersion))──▶ 1 ──(downlinkVersion = 1)──▶ 2 ──▶ …
 */
export class DownlinkStore {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;
  readonly #remembered = new Map<string, VersionedSlot>();

  constructor(client: DynamoDBClient, tableName: string) {
    this.#client = client;
    this.#tableName = tableName;
  }

  /**
   * Applies `decide` to the device's slot and keeps what comes of it. A decision that changes nothing is held
   * against the table before it is believed.
   *
   * @throws DownlinkSlotError SLOT_UNREADABLE, or SLOT_CONTENDED (retryable)
   */
  async change(device: string, decide: (slot: DownlinkSlot) => SlotChange): Promise<SlotChange> {
    let current: VersionedSlot | undefined = this.#remembered.get(device);
    let isFresh = false;
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const { version, slot } = current ?? { slot: EMPTY_SLOT };
      const decision = decide(slot);
      if (decision.next !== slot) {
        const refusal = await this.#save(device, version, decision.next);
        if (refusal === undefined) return decision;
        current = refusal;
      } else if (isFresh) {
        return decision;
      } else {
        current = await this.load(device);
      }
      isFresh = true;
    }
    throw new DownlinkSlotError(
      `the downlinks of device ${device} were written to ${MAX_ROUNDS} times meanwhile`,
      {
        code: 'SLOT_CONTENDED',
        retryable: true,
        data: { device },
      },
    );
  }

  /** What stands in the table now. @throws DownlinkSlotError SLOT_UNREADABLE */
  async load(device: string): Promise<VersionedSlot> {
    const { Item: item } = await this.#client.send(
      new GetItemCommand({
        TableName: this.#tableName,
        Key: { device: { S: device } },
        ProjectionExpression: 'downlinks, downlinkVersion',
        ConsistentRead: true,
      }),
    );
    return this.#remember(device, readSlot(device, item));
  }

  /** @returns undefined when it was saved, else what stands there now. */
  async #save(
    device: string,
    version: number | undefined,
    next: DownlinkSlot,
  ): Promise<VersionedSlot | undefined> {
    const unchanged =
      version === undefined ? 'attribute_not_exists(downlinkVersion)' : 'downlinkVersion = :version';
    const nextVersion = (version ?? 0) + 1;
    try {
      await this.#client.send(
        new UpdateItemCommand({
          TableName: this.#tableName,
          Key: { device: { S: device } },
          UpdateExpression: 'SET downlinks = :downlinks, downlinkVersion = :next',
          ConditionExpression: unchanged,
          ExpressionAttributeValues: {
            ':downlinks': { S: JSON.stringify(next) },
            ':next': { N: String(nextVersion) },
            ...(version === undefined ? {} : { ':version': { N: String(version) } }),
          },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return this.#remember(device, readSlot(device, error.Item));
    }
    this.#remember(device, { version: nextVersion, slot: next });
    return undefined;
  }

  #remember(device: string, slot: VersionedSlot): VersionedSlot {
    keepNewest(this.#remembered, device, slot, MAX_REMEMBERED);
    return slot;
  }
}

function readSlot(device: string, item: Item | undefined): VersionedSlot {
  const version = item?.['downlinkVersion']?.N;
  const text = item?.['downlinks']?.S;
  if (version === undefined && text === undefined) return { slot: EMPTY_SLOT };
  try {
    return { version: Number(version), slot: slotSchema().parse(JSON.parse(text ?? '')) };
  } catch (cause) {
    throw new DownlinkSlotError(
      `the downlinks of device ${device} cannot be read: mend or remove the attributes downlinks and downlinkVersion of its item`,
      { code: 'SLOT_UNREADABLE', retryable: false, data: { device }, cause },
    );
  }
}

const slotSchema = once(() => {
  const uplink = z.object({ timeMs: z.number(), seqNumber: z.exactOptional(z.number()) });
  const downlink = z.object({
    id: z.string(),
    data: z.string(),
    state: z.enum(DOWNLINK_STATES),
    queuedAtMs: z.number(),
    offeredTo: z.exactOptional(uplink),
    reason: z.exactOptional(z.string()),
    confirmedAtMs: z.exactOptional(z.number()),
  });
  return z.object({ downlinks: z.array(downlink), askedAtMs: z.exactOptional(z.number()) });
});
