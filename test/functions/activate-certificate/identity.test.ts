import {
  DeleteCertificateCommand,
  DescribeThingCommand,
  DetachPolicyCommand,
  DetachThingPrincipalCommand,
} from '@aws-sdk/client-iot';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { ACTIVATION_STEPS } from '../../../functions/activate-certificate/steps.ts';
import { readHeldCertificate } from '../../../shared/device-registry/held-certificates.ts';
import { readDevice } from '../../../shared/device-registry/read-devices.ts';
import { changeDeviceState } from '../../../shared/device-registry/write-device.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';
import { keysOf, NOW_MS } from '../../shared/x509/pki.ts';
import { activatedState, attributesOf, crash, listedLamp } from './lamps.ts';
import { certificateArn, openWorld, POLICY, type World } from './world.ts';

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

test('An event for a certificate that was deleted meanwhile changes nothing.', async () => {
  const { id, event } = await listedLamp(world);
  await world.setStatus(id, 'INACTIVE');
  await world.admin.send(new DeleteCertificateCommand({ certificateId: id }));
  expect(await world.run(event)).toMatchObject({ outcome: 'gone', step: 'describe the certificate' });
  expect(world.calls).toEqual(['DescribeCertificate']);
  expect(await readDevice(world.devices, 'lamp-1')).toBeUndefined();
});

test('A note of a certificate that was deleted goes with it.', async () => {
  const lamp = world.issue('lamp-1');
  const { certificateId } = lamp.certificate;
  const event = world.connect(lamp);
  await world.run(event);
  expect(await readHeldCertificate(world.held, certificateId)).toBeDefined();
  await world.setStatus(certificateId, 'INACTIVE');
  await world.admin.send(new DeleteCertificateCommand({ certificateId }));
  await world.run(event);
  expect(await readHeldCertificate(world.held, certificateId)).toBeUndefined();
});

test.each(['REVOKED', 'INACTIVE'] as const)(
  'An event after a certificate became %s never brings it back.',
  async (status) => {
    const { id, event } = await listedLamp(world);
    await world.setStatus(id, status);
    expect(await world.run(event)).toMatchObject({ outcome: 'stopped', step: 'judge its status' });
    expect(world.calls).toEqual(['DescribeCertificate']);
    expect(await world.statusOf(id)).toBe(status);
    expect(await world.stateOf('lamp-1', id)).toMatchObject({
      thing: undefined,
      policies: [],
      device: undefined,
    });
  },
);

test('A certificate that is revoked while it is being activated stays revoked.', async () => {
  const { id, event } = await listedLamp(world);
  const revoke = {
    name: 'revoked by somebody',
    run: async () => {
      await world.setStatus(id, 'REVOKED');
      return undefined;
    },
  };
  const result = await world.run(event, ACTIVATION_STEPS.toSpliced(13, 0, revoke));
  expect(result).toMatchObject({ outcome: 'stopped', step: 'activate the certificate' });
  expect(await world.statusOf(id)).toBe('REVOKED');
  expect(world.announced).toEqual([]);
});

test.each([
  ['of another account', { awsAccountId: '111111111111' }, 'FOREIGN_ACCOUNT'],
  ['with an id that is none', { certificateId: 'x' }, 'EVENT_UNUSABLE'],
  ['without a CA', { caCertificateId: undefined }, 'EVENT_UNUSABLE'],
])('A forged event %s is refused before any call.', async (_what, forged, code) => {
  const { id, event } = await listedLamp(world);
  await expect(world.run({ ...event, ...forged })).rejects.toMatchObject({
    name: 'RejectedInputError',
    code,
  });
  expect(world.calls).toEqual([]);
  expect(await world.statusOf(id)).toBe('PENDING_ACTIVATION');
});

test('A forged event that names another CA, or no certificate that there is, gains nothing.', async () => {
  const { lamp, id, event } = await listedLamp(world);
  expect(await world.run({ ...event, certificateId: 'f'.repeat(64) })).toMatchObject({ outcome: 'gone' });
  await world.run({ ...event, caCertificateId: 'f'.repeat(64), certificateStatus: 'ACTIVE' });
  expect(await world.stateOf('lamp-1', id)).toEqual(activatedState(world, lamp));
  expect(world.metrics).toContain('EventContradicted');
});

test('A forged time of the event cannot lie in the future.', async () => {
  const { event } = await listedLamp(world);
  await world.run({ ...event, timestamp: NOW_MS * 2 });
  expect((await readDevice(world.devices, 'lamp-1'))?.lastSeenMs).toBe(NOW_MS);
});

