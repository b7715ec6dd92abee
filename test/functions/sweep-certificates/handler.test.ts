import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createHash } from 'node:crypto';
import type { Context } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { holdCertificate } from '../../../shared/device-registry/held-certificates.ts';
import { CREDENTIALS, REGION } from '../../local/endpoint/support.ts';
import { makeCertificate } from '../../shared/x509/pki.ts';
import { startServer, type TestServer } from '../../shared/x509/server.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';
import { ca } from '../activate-certificate/deployment.ts';
import { ACCOUNT_ID } from '../activate-certificate/world.ts';
import { openFleet, type Fleet } from './fleet.ts';
import { startListsServer, type ListsServer } from './lists-server.ts';

let dynamodb: TestDynamoDb;
let fleet: Fleet;
let lists: ListsServer;
/** What SNS, SQS and Lambda are asked. */
let others: TestServer;
let handler: (event: unknown, context: Context) => Promise<unknown>;
const lines: string[] = [];

/** What a service answers that has taken everything. */
function answerTo(target: unknown, body: Uint8Array): string {
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
  fleet = await openFleet(dynamodb);
  lists = await startListsServer(() => Date.now());
  others = await startServer();
  others.answers(({ path: asked, headers, body }) =>
    asked.endsWith('/invocations')
      ? { status: 202 }
      : { body: Buffer.from(answerTo(headers['x-amz-target'], body)) },
  );
  const environment = {
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_ENDPOINT_URL: others.url,
    AWS_ENDPOINT_URL_IOT: fleet.world.controlPlaneUrl,
    AWS_ENDPOINT_URL_IOT_DATA_PLANE: fleet.dataPlaneUrl,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
    ACCOUNT_ID,
    SWEEP_TABLE: fleet.sweepTable,
    DEVICES_TABLE: fleet.devices.tableName,
    PRESENCE_TABLE: fleet.presenceTable,
    HELD_CERTIFICATES_TABLE: fleet.held.tableName,
    REJECTIONS_QUEUE_URL: `${others.url}/${ACCOUNT_ID}/rejections`,
    NOTIFICATIONS_TOPIC_ARN: `arn:aws:sns:${REGION}:${ACCOUNT_ID}:notifications`,
    ACTIVATE_FUNCTION: `arn:aws:lambda:${REGION}:${ACCOUNT_ID}:function:activate-certificate`,
    CALLS_PER_SECOND: '100',
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  ({ handler } = await import('../../../functions/sweep-certificates/handler.ts'));
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
  await fleet.close();
  await lists.stop();
  await others.stop();
  await dynamodb.stop();
});

const context = {
  callbackWaitsForEmptyEventLoop: true,
  functionName: 'sweep-certificates',
  functionVersion: '$LATEST',
  invokedFunctionArn: `arn:aws:lambda:${REGION}:${ACCOUNT_ID}:function:sweep-certificates`,
  memoryLimitInMB: '512',
  awsRequestId: 'request-1',
  logGroupName: '/aws/lambda/sweep-certificates',
  logStreamName: 'local',
  getRemainingTimeInMillis: () => 900_000,
  done: () => {},
  fail: () => {},
  succeed: () => {},
} satisfies Context;

function sample(name: string): unknown {
  return JSON.parse(readFileSync(path.join(import.meta.dirname, '../../../events', name), 'utf8'));
}

test('The daily event has the function sweep with its own clients, by the hour of the machine.', async () => {
  const list = lists.add('/ca.crl', ca);
  const nowMs = Date.now();
  const stolen = makeCertificate({
    commonNames: ['stolen'],
    issuer: ca,
    crlAddresses: [`${lists.url}/ca.crl`],
    notBeforeMs: nowMs - 60_000,
    notAfterMs: nowMs + 400 * 86_400_000,
  });
  await fleet.addDevice('stolen', stolen, ca, fleet.world.caCertificateId);
  await fleet.connectClient('stolen');
  list.revoked.set(stolen.certificate.serialNumber, 1);
  expect(await handler(sample('sweep-certificates.schedule.json'), context)).toMatchObject([
    { kind: 'sweep', outcome: 'finished', runId: '2026-11-21T03:00:00.000Z' },
  ]);
  expect(await fleet.statusOf(stolen.certificate.certificateId)).toBe('REVOKED');
  expect(fleet.isConnected('stolen')).toBe(false);
  const published = others.asked.map(({ body }) => new URLSearchParams(Buffer.from(body).toString()));
  const revoked = published.find((one) => one.get('Message')?.includes('REVOKED_BY_CA'));
  expect(revoked?.get('Subject')).toBe('1 certificate revoked by the CA');
  expect(revoked?.get('MessageAttributes.entry.1.Value.StringValue')).toBe('REVOKED_BY_CA');
  expect(lines.join('')).toContain('"CertificateRevoked":1');
  expect(await handler(sample('sweep-certificates.schedule.json'), context)).toEqual([
    { kind: 'sweep', outcome: 'nothing' },
  ]);
});

test('The other schedule finds nothing to go on with, and asks nobody but the table.', async () => {
  expect(await handler(sample('sweep-certificates.continue.json'), context)).toEqual([
    { kind: 'sweep', outcome: 'nothing' },
    { kind: 'recheck', outcome: 'nothing' },
  ]);
  expect(others.asked).toEqual([]);
});

test('A re-check invokes activation asynchronously with the event of a device that comes back, without a time.', async () => {
  const { caCertificateId } = fleet.world;
  const certificateId = 'a'.repeat(64);
  const note = { reason: 'UNKNOWN_DEVICE', detail: 'unknown', action: 'hold' };
  await holdCertificate(fleet.held, { certificateId, caCertificateId, ...note }, Date.now());
  expect(await handler(sample('sweep-certificates.recheck.json'), context)).toMatchObject([
    { kind: 'recheck', outcome: 'finished', runId: 'request-1' },
  ]);
  const [invoked] = others.asked;
  expect(decodeURIComponent(invoked?.path ?? '')).toContain(':function:activate-certificate/invocations');
  expect(invoked?.headers['x-amz-invocation-type']).toBe('Event');
  expect(JSON.parse(Buffer.from(invoked?.body ?? []).toString())).toEqual({
    certificateId,
    caCertificateId,
    certificateStatus: 'PENDING_ACTIVATION',
    awsAccountId: ACCOUNT_ID,
  });
});

test('The function keeps what it cannot use in the rejections queue, whole, and ends well.', async () => {
  expect(await handler({ sweep: 'please' }, context)).toMatchObject({ rejected: { code: 'EVENT_UNUSABLE' } });
  expect(others.asked.map(({ headers }) => headers['x-amz-target'])).toEqual(['AmazonSQS.SendMessage']);
});
