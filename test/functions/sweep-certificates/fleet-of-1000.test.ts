import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { makeCertificate, NOW_MS, type Issued } from '../../shared/x509/pki.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';
import { seededRandom } from '../../support/random.ts';
import { ca } from '../activate-certificate/deployment.ts';
import { DAY_MS, openFleet, type Fleet, type FleetOptions } from './fleet.ts';
import { startListsServer, type ListsServer, type TestList } from './lists-server.ts';

const SEED = 20_261_125;
const CALLS_A_SECOND = 10;
const limited = [
  'ListCACertificates',
  'DescribeCACertificate',
  'ListCertificatesByCA',
  'DescribeCertificate',
  'ListPrincipalThings',
  'UpdateCertificate',
];
const limits = { requestsPerSecond: Object.fromEntries(limited.map((name) => [name, CALLS_A_SECOND])) };

let dynamodb: TestDynamoDb;
let server: ListsServer;
let list: TestList;
let fleet: Fleet;

beforeAll(async () => {
  dynamodb = await startTestDynamoDb();
  server = await startListsServer(() => fleet.clock.now());
});
afterEach(() => fleet.close());
afterAll(async () => {
  await server.stop();
  await dynamodb.stop();
});

/** A fleet behind AWS's throttle: its certificates, and its devices' items. */
async function openLarge(devices: number, options: FleetOptions): Promise<readonly Issued[]> {
  fleet = await openFleet(dynamodb, { limits, ...options });
  list = server.add('/ca.crl', ca);
  const lamps = Array.from({ length: devices }, (_, index) =>
    makeCertificate({
      commonNames: [`lamp-${index}`],
      issuer: ca,
      crlAddresses: [`${server.url}/ca.crl`],
      notAfterMs: NOW_MS + 400 * DAY_MS,
    }),
  );
  for (let at = 0; at < lamps.length; at += 50) {
    await Promise.all(lamps.slice(at, at + 50).map((lamp) => fleet.register(lamp, ca, 'ACTIVE')));
  }
  const items = lamps.map(({ certificate: { certificateId, serialNumber, notAfterMs, commonNames } }) => ({
    thingName: commonNames[0],
    certificateId,
    caCertificateId: fleet.world.caCertificateId,
    serialNumber,
    notAfterMs,
    state: 'ACTIVE',
    history: [{ state: 'ACTIVE', atMs: NOW_MS - 50 * DAY_MS, reason: 'first connection', certificateId }],
    lastSeenMs: NOW_MS - (Number(commonNames[0]?.slice('lamp-'.length)) % 40) * DAY_MS,
  }));
  for (let at = 0; at < items.length; at += 25) {
    const puts = items.slice(at, at + 25).map((Item) => ({ PutRequest: { Item } }));
    await dynamodb.client.send(new BatchWriteCommand({ RequestItems: { [fleet.devices.tableName]: puts } }));
  }
  return lamps;
}

/** Invocations of a minute each, until the sweep has come to its end; how many it took. */
async function sweepByTheMinute(): Promise<number> {
  const random = seededRandom(SEED);
  for (let invocations = 1; invocations < 100; invocations += 1) {
    const startMs = fleet.clock.now();
    const results = await fleet.run(
      invocations === 1 ? { kind: 'sweep', runId: 'today' } : { kind: 'continue' },
      {
        isTimeUp: () => fleet.clock.now() >= startMs + 55_000,
        deadlineMs: startMs + 60_000,
        random,
      },
    );
    if (results[0]?.outcome === 'finished') return invocations;
    fleet.clock.advance(15 * 60_000);
  }
  throw new Error('it does not come to an end');
}

test('A thousand devices are swept page by page, minute by minute, under half of the throttle.', async () => {
  const lamps = await openLarge(1_000, { callsPerSecond: 5, settings: { pageSize: 100 } });
  const revoked = lamps.filter((_, index) => index % 100 === 7);
  for (const { certificate } of revoked) list.revoked.set(certificate.serialNumber, 1);
  const invocations = await sweepByTheMinute();
  // 1,000 descriptions at five a second are 200 seconds.
  expect(invocations).toBeGreaterThanOrEqual(4);
  expect(invocations).toBeLessThan(12);
  const calls = (name: string): number => fleet.power.calls.filter((call) => call === name).length;
  expect(calls('DescribeCertificate')).toBe(1_000);
  const told = fleet.reports.flatMap((report) =>
    report.reason === 'REVOKED_BY_CA' ? report.certificates.map(({ certificateId }) => certificateId) : [],
  );
  expect(told.toSorted()).toEqual(revoked.map(({ certificate }) => certificate.certificateId).toSorted());
  const unseen = fleet.reports.flatMap((report) =>
    report.reason === 'DEVICES_UNSEEN' ? report.devices.map(({ thingName }) => thingName) : [],
  );
  // Every fortieth was last seen n days ago, for each n up to 39; none of them is attached to a thing here.
  expect(unseen).toHaveLength(new Set(unseen).size);
  expect(unseen.length).toBe(lamps.filter((_, index) => index % 40 >= 30).length);

  fleet.power.calls.length = 0;
  fleet.clock.advance(60_000);
  // The certificates are what this is about: it ends where the devices begin.
  const isTimeUp = (): boolean => calls('Scan') > 0;
  await fleet.run({ kind: 'sweep', runId: 'tomorrow' }, { isTimeUp });
  expect(calls('DescribeCertificate'), 'all is known by then').toBe(0);
  expect(calls('ListCertificatesByCA')).toBe(10);
  expect(fleet.reports.filter(({ reason }) => reason === 'REVOKED_BY_CA')).toHaveLength(10);
});

test('A registry that takes less than the pace is waited for.', async () => {
  await openLarge(60, { callsPerSecond: 50, settings: { pageSize: 20 } });
  const startMs = fleet.clock.now();
  await sweepByTheMinute();
  const seconds = (fleet.clock.now() - startMs) / 1_000;
  expect(seconds).toBeGreaterThanOrEqual(60 / CALLS_A_SECOND - 1);
  const described = fleet.power.calls.filter((call) => call === 'DescribeCertificate').length;
  expect(described, 'some were throttled, and made again').toBeGreaterThan(60);
  expect(fleet.skipped).toEqual([]);
});
