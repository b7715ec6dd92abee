import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { readPresence } from '../../../shared/device-registry/presence.ts';
import { startTestCloud, type TestCloud } from '../../support/cloud.ts';

const ROOT = path.join(import.meta.dirname, '../../..');
const FOLDER = path.join(ROOT, 'functions/sweep-certificates');

const oneOrMore = <Item extends z.ZodType>(item: Item) =>
  z.union([item.transform((one) => [one]), z.array(item)]);
const statement = z.object({ Action: oneOrMore(z.string()), Resource: oneOrMore(z.unknown()) });
const role = z.object({
  Properties: z.object({
    Policies: z.array(z.object({ PolicyDocument: z.object({ Statement: z.array(statement) }) })),
  }),
});

const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const { Resources: resources } = z
  .object({ Resources: z.looseObject({ SweepCertificatesRole: role }) })
  .parse(parse(read('functions/sweep-certificates/resources.yml')));
const statements = resources.SweepCertificatesRole.Properties.Policies.flatMap(
  ({ PolicyDocument: document }) => document.Statement,
);
const actions = statements.flatMap(({ Action: action }) => action);

test('The role has no action with a wildcard, and every resource but what AWS allows no less for is named.', () => {
  expect(actions.filter((action) => action.includes('*'))).toEqual([]);
  const everywhere = statements.filter(({ Resource: resource }) => resource.includes('*'));
  expect(everywhere.flatMap(({ Action: action }) => action)).toEqual([
    'iot:ListCACertificates',
    'iot:ListCertificatesByCA',
    'iot:ListPrincipalThings',
  ]);
});

test('The role may do what the function asks of AWS IoT, and nothing else there.', () => {
  const sources = readdirSync(FOLDER)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(path.join(FOLDER, file), 'utf8'));
  const ofIot = sources.filter((source) => /@aws-sdk\/client-iot/.test(source)).join('\n');
  const asked = [...ofIot.matchAll(/new (\w+)Command\(/g)].map(([, name]) => `iot:${name}`);
  const allowed = actions.filter((action) => action.startsWith('iot:'));
  expect(allowed.toSorted()).toEqual([...new Set(asked)].toSorted());
});

test('It can take certificates from devices, and give nobody anything.', () => {
  for (const action of ['iot:AttachPolicy', 'iot:AttachThingPrincipal', 'iot:CreateThing', 'iot:Publish']) {
    expect(actions).not.toContain(action);
  }
});

let cloud: TestCloud;
let client: DynamoDBClient;

beforeAll(async () => {
  // What `serverless` would have put in place of its own variables.
  const text = read('functions/sweep-certificates/resources.yml')
    .replaceAll('${self:custom.ruleNames.presence}', 'presence')
    .replaceAll('${self:custom.trust.iotRules}', JSON.stringify(parse(read('shared/trust.yml')).iotRules));
  const { PresenceTable, PresenceRule, PresenceRuleRole } = z
    .record(z.string(), z.unknown())
    .parse(parse(text).Resources);
  const FailuresQueue = { Type: 'AWS::SQS::Queue' };
  cloud = await startTestCloud({
    resources: { PresenceTable, PresenceRule, PresenceRuleRole, FailuresQueue },
  });
  client = new DynamoDBClient(cloud.sdk);
});
afterAll(async () => {
  client.destroy();
  await cloud.stop();
});

const tableName = (): string => cloud.running.resources['PresenceTable'] ?? '';

test('When a device comes and goes is in the table, by its client id, without a function.', async () => {
  const table = { client, tableName: tableName() };
  const beforeMs = Date.now();
  const device = await cloud.connect('lamp-1');
  await expect.poll(() => readPresence(table, 'lamp-1')).toMatchObject({ eventType: 'connected' });
  const came = await readPresence(table, 'lamp-1');
  expect(came?.atMs).toBeGreaterThanOrEqual(beforeMs);
  await device.endAsync();
  await expect.poll(() => readPresence(table, 'lamp-1')).toMatchObject({ eventType: 'disconnected' });
  const went = await readPresence(table, 'lamp-1');
  expect(went?.atMs).toBeGreaterThanOrEqual(came?.atMs ?? Number.POSITIVE_INFINITY);
  expect(await readPresence(table, 'lamp-2')).toBeUndefined();
});

test('Only coming and going is noted, each for two weeks.', async () => {
  const device = await cloud.connect('lamp-3');
  await device.subscribeAsync('a/b');
  await device.unsubscribeAsync('a/b');
  await device.endAsync();
  const items = async () => {
    const { Items = [] } = await client.send(new ScanCommand({ TableName: tableName() }));
    return Items.filter(({ thingName }) => thingName === 'lamp-3');
  };
  await expect
    .poll(async () => (await items()).map(({ eventType }) => String(eventType)).toSorted())
    .toEqual(['connected', 'disconnected']);
  for (const { atMs, expiresAtSeconds } of await items()) {
    expect(expiresAtSeconds).toBe(Math.floor(Number(atMs) / 1_000) + 14 * 86_400);
  }
});
