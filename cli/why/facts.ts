import {
  DescribeCACertificateCommand,
  DescribeCertificateCommand,
  ListAttachedPoliciesCommand,
  ListPrincipalThingsCommand,
  ResourceNotFoundException,
  type IoTClient,
} from '@aws-sdk/client-iot';
import type { Device } from '../../shared/device-registry/device.ts';
import {
  readHeldCertificate,
  type HeldCertificate,
  type HeldTable,
} from '../../shared/device-registry/held-certificates.ts';
import { readDevice, type DevicesTable } from '../../shared/device-registry/read-devices.ts';
import { readCertificate } from '../../shared/x509/certificate.ts';
import { findRecorded } from './find-recorded.ts';

/** Where it stands what has become of a certificate. */
export interface Sources {
  readonly client: IoTClient;
  readonly devices: DevicesTable;
  readonly held: HeldTable;
}

/** What the registry says of a certificate. */
export interface RegisteredCertificate {
  readonly status: string;
  /** Milliseconds since the epoch. */
  readonly registeredAtMs: number | undefined;
  readonly caCertificateId: string | undefined;
  readonly commonNames: readonly string[];
  readonly thingNames: readonly string[];
  readonly policyNames: readonly string[];
}

/** What the registry says of a CA. */
export interface RegisteredCa {
  readonly caCertificateId: string;
  readonly status: string;
  readonly isAutoRegistration: boolean;
  /** Whether AWS IoT provisions its devices by a template. */
  readonly hasTemplate: boolean;
}

/** Everything that is known of a certificate. */
export interface CertificateFacts {
  readonly certificateId: string;
  /** Undefined: it is not in the registry. */
  readonly registered: RegisteredCertificate | undefined;
  /** The CA that has signed it, where that is registered. */
  readonly ca: RegisteredCa | undefined;
  /** What an activation has noted. */
  readonly held: HeldCertificate | undefined;
  /** The device that is on record with this certificate. */
  readonly device: Device | undefined;
  /** Another device that is on record under the name that this one would have. */
  readonly namesake: Device | undefined;
}

/**
 * Gathers what is known of a certificate. Of one that is not in the registry nobody knows the name: the records of all
 * devices are looked through for it.
 *
 * @throws what the SDK throws, DeviceItemError, HeldItemError
 */
export async function gatherFacts(sources: Sources, certificateId: string): Promise<CertificateFacts> {
  const { client, devices, held: heldTable } = sources;
  const registered = await describe(client, certificateId);
  const held = await readHeldCertificate(heldTable, certificateId);
  const caCertificateId = registered?.caCertificateId ?? held?.caCertificateId;
  const names = new Set([
    ...(registered?.thingNames ?? []),
    ...(registered?.commonNames ?? []),
    ...(held?.commonName === undefined ? [] : [held.commonName]),
  ]);
  const recorded: Device[] = [];
  for (const name of names) {
    const device = await readDevice(devices, name);
    if (device !== undefined) recorded.push(device);
  }
  if (registered === undefined && !recorded.some((one) => isOrWas(one, certificateId))) {
    const found = await findRecorded(devices, certificateId);
    if (found !== undefined) recorded.unshift(found.device);
  }
  const device = recorded.find((one) => one.certificateId === certificateId);
  const signer = caCertificateId ?? device?.caCertificateId;
  return {
    certificateId,
    registered,
    ca: signer === undefined ? undefined : await describeCa(client, signer),
    held,
    device,
    namesake: device === undefined ? recorded[0] : undefined,
  };
}

/** Whether a device is on record with a certificate, or was before another one took its place. */
export function isOrWas(device: Device, certificateId: string): boolean {
  return (
    device.certificateId === certificateId ||
    device.history.some((change) => change.certificateId === certificateId)
  );
}

async function describe(
  client: IoTClient,
  certificateId: string,
): Promise<RegisteredCertificate | undefined> {
  const answer = await orUndefined(client.send(new DescribeCertificateCommand({ certificateId })));
  const found = answer?.certificateDescription;
  if (found === undefined) return undefined;
  const { status = 'unknown', certificateArn: target, certificatePem = '', creationDate } = found;
  const { things = [] } = await client.send(new ListPrincipalThingsCommand({ principal: target }));
  const { policies = [] } = await client.send(new ListAttachedPoliciesCommand({ target }));
  return {
    status,
    registeredAtMs: creationDate?.getTime(),
    caCertificateId: found.caCertificateId || undefined,
    commonNames: commonNamesOf(certificatePem),
    thingNames: things,
    policyNames: policies.flatMap(({ policyName }) => policyName ?? []),
  };
}

/** What the registry says of a CA; undefined when it is not registered. */
export async function describeCa(
  client: IoTClient,
  caCertificateId: string,
): Promise<RegisteredCa | undefined> {
  const answer = await orUndefined(
    client.send(new DescribeCACertificateCommand({ certificateId: caCertificateId })),
  );
  if (answer?.certificateDescription === undefined) return undefined;
  const { status = 'unknown', autoRegistrationStatus } = answer.certificateDescription;
  const { templateBody, templateName } = answer.registrationConfig ?? {};
  return {
    caCertificateId,
    status,
    isAutoRegistration: autoRegistrationStatus === 'ENABLE',
    hasTemplate: Boolean(templateBody ?? templateName),
  };
}

/** What AWS IoT has taken for a certificate and nobody can read here has no names. */
function commonNamesOf(pem: string): readonly string[] {
  try {
    return readCertificate(pem).commonNames;
  } catch {
    return [];
  }
}

async function orUndefined<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}
