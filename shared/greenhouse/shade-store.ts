import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { shadeSchema, type Shade } from './shade.ts';

/** The shades in DynamoDB, one item a zone: `zone`, and `shade` as in shade.ts. */
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

  async save(zone: string, shade: Shade): Promise<void> {
    await this.#documents.send(new PutCommand({ TableName: this.#tableName, Item: { zone, shade } }));
  }
}
