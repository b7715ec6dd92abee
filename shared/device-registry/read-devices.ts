import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { DeviceItemError, readDeviceItem, type Device } from './device.ts';

/** Where the devices are. */
export interface DevicesTable {
  readonly client: DynamoDBClient;
  readonly tableName: string;
}

/**
 * One device by its name; undefined when there is none.
 *
 * @throws DeviceItemError
 */
export async function readDevice(
  { client, tableName }: DevicesTable,
  thingName: string,
): Promise<Device | undefined> {
  const { Item: item } = await DynamoDBDocumentClient.from(client).send(
    new GetCommand({ TableName: tableName, Key: { thingName }, ConsistentRead: true }),
  );
  return item === undefined ? undefined : readDeviceItem(item);
}

export interface DevicesPageRequest {
  /** How many at most, 1 to 1,000. @default 100 */
  readonly limit?: number;
  /** The `next` of the page before. */
  readonly after?: string;
}

export interface DevicesPage {
  readonly devices: readonly Device[];
  /** Asks for the next page; absent on the last one. */
  readonly next?: string;
}

/**
 * All devices, page by page, in no order that means anything. The table holds nothing but devices, so a scan reads
 * nothing in vain.
 *
 * @throws DeviceItemError; RangeError for a limit that is out of range
 */
export async function listDevices(
  table: DevicesTable,
  request: DevicesPageRequest = {},
): Promise<DevicesPage> {
  const { unreadable, ...page } = await listReadableDevices(table, request);
  const [error] = unreadable;
  if (error !== undefined) throw error;
  return page;
}

/**
 * The same for who must not be stopped by an item that nobody can read: those are beside the devices.
 *
 * @throws RangeError for a limit that is out of range
 */
export async function listReadableDevices(
  { client, tableName }: DevicesTable,
  { limit = 100, after }: DevicesPageRequest = {},
): Promise<DevicesPage & { readonly unreadable: readonly DeviceItemError[] }> {
  if (!Number.isInteger(limit) || limit < 1 || limit > 1_000) {
    throw new RangeError(`a page has from 1 to 1,000 devices, not ${limit}`);
  }
  const { Items: items = [], LastEvaluatedKey: last } = await DynamoDBDocumentClient.from(client).send(
    new ScanCommand({
      TableName: tableName,
      Limit: limit,
      ...(after === undefined ? {} : { ExclusiveStartKey: { thingName: after } }),
    }),
  );
  const next: unknown = last?.['thingName'];
  const devices: Device[] = [];
  const unreadable: DeviceItemError[] = [];
  for (const item of items) {
    try {
      devices.push(readDeviceItem(item));
    } catch (error) {
      if (!(error instanceof DeviceItemError)) throw error;
      unreadable.push(error);
    }
  }
  return { devices, unreadable, ...(typeof next === 'string' ? { next } : {}) };
}
