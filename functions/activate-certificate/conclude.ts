import {
  holdCertificate,
  markNotified,
  noteFailedStep,
  readHeldCertificate,
  releaseCertificate,
  type HeldCertificate,
} from '../../shared/device-registry/held-certificates.ts';
import { changeDeviceState } from '../../shared/device-registry/write-device.ts';
import { isRepair, known, type Activation } from './activation.ts';
import type { ActivationError } from './activation-error.ts';
import type { Refusal, Verdict } from './verdict.ts';

const METRICS = {
  complete: 'ActivationRepeated',
  gone: 'CertificateGone',
  foreign: 'CertificateForeign',
  stopped: 'CertificateStopped',
  wait: 'CertificateLeftToOthers',
  hold: 'CertificateHeld',
  deactivate: 'CertificateDeactivated',
  revoke: 'CertificateRevoked',
} as const satisfies Record<Verdict['kind'], string>;

/**
 * Does what a verdict demands. The note comes first and people are told last, so that an end in between is mended by
 * the next event: it finds who has not been told yet.
 *
 * @param step the one that decided
 */
export async function conclude(activation: Activation, verdict: Verdict, step: string): Promise<void> {
  const { services } = activation;
  const { certificateId } = known(activation, 'event');
  services.count(METRICS[verdict.kind]);
  switch (verdict.kind) {
    case 'foreign':
      return;
    // Nothing holds it any more, whatever an earlier run has noted.
    case 'complete':
    case 'gone':
      await releaseCertificate(services.held, certificateId);
      return;
    case 'stopped': {
      const held = await readHeldCertificate(services.held, certificateId);
      if (held !== undefined) await notifyOnce(activation, held);
      return;
    }
    case 'wait':
    case 'hold':
    case 'deactivate':
    case 'revoke':
      await refuse(activation, verdict, step);
  }
}

/**
 * Notes which step could not be done, and why, for whoever asks what has become of the device. The next run that gets
 * further takes it back. It is no more than a note: where the table is what fails, there is none. Nothing holds a
 * device that has connected.
 */
export async function noteFailure(activation: Activation, failure: ActivationError): Promise<void> {
  const { code: reason, message: detail, step } = failure;
  const { event } = activation.facts;
  if (event === undefined || event.clientId !== undefined) return;
  try {
    const { services } = activation;
    // What the event says of the CA is a hint, for whoever asks again; what AWS IoT says stands over it.
    const { caCertificateId } = event;
    const hint = caCertificateId === undefined ? {} : { caCertificateId };
    const note = { ...hint, ...subject(activation), reason, detail, step };
    await noteFailedStep(services.held, note, services.now());
  } catch {
    activation.services.count('FailureNotNoted');
  }
}

/** What is noted of a certificate, whatever is noted. */
function subject(activation: Activation) {
  const { caCertificateId, commonName } = activation.facts;
  return {
    certificateId: known(activation, 'event').certificateId,
    ...(caCertificateId === undefined ? {} : { caCertificateId }),
    ...(commonName === undefined ? {} : { commonName }),
  };
}

async function refuse(activation: Activation, refusal: Refusal, step: string): Promise<void> {
  const { services, facts } = activation;
  const { controlPlane, devices, now } = services;
  const { certificateId } = known(activation, 'event');
  const { kind, reason, detail } = refusal;
  const { thingName } = facts;
  const note = { ...subject(activation), reason, detail, action: kind, step };
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

/** What is only noted, and told to nobody. */
const NOT_FOR_PEOPLE: readonly string[] = ['wait', 'retry'];

/** A device that waits comes back every few seconds: people are told once for each reason. */
async function notifyOnce({ services }: Activation, held: HeldCertificate): Promise<void> {
  if (NOT_FOR_PEOPLE.includes(held.action)) return;
  const { certificateId, caCertificateId, commonName, reason, detail, action, notifiedReason } = held;
  if (notifiedReason === reason) return;
  await services.announcer.held({ certificateId, caCertificateId, commonName, reason, detail, action });
  await markNotified(services.held, certificateId, reason);
}
