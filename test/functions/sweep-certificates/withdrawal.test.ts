import {
  CreateThingCommand,
  UpdateCACertificateCommand,
  UpdateCertificateCommand,
} from '@aws-sdk/client-iot';
import { expect, test } from 'vitest';
import { lookUpFacts } from '../../../functions/sweep-certificates/certificate-facts.ts';
import { ecKeys, makeCa, makeCertificate, NOW_MS } from '../../shared/x509/pki.ts';
import { ca } from '../activate-certificate/deployment.ts';
import { DAY_MS, openFleet } from './fleet.ts';
import { FINISHED, useNights } from './nights.ts';

const nights = useNights();

test('What its CA has revoked is REVOKED, its device cut off and marked, and people told once.', async () => {
  const { certificateId, serialNumber } = await nights.addLamp('lamp-1');
  await nights.addLamp('lamp-2');
  await nights.fleet.connectClient('lamp-1');
  await nights.fleet.connectClient('lamp-2');
  nights.list.revoked.set(serialNumber, 1);
  expect(await nights.fleet.sweepNow()).toEqual(FINISHED);
  expect(await nights.fleet.statusOf(certificateId)).toBe('REVOKED');
  expect([nights.fleet.isConnected('lamp-1'), nights.fleet.isConnected('lamp-2')]).toEqual([false, true]);
  expect(await nights.fleet.deviceOf('lamp-1')).toMatchObject({
    state: 'REVOKED',
    history: [{ state: 'ACTIVATING' }, { state: 'ACTIVE' }, { state: 'REVOKED', reason: 'REVOKED_BY_CA' }],
  });
  expect(nights.fleet.reports).toEqual([
    {
      reason: 'REVOKED_BY_CA',
      certificates: [
        {
          certificateId,
          caCertificateId: nights.fleet.world.caCertificateId,
          commonName: 'lamp-1',
          thingNames: ['lamp-1'],
          revokedAt: new Date(NOW_MS - 2 * 3_600_000).toISOString(),
          reasonCode: 1,
        },
      ],
    },
  ]);
  await nights.expectQuietDay();
  await nights.expectQuietDay();
});

test('A certificate is withdrawn before its device is cut off, which is back within seconds.', async () => {
  const { serialNumber } = await nights.addLamp('lamp-1');
  nights.list.revoked.set(serialNumber, 1);
  await nights.fleet.sweepNow();
  const order = ['UpdateCertificate', 'DeleteConnection', 'Tell REVOKED_BY_CA'];
  expect(nights.fleet.power.calls.filter((call) => order.includes(call))).toEqual(order);
});

test('Of a device that is cut off nothing is left: no session, and no last will in its name.', async () => {
  const { serialNumber } = await nights.addLamp('lamp-1');
  const will = { topic: 'lamps/lamp-1/gone', payload: Buffer.from('gone'), qos: 0, retain: false } as const;
  await nights.fleet.connectClient('lamp-1', { clean: false, will });
  nights.list.revoked.set(serialNumber, 1);
  await nights.fleet.sweepNow();
  expect(nights.fleet.gateway.client('lamp-1')).toBeUndefined();
  expect(nights.fleet.published).toEqual([]);
});

test('What a device had before its rotation is revoked too, and its device keeps its connection and session.', async () => {
  await nights.addLamp('lamp-1');
  const old = nights.issue('lamp-1');
  await nights.fleet.register(old, ca, 'ACTIVE');
  await nights.fleet.attach('lamp-1', old);
  await nights.fleet.connectClient('lamp-1', { clean: false });
  nights.list.revoked.set(old.certificate.serialNumber, 4);
  await nights.fleet.sweepNow();
  expect(await nights.fleet.statusOf(old.certificate.certificateId)).toBe('REVOKED');
  expect(await nights.fleet.deviceOf('lamp-1')).toMatchObject({ state: 'ACTIVE' });
  expect(nights.fleet.isConnected('lamp-1')).toBe(true);
  expect(nights.fleet.power.calls).not.toContain('DeleteConnection');
  expect(nights.fleet.reports).toMatchObject([
    { reason: 'REVOKED_BY_CA', certificates: [{ thingNames: ['lamp-1'] }] },
  ]);
});

test('A thing that is no device of the table is cut off with its certificate.', async () => {
  await nights.addLamp('lamp-1');
  const spare = nights.issue('spare');
  await nights.fleet.register(spare, ca, 'ACTIVE');
  await nights.fleet.world.admin.send(new CreateThingCommand({ thingName: 'spare' }));
  await nights.fleet.attach('spare', spare);
  await nights.fleet.connectClient('spare');
  nights.list.revoked.set(spare.certificate.serialNumber, 1);
  await nights.fleet.sweepNow();
  expect(nights.fleet.isConnected('spare')).toBe(false);
});

