import {
  AddThingToThingGroupCommand,
  AttachPolicyCommand,
  AttachThingPrincipalCommand,
  CreateKeysAndCertificateCommand,
  CreateThingCommand,
  DescribeThingCommand,
  UpdateCACertificateCommand,
} from '@aws-sdk/client-iot';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { activate } from '../../../functions/activate-certificate/activate.ts';
import type { ActivationSettings } from '../../../functions/activate-certificate/activation.ts';
import { ACTIVATION_STEPS } from '../../../functions/activate-certificate/steps.ts';
import {
  listHeldCertificates,
  readHeldCertificate,
} from '../../../shared/device-registry/held-certificates.ts';
import { readDevice } from '../../../shared/device-registry/read-devices.ts';
import { changeDeviceState, claimDevice } from '../../../shared/device-registry/write-device.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';
import { NOW_MS, type Issued } from '../../shared/x509/pki.ts';
import { activatedState, attributesOf, listedLamp } from './lamps.ts';
import { ACCOUNT_ID, certificateArn, openWorld, POLICY, type World } from './world.ts';

let dynamodb: TestDynamoDb;
let world: World;

beforeAll(async () => {
  dynamodb = await startTestDynamoDb();
});
beforeEach(async () => {
  world = await openWorld(dynamodb);
});
afterEach(() => world.close());
afterAll(() => dynamodb.stop());

/** What the rule hands on of a device that has connected. */
const connected = (clientId: string, certificateId: string) => ({
  certificateId,
  clientId,
  timestamp: NOW_MS,
  awsAccountId: ACCOUNT_ID,
});

/** From now on AWS IoT provisions the devices of the CA by a template; here the tests do what it would. */
async function provisionByTemplate(): Promise<void> {
  const { caCertificateId: certificateId, admin } = world;
  const roleArn = `arn:aws:iam::${ACCOUNT_ID}:role/provisioning`;
  const registrationConfig = { templateBody: '{"Resources":{}}', roleArn };
  await admin.send(new UpdateCACertificateCommand({ certificateId, registrationConfig }));
}

/** Everything that a template makes. */
async function provision({ certificate: { certificateId } }: Issued, thingName: string): Promise<void> {
  const principal = certificateArn(certificateId);
  const { admin } = world;
  const names = { thingName, thingTypeName: 'lamp', billingGroupName: 'house' };
  await admin.send(new CreateThingCommand({ ...names, attributePayload: { attributes: { floor: '3' } } }));
  await admin.send(new AttachThingPrincipalCommand({ thingName, principal }));
  await admin.send(new AddThingToThingGroupCommand({ thingName, thingGroupName: 'lamps' }));
  await admin.send(new AttachPolicyCommand({ policyName: POLICY, target: principal }));
  await world.setStatus(certificateId, 'ACTIVE');
}

const heldBy = async () => (await listHeldCertificates(world.held)).certificates;

test('A device that a template has let in is put on record when it connects, listed or not.', async () => {
  await provisionByTemplate();
  const lamp = world.issue('lamp-1');
  const { certificateId } = lamp.certificate;
  world.connect(lamp);
  await provision(lamp, 'lamp-1');
  expect(await world.run(connected('lamp-1', certificateId))).toMatchObject({ outcome: 'repaired' });
  const { thing, ...expected } = activatedState(world, lamp);
  const attributes = { ...attributesOf(world, lamp), floor: '3' };
  expect(await world.stateOf('lamp-1', certificateId)).toEqual({
    ...expected,
    thing: { ...thing, attributes },
  });
  expect(await readDevice(world.devices, 'lamp-1')).toMatchObject({
    lastSeenMs: NOW_MS,
    history: [{ reason: 'provisioned by a template of its CA' }, { state: 'ACTIVE' }],
  });
  expect(world.announced).toHaveLength(1);
  expect(world.calls).not.toContain('UpdateCertificate');
});

test('A device that is denied is revoked, also where a template has let it in.', async () => {
  await provisionByTemplate();
  const lamp = world.issue('lamp-1');
  const { certificateId } = lamp.certificate;
  world.connect(lamp);
  await provision(lamp, 'lamp-1');
  await world.list('lamp-1', { decision: 'deny' });
  expect(await world.run(connected('lamp-1', certificateId))).toMatchObject({
    outcome: 'revoke',
    reason: 'DENIED',
  });
  expect(await world.statusOf(certificateId)).toBe('REVOKED');
});

