import { marshall } from '@aws-sdk/util-dynamodb';
import { callDynamoDb } from './call.ts';

/** Puts a plain JSON object into a table, each of its properties an attribute. Throws what the engine says. */
export async function putItem(
  engineUrl: string,
  region: string,
  tableName: string,
  item: Readonly<Record<string, unknown>>,
): Promise<void> {
  const request = { TableName: tableName, Item: marshall(item, { removeUndefinedValues: true }) };
  const { ok, text } = await callDynamoDb(engineUrl, region, 'PutItem', request);
  if (!ok) throw new Error(text);
}
