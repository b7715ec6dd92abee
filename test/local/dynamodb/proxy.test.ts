import { createServer } from 'node:http';
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDynamoDbProxy, type DynamoDbProxy } from '../../../local/dynamodb/proxy.ts';
import { listen } from '../../../local/endpoint/listen.ts';
import { CREDENTIALS, REGION, startEndpoint } from '../endpoint/support.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';

let dynamodb: TestDynamoDb;
let proxy: DynamoDbProxy;
let endpoint: Awaited<ReturnType<typeof startEndpoint>>;
let client: DynamoDBClient;
let TableName: string;

beforeAll(async () => {
  dynamodb = await startTestDynamoDb();
  TableName = await dynamodb.createTable('key');
  proxy = createDynamoDbProxy(dynamodb.url);
  endpoint = await startEndpoint({ dynamodb: proxy });
  client = clientOf(endpoint.url);
});
afterAll(async () => {
  client.destroy();
  await endpoint.close();
  proxy.close();
  await dynamodb.stop();
});

function clientOf(url: string): DynamoDBClient {
  return new DynamoDBClient({ endpoint: url, region: REGION, credentials: CREDENTIALS, maxAttempts: 1 });
}

test('The SDK finds the engine behind it, checksums and all, and operations are counted.', async () => {
  const put = new PutItemCommand({
    TableName,
    Item: { key: { S: 'grün' }, big: { S: 'x'.repeat(300_000) } },
  });
  await Promise.all(Array.from({ length: 20 }, () => client.send(put)));
  expect(proxy.operations.get('PutItem')).toBe(20);
});

test('An error of the engine comes through as the SDK knows it, with what it carries.', async () => {
  await client.send(new PutItemCommand({ TableName, Item: { key: { S: 'a' }, version: { N: '7' } } }));
  const update = new UpdateItemCommand({
    TableName,
    Key: { key: { S: 'a' } },
    UpdateExpression: 'SET version = :next',
    ConditionExpression: 'version = :expected',
    ExpressionAttributeValues: { ':next': { N: '2' }, ':expected': { N: '1' } },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  const error: unknown = await client.send(update).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ConditionalCheckFailedException);
  expect(error).toMatchObject({ Item: { key: { S: 'a' }, version: { N: '7' } } });
});

test('An engine that is gone, or goes in the middle of an answer, is a failure that SDKs try again.', async () => {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('{');
    setTimeout(() => response.destroy(), 20);
  });
  const engine = await listen(server, { port: 0, setting: 'TEST_PORT' });
  const broken = createDynamoDbProxy(engine.url);
  const other = await startEndpoint({ dynamodb: broken });
  const otherClient = clientOf(other.url);
  const put = new PutItemCommand({ TableName, Item: { key: { S: 'a' } } });
  const failure = { name: 'InternalServerError', $metadata: { httpStatusCode: 500 } };
  await expect(otherClient.send(put)).rejects.toMatchObject(failure);
  await engine.close();
  await expect(otherClient.send(put)).rejects.toMatchObject(failure);
  otherClient.destroy();
  await other.close();
  broken.close();
});