test("A second certificate with a device's name is quarantined, and the device stays as it is.", async () => {
  const { lamp, id, event } = await listedLamp(world);
  await world.run(event);
  const twin = world.issue('lamp-1', { keys: keysOf('twin') });
  const result = await world.run(world.connect(twin));
  expect(result).toMatchObject({ outcome: 'deactivate', reason: 'NAME_COLLISION', step: 'create the thing' });
  expect(await world.statusOf(twin.certificate.certificateId)).toBe('INACTIVE');
  expect(await world.stateOf('lamp-1', id)).toEqual(activatedState(world, lamp));
  expect(world.notified).toMatchObject([
    { certificateId: twin.certificate.certificateId, reason: 'NAME_COLLISION', action: 'deactivate' },
  ]);
});

test('Of two certificates with one name that come at the same time, one is activated and one quarantined.', async () => {
  await world.list('lamp-1');
  const twins = [world.issue('lamp-1'), world.issue('lamp-1', { keys: keysOf('twin') })];
  const results = await Promise.all(twins.map((twin) => world.run(world.connect(twin))));
  expect(results.map(({ outcome }) => outcome).toSorted()).toEqual(['activated', 'deactivate']);
  const [winner, loser] = results[0]?.outcome === 'activated' ? twins : twins.toReversed();
  const winnerId = winner?.certificate.certificateId ?? '';
  expect(await world.statusOf(loser?.certificate.certificateId ?? '')).toBe('INACTIVE');
  expect(await world.stateOf('lamp-1', winnerId)).toMatchObject({
    status: 'ACTIVE',
    principals: [certificateArn(winnerId)],
    device: { certificateId: winnerId, state: 'ACTIVE' },
  });
});

test('A certificate that lost its name at the last moment is taken off the thing again.', async () => {
  await world.list('lamp-1');
  const [first, second] = [world.issue('lamp-1'), world.issue('lamp-1', { keys: keysOf('twin') })];
  const events = [world.connect(first), world.connect(second)];
  // The thing is free for both, until the first claims the name between two steps of the second.
  await world.makeThing('lamp-1');
  const rival = {
    name: 'the other is faster',
    run: async () => {
      await world.run(events[0]);
      return undefined;
    },
  };
  const result = await world.run(events[1], ACTIVATION_STEPS.toSpliced(9, 0, rival));
  expect(result).toMatchObject({ outcome: 'deactivate', reason: 'NAME_COLLISION', step: 'claim the name' });
  expect(await world.stateOf('lamp-1', first.certificate.certificateId)).toMatchObject({
    principals: [certificateArn(first.certificate.certificateId)],
    device: { certificateId: first.certificate.certificateId, state: 'ACTIVE' },
  });
});

test('A rotation that was announced gives the thing to the new certificate, in eight calls.', async () => {
  const { id, event } = await listedLamp(world);
  await world.run(event);
  const renewed = world.issue('lamp-1', { keys: keysOf('renewed') });
  await world.list('lamp-1', { decision: 'allow', replacesCertificateId: id });
  world.calls.length = 0;
  expect(await world.run(world.connect(renewed))).toMatchObject({ outcome: 'activated' });
  expect(world.calls).toHaveLength(8);
  const { certificateId } = renewed.certificate;
  const thing = await world.admin.send(new DescribeThingCommand({ thingName: 'lamp-1' }));
  expect(thing.attributes).toEqual(attributesOf(world, renewed));
  expect(await readDevice(world.devices, 'lamp-1')).toMatchObject({
    certificateId,
    state: 'ACTIVE',
    history: [
      { state: 'ACTIVATING', certificateId: id },
      { state: 'ACTIVE', certificateId: id },
      { state: 'ACTIVATING', certificateId },
      { state: 'ACTIVE', certificateId },
    ],
  });
  expect(world.announced.map((one) => one.certificateId)).toEqual([id, certificateId]);
});

test('A certificate that somebody made ACTIVE by hand gets what is missing, and keeps its status.', async () => {
  const { lamp, id, event } = await listedLamp(world);
  await world.setStatus(id, 'ACTIVE');
  expect(await world.run(event)).toMatchObject({ outcome: 'repaired' });
  expect(world.calls).not.toContain('UpdateCertificate');
  expect(await world.stateOf('lamp-1', id)).toEqual(activatedState(world, lamp));
  expect(world.metrics).toContain('DeviceRepaired');
});

