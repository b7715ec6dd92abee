import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect, test } from 'vitest';
import { sweep } from '../../../functions/sweep-certificates/sweep.ts';
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

/** Notes that certificates wait; their ids. */
async function addWaiting(count: number): Promise<readonly string[]> {
  const { held, world } = nights.fleet;
  const ids = Array.from({ length: count }, (_, index) => String(index).padStart(64, '0'));
  const note = { reason: 'UNKNOWN_DEVICE', detail: 'unknown', action: 'hold' };
  const { caCertificateId } = world;
  for (const certificateId of ids) {
    await holdCertificate(held, { certificateId, caCertificateId, ...note }, NOW_MS);
  }
  return ids;
}

test('A re-check that meets an unfinished one, and is out of time too, comes to its end from the first page on.', async () => {
  const ids = await addWaiting(5);
  const { askedAgain } = nights.fleet;
  const isTimeUp = (): boolean => askedAgain.length >= 3;
  await nights.fleet.run({ kind: 'recheck', runId: 'one' }, { isTimeUp });
  expect(await nights.fleet.run({ kind: 'recheck', runId: 'two' }, { isTimeUp })).toMatchObject([
    { outcome: 'unfinished', runId: 'one' },
  ]);
  askedAgain.length = 0;
  expect(await nights.fleet.run({ kind: 'continue' })).toMatchObject([
    { kind: 'sweep', outcome: 'nothing' },
    { kind: 'recheck', outcome: 'finished', runId: 'one' },
    { kind: 'recheck', outcome: 'finished', runId: 'two' },
  ]);
  expect([...new Set(askedAgain)].toSorted()).toEqual(ids);
  expect(await nights.fleet.run({ kind: 'continue' })).toMatchObject([
    { outcome: 'nothing' },
    { outcome: 'nothing' },
  ]);
});

test('However many cannot be looked at, all others are, and the run comes to its end before that is an error.', async () => {
  const ids = await addWaiting(25);
  const [, , , ...broken] = ids;
  const services = nights.fleet.services();
  const askAgain = async (certificateId: string, caCertificateId: string): Promise<void> => {
    if (broken.includes(certificateId)) throw new TypeError('a bug');
    await services.askAgain(certificateId, caCertificateId);
  };
  const request = { kind: 'sweep', runId: 'today' } as const;
  await expect(sweep(request, { ...services, askAgain })).rejects.toMatchObject({
    name: 'SweepError',
    code: 'TOO_MANY_SKIPPED',
    data: { skipped: broken.length },
  });
  expect(nights.fleet.askedAgain.toSorted()).toEqual(ids.slice(0, 3));
  expect(nights.fleet.metrics).toMatchObject({ SweepSkipped: broken.length, SweepFinished: 1 });
});

test('A sweep that fails keeps no re-check from going on.', async () => {
  const ids = await addWaiting(2);
  const isTimeUp = (): boolean => true;
  await nights.fleet.run({ kind: 'sweep', runId: 'today' }, { isTimeUp });
  await nights.fleet.run({ kind: 'recheck', runId: 'one' }, { isTimeUp });
  const services = nights.fleet.services();
  const cas = { ...services.cas, ids: () => Promise.reject(new TypeError('a bug')) };
  await expect(sweep({ kind: 'continue' }, { ...services, cas })).rejects.toThrow('a bug');
  expect(nights.fleet.askedAgain.toSorted()).toEqual(ids);
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
