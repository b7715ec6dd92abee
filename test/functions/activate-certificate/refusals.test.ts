import { UpdateCACertificateCommand } from '@aws-sdk/client-iot';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { activate } from '../../../functions/activate-certificate/activate.ts';
import { readHeldCertificate } from '../../../shared/device-registry/held-certificates.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';
import { makeCertificate, NOW_MS } from '../../shared/x509/pki.ts';
import { activatedState, listedLamp } from './lamps.ts';
import { ca, openWorld, type World } from './world.ts';

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

test('An unknown device waits, people are told once, and it is activated when it has been listed.', async () => {
  const lamp = world.issue('lamp-1');
  const { certificateId } = lamp.certificate;
  for (const _ of [1, 2, 3]) {
    expect(await world.run(world.connect(lamp))).toMatchObject({ outcome: 'hold', reason: 'UNKNOWN_DEVICE' });
    world.clock.advance(1_000);
  }
  expect(await world.statusOf(certificateId)).toBe('PENDING_ACTIVATION');
  expect(await readHeldCertificate(world.held, certificateId)).toMatchObject({
    reason: 'UNKNOWN_DEVICE',
    commonName: 'lamp-1',
    caCertificateId: world.caCertificateId,
    firstHeldAtMs: NOW_MS,
    lastHeldAtMs: NOW_MS + 2_000,
  });
  expect(world.notified).toEqual([
    expect.objectContaining({
      certificateId,
      commonName: 'lamp-1',
      reason: 'UNKNOWN_DEVICE',
      action: 'hold',
    }),
  ]);
  await world.list('lamp-1');
  expect(await world.run(world.connect(lamp))).toMatchObject({ outcome: 'activated' });
  expect(await world.stateOf('lamp-1', certificateId)).toEqual(activatedState(world, lamp));
});

test('People who could not be told are told by the next event.', async () => {
  const lamp = world.issue('lamp-1');
  world.faults.notify = 1;
  await expect(world.run(world.connect(lamp))).rejects.toMatchObject({ name: 'ActivationError' });
  await world.run(world.connect(lamp));
  expect(world.notified).toHaveLength(1);
});

test('People who could not be told of a quarantine are told by the next event, which finds it INACTIVE.', async () => {
  const lamp = world.issue('not a name');
  await world.list('not a name');
  const event = world.connect(lamp);
  world.faults.notify = 1;
  await expect(world.run(event)).rejects.toMatchObject({ name: 'ActivationError' });
  expect(await world.statusOf(lamp.certificate.certificateId)).toBe('INACTIVE');
  expect(await world.run(event)).toMatchObject({ outcome: 'stopped' });
  expect(world.notified).toMatchObject([{ reason: 'BAD_NAME', action: 'deactivate' }]);
});

test('A device that is denied is revoked.', async () => {
  const lamp = world.issue('lamp-1');
  await world.list('lamp-1', { decision: 'deny', reason: 'stolen' });
  expect(await world.run(world.connect(lamp))).toMatchObject({ outcome: 'revoke', reason: 'DENIED' });
  expect(await world.statusOf(lamp.certificate.certificateId)).toBe('REVOKED');
  expect(world.notified).toMatchObject([{ reason: 'DENIED', detail: 'stolen', action: 'revoke' }]);
});

test('While the revocation list cannot be had nothing is done and nobody revoked; afterwards it goes on.', async () => {
  const { lamp, id, event } = await listedLamp(world);
  world.crl.isDown = true;
  await expect(world.run(event)).rejects.toMatchObject({
    name: 'ActivationError',
    code: 'CRL_UNREACHABLE',
    retryable: true,
    terminal: false,
    step: 'check its revocation',
  });
  expect(await world.stateOf('lamp-1', id)).toMatchObject({ status: 'PENDING_ACTIVATION', thing: undefined });
  world.crl.isDown = false;
  await world.run(event);
  expect(await world.stateOf('lamp-1', id)).toEqual(activatedState(world, lamp));
});

