import {
  DeleteItemCommand,
  GetItemCommand,
  paginateScan,
  UpdateItemCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { ASSIGNED_TYPE } from '../../shared/sigfox/device-assignments.ts';
import { readDeviceType, type DeviceType } from '../../shared/sigfox/device-type.ts';
import { quoted, visible, type Output } from '../terminal.ts';

export interface NamedDeviceType extends DeviceType {
  readonly deviceTypeId: string;
}

export interface TypesTable {
  readonly client: DynamoDBClient;
  readonly tableName: string;
}

/** What somebody wants changed: null takes an attribute away, undefined leaves it. */
export interface DeviceTypeChange {
  readonly payloadConfig?: string | null;
  readonly echoConfig?: string | null;
  readonly intervalSeconds?: number | null;
}

/** More kinds than this are read by nobody. */
const MAX_TYPES = 1_000;

/** The kinds of the table by their ids. */
export async function listTypes({ client, tableName }: TypesTable): Promise<readonly NamedDeviceType[]> {
  const types: NamedDeviceType[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName: tableName })) {
    for (const item of Items) {
      types.push({ deviceTypeId: item['deviceTypeId']?.S ?? '', ...readDeviceType(item) });
    }
    if (types.length >= MAX_TYPES) break;
  }
  return types.toSorted((a, b) => (a.deviceTypeId < b.deviceTypeId ? -1 : 1)).slice(0, MAX_TYPES);
}

export async function readType(
  { client, tableName }: TypesTable,
  deviceTypeId: string,
): Promise<NamedDeviceType | undefined> {
  const { Item: item } = await client.send(
    new GetItemCommand({ TableName: tableName, Key: { deviceTypeId: { S: deviceTypeId } } }),
  );
  return item === undefined ? undefined : { deviceTypeId, ...readDeviceType(item) };
}

/** Says so where there is no such kind: it can be made later. @param table undefined where it is not known */
export async function warnUnknownType(table: TypesTable | undefined, id: string, err: Output): Promise<void> {
  if (table === undefined || (await readType(table, id)) !== undefined) return;
  const advice = `make it with glasshouse sigfox type set ${visible(id)} --config CONFIG`;
  await err.line(err.paint('yellow', `there is no kind of device ${quoted(id)} yet: ${advice}`));
}

/** Makes a kind, or changes what is given of it. */
export async function changeType(
  { client, tableName }: TypesTable,
  deviceTypeId: string,
  change: DeviceTypeChange,
): Promise<void> {
  const entries = Object.entries(change).filter(([, value]) => value !== undefined);
  const set = entries.filter(([, value]) => value !== null);
  const removed = entries.filter(([, value]) => value === null).map(([name]) => `#${name}`);
  const parts = [
    set.length === 0 ? '' : `SET ${set.map(([name]) => `#${name} = :${name}`).join(', ')}`,
    removed.length === 0 ? '' : `REMOVE ${removed.join(', ')}`,
  ];
  await client.send(
    new UpdateItemCommand({
      TableName: tableName,
      Key: { deviceTypeId: { S: deviceTypeId } },
      UpdateExpression: parts.filter((part) => part !== '').join(' '),
      ExpressionAttributeNames: Object.fromEntries(entries.map(([name]) => [`#${name}`, name])),
      ...(set.length === 0
        ? {}
        : {
            ExpressionAttributeValues: Object.fromEntries(
              set.map(([name, value]) => [
                `:${name}`,
                typeof value === 'number' ? { N: String(value) } : { S: String(value) },
              ]),
            ),
          }),
    }),
  );
}

/** @returns whether there was such a kind. */
export async function removeType({ client, tableName }: TypesTable, deviceTypeId: string): Promise<boolean> {
  const { Attributes: old } = await client.send(
    new DeleteItemCommand({
      TableName: tableName,
      Key: { deviceTypeId: { S: deviceTypeId } },
      ReturnValues: 'ALL_OLD',
    }),
  );
  return old !== undefined;
}

/** Says of which kind a device is whose callbacks do not tell it; undefined: of none. */
export async function assignType(
  { client, tableName }: TypesTable,
  device: string,
  deviceTypeId: string | undefined,
): Promise<void> {
  await client.send(
    new UpdateItemCommand({
      TableName: tableName,
      Key: { device: { S: device } },
      UpdateExpression: deviceTypeId === undefined ? 'REMOVE #type' : 'SET #type = :type',
      ExpressionAttributeNames: { '#type': ASSIGNED_TYPE },
      ...(deviceTypeId === undefined ? {} : { ExpressionAttributeValues: { ':type': { S: deviceTypeId } } }),
    }),
  );
}
