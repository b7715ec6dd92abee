import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Device } from './device.ts';
import type { DevicesTable } from './read-devices.ts';

/** Notes that the activation of a device has been announced. */
export async function markAnnounced(
  table: DevicesTable,
  { thingName, certificateId }: Pick<Device, 'thingName' | 'certificateId'>,
  atMs: number,
): Promise<void> {
  await updateWhere(table, thingName, {
    set: 'announcedAtMs',
    atMs,
    condition: 'certificateId = :certificateId',
    values: { ':certificateId': certificateId },
  });
}

/**
 * Notes that a device was heard of; what was later stands.
 *
 * @returns whether there is such a device, and this is the latest that is known of it
 */
export function markSeen(table: DevicesTable, thingName: string, atMs: number): Promise<boolean> {
  return updateWhere(table, thingName, {
    set: 'lastSeenMs',
    atMs,
    condition: 'attribute_exists(thingName) AND (attribute_not_exists(lastSeenMs) OR lastSeenMs < :atMs)',
    values: {},
  });
}

async function updateWhere(
  { client, tableName }: DevicesTable,
  thingName: string,
  change: {
    readonly set: string;
    readonly atMs: number;
    readonly condition: string;
    readonly values: Readonly<Record<string, unknown>>;
  },
): Promise<boolean> {
  try {
    await DynamoDBDocumentClient.from(client).send(
      new UpdateCommand({
        TableName: tableName,
        Key: { thingName },
        UpdateExpression: `SET ${change.set} = :atMs`,
        ConditionExpression: change.condition,
        ExpressionAttributeValues: { ':atMs': change.atMs, ...change.values },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
