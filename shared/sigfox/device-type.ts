import { GetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { once } from '../once.ts';

/** What is known of a kind of device, by the id that Sigfox gives it. */
export interface DeviceType {
  /** How its messages are decoded: a Sigfox custom payload config. */
  readonly payloadConfig?: string;
  /**
   * How a device's echo of a downlink is told: a payload config of the downlink's own bytes. An uplink whose
   * decoded fields of the same names have the same values is the echo.
   */
  readonly echoConfig?: string;
  /** How often a device of this kind sends at least; 0: silence is no news. */
  readonly intervalSeconds?: number;
}

/** A change of a kind is seen after this at the latest. */
export const TYPE_REFRESH_MS = 25_000;

/** Kinds that a container remembers. */
const MAX_REMEMBERED = 500;

const text = () => z.exactOptional(z.object({ S: z.string() }));

const itemSchema = once(() =>
  z.object({
    payloadConfig: text(),
    echoConfig: text(),
    intervalSeconds: z.exactOptional(z.object({ N: z.string() })),
  }),
);

/**
 * The kinds of devices: the items of a table with the key `deviceTypeId`, and for what they leave open the
 * deployed defaults, which also hold for a message that does not tell its kind. Read once in 25 s, kind and
 * container.
 */
export class DeviceTypes {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;
  readonly #defaults: DeviceType;
  readonly #now: () => number;
  readonly #remembered = new Map<string, { readonly type: DeviceType; readonly readAtMs: number }>();

  constructor(options: {
    client: DynamoDBClient;
    tableName: string;
    defaults: DeviceType;
    now: () => number;
  }) {
    this.#client = options.client;
    this.#tableName = options.tableName;
    this.#defaults = options.defaults;
    this.#now = options.now;
  }

  async get(deviceTypeId: string | undefined): Promise<DeviceType> {
    if (deviceTypeId === undefined) return this.#defaults;
    const known = this.#remembered.get(deviceTypeId);
    const nowMs = this.#now();
    if (known !== undefined && nowMs - known.readAtMs < TYPE_REFRESH_MS) return known.type;
    const { Item: item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#tableName, Key: { deviceTypeId: { S: deviceTypeId } } }),
    );
    const type = { ...this.#defaults, ...(item === undefined ? {} : readDeviceType(item)) };
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(deviceTypeId, { type, readAtMs: nowMs });
    return type;
  }
}

/** Reads a kind's item of the table. @throws whatever the schema says of an item that is none. */
export function readDeviceType(item: unknown): DeviceType {
  const { payloadConfig, echoConfig, intervalSeconds } = itemSchema().parse(item);
  return {
    ...(payloadConfig && { payloadConfig: payloadConfig.S }),
    ...(echoConfig && { echoConfig: echoConfig.S }),
    ...(intervalSeconds && { intervalSeconds: Number(intervalSeconds.N) }),
  };
}
