import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane';
import { SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createAnnouncer } from '../../../functions/activate-certificate/announce.ts';
import { CREDENTIALS, REGION } from '../../local/endpoint/support.ts';
import { startServer, type Asked, type TestServer } from '../../shared/x509/server.ts';

let server: TestServer;
const TOPIC_ARN = 'arn:aws:sns:eu-west-1:000000000000:notifications';
const device = {
  thingName: 'lamp:1',
  certificateId: 'a'.repeat(64),
  caCertificateId: 'b'.repeat(64),
  activatedAt: '2026-11-21T12:00:00.000Z',
};

beforeAll(async () => {
  server = await startServer();
});
beforeEach(() => {
  server.asked.length = 0;
});
afterAll(() => server.stop());

const PUBLISHED =
  '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>';

function announcer(
  eventBusName: string | undefined,
  putEvents: object = { FailedEntryCount: 0, Entries: [{ EventId: '1' }] },
) {
  server.answers(({ path, headers }) => {
    if (path.startsWith('/topics/')) return { body: Buffer.from('{}') };
    const isEvents = headers['x-amz-target'] === 'AWSEvents.PutEvents';
    return { body: Buffer.from(isEvents ? JSON.stringify(putEvents) : PUBLISHED) };
  });
  const options = { endpoint: server.url, region: REGION, credentials: CREDENTIALS, maxAttempts: 1 };
  return createAnnouncer({
    iotData: () => new IoTDataPlaneClient(options),
    sns: () => new SNSClient(options),
    eventBridge: () => new EventBridgeClient(options),
    eventBusName,
    notificationsTopicArn: TOPIC_ARN,
  });
}

const textOf = (asked: Asked | undefined): string => Buffer.from(asked?.body ?? []).toString();

test('An activated device is told of on its topic and on the event bus.', async () => {
  await announcer('default').activated(device);
  const [message, event] = server.asked;
  expect(message?.path).toBe('/topics/devices%2Flamp%3A1%2Factivated?qos=1');
  expect(JSON.parse(textOf(message))).toEqual(device);
  const entry: unknown = JSON.parse(textOf(event));
  expect(entry).toEqual({
    Entries: [
      {
        EventBusName: 'default',
        Source: 'glasshouse',
        DetailType: 'Device Activated',
        Detail: JSON.stringify(device),
      },
    ],
  });
});

test('Without a bus a device is told of on its topic alone.', async () => {
  await announcer(undefined).activated(device);
  expect(server.asked).toHaveLength(1);
});

test('An event that the bus has not taken is an error, though the answer is 200.', async () => {
  const refused = {
    FailedEntryCount: 1,
    Entries: [{ ErrorCode: 'InternalFailure', ErrorMessage: 'not now' }],
  };
  await expect(announcer('default', refused).activated(device)).rejects.toMatchObject({
    name: 'EventBusError',
    code: 'EVENT_NOT_TAKEN',
    retryable: true,
    data: { errorCode: 'InternalFailure' },
  });
});

test('People are told why a certificate was not activated, in a message that can be filtered by the reason.', async () => {
  const held = {
    certificateId: 'a'.repeat(64),
    reason: 'UNKNOWN_DEVICE',
    detail: 'not listed',
    action: 'hold',
  };
  await announcer('default').held({ ...held, commonName: 'lamp-1' });
  const sent = new URLSearchParams(textOf(server.asked[0]));
  expect(Object.fromEntries(sent)).toMatchObject({
    Action: 'Publish',
    TopicArn: TOPIC_ARN,
    Subject: 'Certificate not activated: UNKNOWN_DEVICE',
    'MessageAttributes.entry.1.Name': 'reason',
    'MessageAttributes.entry.1.Value.StringValue': 'UNKNOWN_DEVICE',
  });
  expect(JSON.parse(sent.get('Message') ?? '')).toEqual({ ...held, commonName: 'lamp-1' });
});
