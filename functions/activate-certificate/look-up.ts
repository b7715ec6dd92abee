import { readDevice } from '../../shared/device-registry/read-devices.ts';
import { readCertificate, type Certificate } from '../../shared/x509/certificate.ts';
import { X509Error } from '../../shared/x509/errors.ts';
import { known, type Activation } from './activation.ts';
import { parseRegistrationEvent } from './event.ts';
import { deriveThingName } from './thing-name.ts';
import type { Verdict } from './verdict.ts';

/** Step 1. @throws RejectedInputError */
export function readEvent({ message, services, facts }: Activation): undefined {
  facts.event = parseRegistrationEvent(message, services.settings.accountId);
}

/** Step 2. */
export async function describeCertificate(activation: Activation): Promise<Verdict | undefined> {
  const { services, facts } = activation;
  const { certificateId, caCertificateId } = known(activation, 'event');
  const registered = await services.controlPlane.describeCertificate(certificateId);
  if (registered === undefined) return { kind: 'gone' };
  facts.registered = registered;
  if (registered.caCertificateId !== undefined) facts.caCertificateId = registered.caCertificateId;
  // Harmless, because only what AWS IoT says counts; but AWS IoT itself sends no such events.
  if (registered.caCertificateId !== caCertificateId) services.count('EventContradicted');
  return undefined;
}

/** Step 3. */
export async function judgeStatus(activation: Activation): Promise<Verdict | undefined> {
  const { status } = known(activation, 'registered');
  if (status === 'PENDING_ACTIVATION') return undefined;
  if (status !== 'ACTIVE') return { kind: 'stopped', status };
  return (await isComplete(activation)) ? { kind: 'complete' } : undefined;
}

/** Whether an ACTIVE certificate's device is on record, and others have been told of it. */
async function isComplete(activation: Activation): Promise<boolean> {
  const { services, facts } = activation;
  const certificate = readOrUndefined(known(activation, 'registered').certificatePem);
  const [commonName] = certificate?.commonNames ?? [];
  if (certificate === undefined || commonName === undefined) return false;
  const thingName = deriveThingName(services.settings.thingNameTemplate, commonName);
  if (thingName === undefined) return false;
  facts.thingName = thingName;
  const device = await readDevice(services.devices, thingName);
  return (
    device?.certificateId === certificate.certificateId &&
    device.state === 'ACTIVE' &&
    device.announcedAtMs !== undefined
  );
}

/** Step 4. */
export async function checkCa(activation: Activation): Promise<Verdict | undefined> {
  const { services, facts } = activation;
  const { caCertificateId } = facts;
  if (caCertificateId === undefined) {
    return { kind: 'hold', reason: 'NO_CA', detail: 'no CA of this account has signed it' };
  }
  const { acceptedCas } = services.settings;
  if (acceptedCas !== undefined && !acceptedCas.includes(caCertificateId)) {
    return {
      kind: 'hold',
      reason: 'CA_NOT_ACCEPTED',
      detail: `its CA ${caCertificateId} is not in ACCEPTED_CAS`,
    };
  }
  const ca = await services.controlPlane.describeCa(caCertificateId);
  if (ca?.status !== 'ACTIVE') {
    const detail = `its CA ${caCertificateId} is ${ca?.status ?? 'not registered any more'}`;
    return { kind: 'hold', reason: 'CA_NOT_ACTIVE', detail };
  }
  // A CA that AWS IoT has registered and nobody here can read is a fault here: it is thrown.
  facts.ca = readCertificate(ca.certificatePem);
  return undefined;
}

/** Undefined for a certificate that cannot be read. */
export function readOrUndefined(pem: string): Certificate | undefined {
  try {
    return readCertificate(pem);
  } catch (error) {
    if (error instanceof X509Error) return undefined;
    throw error;
  }
}
