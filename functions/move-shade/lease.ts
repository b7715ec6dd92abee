import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { RepeaterAddress } from '../../shared/greenhouse/repeater-client.ts';

/**
 * One invocation at a time may use a repeater. The leases lie beside the commands, in a partition of their
 * own that no zone can have the name of:
 *
 *     free ──(no item, or untilMs ≤ now, or it is ours)──▶ ours ──(it is ours)──▶ free
 *                                                            └──its holder crashed: untilMs──▶ free
 */
export class RepeaterLeases {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(client: DynamoDBClient, tableName: string) {
    this.#documents = DynamoDBDocumentClient.from(client);
    this.#tableName = tableName;
  }

  /** @returns whether the repeater is ours now. */
  take(address: RepeaterAddress, owner: string, nowMs: number, untilMs: number): Promise<boolean> {
    return this.#write(address, 'attribute_not_exists(#untilMs) OR #untilMs <= :now OR #owner = :owner', {
      ':owner': owner,
      ':now': nowMs,
      ':until': untilMs,
    });
  }

  /** Gives the repeater back. One that another has taken meanwhile stays his. */
  async release(address: RepeaterAddress, owner: string): Promise<void> {
    await this.#write(address, '#owner = :owner', { ':owner': owner, ':until': 0 });
  }

  async #write(
    { host, port }: RepeaterAddress,
    condition: string,
    values: Readonly<Record<string, string | number>>,
  ): Promise<boolean> {
    try {
      await this.#documents.send(
        new UpdateCommand({
          TableName: this.#tableName,
          Key: { zone: `lease/${host}:${port}`, sequence: 0 },
          UpdateExpression: 'SET #owner = :owner, #untilMs = :until',
          ConditionExpression: condition,
          ExpressionAttributeNames: { '#owner': 'owner', '#untilMs': 'untilMs' },
          ExpressionAttributeValues: values,
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}
