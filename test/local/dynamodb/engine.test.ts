import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { startDynamoDbEngine } from '../../../local/dynamodb/engine.ts';
import { isAlive } from '../../../local/processes.ts';
import { startTestDynamoDb } from '../../support/dynamodb.ts';

test('Without any engine, the error names the three ways to get one.', async () => {
  const starting = startDynamoDbEngine({ findBinary: () => undefined });
  await expect(starting).rejects.toMatchObject({ name: 'ConfigurationError', code: 'DYNAMODB_MISSING' });
  const message = await starting.catch(String);
  expect(message).toContain(`no DynamoDB engine for ${process.platform}-${process.arch}`);
  expect(message).toMatch(
    /1\. .*@dynoxide\/linux-x64.*\n.*2\. .*GLASSHOUSE_DYNAMODB_JAR.*\n.*3\. .*GLASSHOUSE_DYNAMODB_ENDPOINT/,
  );
});

test('An endpoint that runs already is used, and left running.', async () => {
  const other = await startTestDynamoDb();
  try {
    const engine = await startDynamoDbEngine({ endpoint: other.url, findBinary: () => undefined });
    expect(engine).toMatchObject({ url: other.url, description: `the endpoint ${other.url}` });
    expect(engine.pid).toBeUndefined();
    await engine.stop();
    expect((await other.client.send(new ListTablesCommand())).TableNames).toEqual([]);
  } finally {
    await other.stop();
  }
});

test('A jar that is not there is an error, although there is an embedded engine.', async () => {
  await expect(startDynamoDbEngine({ jar: '/nowhere/DynamoDBLocal.jar' })).rejects.toMatchObject({
    code: 'DYNAMODB_JAR_MISSING',
    message: 'GLASSHOUSE_DYNAMODB_JAR says /nowhere/DynamoDBLocal.jar, and there is no such file',
  });
});

test('An engine that ends at once is an error that says so.', async () => {
  await expect(startDynamoDbEngine({ findBinary: () => '/bin/false' })).rejects.toMatchObject({
    code: 'DYNAMODB_FAILED',
    message: expect.stringContaining('does not answer: it ended with 1'),
  });
});

test('The embedded engine keeps its tables in the folder, and ends when it is stopped.', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-engine-'));
  const engine = await startDynamoDbEngine({ folder });
  expect(engine.description).toMatch(/^dynoxide on 127\.0\.0\.1:\d+$/);
  await engine.stop();
  expect(engine.pid === undefined || isAlive(engine.pid)).toBe(false);
  expect(existsSync(path.join(folder, 'dynamodb.sqlite'))).toBe(true);
  rmSync(folder, { recursive: true, force: true });
});
