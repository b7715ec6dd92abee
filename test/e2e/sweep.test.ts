import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DescribeCertificateCommand,
  GetRegistrationCodeCommand,
  IoTClient,
  RegisterCACertificateCommand,
} from '@aws-sdk/client-iot';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { SubscribeCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { MqttClient } from 'mqtt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readDevice } from '../../shared/device-registry/read-devices.ts';
import { readPresence } from '../../shared/device-registry/presence.ts';
import { closed, DeviceFleet } from '../support/device-fleet.ts';
import { startTestService, type TestService } from '../support/service.ts';
import {
  startListsServer,
  type ListsServer,
  type TestList,
} from '../functions/sweep-certificates/lists-server.ts';
import { makeCa, makeCertificate, type Issued } from '../shared/x509/pki.ts';

/** Longer than a function needs that starts cold on a busy machine. */
const PATIENT = { timeout: 40_000, interval: 250 };
const DAY_MS = 86_400_000;
const dates = { notBeforeMs: Date.now() - DAY_MS, notAfterMs: Date.now() + 400 * DAY_MS };

let service: TestService;
let fleet: DeviceFleet;
let lists: ListsServer;
let list: TestList;
let ca: Issued;
let lamp: Issued;
let clients: {
  iot: IoTClient;
  dynamodb: DynamoDBClient;
  lambda: LambdaClient;
  sns: SNSClient;
  sqs: SQSClient;
};

beforeAll(async () => {
  service = await startTestService();
  fleet = new DeviceFleet(service.cloud);
  clients = {
    iot: new IoTClient(),
    dynamodb: new DynamoDBClient(),
    lambda: new LambdaClient(),
    sns: new SNSClient(),
    sqs: new SQSClient(),
  };
  lists = await startListsServer(() => Date.now());
  ca = makeCa('Lamps CA', dates);
  list = lists.add('/ca.crl', ca);
  const { registrationCode = '' } = await clients.iot.send(new GetRegistrationCodeCommand({}));
  const verification = makeCertificate({ commonNames: [registrationCode], issuer: ca, ...dates });
  await clients.iot.send(
    new RegisterCACertificateCommand({
      caCertificate: ca.pem,
      verificationCertificate: verification.pem,
      setAsActive: true,
      allowAutoRegistration: true,
    }),
  );
  const crlAddresses = [`${lists.url}/ca.crl`];
  lamp = makeCertificate({ commonNames: ['lamp-1'], issuer: ca, crlAddresses, ...dates });
});
afterAll(async () => {
  for (const client of Object.values(clients)) client.destroy();
  fleet.close();
  await lists.stop();
  await service.stop();
});

const statusOf = async (): Promise<string | undefined> => {
  const { certificateId } = lamp.certificate;
  const found = await clients.iot
    .send(new DescribeCertificateCommand({ certificateId }))
    .catch(() => undefined);
  return found?.certificateDescription?.status;
};

function connect(): Promise<MqttClient> {
  const privateKey = lamp.keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const certificate = lamp.pem + ca.pem;
  const { certificateId } = lamp.certificate;
  return fleet.connect({ certificateId, certificateArn: '', certificate, privateKey }, 'lamp-1');
}

async function invoke(sample: string): Promise<void> {
  const Payload = readFileSync(path.join(import.meta.dirname, '../../events', sample));
  const FunctionName = 'glasshouse-dev-sweep-certificates';
  await clients.lambda.send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload }));
}

async function advance(ms: number): Promise<void> {
  const body = JSON.stringify({ advanceMs: ms });
  const answer = await fetch(`${service.cloud.endpointUrl}/_glasshouse/clock`, { method: 'POST', body });
  if (!answer.ok) throw new Error(await answer.text());
}

test('A device that waits for the allow-list is let in by a re-check, without coming back.', async () => {
  await expect(connect()).rejects.toThrow('connect to server');
  const held = () => service.item('HeldCertificatesTable', 'certificateId', lamp.certificate.certificateId);
  await expect.poll(held, PATIENT).toMatchObject({ reason: 'UNKNOWN_DEVICE' });
  const Item = { listing: 'name/lamp-1', decision: 'allow' };
  await clients.dynamodb.send(new PutCommand({ TableName: service.resource('AllowListTable'), Item }));
  await invoke('sweep-certificates.recheck.json');
  await expect.poll(statusOf, PATIENT).toBe('ACTIVE');
});

test('When it comes is noted, and the nightly sweep revokes it by the list of its CA and cuts it off.', async () => {
  const queue = await clients.sqs.send(new CreateQueueCommand({ QueueName: 'people' }));
  const QueueUrl = queue.QueueUrl ?? '';
  const { Attributes } = await clients.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  await clients.sns.send(
    new SubscribeCommand({
      TopicArn: service.resource('CertificateNotificationsTopic'),
      Protocol: 'sqs',
      Endpoint: Attributes?.QueueArn ?? '',
      Attributes: { RawMessageDelivery: 'true' },
    }),
  );
  const device = await connect();
  const presence = { client: clients.dynamodb, tableName: service.resource('PresenceTable') };
  await expect
    .poll(() => readPresence(presence, 'lamp-1'), PATIENT)
    .toMatchObject({ eventType: 'connected' });

  list.revoked.set(lamp.certificate.serialNumber, 1);
  // The night in which the sweep comes lies between now and tomorrow.
  list.more = { thisUpdateMs: Date.now() - 3_600_000, nextUpdateMs: Date.now() + 2 * DAY_MS };
  const gone = closed(device);
  await advance(DAY_MS);
  await gone;
  await expect.poll(statusOf, PATIENT).toBe('REVOKED');
  const devices = { client: clients.dynamodb, tableName: service.resource('DevicesTable') };
  await expect
    .poll(() => readDevice(devices, 'lamp-1'), PATIENT)
    .toMatchObject({
      state: 'REVOKED',
      history: expect.arrayContaining([expect.objectContaining({ reason: 'REVOKED_BY_CA' })]),
    });
  const told = async () => {
    const { Messages = [] } = await clients.sqs.send(
      new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0 }),
    );
    return Messages.map(({ Body = '{}' }): unknown => JSON.parse(Body));
  };
  await expect
    .poll(told, PATIENT)
    .toMatchObject([
      { reason: 'REVOKED_BY_CA', certificates: [{ commonName: 'lamp-1', thingNames: ['lamp-1'] }] },
    ]);
  await expect(connect()).rejects.toThrow('connect to server');
  await service.settled();
  expect(await service.peek('FailuresQueue')).toEqual([]);
  expect(await service.peek('RejectionsQueue')).toEqual([]);
});
