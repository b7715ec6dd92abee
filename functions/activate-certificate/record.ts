import { releaseCertificate } from '../../shared/device-registry/held-certificates.ts';
import type { Device } from '../../shared/device-registry/device.ts';
import { markAnnounced } from '../../shared/device-registry/mark-device.ts';
import { changeDeviceState, claimDevice } from '../../shared/device-registry/write-device.ts';
import { historyReason, isRepair, known, type Activation } from './activation.ts';
import { ActivationError } from './activation-error.ts';
import type { Verdict } from './verdict.ts';

/** Step 13. Of two certificates that came this far with one name, one gets it. */
export async function claimName(activation: Activation): Promise<Verdict | undefined> {
  const { services, facts } = activation;
  const thingName = known(activation, 'thingName');
  const { certificateId, serialNumber, notAfterMs } = known(activation, 'certificate');
  const { connectedAtMs } = known(activation, 'event');
  const atMs = services.now();
  const device = {
    thingName,
    certificateId,
    serialNumber,
    notAfterMs,
    caCertificateId: known(activation, 'caCertificateId'),
    // The event may say what it likes, but nobody was here in the future.
    ...(connectedAtMs === undefined ? {} : { lastSeenMs: Math.min(connectedAtMs, atMs) }),
  };
  const replaces = facts.listed?.replacesCertificateId;
  const claim = await claimDevice(services.devices, device, {
    atMs,
    reason: historyReason(activation),
    replaces,
  });
  if (claim.isMine) return undefined;
  const { device: there } = claim;
  const isOfAnother = there.certificateId !== certificateId;
  // This run, or an earlier one, has attached it. A repair of the device itself takes nothing away.
  if (isOfAnother || !isRepair(activation)) {
    await services.controlPlane.detachFromThing(thingName, known(activation, 'registered').certificateArn);
  }
  if (!isOfAnother) {
    // It was deleted and has registered itself again: that takes back nothing that was decided.
    const kind = there.state === 'REVOKED' ? 'revoke' : 'deactivate';
    const detail = `"${thingName}" was made ${there.state} with this certificate, and nobody has taken that back`;
    return { kind, reason: there.state === 'REVOKED' ? 'FORMERLY_REVOKED' : 'FORMERLY_INACTIVE', detail };
  }
  const detail = `the device "${thingName}" is on record with the certificate ${there.certificateId}`;
  return { kind: 'deactivate', reason: 'NAME_COLLISION', detail };
}

/** Step 14. */
export async function activateCertificate(activation: Activation): Promise<Verdict | undefined> {
  if (isRepair(activation)) return undefined;
  const { certificateId } = known(activation, 'event');
  const answer = await activation.services.controlPlane.setStatus(certificateId, 'ACTIVE');
  // Somebody has revoked it since step 2.
  return answer === 'refused' ? { kind: 'stopped', status: 'not to be activated' } : undefined;
}

/**
 * Step 15. Stored first, told after: whoever is told may rely on it. A crash in between is mended by the next event,
 * which finds that nobody has been told.
 */
export async function announce(activation: Activation): Promise<Verdict | undefined> {
  const { services } = activation;
  const thingName = known(activation, 'thingName');
  const { certificateId } = known(activation, 'event');
  const atMs = services.now();
  const device = await changeDeviceState(services.devices, { thingName, certificateId }, 'ACTIVE', {
    atMs,
    reason: historyReason(activation),
    from: 'ACTIVATING',
  });
  if (device === undefined) {
    throw new ActivationError(`the record of "${thingName}" has gone since it was written`, {
      code: 'RECORD_LOST',
      retryable: true,
      step: 'announce the device',
      data: { thingName },
    });
  }
  if (device.state !== 'ACTIVE') return { kind: 'stopped', status: device.state };
  await announceRecorded(activation, device);
  await releaseCertificate(services.held, certificateId);
  return undefined;
}

/** Tells others of a device that is on record as ACTIVE, unless they have been told. */
export async function announceRecorded({ services }: Activation, device: Device): Promise<void> {
  const { thingName, certificateId, caCertificateId, announcedAtMs, history } = device;
  if (announcedAtMs !== undefined) return;
  const activatedAtMs = history.findLast(({ state }) => state === 'ACTIVE')?.atMs ?? services.now();
  await services.announcer.activated({
    thingName,
    certificateId,
    ...(caCertificateId === undefined ? {} : { caCertificateId }),
    activatedAt: new Date(activatedAtMs).toISOString(),
  });
  await markAnnounced(services.devices, { thingName, certificateId }, services.now());
}
