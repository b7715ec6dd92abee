import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { PutItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SettingsForAll } from '../../../functions/score-anomaly/settings-for-all.ts';
import { writeChange } from '../../../functions/tune-scoring/write.ts';
import { DEFAULT_SCORING_SETTINGS, type ScoringOverrides } from '../../../shared/scoring-settings.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';

/** What is promised: a change is seen by every container after this at the latest. */
const SEEN_WITHIN_MS = 30_000;

let dynamodb: TestDynamoDb;
let tableName: string;
let nowMs = Date.UTC(2026, 0, 31);

beforeAll(async () => {
  dynamodb = await startTestDynamoDb();
});
beforeEach(async () => {
  tableName = await dynamodb.createTable('scope');
});
afterAll(() => dynamodb.stop());

const defaults = { ...DEFAULT_SCORING_SETTINGS, T: 10 };

function container(client: DynamoDBClient = dynamodb.client): SettingsForAll {
  return new SettingsForAll({ client, tableName, defaults, now: () => nowMs });
}

async function change(settings: ScoringOverrides): Promise<void> {
  const tables = { stateTable: tableName, settingsTable: tableName };
  await writeChange(dynamodb.client, tables, { settings, receivedAtMs: nowMs });
}

test('Where nothing is set, the deployed defaults hold.', async () => {
  expect(await container().get()).toEqual(defaults);
});

test('A change is seen within 30 s by a container that is warm, and at once by a new one.', async () => {
  const warm = container();
  await warm.get();
  await change({ alpha0: 0.7, threshold: 0.01, beta: 0, mode: 'classic' });
  const changed = { T: 10, alpha0: 0.7, threshold: 0.01, beta: 0, mode: 'classic' };
  expect(await container().get()).toEqual(changed);
  expect(await warm.get()).toEqual(defaults);
  nowMs += SEEN_WITHIN_MS;
  expect(await warm.get()).toEqual(changed);
});

test('What is taken back falls to the default.', async () => {
  const warm = container();
  await change({ T: 50, alpha0: 0.7 });
  expect(await warm.get()).toEqual({ ...defaults, T: 50, alpha0: 0.7 });
  await change({ T: null });
  nowMs += SEEN_WITHIN_MS;
  expect(await warm.get()).toEqual({ ...defaults, alpha0: 0.7 });
});

test('The table is read once in 25 s, however many readings there are.', async () => {
  let reads = 0;
  const counting: DynamoDBClient = Object.create(dynamodb.client, {
    send: {
      value: (command: Parameters<DynamoDBClient['send']>[0]) => {
        reads += 1;
        return dynamodb.client.send(command);
      },
    },
  });
  const warm = container(counting);
  for (let second = 0; second < 50; second += 1) {
    await warm.get();
    nowMs += 1_000;
  }
  expect(reads).toBe(2);
});

test('An item that somebody wrote by hand and wrongly stops the invocation: it can be mended and tried again.', async () => {
  const Item = { scope: { S: 'all' }, mode: { S: 'clever' } };
  await dynamodb.client.send(new PutItemCommand({ TableName: tableName, Item }));
  await expect(container().get()).rejects.toThrow('Invalid');
});
