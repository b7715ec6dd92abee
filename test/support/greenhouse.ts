import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import type { TestDynamoDb } from './dynamodb.ts';

/** The table of commands, as the template has it. */
export async function createCommandsTable({ client }: TestDynamoDb, TableName: string): Promise<string> {
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'zone', AttributeType: 'S' },
        { AttributeName: 'sequence', AttributeType: 'N' },
      ],
      KeySchema: [
        { AttributeName: 'zone', KeyType: 'HASH' },
        { AttributeName: 'sequence', KeyType: 'RANGE' },
      ],
    }),
  );
  return TableName;
}
