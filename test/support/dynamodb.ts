import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { startDynamoDbEngine } from '../../local/dynamodb/engine.ts';

/** A real DynamoDB engine in memory, with a client for it. */
export async function startTestDynamoDb() {
  const engine = await startDynamoDbEngine({});
  const client = new DynamoDBClient({
    endpoint: engine.url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  let tables = 0;
  return {
    url: engine.url,
    client,
    /** Makes an empty table with a text key; returns its name. */
    async createTable(keyAttribute: string): Promise<string> {
      tables += 1;
      const TableName = `table-${tables}`;
      await client.send(
        new CreateTableCommand({
          TableName,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [{ AttributeName: keyAttribute, AttributeType: 'S' }],
          KeySchema: [{ AttributeName: keyAttribute, KeyType: 'HASH' }],
        }),
      );
      return TableName;
    },
    async stop(): Promise<void> {
      client.destroy();
      await engine.stop();
    },
  };
}

export type TestDynamoDb = Awaited<ReturnType<typeof startTestDynamoDb>>;
