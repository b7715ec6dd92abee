import type { Device } from '../../shared/device-registry/device.ts';
import { markSeen } from '../../shared/device-registry/mark-device.ts';
import { readDevice } from '../../shared/device-registry/read-devices.ts';
import { readCertificate, type Certificate } from '../../shared/x509/certificate.ts';
import { X509Error } from '../../shared/x509/errors.ts';
import { isRepair, known, type Activation } from './activation.ts';
import { parseRegistrationEvent } from './event.ts';
import { announceRecorded } from './record.ts';
import { deriveThingName } from './thing-name.ts';
import type { Refusal, Verdict } from './verdict.ts';

/**
 * How long AWS IoT is left alone with a device that it provisions by a template. That takes a moment; a certificate
 * that is PENDING_ACTIVATION after this has a template that cannot do it, and its device would wait for ever.
 */
const TEMPLATE_MS = 60_000;

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
  if (caCertificateId !== undefined && registered.caCertificateId !== caCertificateId) {
    services.count('EventContradicted');
  }
  return undefined;
}

/** Step 3. */
export async function judgeStatus(activation: Activation): Promise<Verdict | undefined> {
  const { status } = known(activation, 'registered');
  if (status === 'PENDING_ACTIVATION') return undefined;
  if (status !== 'ACTIVE') return { kind: 'stopped', status };
  const device = await recordOf(activation);
  if (device?.state !== 'ACTIVE') return undefined;
  // Whoever has put it on record as ACTIVE had done all but the last step: this function, or `glasshouse onboard`.
  await noteSeen(activation, device);
  await announceRecorded(activation, device);
  return { kind: 'complete' };
}

async function noteSeen(activation: Activation, { thingName }: Device): Promise<void> {
  const { devices, now } = activation.services;
  const { connectedAtMs } = known(activation, 'event');
  if (connectedAtMs !== undefined) await markSeen(devices, thingName, Math.min(connectedAtMs, now()));
}

/**
 * The record of an ACTIVE certificate's device: by the name that it connects with, else by the one it is to have. Of
 * a CA that is not accepted no device gets its name from here: one that connects is asked for by its own only.
 */
async function recordOf(activation: Activation): Promise<Device | undefined> {
  const { services, facts } = activation;
  const { certificateId, clientId } = known(activation, 'event');
  const commonName =
    clientId === undefined || isOfAcceptedCa(activation) ? commonNameOf(activation) : undefined;
  const derived =
    commonName === undefined ? undefined : deriveThingName(services.settings.thingNameTemplate, commonName);
  for (const thingName of new Set([clientId, derived])) {
    if (thingName === undefined) continue;
    const device = await readDevice(services.devices, thingName);
    if (device?.certificateId !== certificateId) continue;
    facts.thingName = thingName;
    return device;
  }
  return undefined;
}

/** Step 4. For a device that has connected it decides too whether the device is one of these at all. */
export async function checkCa(activation: Activation): Promise<Verdict | undefined> {
  const { services, facts } = activation;
  const { caCertificateId } = facts;
  // Who has connected was let in by somebody, but not from here.
  const hold = (reason: Refusal['reason'], detail: string): Verdict =>
    isOfConnection(activation) ? { kind: 'foreign' } : { kind: 'hold', reason, detail };
  if (caCertificateId === undefined) return hold('NO_CA', 'no CA of this account has signed it');
  if (!isOfAcceptedCa(activation)) {
    return hold('CA_NOT_ACCEPTED', `its CA ${caCertificateId} is not in ACCEPTED_CAS`);
  }
  const ca = await services.controlPlane.describeCa(caCertificateId);
  if (ca?.status !== 'ACTIVE') {
    return hold('CA_NOT_ACTIVE', `its CA ${caCertificateId} is ${ca?.status ?? 'not registered any more'}`);
  }
  const isLetInByTemplate = ca.hasTemplate && isRepair(activation);
  facts.isLetInByTemplate = isLetInByTemplate;
  // What the steps after this one find is noted and told, and may revoke: all of that is for devices of here only.
  if (isOfConnection(activation) && !isLetInByTemplate && !(await isListed(activation))) {
    return { kind: 'foreign' };
  }
  // A CA that AWS IoT has registered and nobody here can read is a fault here: it is thrown.
  facts.ca = readCertificate(ca.certificatePem);
  if (!ca.hasTemplate || isLetInByTemplate) return undefined;
  if (services.now() - known(activation, 'registered').registeredAtMs >= TEMPLATE_MS) return undefined;
  const detail = `AWS IoT provisions it by the template of its CA ${caCertificateId}`;
  return { kind: 'wait', reason: 'LEFT_TO_TEMPLATE', detail };
}

/** Whether the allow-list knows the device, to let it in or to keep it out. Step 7 need not ask again. */
async function isListed(activation: Activation): Promise<boolean> {
  const { services, facts } = activation;
  const { certificateId } = known(activation, 'event');
  const listed = await services.findInAllowList(certificateId, commonNameOf(activation));
  if (listed !== undefined) facts.listed = listed;
  return listed !== undefined;
}

function isOfAcceptedCa({ services, facts }: Activation): boolean {
  const { acceptedCas } = services.settings;
  const { caCertificateId } = facts;
  return caCertificateId !== undefined && (acceptedCas?.includes(caCertificateId) ?? true);
}

/** Before the certificate was checked: it may have none, or not be readable. */
function commonNameOf(activation: Activation): string | undefined {
  return readOrUndefined(known(activation, 'registered').certificatePem)?.commonNames[0];
}

/** Whether this is about a device that has connected, and so was let in by somebody. */
function isOfConnection(activation: Activation): boolean {
  return known(activation, 'event').clientId !== undefined;
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
