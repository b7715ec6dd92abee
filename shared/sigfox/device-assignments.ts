import { GetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** An assignment that was changed is seen after this at the latest. */
export const ASSIGNMENT_REFRESH_MS = 25_000;

/** Devices that a container remembers. */
const MAX_REMEMBERED = 5_000;

/** The attribute of a device's item that `sigfox type assign` writes, and nothing else. */
export const ASSIGNED_TYPE = 'assignedTypeId';

/**
 * The kinds of devices whose callbacks do not tell it: the AWS IoT connector's own sample body has no
 * `deviceTypeId`. Somebody assigned them, in the table of devices. Read once in 25 s, device and container.
 */
export class DeviceAssignments {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;
  readonly #now: () => number;
  readonly #remembered = new Map<
    string,
    { readonly typeId: string | undefined; readonly readAtMs: number }
  >();

  constructor(client: DynamoDBClient, tableName: string, now: () => number) {
    this.#client = client;
    this.#tableName = tableName;
    this.#now = now;
  }

  /** @param device normalised: see device-id.ts. */
  async get(device: string): Promise<string | undefined> {
    const nowMs = this.#now();
    const known = this.#remembered.get(device);
    if (known !== undefined && nowMs - known.readAtMs < ASSIGNMENT_REFRESH_MS) return known.typeId;
    const { Item: item } = await this.#client.send(
      new GetItemCommand({
        TableName: this.#tableName,
        Key: { device: { S: device } },
        ProjectionExpression: ASSIGNED_TYPE,
      }),
    );
    const typeId = item?.[ASSIGNED_TYPE]?.S;
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(device, { typeId, readAtMs: nowMs });
    return typeId;
  }
}
