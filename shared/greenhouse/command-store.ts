import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { readCommandItem } from './command-item.ts';
import type { Command, CommandProgress, CommandStatus, NewCommand } from './command.ts';

/** What came of a change: the command as it stands now, undefined when there is none. */
export interface Changed {
  readonly changed: boolean;
  readonly command: Command | undefined;
}

/** How long a command is kept, for whoever asks what happened. */
const KEPT_SECONDS = 90 * 24 * 60 * 60;

/** The commands of all zones in DynamoDB: key `zone`, sort key `sequence`. See command.ts for the statuses. */
export class CommandStore {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(client: DynamoDBClient, tableName: string) {
    this.#documents = DynamoDBDocumentClient.from(client, {
      marshallOptions: { removeUndefinedValues: true },
    });
    this.#tableName = tableName;
  }

  /** Queues a command. One that is there already stays as it is, whatever has become of it. */
  async queue(command: NewCommand): Promise<Changed> {
    const item = { ...command, status: 'QUEUED' as const };
    const removeAt = Math.ceil(command.createdAtMs / 1000) + KEPT_SECONDS;
    return this.#write(item, () =>
      this.#documents.send(
        new PutCommand({
          TableName: this.#tableName,
          Item: { ...item, removeAt },
          ConditionExpression: 'attribute_not_exists(#zone)',
          ExpressionAttributeNames: { '#zone': 'zone' },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
    );
  }

  async load(zone: string, sequence: number): Promise<Command | undefined> {
    const { Item: item } = await this.#documents.send(
      new GetCommand({ TableName: this.#tableName, Key: { zone, sequence }, ConsistentRead: true }),
    );
    return readCommandItem(item);
  }

  /** The newest command of a zone: the one that counts. */
  async newest(zone: string): Promise<Command | undefined> {
    const { Items: [item] = [] } = await this.#documents.send(
      new QueryCommand({
        TableName: this.#tableName,
        KeyConditionExpression: '#zone = :zone',
        ExpressionAttributeNames: { '#zone': 'zone' },
        ExpressionAttributeValues: { ':zone': zone },
        ScanIndexForward: false,
        ConsistentRead: true,
        Limit: 1,
      }),
    );
    return readCommandItem(item);
  }

  /** Takes a command on to its next status, if it still has the one that it is believed to have. */
  async advance(command: Command, status: CommandStatus, progress: CommandProgress): Promise<Changed> {
    const next: Command = { ...command, ...progress, status };
    const fields = Object.entries({ ...progress, status }).filter(([, value]) => value !== undefined);
    const names = Object.fromEntries(fields.map(([name]) => [`#${name}`, name]));
    const values = Object.fromEntries(fields.map(([name, value]) => [`:${name}`, value]));
    return this.#write(next, () =>
      this.#documents.send(
        new UpdateCommand({
          TableName: this.#tableName,
          Key: { zone: command.zone, sequence: command.sequence },
          UpdateExpression: `SET ${fields.map(([name]) => `#${name} = :${name}`).join(', ')}`,
          ConditionExpression: '#status = :believed',
          ExpressionAttributeNames: names,
          ExpressionAttributeValues: { ...values, ':believed': command.status },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
    );
  }

  async #write(written: Command, write: () => Promise<unknown>): Promise<Changed> {
    try {
      await write();
      return { changed: true, command: written };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return { changed: false, command: readCommandItem(error.Item && unmarshall(error.Item)) };
    }
  }
}
