import {
  AttachThingPrincipalCommand,
  CreateTopicRuleCommand,
  DetachThingPrincipalCommand,
  UpdateCertificateCommand,
} from '@aws-sdk/client-iot';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closed, DeviceFleet, receivedBy, type DeviceCertificate } from '../support/device-fleet.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { run } from '../cli/run.ts';

let service: TestService;
let fleet: DeviceFleet;
/** Device A, which is press-a; device B, which is press-b; and one whose certificate belongs to no thing. */
let a: DeviceCertificate;
let b: DeviceCertificate;
let thingless: DeviceCertificate;

const THING = '${iot:Connection.Thing.ThingName}';
const TYPE = '${iot:Connection.Thing.ThingTypeName}';

beforeAll(async () => {
  service = await startTestService();
  fleet = new DeviceFleet(service.cloud);
  await fleet.makePolicy(
    'presses',
    { Sid: 'connect', Effect: 'Allow', Action: 'iot:Connect', Resource: fleet.arn(`client/${THING}`) },
    {
      Sid: 'ownTopics',
      Effect: 'Allow',
      Action: ['iot:Publish', 'iot:Receive'],
      Resource: fleet.arn(`topic/presses/${THING}/*`),
    },
    {
      Sid: 'ownFilters',
      Effect: 'Allow',
      Action: 'iot:Subscribe',
      Resource: [fleet.arn(`topicfilter/presses/${THING}/*`), fleet.arn('topicfilter/presses/#')],
    },
    { Sid: 'byType', Effect: 'Allow', Action: 'iot:Publish', Resource: fleet.arn(`topic/types/${TYPE}`) },
  );
  await fleet.makePolicy('everything', { Effect: 'Allow', Action: 'iot:*', Resource: '*' });
  a = await fleet.makeDevice({ thingName: 'press-a', policyNames: ['presses'] });
  b = await fleet.makeDevice({ thingName: 'press-b', policyNames: ['presses'] });
  thingless = await fleet.makeDevice({ policyNames: ['presses'] });
});

afterAll(async () => {
  fleet.close();
  await service.stop();
});

/** What `npx glasshouse why ID --denied` prints, of the last denial first. */
async function why(id: string): Promise<string> {
  const { code, out, err } = await run(['why', id, '--denied'], {
    env: { GLASSHOUSE_FOLDER: service.folder },
  });
  expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
  return out;
}

const NOT_AUTHORIZED = 0x87;

test.each([
  {
    what: 'publish as device B',
    attempt: { publish: 'presses/press-b/state' },
    says: [
      'denied: iot:Publish on arn:aws:iot:eu-west-1:000000000000:topic/presses/press-b/state',
      'statement 2 "ownTopics" of presses (Allow) has the action, but',
      'arn:aws:iot:eu-west-1:000000000000:topic/presses/press-a/*',
    ],
  },
  {
    what: "subscribe to device B's topics",
    attempt: { subscribe: 'presses/press-b/#' },
    says: [
      'denied: iot:Subscribe on arn:aws:iot:eu-west-1:000000000000:topicfilter/presses/press-b/#',
      'statement 3 "ownFilters" of presses (Allow) has the action, but',
      'arn:aws:iot:eu-west-1:000000000000:topicfilter/presses/press-a/*',
    ],
  },
  {
    what: "subscribe to device B's topics by a wildcard",
    attempt: { subscribe: 'presses/+/state' },
    says: ['denied: iot:Subscribe on arn:aws:iot:eu-west-1:000000000000:topicfilter/presses/+/state'],
  },
  {
    what: "read the cloud's own events",
    attempt: { subscribe: '$aws/events/#' },
    says: [
      'denied: iot:Subscribe on arn:aws:iot:eu-west-1:000000000000:topicfilter/$aws/events/#',
      'statement 3 "ownFilters" of presses (Allow) has the action, but',
    ],
  },
  {
    what: 'publish where a policy variable has no value for its thing',
    attempt: { publish: 'types/hydraulic' },
    says: [
      'statement 4 "byType" of presses (Allow) has the action, but',
      '${iot:Connection.Thing.ThingTypeName} stays text and matches nothing: this connection has no value for it',
    ],
  },
])('Device A cannot $what, and `glasshouse why` says by which statement.', async ({ attempt, says }) => {
  const client = await fleet.connect(a, 'press-a', { protocolVersion: 5 });
  const refused =
    'publish' in attempt
      ? client.publishAsync(attempt.publish ?? '', 'x', { qos: 1 })
      : client.subscribeAsync(attempt.subscribe ?? '', { qos: 1 });
  await expect(refused).rejects.toThrow('Not authorized');
  // MQTT 5 says no to the packet, and the device goes on.
  expect(client.connected).toBe(true);
  const [denial = ''] = (await why('press-a')).split(/^(?=\d{4}-)/m);
  for (const text of says) expect(denial).toContain(text);
  await client.endAsync();
});

