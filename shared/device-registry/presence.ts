import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { once } from '../once.ts';

/**
 * Where AWS IoT's lifecycle events are, as a rule puts them there, for two weeks:
 *
 *     thingName          S   the client id, which is the name of the thing for every device of the shared policy
 *     atMs               N   when it connected or disconnected
 *     eventType          S   `connected` or `disconnected`
 *     principal          S   for a device, the id of its certificate
 *     expiresAtSeconds   N   when DynamoDB forgets it
 *
 * The time is part of the key. AWS IoT may send an event twice and in any order: the same one again writes the same
 * item, and a late one lies behind the newest, so that nothing ever rewinds and nobody has to compare.
 */
export interface PresenceTable {
  readonly client: DynamoDBClient;
  readonly tableName: string;
}

/** The newest of a client's lifecycle events. */
export interface Presence {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  /** A device whose newest event is `disconnected` was connected until then. */
  readonly eventType: 'connected' | 'disconnected';
}

/**
 * The newest lifecycle event of a device; undefined when there was none for two weeks. A device that is connected for
 * longer than that has none either: `lastSeenMs` of its item tells, or AWS IoT itself.
 */
export async function readPresence(
  { client, tableName }: PresenceTable,
  thingName: string,
): Promise<Presence | undefined> {
  const { Items: items = [] } = await DynamoDBDocumentClient.from(client).send(
    new QueryCommand({
      TableName: tableName,
      KeyConditionExpression: 'thingName = :thingName',
      ExpressionAttributeValues: { ':thingName': thingName },
      ScanIndexForward: false,
      Limit: 1,
    }),
  );
  const parsed = itemSchema().safeParse(items[0]);
  return parsed.success ? parsed.data : undefined;
}

/** When a device was last seen: the latest of what its item, its lifecycle events and others know. */
export function latestSeenMs(...timesMs: readonly (number | undefined)[]): number | undefined {
  const known = timesMs.filter((timeMs) => timeMs !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

const itemSchema = once(() =>
  z.object({ atMs: z.number(), eventType: z.enum(['connected', 'disconnected']) }),
);