test('A repair of a device that is not known tells people and takes nothing away; one that is revoked is revoked.', async () => {
  const lamp = world.issue('lamp 1');
  const event = world.connect(lamp);
  const { certificateId, serial } = lamp.certificate;
  await world.list('lamp 1');
  await world.setStatus(certificateId, 'ACTIVE');
  expect(await world.run(event)).toMatchObject({ outcome: 'deactivate', reason: 'BAD_NAME' });
  expect(await world.statusOf(certificateId)).toBe('ACTIVE');
  world.revoked.push({ serial });
  await world.run(event);
  expect(await world.statusOf(certificateId)).toBe('REVOKED');
});

test("A certificate that somebody made ACTIVE by hand does not come by another device's name.", async () => {
  const { lamp, id, event } = await listedLamp(world);
  await world.run(event);
  const twin = world.issue('lamp-1', { keys: keysOf('twin') });
  const twinEvent = world.connect(twin);
  await world.setStatus(twin.certificate.certificateId, 'ACTIVE');
  expect(await world.run(twinEvent)).toMatchObject({ reason: 'NAME_COLLISION' });
  expect(world.notified).toMatchObject([{ certificateId: twin.certificate.certificateId }]);
  expect(await world.stateOf('lamp-1', id)).toEqual(activatedState(world, lamp));
});

test('A device that is INACTIVE on record, and whose certificate is ACTIVE, is told of and left alone.', async () => {
  const { id, event } = await listedLamp(world);
  await world.run(event);
  const change = { atMs: NOW_MS, reason: 'lost' };
  await changeDeviceState(world.devices, { thingName: 'lamp-1', certificateId: id }, 'INACTIVE', change);
  expect(await world.run(event)).toMatchObject({ outcome: 'deactivate', reason: 'FORMERLY_INACTIVE' });
  expect(world.notified).toMatchObject([{ reason: 'FORMERLY_INACTIVE' }]);
  expect(await world.stateOf('lamp-1', id)).toMatchObject({
    status: 'ACTIVE',
    principals: [certificateArn(id)],
    device: { state: 'INACTIVE' },
  });
});

test('A device that its CA revokes before it was announced is REVOKED on record too.', async () => {
  const { lamp, id, event } = await listedLamp(world);
  await expect(world.run(event, ACTIVATION_STEPS.toSpliced(14, 0, crash))).rejects.toThrow(
    'the power is gone',
  );
  world.revoked.push({ serial: lamp.certificate.serial });
  expect(await world.run(event)).toMatchObject({ outcome: 'revoke', reason: 'REVOKED_BY_CA' });
  expect(await world.stateOf('lamp-1', id)).toMatchObject({
    status: 'REVOKED',
    device: { state: 'REVOKED' },
  });
  expect(world.announced).toEqual([]);
});

test('A device whose record was lost is put on record again.', async () => {
  const { lamp, id, event } = await listedLamp(world);
  await world.run(event);
  const { client, tableName: TableName } = world.devices;
  await client.send(new DeleteCommand({ TableName, Key: { thingName: 'lamp-1' } }));
  expect(await world.run(event)).toMatchObject({ outcome: 'repaired' });
  expect(await world.stateOf('lamp-1', id)).toEqual(activatedState(world, lamp));
});

test.each(['REVOKED', 'INACTIVE'] as const)(
  'A device that was %s does not come back by having its certificate registered anew.',
  async (state) => {
    const { lamp, id, event } = await listedLamp(world);
    await world.run(event);
    await changeDeviceState(world.devices, { thingName: 'lamp-1', certificateId: id }, state, {
      atMs: NOW_MS,
      reason: 'lost',
    });
    await world.setStatus(id, 'INACTIVE');
    await world.admin.send(new DetachPolicyCommand({ policyName: POLICY, target: certificateArn(id) }));
    await world.admin.send(
      new DetachThingPrincipalCommand({ thingName: 'lamp-1', principal: certificateArn(id) }),
    );
    await world.admin.send(new DeleteCertificateCommand({ certificateId: id }));
    const again = world.connect(lamp);
    expect(await world.run(again)).toMatchObject({ reason: `FORMERLY_${state}`, step: 'claim the name' });
    expect(await world.stateOf('lamp-1', id)).toMatchObject({
      status: state,
      principals: [],
      device: { state },
    });
  },
);