test('What its CA has put on hold becomes INACTIVE, and people decide what follows.', async () => {
  const { certificateId, serialNumber } = await nights.addLamp('lamp-1');
  nights.list.revoked.set(serialNumber, 6);
  await nights.fleet.sweepNow();
  expect(await nights.fleet.statusOf(certificateId)).toBe('INACTIVE');
  expect(await nights.fleet.deviceOf('lamp-1')).toMatchObject({ state: 'INACTIVE' });
  await nights.expectQuietDay();
  nights.list.revoked.clear();
  nights.fleet.clock.advance(DAY_MS);
  await nights.fleet.sweepNow();
  expect(await nights.fleet.statusOf(certificateId)).toBe('INACTIVE');
  expect(nights.fleet.reports).toMatchObject([
    { reason: 'ON_HOLD_BY_CA', certificates: [{ certificateId, reasonCode: 6 }] },
    { reason: 'HOLD_ENDED', certificates: [{ certificateId, thingNames: ['lamp-1'] }] },
  ]);
  await nights.expectQuietDay();
});

test('What was on hold and is revoked in the end is REVOKED.', async () => {
  const { certificateId, serialNumber } = await nights.addLamp('lamp-1');
  nights.list.revoked.set(serialNumber, 6);
  await nights.fleet.sweepNow();
  nights.list.revoked.set(serialNumber, 1);
  nights.fleet.clock.advance(DAY_MS);
  await nights.fleet.sweepNow();
  expect(await nights.fleet.statusOf(certificateId)).toBe('REVOKED');
  expect(await nights.fleet.deviceOf('lamp-1')).toMatchObject({ state: 'REVOKED' });
});

test('What a person has activated in spite of a hold stays ACTIVE.', async () => {
  const { certificateId, serialNumber } = await nights.addLamp('lamp-1');
  nights.list.revoked.set(serialNumber, 6);
  await nights.fleet.sweepNow();
  await nights.fleet.world.setStatus(certificateId, 'ACTIVE');
  await nights.expectQuietDay();
  expect(await nights.fleet.statusOf(certificateId)).toBe('ACTIVE');
});

test.each([
  ['cannot be fetched', 'CRL_UNREACHABLE', () => (nights.list.isDown = true)],
  ['is over', 'CRL_STALE', () => (nights.list.more = { nextUpdateMs: NOW_MS - 1 })],
  ['is of the future', 'CRL_STALE', () => (nights.list.more = { thisUpdateMs: NOW_MS + 3 * DAY_MS })],
  ['was forged', 'CRL_UNUSABLE', () => (nights.list.more = { signer: makeCa('Another CA').keys.privateKey })],
])(
  'A list that %s revokes nobody; people are told once, and once when it is back.',
  async (_what, code, break_) => {
    const { certificateId, serialNumber } = await nights.addLamp('lamp-1');
    await nights.addLamp('lamp-2');
    nights.list.revoked.set(serialNumber, 1);
    break_();
    await nights.fleet.sweepNow();
    expect(await nights.fleet.statusOf(certificateId)).toBe('ACTIVE');
    expect(nights.fleet.reports).toEqual([
      {
        reason: 'REVOCATION_LIST_UNAVAILABLE',
        code,
        detail: expect.stringContaining('/ca.crl'),
        caCertificateId: nights.fleet.world.caCertificateId,
        addresses: [`${nights.server.url}/ca.crl`],
      },
    ]);
    await nights.expectQuietDay();
    Object.assign(nights.list, { isDown: false, more: {} });
    const told = nights.fleet.reports.length;
    await nights.fleet.run({ kind: 'sweep', runId: 'the next' });
    expect(nights.fleet.reports.slice(told)).toMatchObject([
      { reason: 'REVOCATION_LIST_BACK', unavailableSince: new Date(NOW_MS).toISOString() },
      { reason: 'REVOKED_BY_CA' },
    ]);
    expect(await nights.fleet.statusOf(certificateId)).toBe('REVOKED');
  },
);

test('An entry that nobody can read says nothing about its certificate, and the others of its list count.', async () => {
  const unclear = await nights.addLamp('lamp-1');
  const stolen = await nights.addLamp('lamp-2');
  for (const { serialNumber } of [unclear, stolen]) nights.list.revoked.set(serialNumber, 1);
  nights.list.unreadable.add(unclear.serialNumber);
  expect(await nights.fleet.sweepNow()).toEqual(FINISHED);
  expect(await nights.fleet.statusOf(unclear.certificateId)).toBe('ACTIVE');
  expect(await nights.fleet.statusOf(stolen.certificateId)).toBe('REVOKED');
  expect(nights.fleet.reports).toMatchObject([
    { reason: 'REVOKED_BY_CA', certificates: [{ certificateId: stolen.certificateId }] },
  ]);
  expect(nights.fleet.metrics['RevocationEntryUnreadable']).toBe(1);
  nights.list.unreadable.clear();
  nights.fleet.clock.advance(DAY_MS);
  await nights.fleet.sweepNow();
  expect(await nights.fleet.statusOf(unclear.certificateId)).toBe('REVOKED');
});