test('A list that is over is an outage too.', async () => {
  const { id, event } = await listedLamp(world);
  world.clock.advance(25 * 3_600_000);
  await expect(world.run(event)).rejects.toMatchObject({ code: 'CRL_STALE', retryable: true });
  expect(await world.statusOf(id)).toBe('PENDING_ACTIVATION');
});

test('A certificate that its CA has revoked is revoked, whoever knows the device.', async () => {
  const { lamp, id, event } = await listedLamp(world);
  world.revoked.push({ serial: lamp.certificate.serial, reason: 1 });
  expect(await world.run(event)).toMatchObject({ outcome: 'revoke', reason: 'REVOKED_BY_CA' });
  expect(await world.stateOf('lamp-1', id)).toMatchObject({
    status: 'REVOKED',
    thing: undefined,
    policies: [],
  });
});

test('A certificate that its CA has put on hold waits.', async () => {
  const { lamp, id, event } = await listedLamp(world);
  world.revoked.push({ serial: lamp.certificate.serial, reason: 6 });
  expect(await world.run(event)).toMatchObject({ outcome: 'hold', reason: 'ON_HOLD_BY_CA' });
  expect(await world.statusOf(id)).toBe('PENDING_ACTIVATION');
});

test('A certificate that names nobody to ask is activated, and counted; one that names nobody in vain waits.', async () => {
  await world.list('lamp-1');
  const bare = makeCertificate({ commonNames: ['lamp-1'], issuer: ca });
  expect(await world.run(world.connect(bare))).toMatchObject({ outcome: 'activated' });
  expect(world.metrics).toContain('RevocationUnchecked');
  await world.list('lamp-2');
  const empty = world.issue('lamp-2', { crlAddresses: [] });
  await expect(world.run(world.connect(empty))).rejects.toMatchObject({ code: 'CRL_UNREACHABLE' });
});

test.each([
  ['is not accepted', { acceptedCas: ['f'.repeat(64)] }, 'CA_NOT_ACCEPTED'],
  ['is INACTIVE', {}, 'CA_NOT_ACTIVE'],
])('A device whose CA %s waits.', async (_what, settings, reason) => {
  const { id, event } = await listedLamp(world);
  const { caCertificateId: certificateId, admin } = world;
  if (reason === 'CA_NOT_ACTIVE') {
    await admin.send(new UpdateCACertificateCommand({ certificateId, newStatus: 'INACTIVE' }));
  }
  const result = await activate(event, world.services({}, settings));
  expect(result).toMatchObject({ outcome: 'hold', reason, step: 'check its CA' });
  expect(await world.statusOf(id)).toBe('PENDING_ACTIVATION');
  expect(world.notified).toMatchObject([{ reason }]);
});

test('A device of a CA that is accepted by name is activated.', async () => {
  const { event } = await listedLamp(world);
  const settings = { acceptedCas: ['f'.repeat(64), world.caCertificateId] };
  expect(await activate(event, world.services({}, settings))).toMatchObject({ outcome: 'activated' });
});

test('A certificate that has ended becomes INACTIVE; one that has not begun waits.', async () => {
  await world.list('lamp-1');
  await world.list('lamp-2');
  // AWS IoT registers neither: the one ends while its event waits, the other meets a container whose clock is slow.
  const over = world.issue('lamp-1', { notAfterMs: NOW_MS + 1_000 });
  const overEvent = world.connect(over);
  world.clock.advance(60_000);
  expect(await world.run(overEvent)).toMatchObject({ outcome: 'deactivate', reason: 'EXPIRED' });
  expect(await world.statusOf(over.certificate.certificateId)).toBe('INACTIVE');
  const early = world.issue('lamp-2', { notBeforeMs: NOW_MS + 60_000 });
  const earlyEvent = world.connect(early);
  const slow = { ...world.services(), now: () => NOW_MS };
  expect(await activate(earlyEvent, slow)).toMatchObject({ outcome: 'hold', reason: 'NOT_YET_VALID' });
  expect(await world.run(earlyEvent)).toMatchObject({ outcome: 'activated' });
});
