import { DeviceItemError } from '../../shared/device-registry/device.ts';
import { readDevice } from '../../shared/device-registry/read-devices.ts';
import { changeDeviceState } from '../../shared/device-registry/write-device.ts';
import type { Withdrawal } from './judge-revocation.ts';
import type { ListedCertificate } from './registry.ts';
import type { SweepServices } from './services.ts';

/** How a withdrawal shows: in the registry and the devices' items, and to people. */
export const WITHDRAWN = {
  revoked: { status: 'REVOKED', reason: 'REVOKED_BY_CA', metric: 'CertificateRevoked' },
  'on-hold': { status: 'INACTIVE', reason: 'ON_HOLD_BY_CA', metric: 'CertificatePutOnHold' },
} as const;

/**
 * Takes a certificate away from its devices. Any part of it may be done again, and the note that comes first has it
 * done to its end whenever this ends in between:
 *
 * 1. the note, because from 2. on the registry itself no longer shows that something is left to do;
 * 2. the certificate, because a device that is cut off comes back within seconds, and must not be let in;
 * 3. each device: its item, and then its connection. A device whose item names another certificate keeps both: the old
 *    certificate stays attached after a rotation, and whoever still uses that one is ended by AWS IoT within minutes.
 *
 * That people have been told, and the note is settled, comes after all certificates of the page.
 *
 * @returns the names of its things; undefined when it has gone, or is where nothing leads out of
 */
export async function withdraw(
  { certificateId, certificateArn }: ListedCertificate,
  withdrawal: Withdrawal,
  services: SweepServices,
): Promise<readonly string[] | undefined> {
  const { memory, registry, connections, devices, now, count } = services;
  const { status, reason, metric } = WITHDRAWN[withdrawal.kind];
  await memory.setWithdrawal(certificateId, { ...withdrawal, isDone: false });
  if ((await registry.setStatus(certificateId, status)) !== 'done') {
    await memory.setWithdrawal(certificateId, undefined);
    count('CertificateNotWithdrawn');
    return undefined;
  }
  const thingNames = await registry.thingsOf(certificateArn);
  for (const thingName of thingNames) {
    let isOfAnother = false;
    try {
      const change = { atMs: now(), reason };
      const changed = await changeDeviceState(devices, { thingName, certificateId }, status, change);
      const device = changed ?? (await readDevice(devices, thingName));
      isOfAnother = device !== undefined && device.certificateId !== certificateId;
    } catch (error) {
      // An item that nobody can read is no reason to leave its device connected.
      if (!(error instanceof DeviceItemError)) throw error;
      count('DeviceUnreadable');
    }
    // The shared policy lets a device connect by the name of its thing only.
    if (!isOfAnother) await connections.cut(thingName);
  }
  count(metric);
  return thingNames;
}