test('A list that is down is asked for once in a sweep, however many certificates name it.', async () => {
  for (const name of ['lamp-1', 'lamp-2', 'lamp-3', 'lamp-4']) await nights.addLamp(name);
  nights.list.isDown = true;
  nights.server.asked.length = 0;
  await nights.fleet.sweepNow();
  expect(nights.server.asked).toHaveLength(1);
});

test('A certificate that names no list is counted, and one address for each CA may be set instead.', async () => {
  const bare = makeCertificate({ commonNames: ['lamp-1'], issuer: ca });
  await nights.fleet.register(bare, ca, 'ACTIVE');
  await nights.fleet.sweepNow();
  expect(nights.fleet.metrics['RevocationUnchecked']).toBe(1);
  const other = await openFleet(nights.dynamodb, {
    crlAddress: `${nights.server.url}/{caCertificateId}.crl`,
  });
  try {
    const { caCertificateId } = other.world;
    nights.server.add(`/${caCertificateId}.crl`, ca).revoked.set(bare.certificate.serialNumber, 1);
    await other.register(bare, ca, 'ACTIVE');
    await other.sweepNow();
    expect(await other.statusOf(bare.certificate.certificateId)).toBe('REVOKED');
  } finally {
    await other.close();
  }
});

test('The certificates of a CA that is not ours are left alone.', async () => {
  const lamp = nights.issue('lamp-1', { notAfterMs: NOW_MS + DAY_MS });
  const other = await openFleet(nights.dynamodb, { acceptedCas: ['f'.repeat(64)] });
  try {
    nights.list.revoked.set(lamp.certificate.serialNumber, 1);
    await other.register(lamp, ca, 'ACTIVE');
    await other.sweepNow();
    expect(await other.statusOf(lamp.certificate.certificateId)).toBe('ACTIVE');
    expect(other.reports).toEqual([]);
  } finally {
    await other.close();
  }
});

test('The lists of a CA that was withdrawn still count for the devices that it has brought.', async () => {
  const { certificateId, serialNumber } = await nights.addLamp('lamp-1');
  const withdrawn = { certificateId: nights.fleet.world.caCertificateId, newStatus: 'INACTIVE' } as const;
  await nights.fleet.world.admin.send(new UpdateCACertificateCommand(withdrawn));
  nights.list.revoked.set(serialNumber, 1);
  await nights.fleet.sweepNow();
  expect(await nights.fleet.statusOf(certificateId)).toBe('REVOKED');
});

test('Each CA has a list of its own: the same serial number of another CA is another certificate.', async () => {
  const otherCa = makeCa('Blinds CA');
  const otherId = await nights.fleet.registerCa(otherCa);
  const otherList = nights.server.add('/other.crl', otherCa);
  const { lamp, certificateId, serialNumber } = await nights.addLamp('lamp-1');
  const blind = makeCertificate({
    commonNames: ['blind-1'],
    issuer: otherCa,
    serial: lamp.certificate.serial,
    crlAddresses: [`${nights.server.url}/other.crl`],
  });
  await nights.fleet.addDevice('blind-1', blind, otherCa, otherId);
  otherList.revoked.set(serialNumber, 1);
  await nights.fleet.sweepNow();
  expect(await nights.fleet.statusOf(certificateId)).toBe('ACTIVE');
  expect(await nights.fleet.statusOf(blind.certificate.certificateId)).toBe('REVOKED');
});

test('A certificate that has become REVOKED by somebody else is nothing to tell of.', async () => {
  const { certificateId, serialNumber } = await nights.addLamp('lamp-1');
  await nights.fleet.world.admin.send(new UpdateCertificateCommand({ certificateId, newStatus: 'REVOKED' }));
  nights.list.revoked.set(serialNumber, 1);
  await nights.fleet.sweepNow();
  expect(nights.fleet.reports).toEqual([]);
});

test('Only what its own CA has signed says where its list is: of anything else nothing is believed.', async () => {
  const { lamp } = await nights.addLamp('lamp-1');
  const services = nights.fleet.services();
  const twin = makeCa('Lamps CA', { keys: ecKeys('prime256v1') });
  const other = { caCertificateId: 'x', isActive: true, certificate: twin.certificate };
  expect(await lookUpFacts(lamp.certificate.certificateId, other, services)).toBeUndefined();
  expect(nights.fleet.metrics['CertificateUnreadable']).toBe(1);
  expect(await lookUpFacts('0'.repeat(64), other, services), 'it has gone').toBeUndefined();
});
