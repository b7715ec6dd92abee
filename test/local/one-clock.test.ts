import { createServer } from 'node:http';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import {
  AttachPolicyCommand,
  RegisterCertificateWithoutCACommand,
  type IoTClient,
} from '@aws-sdk/client-iot';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { connect, connectAsync } from 'mqtt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { whyAnswerSchema } from '../../local/iot/policies/index.ts';
import { startTestCloud, type TestCloud } from '../support/cloud.ts';
import { closed, DeviceFleet, type DeviceCertificate } from '../support/device-fleet.ts';
import { keyPair, makeCertificate } from '../support/x509.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const confirmationSchema = z.object({ enableUrl: z.url() });
const confirmed: number[] = [];
const batches: unknown[] = [];
const receiver = createServer((request, response) => {
  void buffer(request).then(async (body) => {
    response.end();
    const message: unknown = JSON.parse(body.toString());
    const confirmation = confirmationSchema.safeParse(message);
    if (confirmation.success) confirmed.push((await fetch(confirmation.data.enableUrl)).status);
    else batches.push(message);
  });
});

let cloud: TestCloud;
let fleet: DeviceFleet;
let sqs: SQSClient;
let s3: S3Client;

beforeAll(async () => {
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const address = receiver.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/in`;
  const allowed = (Action: string, Resource: unknown) => ({ Effect: 'Allow', Action, Resource });
  const trust = (Service: string) => ({
    Statement: { Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' },
  });
  const lake = { 'Fn::GetAtt': ['Lake', 'Arn'] };
  cloud = await startTestCloud({
    resources: {
      Queue: {
        Type: 'AWS::SQS::Queue',
        Properties: { MessageRetentionPeriod: 3_600, VisibilityTimeout: 600 },
      },
      Lake: { Type: 'AWS::S3::Bucket', Properties: {} },
      StreamRole: {
        Type: 'AWS::IAM::Role',
        Properties: { AssumeRolePolicyDocument: trust('firehose.amazonaws.com') },
      },
      Stream: {
        Type: 'AWS::KinesisFirehose::DeliveryStream',
        Properties: {
          DeliveryStreamType: 'DirectPut',
          S3DestinationConfiguration: { BucketARN: lake, RoleARN: { 'Fn::GetAtt': ['StreamRole', 'Arn'] } },
        },
      },
      RuleRole: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: trust('iot.amazonaws.com'),
          Policies: [
            {
              PolicyName: 'p',
              PolicyDocument: {
                Statement: allowed('firehose:PutRecord', { 'Fn::GetAtt': ['Stream', 'Arn'] }),
              },
            },
          ],
        },
      },
      Gather: {
        Type: 'AWS::IoT::TopicRule',
        Properties: {
          TopicRulePayload: {
            Sql: "SELECT * FROM 'gather'",
            Actions: [
              {
                Firehose: {
                  DeliveryStreamName: { Ref: 'Stream' },
                  RoleArn: { 'Fn::GetAtt': ['RuleRole', 'Arn'] },
                },
              },
              { Http: { Url: url, EnableBatching: true, BatchConfig: { MaxBatchOpenMs: 150 } } },
            ],
          },
        },
      },
    },
  });
  fleet = new DeviceFleet(cloud.running);
  sqs = new SQSClient({ ...cloud.sdk, maxAttempts: 1 });
  s3 = new S3Client({ ...cloud.sdk, forcePathStyle: true, maxAttempts: 1 });
});
afterAll(async () => {
  fleet.close();
  sqs.destroy();
  s3.destroy();
  await cloud.stop();
  receiver.closeAllConnections();
  receiver.close();
});

async function changeClock(change: object): Promise<void> {
  const answer = await fetch(`${cloud.running.endpointUrl}/_glasshouse/clock`, {
    method: 'POST',
    body: JSON.stringify(change),
  });
  expect(answer.status).toBe(200);
}

const QueueUrl = (): string => cloud.running.resources['Queue'] ?? '';

async function receive(wait = 0): Promise<string[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: QueueUrl(), MaxNumberOfMessages: 10, WaitTimeSeconds: wait }),
  );
  return Messages.map(({ Body = '' }) => Body);
}

test('SQS: delays, visibility and retention are of the cloud; who waits for a message waits in real time.', async () => {
  await changeClock({ speed: 0 });
  await sqs.send(new SendMessageCommand({ QueueUrl: QueueUrl(), MessageBody: 'later', DelaySeconds: 300 }));
  // The cloud stands still, and the second passes all the same.
  expect(await receive(1)).toEqual([]);
  await changeClock({ advanceMs: 5 * MINUTE_MS });
  expect(await receive()).toEqual(['later']);
  expect(await receive()).toEqual([]);
  const waiting = receive(20);
  await changeClock({ advanceMs: 10 * MINUTE_MS });
  expect(await waiting).toEqual(['later']);
  await changeClock({ advanceMs: 60 * MINUTE_MS });
  expect(await receive()).toEqual([]);
  await changeClock({ speed: 1 });
});

test('MQTT: the session of a client that is away ends in the time of the cloud, and its keep-alive does not.', async () => {
  const patient = await cloud.connect('patient');
  const sessions: boolean[] = [];
  for (const minutes of [59, 61]) {
    await leaveSession('sleeper');
    await changeClock({ advanceMs: minutes * MINUTE_MS });
    sessions.push(await hasSession('sleeper'));
  }
  expect(sessions).toEqual([true, false]);
  expect(patient.connected).toBe(true);
});

/** Connects with a session that lasts, and goes without a word. */
async function leaveSession(clientId: string): Promise<void> {
  const client = await connectAsync(cloud.running.mqttUrl, { clientId, clean: false, reconnectPeriod: 0 });
  const gone = closed(client);
  client.stream.destroy();
  await gone;
  client.end(true);
}

async function hasSession(clientId: string): Promise<boolean> {
  const client = connect(cloud.running.mqttUrl, { clientId, clean: false, reconnectPeriod: 0 });
  const sessionPresent = await new Promise<boolean>((resolve) => {
    client.once('connect', (connack) => resolve(connack.sessionPresent));
  });
  await client.endAsync();
  return sessionPresent;
}

test('Requests that were signed by the clock of the machine are taken when the cloud is far ahead.', async () => {
  await changeClock({ advanceMs: 2 * DAY_MS });
  const Bucket = cloud.running.resources['Lake'] ?? '';
  await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'signed' }));
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'a' }));
  expect(await Body?.transformToString()).toBe('signed');
  const presigned = new URLSearchParams({
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': 'test/20200101/eu-west-1/s3/aws4_request',
    'X-Amz-Date': '20200101T000000Z',
    'X-Amz-Expires': '60',
    'X-Amz-SignedHeaders': 'host',
    'X-Amz-Signature': '0',
  });
  const answer = await fetch(`${cloud.running.endpointUrl}/${Bucket}/a?${presigned.toString()}`);
  expect([answer.status, await answer.text()]).toEqual([200, 'signed']);
});

test('What rules gather is written in the time of the cloud, and an advance waits until it is; a batch of HTTP waits in real time.', async () => {
  await expect.poll(() => confirmed).toEqual([200]);
  const { client } = await fleet.watch();
  await changeClock({ speed: 0 });
  await client.publishAsync('gather', '{"n":1}', { qos: 1 });
  // A batch on a clock that stands still would hold the advance longer than this test may take.
  await changeClock({ advanceMs: 10_000 });
  expect(batches).toEqual([[{ n: 1 }]]);
  const Bucket = cloud.running.resources['Lake'] ?? '';
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
  expect(Contents.map(({ Key = '' }) => Key.includes('Stream'))).toContain(true);
  await changeClock({ speed: 1 });
});

test('The log is written while the clock of the cloud stands still.', async () => {
  await changeClock({ speed: 0 });
  await cloud.connect('somebody-new');
  const log = path.join(cloud.folder, 'logs', 'cloud.ndjson');
  await expect.poll(() => readFileSync(log, 'utf8')).toContain('somebody-new');
  await changeClock({ speed: 1 });
});

test('A device whose certificate has expired in the time of the cloud connects no more, and the log says why.', async () => {
  await fleet.makePolicy('all', { Effect: 'Allow', Action: 'iot:*', Resource: '*' });
  const device = await register(fleet.iot, Date.now() + 399 * DAY_MS);
  const early = await fleet.connect(device, 'lamp');
  expect((await fleet.post(device, '/topics/lamp', '1')).status).toBe(200);
  // AWS too looks at it when a device connects: who is connected stays so.
  await changeClock({ advanceMs: 366 * DAY_MS });
  await changeClock({ advanceMs: 34 * DAY_MS });
  expect(early.connected).toBe(true);
  await early.endAsync();
  await expect(fleet.connect(device, 'lamp')).rejects.toThrow("Couldn't connect");
  expect((await fleet.post(device, '/topics/lamp', '1')).status).toBe(403);
  const log = path.join(cloud.folder, 'logs', 'cloud.ndjson');
  await expect.poll(() => readFileSync(log, 'utf8')).toContain('the certificate has expired: it ended at');
  for (const id of ['lamp', device.certificateId]) {
    const answer = await fetch(`${cloud.running.endpointUrl}/_glasshouse/why/${id}`);
    const { attempts } = whyAnswerSchema.parse(await answer.json());
    const refusal = attempts.find(({ explanation }) => explanation.outcome === 'refused')?.explanation
      .refusal;
    expect(refusal?.detail).toContain('the certificate has expired: it ended at');
  }
  // The certificates that this cloud issues last until 2049, as AWS's own.
  const other = await fleet.makeDevice({ policyNames: ['all'] });
  const late = await fleet.connect(other, 'lamp-2');
  expect(late.connected).toBe(true);
});

async function register(iot: IoTClient, notAfterMs: number): Promise<DeviceCertificate> {
  const made = makeCertificate({ keys: keyPair('one-clock'), notBeforeMs: Date.now() - DAY_MS, notAfterMs });
  const { certificateId = '', certificateArn = '' } = await iot.send(
    new RegisterCertificateWithoutCACommand({ certificatePem: made.pem, status: 'ACTIVE' }),
  );
  await iot.send(new AttachPolicyCommand({ policyName: 'all', target: certificateArn }));
  const privateKey = made.keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { certificateId, certificateArn, certificate: made.pem, privateKey };
}

test('Every test that docs/clock.md names is there.', () => {
  const root = path.join(import.meta.dirname, '../..');
  const named =
    readFileSync(path.join(root, 'docs/clock.md'), 'utf8').match(/test\/[\w/.-]+\.test\.ts/g) ?? [];
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
});
