import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { shadeSchema, type Shade } from './shade.ts';

/**
 * The shades in DynamoDB, one item a zone:
 *
 *     zone       S   its name
 *     shade      M   as in shade.ts
 *     changedAt  N   milliseconds: when the change was received that wrote it; absent where a person put the item
 */
export class ShadeStore {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(client: DynamoDBClient, tableName: string) {
    this.#documents = DynamoDBDocumentClient.from(client);
    this.#tableName = tableName;
  }

  /** The shade of a zone; undefined when there is none, or none that can be read. */
  async load(zone: string): Promise<Shade | undefined> {
    const { Item: item } = await this.#documents.send(
      new GetCommand({ TableName: this.#tableName, Key: { zone }, ConsistentRead: true }),
    );
    const parsed = z.safeParse(shadeSchema(), item?.['shade']);
    return parsed.success ? parsed.data : undefined;
  }

  /**
   * Writes the shade of a zone, whole, unless a later change stands. Any change is later than what a person put there
   * without a time.
   *
   * @returns whether it was written.
   */
  async save(zone: string, shade: Shade, receivedAtMs: number): Promise<boolean> {
    try {
      await this.#documents.send(
        new PutCommand({
          TableName: this.#tableName,
          Item: { zone, shade, changedAt: receivedAtMs },
          ConditionExpression: 'attribute_not_exists(#changedAt) OR #changedAt <= :receivedAt',
          ExpressionAttributeNames: { '#changedAt': 'changedAt' },
          ExpressionAttributeValues: { ':receivedAt': receivedAtMs },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}