test('MQTT 3.1.1 has no word for it: the connection closes, and nobody gets the message.', async () => {
  const { received } = await fleet.watch('presses/#');
  const client = await fleet.connect(a, 'press-a');
  await client.publishAsync('presses/press-a/state', 'mine', { qos: 1 });
  const gone = closed(client);
  client.publish('presses/press-b/state', 'forged', { qos: 1 });
  await gone;
  const again = await fleet.connect(a, 'press-a');
  await again.publishAsync('presses/press-a/state', 'still mine', { qos: 1 });
  await expect.poll(() => received).toHaveLength(2);
  expect(received.map(({ message }) => message)).toEqual(['mine', 'still mine']);
  await again.endAsync();
});

test('Who may subscribe to more than it may receive gets only its own messages.', async () => {
  const own = await fleet.connect(a, 'press-a');
  const received = receivedBy(own);
  await own.subscribeAsync('presses/#', { qos: 1 });
  const other = await fleet.connect(b, 'press-b');
  await other.publishAsync('presses/press-b/state', 'of b', { qos: 1 });
  await service.publish('presses/press-a/state', 'of a');
  await expect.poll(() => received).toEqual([{ topic: 'presses/press-a/state', message: 'of a' }]);
  expect(await why('press-a')).toContain('denied: iot:Receive on');
  await own.endAsync();
  await other.endAsync();
});

test('A certificate cannot connect as the thing of another, nor without a thing.', async () => {
  await expect(fleet.connect(a, 'press-b')).rejects.toThrow("Couldn't connect");
  await expect(fleet.connect(a, 'press-b', { protocolVersion: 5 })).rejects.toMatchObject({
    code: NOT_AUTHORIZED,
  });
  await expect(fleet.connect(thingless, 'press-c')).rejects.toThrow("Couldn't connect");
  for (const [clientId, { certificateId }] of [
    ['press-b', a],
    ['press-c', thingless],
  ] as const) {
    const told = await why(clientId);
    expect(told).toContain(`client ${clientId}, certificate ${certificateId}`);
    expect(told).toContain(`denied: iot:Connect on ${fleet.arn(`client/${clientId}`)}`);
    expect(told).toContain('statement 1 "connect" of presses (Allow) has the action, but');
    expect(told).toContain(`${THING} stays text and matches nothing: this connection has no value for it`);
  }
});

test('Over HTTPS a certificate without rights is refused too, and `why` knows it by its id.', async () => {
  for (const path of ['/topics/presses/press-b/state?qos=1', '/things/press-b/shadow']) {
    expect(await fleet.post(a, path, '{"state":{"reported":{}}}')).toMatchObject({ status: 403 });
  }
  const told = await why(a.certificateId);
  expect(told).toContain(`denied: iot:Publish on ${fleet.arn('topic/presses/press-b/state')}`);
  expect(told).toContain(`denied: iot:UpdateThingShadow on ${fleet.arn('thing/press-b')}`);
});

test("No policy lets a device forge the cloud's own events.", async () => {
  const mighty = await fleet.makeDevice({ policyNames: ['everything'] });
  const { received } = await fleet.watch('$aws/events/presence/connected/forged');
  const topic = '$aws/events/presence/connected/forged';
  const client = await fleet.connect(mighty, 'mighty', { protocolVersion: 5 });
  await expect(client.publishAsync(topic, '{}', { qos: 1 })).rejects.toThrow('Topic Name invalid');
  expect(await fleet.post(mighty, `/topics/${encodeURIComponent(topic)}?qos=1`, '{}')).toMatchObject({
    status: expect.toSatisfy((status: number) => status >= 400 && status < 500),
  });
  const real = await fleet.connect(mighty, 'forged');
  await expect.poll(() => received.length).toBe(1);
  expect(received[0]?.message).toMatchObject({ principalIdentifier: mighty.certificateId });
  await real.endAsync();
  await client.endAsync().catch(() => undefined);
});

