import { readFileSync } from 'node:fs';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ServiceCloud } from './cloud.ts';
import { Device } from './device.ts';
import { programPath } from './programs.ts';

let cloud: ServiceCloud;

beforeAll(async () => {
  cloud = await ServiceCloud.start({ GLASSHOUSE_DYNAMODB_JAR: programPath('dynamodbJar') });
});

afterAll(() => cloud.remove());

/** The command line of the process in which the cloud keeps its tables. */
function engineCommand(): string {
  return readFileSync(`/proc/${cloud.running.dynamodbPid}/cmdline`, 'utf8');
}

test("On AWS's own DynamoDB Local, readings are scored and what was learned outlives a restart.", async () => {
  expect(engineCommand()).toContain('DynamoDBLocal.jar');
  const device = await Device.connect(cloud.running.mqttUrl, 'local');
  await device.sendMany(40);
  const far = await device.send(60);
  expect(far.anomaly).toBe(true);
  expect(device.results.map(({ late }) => late)).not.toContain(true);
  await device.leave();

  await cloud.stop();
  await cloud.startAgain();
  const back = await Device.connect(cloud.running.mqttUrl, 'local', device.sent);
  const next = await back.send();
  // A device that is not known would be warming up again.
  expect(next.columns['value']).toMatchObject({ warmingUp: false, anomaly: false });
  await back.leave();
});

test('Of the same readings that three clients send at once, each is learned once.', async () => {
  const { mqttUrl, endpointUrl: endpoint, region } = cloud.running;
  const clients = await Promise.all([0, 1, 2].map(() => Device.connect(mqttUrl, 'raced')));
  await Promise.all(clients.map((client) => client.sendMany(20)));
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
  const dynamodb = new DynamoDBClient({ endpoint, region, credentials });
  const { Item: item } = await dynamodb.send(
    new GetItemCommand({ TableName: cloud.resource('ScoringStateTable'), Key: { key: { S: 'raced' } } }),
  );
  // Every write moves the version by one.
  expect(item?.['version']).toEqual({ N: '20' });
  dynamodb.destroy();
  await Promise.all(clients.map((client) => client.leave()));
});
