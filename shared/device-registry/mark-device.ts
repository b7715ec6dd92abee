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
    update: 'SET announcedAtMs = :atMs',
    condition: 'certificateId = :certificateId',
    values: { ':atMs': atMs, ':certificateId': certificateId },
  });
}

/**
 * Notes that a device was heard of; what was later stands.
 *
 * @returns whether there is such a device, and this is the latest that is known of it
 */
export function markSeen(table: DevicesTable, thingName: string, atMs: number): Promise<boolean> {
  return updateWhere(table, thingName, {
    update: 'SET lastSeenMs = :atMs',
    condition: 'attribute_exists(thingName) AND (attribute_not_exists(lastSeenMs) OR lastSeenMs < :atMs)',
    values: { ':atMs': atMs },
  });
}

/**
 * Notes that nobody has seen a device since then, and that people know.
 *
 *     in its state, not marked, and not seen since ──▶ marked
 *     marked, or seen meanwhile ─────────────────────▶ as it is
 *
 * @returns whether it was marked
 */
export function markUnseen(table: DevicesTable, thingName: string, sinceMs: number): Promise<boolean> {
  const isUnmarked = 'attribute_exists(thingName) AND attribute_not_exists(unseenSinceMs)';
  const isStillUnseen = '(attribute_not_exists(lastSeenMs) OR lastSeenMs <= :sinceMs)';
  return updateWhere(table, thingName, {
    update: 'SET unseenSinceMs = :sinceMs',
    condition: `${isUnmarked} AND ${isStillUnseen}`,
    values: { ':sinceMs': sinceMs },
  });
}

/** Notes that a device that nobody had seen is back since then, and that people know. */
export async function markBack(table: DevicesTable, thingName: string, seenMs: number): Promise<void> {
  await markSeen(table, thingName, seenMs);
  await updateWhere(table, thingName, {
    update: 'REMOVE unseenSinceMs',
    condition: 'attribute_exists(thingName)',
    values: {},
  });
}

async function updateWhere(
  { client, tableName }: DevicesTable,
  thingName: string,
  change: {
    readonly update: string;
    readonly condition: string;
    readonly values: Readonly<Record<string, unknown>>;
  },
): Promise<boolean> {
  const { update, condition, values } = change;
  try {
    await DynamoDBDocumentClient.from(client).send(
      new UpdateCommand({
        TableName: tableName,
        Key: { thingName },
        UpdateExpression: update,
        ConditionExpression: condition,
        ...(Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: values }),
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