test('A thing that is taken off a certificate takes the rights with it, from the next message on.', async () => {
  const client = await fleet.connect(b, 'press-b', { protocolVersion: 5 });
  await client.publishAsync('presses/press-b/state', 'with', { qos: 1 });
  const attachment = { thingName: 'press-b', principal: b.certificateArn };
  await fleet.iot.send(new DetachThingPrincipalCommand(attachment));
  const refused = client.publishAsync('presses/press-b/state', 'without', { qos: 1 });
  await expect(refused).rejects.toMatchObject({ code: NOT_AUTHORIZED });
  await fleet.iot.send(new AttachThingPrincipalCommand(attachment));
  await client.publishAsync('presses/press-b/state', 'with', { qos: 1 });
  await client.endAsync();
});

test("Lifecycle events have AWS's fields, and a rule on them runs.", async () => {
  const presence = '$aws/events/presence/connected/+';
  const republish = { topic: 'presses/online', qos: 1, roleArn: 'arn:aws:iam::000000000000:role/any' };
  await fleet.iot.send(
    new CreateTopicRuleCommand({
      ruleName: 'online',
      topicRulePayload: {
        sql: `SELECT clientId, topic(5) AS last FROM '${presence}'`,
        awsIotSqlVersion: '2016-03-23',
        actions: [{ republish }],
      },
    }),
  );
  const device = await fleet.makeDevice({ policyNames: ['everything'] });
  const { received } = await fleet.watch(
    '$aws/events/presence/+/seen',
    '$aws/events/subscriptions/+/seen',
    'presses/online',
  );
  const client = await fleet.connect(device, 'seen');
  await client.subscribeAsync(['a/b', 'c/#']);
  await client.unsubscribeAsync('c/#');
  await client.endAsync();
  const second = await fleet.connect(device, 'seen');
  const gone = closed(second);
  await fleet.iot.send(
    new UpdateCertificateCommand({ certificateId: device.certificateId, newStatus: 'INACTIVE' }),
  );
  await gone;
  await expect.poll(() => received).toHaveLength(8);

  const subject = {
    clientId: 'seen',
    timestamp: expect.any(Number),
    sessionIdentifier: expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/),
    principalIdentifier: device.certificateId,
  };
  const connected = { ...subject, eventType: 'connected', ipAddress: '127.0.0.1' };
  const disconnected = { ...subject, eventType: 'disconnected' };
  const ofCloud = received.filter(({ topic }) => topic !== 'presses/online');
  expect(ofCloud).toEqual([
    { topic: '$aws/events/presence/connected/seen', message: { ...connected, versionNumber: 0 } },
    {
      topic: '$aws/events/subscriptions/subscribed/seen',
      message: { ...subject, eventType: 'subscribed', topics: ['a/b', 'c/#'] },
    },
    {
      topic: '$aws/events/subscriptions/unsubscribed/seen',
      message: { ...subject, eventType: 'unsubscribed', topics: ['c/#'] },
    },
    {
      topic: '$aws/events/presence/disconnected/seen',
      message: {
        ...disconnected,
        clientInitiatedDisconnect: true,
        disconnectReason: 'CLIENT_INITIATED_DISCONNECT',
        versionNumber: 0,
      },
    },
    { topic: '$aws/events/presence/connected/seen', message: { ...connected, versionNumber: 1 } },
    {
      topic: '$aws/events/presence/disconnected/seen',
      message: {
        ...disconnected,
        clientInitiatedDisconnect: false,
        disconnectReason: 'FORBIDDEN_ACCESS',
        versionNumber: 1,
      },
    },
  ]);
  const ofRule = received.filter(({ topic }) => topic === 'presses/online').map(({ message }) => message);
  expect(ofRule).toEqual([
    { clientId: 'seen', last: 'seen' },
    { clientId: 'seen', last: 'seen' },
  ]);
});
