import { createHash } from 'node:crypto';
import type { Context } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { CREDENTIALS, REGION } from '../../local/endpoint/support.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';
import { makeCertificate } from '../../shared/x509/pki.ts';
import { startServer, type TestServer } from '../../shared/x509/server.ts';
import { ACCOUNT_ID, ca, openWorld, POLICY, type World } from './world.ts';

let dynamodb: TestDynamoDb;
let world: World;
/** What SNS, SQS, EventBridge and the data plane are asked. */
let others: TestServer;
let handler: (event: unknown, context: Context) => Promise<unknown>;
const lines: string[] = [];

/** What a service answers that has taken everything. */
function answerTo(target: unknown, body: Uint8Array): string {
  if (target === 'AWSEvents.PutEvents') return '{"FailedEntryCount":0}';
  if (target !== 'AmazonSQS.SendMessage') return '<PublishResponse><PublishResult/></PublishResponse>';
  const { MessageBody: message } = z
    .object({ MessageBody: z.string() })
    .parse(JSON.parse(Buffer.from(body).toString()));
  return JSON.stringify({
    MessageId: '1',
    MD5OfMessageBody: createHash('md5').update(message).digest('hex'),
  });
}

beforeAll(async () => {
  dynamodb = await startTestDynamoDb();
  world = await openWorld(dynamodb);
  others = await startServer();
  others.answers(({ headers, body }) => ({ body: Buffer.from(answerTo(headers['x-amz-target'], body)) }));
  const environment = {
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_ENDPOINT_URL: others.url,
    AWS_ENDPOINT_URL_IOT: world.controlPlaneUrl,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
    ACCOUNT_ID,
    DEVICES_TABLE: world.devices.tableName,
    HELD_CERTIFICATES_TABLE: world.held.tableName,
    ALLOW_LIST_TABLE: world.allowList.tableName,
    REJECTIONS_QUEUE_URL: `${others.url}/${ACCOUNT_ID}/rejections`,
    NOTIFICATIONS_TOPIC_ARN: `arn:aws:sns:${REGION}:${ACCOUNT_ID}:notifications`,
    EVENT_BUS_NAME: 'default',
    POLICY_NAME: POLICY,
    THING_GROUP: 'lamps',
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  ({ handler } = await import('../../../functions/activate-certificate/handler.ts'));
});
beforeEach(() => {
  others.asked.length = 0;
  lines.length = 0;
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  for (const level of ['warn', 'error'] as const) vi.spyOn(console, level).mockImplementation(() => {});
});
afterEach(() => vi.restoreAllMocks());
afterAll(async () => {
  vi.unstubAllEnvs();
  await world.close();
  await others.stop();
  await dynamodb.stop();
});

const context = {
  callbackWaitsForEmptyEventLoop: true,
  functionName: 'activate-certificate',
  functionVersion: '$LATEST',
  invokedFunctionArn: `arn:aws:lambda:${REGION}:${ACCOUNT_ID}:function:activate-certificate`,
  memoryLimitInMB: '512',
  awsRequestId: 'request-1',
  logGroupName: '/aws/lambda/activate-certificate',
  logStreamName: 'local',
  getRemainingTimeInMillis: () => 60_000,
  done: () => {},
  fail: () => {},
  succeed: () => {},
} satisfies Context;

/** A certificate counts now, by the machine's own clock and by that of the registry. */
function datesForNow() {
  const times = [Date.now(), world.clock.now()];
  return { notBeforeMs: Math.min(...times) - 60_000, notAfterMs: Math.max(...times) + 3_600_000 };
}

function lamp(name: string) {
  return makeCertificate({ commonNames: [name], issuer: ca, ...datesForNow() });
}

const asked = (): string[] =>
  others.asked.map(({ path, headers, body }) => {
    const action = new URLSearchParams(Buffer.from(body).toString()).get('Action');
    return String(headers['x-amz-target'] ?? action ?? path);
  });

test('The function activates a device with its own clients, and tells and counts it.', async () => {
  await world.list('lamp-1');
  const one = lamp('lamp-1');
  const event = world.connect(one);
  expect(await handler(event, context)).toMatchObject({ outcome: 'activated', thingName: 'lamp-1' });
  expect(await world.stateOf('lamp-1', one.certificate.certificateId)).toMatchObject({
    status: 'ACTIVE',
    groups: ['lamps'],
    policies: [POLICY],
    device: { state: 'ACTIVE', isAnnounced: true },
  });
  expect(asked()).toEqual(['/topics/devices%2Flamp-1%2Factivated?qos=1', 'AWSEvents.PutEvents']);
  expect(lines.join('')).toContain('"DeviceActivated":1');
});

test('The function holds an unknown device and tells people.', async () => {
  const event = world.connect(lamp('lamp-2'));
  expect(await handler(event, context)).toMatchObject({ outcome: 'hold', reason: 'UNKNOWN_DEVICE' });
  expect(asked()).toEqual(['Publish']);
});

test('The function keeps a forged event in the rejections queue, whole, and ends well.', async () => {
  const event = { ...world.connect(lamp('lamp-3')), awsAccountId: '111111111111' };
  expect(await handler(event, context)).toMatchObject({ rejected: { code: 'FOREIGN_ACCOUNT' } });
  expect(asked()).toEqual(['AmazonSQS.SendMessage']);
  expect(Buffer.from(others.asked[0]?.body ?? []).toString()).toContain('111111111111');
});

test('The function throws what it cannot do now, so that Lambda runs the event again.', async () => {
  await world.list('lamp-4');
  world.crl.isDown = true;
  const event = world.connect(world.issue('lamp-4', datesForNow()));
  await expect(handler(event, context)).rejects.toMatchObject({
    name: 'ActivationError',
    code: 'CRL_UNREACHABLE',
  });
});