test('A certificate that a template is at is left to it; one that it leaves behind is activated once it is listed.', async () => {
  await provisionByTemplate();
  const { id, event } = await listedLamp(world);
  expect(await world.run(event)).toMatchObject({
    outcome: 'wait',
    reason: 'LEFT_TO_TEMPLATE',
    step: 'check its CA',
  });
  expect(await readHeldCertificate(world.held, id)).toMatchObject({
    action: 'wait',
    reason: 'LEFT_TO_TEMPLATE',
    step: 'check its CA',
  });
  expect(world.notified).toEqual([]);
  world.clock.advance(60_000);
  expect(await world.run(event)).toMatchObject({ outcome: 'activated' });
  expect(await heldBy()).toEqual([]);
});

test('A device that was put on record in another way is announced when it connects, once.', async () => {
  const lamp = world.issue('another-name');
  const { certificateId, serialNumber, notAfterMs } = lamp.certificate;
  world.connect(lamp);
  await provision(lamp, 'lamp-1');
  const device = { thingName: 'lamp-1', certificateId, serialNumber, notAfterMs };
  await claimDevice(world.devices, device, { atMs: NOW_MS, reason: 'onboarded' });
  await changeDeviceState(world.devices, device, 'ACTIVE', { atMs: NOW_MS, reason: 'onboarded' });
  const event = connected('lamp-1', certificateId);
  expect(await world.run(event)).toMatchObject({ outcome: 'complete' });
  expect(world.calls).toEqual(['DescribeCertificate']);
  expect(world.announced).toEqual([
    { thingName: 'lamp-1', certificateId, activatedAt: new Date(NOW_MS).toISOString() },
  ]);
  expect(await readDevice(world.devices, 'lamp-1')).toMatchObject({
    lastSeenMs: NOW_MS,
    announcedAtMs: NOW_MS,
  });
  await world.run(event);
  expect(world.announced).toHaveLength(1);
});

test("A client id that is another device's name brings nobody on record, and nobody off it.", async () => {
  const { lamp, id, event } = await listedLamp(world);
  await world.run(event);
  const twin = world.issue('lamp-2');
  world.connect(twin);
  await world.setStatus(twin.certificate.certificateId, 'ACTIVE');
  expect(await world.run(connected('lamp-1', twin.certificate.certificateId))).toMatchObject({
    outcome: 'foreign',
  });
  expect(await world.stateOf('lamp-1', id)).toEqual(activatedState(world, lamp));
});

