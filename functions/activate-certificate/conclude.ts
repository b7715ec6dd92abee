import {
  holdCertificate,
  markNotified,
  readHeldCertificate,
  releaseCertificate,
  type HeldCertificate,
} from '../../shared/device-registry/held-certificates.ts';
import { changeDeviceState } from '../../shared/device-registry/write-device.ts';
import { isRepair, known, type Activation } from './activation.ts';
import type { Refusal, Verdict } from './verdict.ts';

const METRICS = {
  complete: 'ActivationRepeated',
  gone: 'CertificateGone',
  stopped: 'CertificateStopped',
  hold: 'CertificateHeld',
  deactivate: 'CertificateDeactivated',
  revoke: 'CertificateRevoked',
} as const satisfies Record<Verdict['kind'], string>;

/**
 * Does what a verdict demands. The note comes first and people are told last, so that an end in between is mended by
 * the next event: it finds who has not been told yet.
 */
export async function conclude(activation: Activation, verdict: Verdict): Promise<void> {
  const { services } = activation;
  const { certificateId } = known(activation, 'event');
  services.count(METRICS[verdict.kind]);
  switch (verdict.kind) {
    case 'complete':
      return;
    case 'gone':
      await releaseCertificate(services.held, certificateId);
      return;
    case 'stopped': {
      const held = await readHeldCertificate(services.held, certificateId);
      if (held !== undefined) await notifyOnce(activation, held);
      return;
    }
    case 'hold':
    case 'deactivate':
    case 'revoke':
      await refuse(activation, verdict);
  }
}

async function refuse(activation: Activation, { kind, reason, detail }: Refusal): Promise<void> {
  const { services, facts } = activation;
  const { controlPlane, devices, now } = services;
  const { certificateId } = known(activation, 'event');
  const { caCertificateId, commonName, thingName } = facts;
  const note = {
    certificateId,
    reason,
    detail,
    action: kind,
    ...(caCertificateId === undefined ? {} : { caCertificateId }),
    ...(commonName === undefined ? {} : { commonName }),
  };
  const held = await holdCertificate(services.held, note, now());
  // A repair mends, and takes nothing away from a device that works, but for a revocation: that is for good.
  if (kind === 'revoke' || (kind === 'deactivate' && !isRepair(activation))) {
    const status = kind === 'revoke' ? 'REVOKED' : 'INACTIVE';
    await controlPlane.setStatus(certificateId, status);
    if (thingName !== undefined) {
      await changeDeviceState(devices, { thingName, certificateId }, status, { atMs: now(), reason });
    }
  }
  await notifyOnce(activation, held);
}

/** A device that waits comes back every few seconds: people are told once for each reason. */
async function notifyOnce({ services }: Activation, held: HeldCertificate): Promise<void> {
  const { certificateId, caCertificateId, commonName, reason, detail, action, notifiedReason } = held;
  if (notifiedReason === reason) return;
  await services.announcer.held({ certificateId, caCertificateId, commonName, reason, detail, action });
  await markNotified(services.held, certificateId, reason);
}
