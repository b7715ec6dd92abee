import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect, test } from 'vitest';
import { holdCertificate, markNotified } from '../../../shared/device-registry/held-certificates.ts';
import { NOW_MS } from '../../shared/x509/pki.ts';
import { DAY_MS } from './fleet.ts';
import { FINISHED, useNights } from './nights.ts';

const nights = useNights();

test('Whoever waits is given to activation again; what was decided is not, unless people have still to be told.', async () => {
  const { caCertificateId } = nights.fleet.world;
  const ids = ['1', '2', '3', '4', '5', '6'].map((digit) => digit.repeat(64));
  const [unknown = '', retry = '', decided = '', untold = '', noCa = '', wait = ''] = ids;
  const note = (certificateId: string, action: string, more: object = {}) =>
    holdCertificate(
      nights.fleet.held,
      { certificateId, reason: 'SOME_REASON', detail: 'so', action, caCertificateId, ...more },
      NOW_MS,
    );
  await note(unknown, 'hold');
  await markNotified(nights.fleet.held, unknown, 'SOME_REASON');
  await note(retry, 'retry');
  await note(wait, 'wait');
  await note(decided, 'deactivate');
  await markNotified(nights.fleet.held, decided, 'SOME_REASON');
  await note(untold, 'revoke');
  await holdCertificate(
    nights.fleet.held,
    { certificateId: noCa, reason: 'NO_CA', detail: 'so', action: 'hold' },
    NOW_MS,
  );
  await nights.fleet.sweepNow();
  expect(nights.fleet.askedAgain.toSorted()).toEqual([unknown, retry, untold, wait].toSorted());
});

test('A certificate that waits and of which activation has left no note is given to it too.', async () => {
  const lamp = nights.issue('lamp-1');
  nights.fleet.world.connect(lamp);
  await nights.fleet.sweepNow();
  expect(nights.fleet.askedAgain).toEqual([lamp.certificate.certificateId]);
});

test('A re-check after a change of the allow-list lets those in who waited for it, and does nothing else.', async () => {
  const lamp = nights.issue('lamp-1', { notAfterMs: NOW_MS + DAY_MS });
  const event = nights.fleet.world.connect(lamp);
  expect(await nights.fleet.world.run(event)).toMatchObject({ outcome: 'hold', reason: 'UNKNOWN_DEVICE' });
  await nights.fleet.world.list('lamp-1');
  expect(await nights.fleet.run({ kind: 'recheck', runId: 'request-1' })).toMatchObject([
    { outcome: 'finished' },
  ]);
  expect(nights.fleet.power.calls.filter((call) => call.startsWith('List'))).toEqual([]);
  const { certificateId } = lamp.certificate;
  expect(nights.fleet.askedAgain).toEqual([certificateId]);
  // What the function is invoked with: see ask-again.ts.
  const { timestamp: _, ...again } = event;
  expect(await nights.fleet.world.run(again)).toMatchObject({ outcome: 'activated' });
  expect(await nights.fleet.statusOf(certificateId)).toBe('ACTIVE');
});

test('An item that nobody can read keeps no other from being looked at.', async () => {
  await nights.dynamodb.client.send(
    new PutCommand({ TableName: nights.fleet.devices.tableName, Item: { thingName: 'broken', state: 7 } }),
  );
  await nights.dynamodb.client.send(
    new PutCommand({ TableName: nights.fleet.held.tableName, Item: { certificateId: 'broken' } }),
  );
  const { certificateId, serialNumber } = await nights.addLamp('lamp-1');
  nights.list.revoked.set(serialNumber, 1);
  expect(await nights.fleet.sweepNow()).toEqual(FINISHED);
  expect(await nights.fleet.statusOf(certificateId)).toBe('REVOKED');
  expect(nights.fleet.metrics).toMatchObject({ DeviceUnreadable: 1, HeldUnreadable: 1 });
});

test('A device whose item nobody can read is cut off all the same.', async () => {
  const { certificateId, serialNumber } = await nights.addLamp('lamp-1');
  await nights.fleet.connectClient('lamp-1');
  const Item = { thingName: 'lamp-1', certificateId, state: 'ACTIVE', history: [] };
  await nights.dynamodb.client.send(new PutCommand({ TableName: nights.fleet.devices.tableName, Item }));
  nights.list.revoked.set(serialNumber, 1);
  await nights.fleet.sweepNow();
  expect([await nights.fleet.statusOf(certificateId), nights.fleet.isConnected('lamp-1')]).toEqual([
    'REVOKED',
    false,
  ]);
});

test('A certificate is described once, and never again.', async () => {
  await nights.addLamp('lamp-1');
  await nights.addLamp('lamp-2');
  await nights.fleet.sweepNow();
  await nights.expectQuietDay();
  expect(nights.fleet.power.calls.filter((call) => call === 'DescribeCertificate')).toHaveLength(2);
});

test('A page that AWS IoT does not know any more is the first one again.', async () => {
  await nights.addLamp('lamp-1');
  const { registry } = nights.fleet.services();
  const { caCertificateId } = nights.fleet.world;
  const first = await registry.certificatesOf(caCertificateId, '');
  expect(first.certificates).toHaveLength(1);
  expect(await registry.certificatesOf(caCertificateId, 'b3ZlcgAA')).toEqual(first);
  expect(await registry.certificatesOf('0'.repeat(64), ''), 'of a CA that has gone').toEqual({
    certificates: [],
  });
});