test('Who was let in by others, without a template, is none of its business: nothing is noted or told.', async () => {
  const unlisted = world.issue('lamp-1');
  world.connect(unlisted);
  const { certificateId } = unlisted.certificate;
  await world.setStatus(certificateId, 'ACTIVE');
  const issued = await world.admin.send(new CreateKeysAndCertificateCommand({ setAsActive: true }));
  for (const id of [certificateId, issued.certificateId ?? '']) {
    expect(await world.run(connected('lamp-1', id))).toMatchObject({ outcome: 'foreign' });
  }
  const { caCertificateId } = world;
  await world.admin.send(
    new UpdateCACertificateCommand({ certificateId: caCertificateId, newStatus: 'INACTIVE' }),
  );
  expect(await world.run(connected('lamp-1', certificateId))).toMatchObject({ outcome: 'foreign' });
  expect(await heldBy()).toEqual([]);
  expect(world.notified).toEqual([]);
  await expect(world.admin.send(new DescribeThingCommand({ thingName: 'lamp-1' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

/** Runs it for a CONNECT, and says what was asked for: of AWS IoT, of the tables, and of the CA's list. */
async function asks(event: unknown, settings: Partial<ActivationSettings> = {}) {
  const tables: string[] = [];
  const { middlewareStack } = dynamodb.client;
  const name = 'count-of-reads';
  middlewareStack.add(
    (next, { commandName }) =>
      (input) => {
        tables.push(String(commandName).replace(/Command$/, ''));
        return next(input);
      },
    { step: 'initialize', name },
  );
  const calls = world.calls.length;
  const lists = world.crlRequests();
  try {
    const { outcome } = await activate(event, world.services({}, settings));
    return { outcome, calls: world.calls.slice(calls), tables, lists: world.crlRequests() - lists };
  } finally {
    middlewareStack.remove(name);
  }
}

test('A device of others costs few calls: two where its CA is not accepted, five where it is, and never a look at a list of its CA.', async () => {
  const stranger = world.issue('stranger');
  const { certificateId } = stranger.certificate;
  world.connect(stranger);
  await world.setStatus(certificateId, 'ACTIVE');
  const event = connected('meter-1', certificateId);
  expect(await asks(event, { acceptedCas: ['0'.repeat(64)] })).toEqual({
    outcome: 'foreign',
    calls: ['DescribeCertificate'],
    tables: ['GetItem'],
    lists: 0,
  });
  expect(await asks(event)).toEqual({
    outcome: 'foreign',
    calls: ['DescribeCertificate', 'DescribeCACertificate'],
    tables: ['GetItem', 'GetItem', 'BatchGetItem'],
    lists: 0,
  });
});

test.each<[why: string, spoil: (device: Issued) => void]>([
  ['whose CA has revoked it', ({ certificate: { serial } }) => world.revoked.push({ serial })],
  ['that its CA has put on hold', ({ certificate: { serial } }) => world.revoked.push({ serial, reason: 6 })],
  ['that has ended', () => world.clock.advance(100 * 365 * 86_400_000)],
])('A certificate of others %s is not noted, told or revoked when it connects.', async (_why, spoil) => {
  const stranger = world.issue('stranger');
  const { certificateId } = stranger.certificate;
  world.connect(stranger);
  await world.setStatus(certificateId, 'ACTIVE');
  spoil(stranger);
  expect(await world.run(connected('meter-1', certificateId))).toMatchObject({
    outcome: 'foreign',
    step: 'check its CA',
  });
  expect(await world.statusOf(certificateId)).toBe('ACTIVE');
  expect(await heldBy()).toEqual([]);
  expect(world.notified).toEqual([]);
});

test('A device that is listed is mended when it connects, and the allow-list is asked once.', async () => {
  const { id } = await listedLamp(world);
  await world.setStatus(id, 'ACTIVE');
  const { outcome, tables } = await asks(connected('lamp-1', id));
  expect(outcome).toBe('repaired');
  expect(tables.filter((one) => one.startsWith('BatchGet'))).toHaveLength(1);
});

test('What an activation decided is noted with its step; what it could not do too, and people are not told.', async () => {
  const stranger = world.issue('stranger');
  await world.run(world.connect(stranger));
  expect(await readHeldCertificate(world.held, stranger.certificate.certificateId)).toMatchObject({
    reason: 'UNKNOWN_DEVICE',
    action: 'hold',
    step: 'check the allow-list',
  });
  const { id, event } = await listedLamp(world);
  world.crl.isDown = true;
  await expect(world.run(event)).rejects.toMatchObject({ code: 'CRL_UNREACHABLE' });
  expect(await readHeldCertificate(world.held, id)).toMatchObject({
    reason: 'CRL_UNREACHABLE',
    action: 'retry',
    step: 'check its revocation',
    caCertificateId: world.caCertificateId,
  });
  await world.setStatus(id, 'REVOKED');
  expect(await world.run(event)).toMatchObject({ outcome: 'stopped' });
  expect(world.notified).toMatchObject([{ reason: 'UNKNOWN_DEVICE' }]);
});

test('A step that could not be done hides no decision that people have still to be told of.', async () => {
  const lamp = world.issue('not a name');
  const { certificateId } = lamp.certificate;
  await world.list('not a name');
  const event = world.connect(lamp);
  world.faults.notify = 1;
  await expect(world.run(event)).rejects.toMatchObject({ name: 'ActivationError' });
  const broken = {
    name: 'describe the certificate',
    run: () => Promise.reject(new Error('the network is gone')),
  };
  await expect(world.run(event, [broken])).rejects.toMatchObject({ name: 'ActivationError' });
  expect(await readHeldCertificate(world.held, certificateId)).toMatchObject({ reason: 'BAD_NAME' });
  await world.run(event);
  expect(world.notified).toMatchObject([{ reason: 'BAD_NAME', action: 'deactivate' }]);

  const other = world.issue('lamp-9');
  await expect(world.run(world.connect(other), [broken])).rejects.toMatchObject({ name: 'ActivationError' });
  await expect(world.run(world.connect(other), ACTIVATION_STEPS.toSpliced(1, 1, broken))).rejects.toThrow(
    'the network is gone',
  );
  expect(await readHeldCertificate(world.held, other.certificate.certificateId)).toMatchObject({
    action: 'retry',
    step: 'describe the certificate',
    caCertificateId: world.caCertificateId,
  });
});
