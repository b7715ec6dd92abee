import {
  CreateThingGroupCommand,
  DeletePolicyCommand,
  DeleteThingGroupCommand,
  DetachPolicyCommand,
} from '@aws-sdk/client-iot';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { activate } from '../../../functions/activate-certificate/activate.ts';
import { ACTIVATION_STEPS } from '../../../functions/activate-certificate/steps.ts';
import { readDevice } from '../../../shared/device-registry/read-devices.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';
import { NOW_MS } from '../../shared/x509/pki.ts';
import { activatedState, crash, listedLamp } from './lamps.ts';
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

test('A device that is known is activated with everything that it needs, and others are told.', async () => {
  const { lamp, id, event } = await listedLamp(world);
  expect(await world.run(event)).toEqual({ outcome: 'activated', certificateId: id, thingName: 'lamp-1' });
  expect(await world.stateOf('lamp-1', id)).toEqual(activatedState(world, lamp));
  expect(world.announced).toEqual([
    {
      thingName: 'lamp-1',
      certificateId: id,
      caCertificateId: world.caCertificateId,
      activatedAt: new Date(NOW_MS).toISOString(),
    },
  ]);
  expect(world.metrics).toEqual(['DeviceActivated']);
  expect(await readDevice(world.devices, 'lamp-1')).toMatchObject({
    serialNumber: lamp.certificate.serialNumber,
    notAfterMs: lamp.certificate.notAfterMs,
    lastSeenMs: NOW_MS,
  });
});

test('An activation makes seven calls to the control plane, the one that activates as its last.', async () => {
  const { event } = await listedLamp(world);
  await world.run(event);
  expect(world.calls).toEqual([
    'DescribeCertificate',
    'DescribeCACertificate',
    'CreateThing',
    'AttachThingPrincipal',
    'AddThingToThingGroup',
    'AttachPolicy',
    'UpdateCertificate',
  ]);
});

test('A repeated event for a device that is ACTIVE and on record makes one call and changes nothing.', async () => {
  const { lamp, id, event } = await listedLamp(world);
  await world.run(event);
  world.calls.length = 0;
  expect(await world.run(event)).toMatchObject({ outcome: 'complete' });
  expect(world.calls).toEqual(['DescribeCertificate']);
  expect(await world.stateOf('lamp-1', id)).toEqual(activatedState(world, lamp));
  expect(world.announced).toHaveLength(1);
});

test('There are fifteen steps, each with a name of its own.', () => {
  expect(new Set(ACTIVATION_STEPS.map(({ name }) => name)).size).toBe(15);
});

test.each(ACTIVATION_STEPS.map(({ name }, index) => [index + 1, name] as const))(
  'A crash after step %i, "%s", is mended by the next event.',
  async (number) => {
    const { lamp, id, event } = await listedLamp(world);
    await expect(world.run(event, ACTIVATION_STEPS.toSpliced(number, 0, crash))).rejects.toThrow(
      'the power is gone',
    );
    // The door stays closed until everything behind it is ready.
    expect(await world.statusOf(id)).toBe(number < 14 ? 'PENDING_ACTIVATION' : 'ACTIVE');
    await world.run(event);
    expect(await world.stateOf('lamp-1', id)).toEqual(activatedState(world, lamp));
    expect(world.announced).toHaveLength(1);
  },
);

test('A crash while others are being told is mended: they are told by the next event.', async () => {
  const { lamp, id, event } = await listedLamp(world);
  world.faults.announce = 1;
  await expect(world.run(event)).rejects.toMatchObject({
    name: 'ActivationError',
    step: 'announce the device',
  });
  expect(await world.stateOf('lamp-1', id)).toMatchObject({
    status: 'ACTIVE',
    device: { isAnnounced: false },
  });
  expect(await world.run(event)).toMatchObject({ outcome: 'complete' });
  expect(await world.stateOf('lamp-1', id)).toEqual(activatedState(world, lamp));
  expect(world.announced).toHaveLength(1);
});

test('The same event three times at once leads to the same state as once.', async () => {
  const { lamp, id, event } = await listedLamp(world);
  const results = await Promise.all([world.run(event), world.run(event), world.run(event)]);
  expect(results.map(({ outcome }) => outcome)).toContain('activated');
  expect(await world.stateOf('lamp-1', id)).toEqual(activatedState(world, lamp));
});

test('Of two runs of one event, the one that comes last to the end does not tell others again.', async () => {
  const { lamp, id, event } = await listedLamp(world);
  const rival = {
    name: 'the same event, faster',
    run: async () => {
      await world.run(event);
      return undefined;
    },
  };
  await world.run(event, ACTIVATION_STEPS.toSpliced(13, 0, rival));
  expect(world.announced).toHaveLength(1);
  expect(await world.stateOf('lamp-1', id)).toEqual(activatedState(world, lamp));
});

test('A thing that was made ahead of its device is taken as it is, in eight calls.', async () => {
  await world.makeThing('lamp-1');
  const { id, event } = await listedLamp(world);
  expect(await world.run(event)).toMatchObject({ outcome: 'activated' });
  expect(world.calls).toHaveLength(8);
  expect(await world.stateOf('lamp-1', id)).toMatchObject({
    status: 'ACTIVE',
    thing: { attributes: { made: 'before' } },
    principals: [certificateArn(id)],
    groups: ['lamps'],
  });
});

test('What the allow-list says of a device stands over what is deployed.', async () => {
  const lamp = world.issue('blind-1');
  await world.list('blind-1', { decision: 'allow', thingTypeName: 'blind', thingGroupName: 'blinds' });
  await world.run(world.connect(lamp));
  expect(await world.stateOf('blind-1', lamp.certificate.certificateId)).toMatchObject({
    thing: { thingTypeName: 'blind', billingGroupName: 'house' },
    groups: ['blinds'],
  });
});

test('A policy or a group that the deployment has not made is said by name, and works once it is there.', async () => {
  const { lamp, id, event } = await listedLamp(world);
  await world.admin.send(new DeleteThingGroupCommand({ thingGroupName: 'lamps' }));
  await expect(world.run(event)).rejects.toMatchObject({
    code: 'CONFIGURATION_MISSING',
    message: expect.stringContaining('the thing group "lamps"'),
    retryable: true,
    step: 'join the thing group',
  });
  await world.admin.send(new CreateThingGroupCommand({ thingGroupName: 'lamps' }));
  await world.run(event);
  expect(await world.stateOf('lamp-1', id)).toEqual(activatedState(world, lamp));
  await world.admin.send(new DetachPolicyCommand({ policyName: POLICY, target: certificateArn(id) }));
  await world.admin.send(new DeletePolicyCommand({ policyName: POLICY }));
  const other = await listedLamp(world, 'lamp-2');
  await expect(world.run(other.event)).rejects.toMatchObject({
    message: expect.stringContaining(`the policy "${POLICY}"`),
  });
  const typed = await listedLamp(world, 'lamp-3');
  await expect(activate(typed.event, world.services({}, { thingTypeName: 'no-such' }))).rejects.toMatchObject(
    {
      code: 'CONFIGURATION_MISSING',
      step: 'create the thing',
    },
  );
});
