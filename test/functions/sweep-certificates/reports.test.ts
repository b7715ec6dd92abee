import { UpdateCACertificateCommand } from '@aws-sdk/client-iot';
import { expect, test } from 'vitest';
import { makeCa, NOW_MS } from '../../shared/x509/pki.ts';
import { ca } from '../activate-certificate/deployment.ts';
import { DAY_MS } from './fleet.ts';
import { useNights } from './nights.ts';

const nights = useNights();

test('People are told 30 and 7 days ahead, and at the end, once each; devices of one page together.', async () => {
  const ends = { notAfterMs: NOW_MS + 40 * DAY_MS };
  const one = await nights.addLamp('lamp-1', ends);
  const two = await nights.addLamp('lamp-2', ends);
  const told: [number, string, unknown][] = [];
  for (const day of [0, 9, 10, 11, 32, 33, 34, 39, 40, 41, 45]) {
    nights.fleet.clock.advance(NOW_MS + day * DAY_MS - nights.fleet.clock.now());
    // Nobody is missed: this is about certificates.
    for (const name of ['lamp-1', 'lamp-2'])
      await nights.fleet.note(name, 'connected', nights.fleet.clock.now());
    const before = nights.fleet.reports.length;
    await nights.fleet.sweepNow();
    for (const report of nights.fleet.reports.slice(before)) {
      told.push([
        day,
        report.reason,
        'certificates' in report && report.certificates.map((c) => c.certificateId),
      ]);
    }
  }
  const both = [one.certificateId, two.certificateId];
  expect(told).toEqual([
    [10, 'CERTIFICATES_EXPIRING', both],
    [33, 'CERTIFICATES_EXPIRING', both],
    [40, 'CERTIFICATES_EXPIRED', both],
  ]);
  expect(nights.fleet.reports[0]).toMatchObject({
    days: 30,
    certificates: [
      { commonName: 'lamp-1', thingNames: ['lamp-1'], notAfter: '2026-12-31T12:00:00.000Z' },
      {},
    ],
  });
});

test('A certificate that was replaced is missed by nobody.', async () => {
  const { certificateId } = await nights.addLamp('lamp-1');
  const old = nights.issue('lamp-1', { notAfterMs: NOW_MS + DAY_MS });
  await nights.fleet.register(old, ca, 'ACTIVE');
  await nights.fleet.attach('lamp-1', old);
  await nights.fleet.sweepNow();
  expect(nights.fleet.reports).toEqual([]);
  expect(await nights.fleet.deviceOf('lamp-1')).toMatchObject({ certificateId });
});

test('A CA is told of 90 days ahead, once; one that is INACTIVE is not.', async () => {
  const short = makeCa('Short CA', { notAfterMs: NOW_MS + 89 * DAY_MS });
  const gone = makeCa('Gone CA', { notAfterMs: NOW_MS + 10 * DAY_MS });
  const caCertificateId = await nights.fleet.registerCa(short);
  const certificateId = await nights.fleet.registerCa(gone);
  await nights.fleet.world.admin.send(
    new UpdateCACertificateCommand({ certificateId, newStatus: 'INACTIVE' }),
  );
  await nights.fleet.sweepNow();
  expect(nights.fleet.reports).toEqual([
    {
      reason: 'CA_EXPIRING',
      days: 90,
      caCertificateId,
      commonName: 'Short CA',
      notAfter: '2027-02-18T12:00:00.000Z',
    },
  ]);
  await nights.expectQuietDay();
  nights.fleet.clock.advance(90 * DAY_MS);
  await nights.fleet.sweepNow();
  expect(nights.fleet.reports.at(-1)).toMatchObject({ reason: 'CA_EXPIRED', days: 0, caCertificateId });
});

test('A device that nobody has seen for 30 days is told of once, and once when it is back.', async () => {
  await nights.addLamp('lamp-1');
  await nights.addLamp('never-came');
  await nights.fleet.note('lamp-1', 'connected', NOW_MS + DAY_MS);
  await nights.fleet.note('lamp-1', 'disconnected', NOW_MS + 5 * DAY_MS);
  nights.fleet.clock.advance(31 * DAY_MS);
  await nights.fleet.sweepNow();
  expect(nights.fleet.reports).toEqual([
    {
      reason: 'DEVICES_UNSEEN',
      days: 30,
      devices: [{ thingName: 'never-came', unseenSince: new Date(NOW_MS).toISOString() }],
    },
  ]);
  expect(await nights.fleet.deviceOf('lamp-1')).toMatchObject({ lastSeenMs: NOW_MS + 5 * DAY_MS });
  nights.fleet.clock.advance(5 * DAY_MS);
  await nights.fleet.sweepNow();
  expect(nights.fleet.reports.at(-1)).toMatchObject({ devices: [{ thingName: 'lamp-1' }] });
  expect(await nights.fleet.deviceOf('lamp-1')).toMatchObject({ unseenSinceMs: NOW_MS + 5 * DAY_MS });
  await nights.expectQuietDay();
  const backMs = nights.fleet.clock.now() + 1_000;
  await nights.fleet.note('lamp-1', 'connected', backMs);
  nights.fleet.clock.advance(DAY_MS);
  await nights.fleet.sweepNow();
  expect(nights.fleet.reports.at(-1)).toEqual({
    reason: 'DEVICES_BACK',
    devices: [
      {
        thingName: 'lamp-1',
        unseenSince: new Date(NOW_MS + 5 * DAY_MS).toISOString(),
        seenAt: new Date(backMs).toISOString(),
      },
    ],
  });
  const device = await nights.fleet.deviceOf('lamp-1');
  expect([device?.lastSeenMs, device?.unseenSinceMs]).toEqual([backMs, undefined]);
  await nights.expectQuietDay();
});

test('A device that is connected now is seen now, however long ago it came.', async () => {
  await nights.addLamp('lamp-1');
  await nights.fleet.connectClient('lamp-1');
  nights.fleet.clock.advance(100 * DAY_MS);
  await nights.fleet.sweepNow();
  expect(nights.fleet.reports).toEqual([]);
  expect(await nights.fleet.deviceOf('lamp-1')).toMatchObject({ lastSeenMs: NOW_MS + 100 * DAY_MS });
});

test('A lifecycle event that comes late or twice rewinds nothing.', async () => {
  await nights.addLamp('lamp-1');
  const hour = (n: number): number => NOW_MS + n * 3_600_000;
  await nights.fleet.note('lamp-1', 'connected', hour(3));
  await nights.fleet.note('lamp-1', 'disconnected', hour(2));
  await nights.fleet.note('lamp-1', 'connected', hour(1));
  await nights.fleet.note('lamp-1', 'disconnected', hour(2));
  nights.fleet.clock.advance(DAY_MS);
  await nights.fleet.sweepNow();
  expect(await nights.fleet.deviceOf('lamp-1')).toMatchObject({ lastSeenMs: hour(3) });
});
