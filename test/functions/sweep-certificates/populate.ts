import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { holdCertificate } from '../../../shared/device-registry/held-certificates.ts';
import { listDevices } from '../../../shared/device-registry/read-devices.ts';
import { markUnseen } from '../../../shared/device-registry/mark-device.ts';
import { makeCa, makeCertificate, NOW_MS, type CertificateOptions } from '../../shared/x509/pki.ts';
import { ca } from '../activate-certificate/deployment.ts';
import type { Report } from '../../../functions/sweep-certificates/report.ts';
import { DAY_MS, type Fleet } from './fleet.ts';
import type { ListsServer } from './lists-server.ts';

/** A CA that ends soon, and whose list nobody can have. */
const endingCa = makeCa('Ending CA', { notAfterMs: NOW_MS + 100 * DAY_MS });

const HELD_ID = 'e'.repeat(64);

/** How the fleet is when it is swept: a little of everything, on 40 days after it was made. */
export const SWEPT_AT_MS = NOW_MS + 40 * DAY_MS;

/** Certificates that fleets of one file share, and their lists. */
export function makeCertificates(server: ListsServer) {
  const list = server.add('/ca.crl', ca);
  const endingList = server.add('/ending.crl', endingCa);
  endingList.isDown = true;
  const issue = (name: string, more: CertificateOptions = {}) =>
    makeCertificate({
      commonNames: [name],
      issuer: ca,
      crlAddresses: [`${server.url}/ca.crl`],
      notAfterMs: NOW_MS + 400 * DAY_MS,
      ...more,
    });
  const certificates = {
    stolen: issue('stolen'),
    suspected: issue('suspected'),
    'ends-soon': issue('ends-soon', { notAfterMs: SWEPT_AT_MS + 5 * DAY_MS }),
    'ends-later': issue('ends-later', { notAfterMs: SWEPT_AT_MS + 25 * DAY_MS }),
    ended: issue('ended', { notAfterMs: SWEPT_AT_MS - DAY_MS }),
    well: issue('well'),
    missing: issue('missing'),
    returned: issue('returned'),
    'always-there': issue('always-there'),
  };
  const replaced = issue('well', { notAfterMs: SWEPT_AT_MS + DAY_MS });
  const stolenSpare = issue('stolen-spare');
  const waiting = issue('waiting');
  const doubtful = makeCertificate({
    commonNames: ['doubtful'],
    issuer: endingCa,
    crlAddresses: [`${server.url}/ending.crl`],
    notAfterMs: NOW_MS + 400 * DAY_MS,
  });
  for (const { certificate } of [certificates.stolen, stolenSpare])
    list.revoked.set(certificate.serialNumber, 1);
  list.revoked.set(certificates.suspected.certificate.serialNumber, 6);
  return { certificates, replaced, stolenSpare, waiting, doubtful };
}

/** Fills a fleet with devices of every kind. */
export async function populate(fleet: Fleet, made: ReturnType<typeof makeCertificates>): Promise<void> {
  const { world, clock, devices, held } = fleet;
  const { certificates, replaced, stolenSpare, waiting, doubtful } = made;
  for (const [name, issued] of Object.entries(certificates)) {
    await fleet.addDevice(name, issued, ca, world.caCertificateId);
  }
  await fleet.register(stolenSpare, ca, 'INACTIVE');
  await fleet.register(replaced, ca, 'ACTIVE');
  await fleet.attach('well', replaced);
  await fleet.addDevice('doubtful', doubtful, endingCa, await fleet.registerCa(endingCa));
  world.connect(waiting);
  const note = { reason: 'UNKNOWN_DEVICE', detail: 'unknown', action: 'hold' };
  await holdCertificate(
    held,
    { certificateId: HELD_ID, caCertificateId: world.caCertificateId, ...note },
    NOW_MS,
  );
  clock.advance(SWEPT_AT_MS - clock.now());
  const seen = Object.keys(certificates).filter((name) => name !== 'missing' && name !== 'always-there');
  for (const name of [...seen, 'doubtful']) await fleet.note(name, 'connected', SWEPT_AT_MS - 3_600_000);
  await markUnseen(devices, 'returned', NOW_MS);
  for (const name of ['stolen', 'suspected', 'well', 'always-there']) await fleet.connectClient(name);
}

/** Everything that a sweep leaves behind, without what depends on the moment. */
export async function stateOf(fleet: Fleet, made: ReturnType<typeof makeCertificates>) {
  const { certificates, replaced, stolenSpare, waiting, doubtful } = made;
  const all = [...Object.values(certificates), replaced, stolenSpare, waiting, doubtful];
  const statuses = await Promise.all(all.map(({ certificate }) => fleet.statusOf(certificate.certificateId)));
  const { devices } = await listDevices(fleet.devices);
  const { Items: items = [] } = await fleet.world.devices.client.send(
    new ScanCommand({ TableName: fleet.sweepTable }),
  );
  return {
    statuses,
    devices: devices
      .map(({ thingName, state, history, unseenSinceMs, lastSeenMs }) => ({
        thingName,
        state,
        history: history.map((change) => change.state),
        unseenSinceMs,
        lastSeen: thingName === 'always-there' ? lastSeenMs !== undefined : lastSeenMs,
      }))
      .toSorted((a, b) => (a.thingName < b.thingName ? -1 : 1)),
    connected: Object.keys(certificates).filter((name) => fleet.isConnected(name)),
    remembered: items
      .filter(({ subject }) => !String(subject).startsWith('run/'))
      .toSorted((a, b) => (String(a['subject']) < String(b['subject']) ? -1 : 1))
      .map((item) => ({ ...item, sinceMs: typeof item['sinceMs'] })),
  };
}

/** What people were told, one line for each certificate, CA, list or device. */
export function toldOf(reports: readonly Report[]): string[] {
  return reports.flatMap((report) => {
    const kind = 'days' in report ? `${report.reason} ${report.days}` : report.reason;
    if ('certificates' in report) {
      return report.certificates.map(
        ({ commonName, certificateId }) => `${kind} ${commonName} ${certificateId}`,
      );
    }
    if ('devices' in report) return report.devices.map(({ thingName }) => `${kind} ${thingName}`);
    return [`${kind} ${report.caCertificateId}`];
  });
}
