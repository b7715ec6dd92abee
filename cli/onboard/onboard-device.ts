import {
  AddThingToThingGroupCommand,
  AttachPolicyCommand,
  AttachThingPrincipalCommand,
  CreateThingCommand,
  DetachThingPrincipalCommand,
  ListPrincipalThingsCommand,
  ListThingPrincipalsCommand,
  ResourceAlreadyExistsException,
  UpdateCertificateCommand,
  UpdateThingCommand,
  type CertificateDescription,
  type IoTClient,
} from '@aws-sdk/client-iot';
import { changeRecord, claimRecord, type DeviceRecords } from '../devices/record.ts';
import { CommandError } from '../errors.ts';
import { registerCertificate, requireUsable } from './register-certificate.ts';

/** A device as it is to be in the registry. */
export interface NewDevice {
  readonly certificateId: string;
  readonly certificatePem: string;
  /** Lower-case hexadecimal digits. */
  readonly serialNumber: string;
  /** When the certificate ends, in milliseconds since the epoch. */
  readonly notAfterMs: number;
  readonly thingName: string;
  readonly thingTypeName: string | undefined;
  readonly thingGroupNames: readonly string[];
  readonly billingGroupName: string | undefined;
  readonly policyName: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** `done`: its certificate has become ACTIVE now; `kept`: it was already, and what was missing is there now. */
export type Outcome = 'done' | 'kept';

export interface OnboardDeviceOptions {
  /** Registers a certificate whoever has signed it. */
  readonly withoutCa: boolean;
  readonly records: DeviceRecords;
  /** What the device's history says of it. */
  readonly reason: string;
  /** The certificate on record whose place this one takes. */
  readonly replaces?: string | undefined;
}

/**
 * Brings a device to where just-in-time registration would bring it. Each step may be done again after any of them
 * was done, and the certificate becomes ACTIVE last: until then the device can do nothing, so that a run may be cut
 * off anywhere and be made again. Others are told of the device when it first connects (activate-certificate).
 *
 * @throws CommandError CERTIFICATE_REVOKED, CERTIFICATE_DEACTIVATED, CERTIFICATE_TAKEN, NAME_COLLISION; what the SDK throws
 */
export async function onboardDevice(
  client: IoTClient,
  device: NewDevice,
  options: OnboardDeviceOptions,
): Promise<Outcome> {
  const { withoutCa, records, reason, replaces } = options;
  const { certificateId, thingName, policyName, thingGroupNames } = device;
  const registered = await registerCertificate(client, device, { withoutCa });
  requireUsable(registered, certificateId);
  const principal = registered.certificateArn ?? '';
  await requireFree(client, principal, thingName);
  await createThing(client, device, registered);
  await client.send(new AttachThingPrincipalCommand({ thingName, principal }));
  for (const thingGroupName of thingGroupNames) {
    await client.send(new AddThingToThingGroupCommand({ thingName, thingGroupName }));
  }
  await client.send(new AttachPolicyCommand({ policyName, target: principal }));
  const { caCertificateId } = registered;
  const { serialNumber, notAfterMs } = device;
  const ofCa = caCertificateId === undefined ? {} : { caCertificateId };
  const recorded = { thingName, certificateId, serialNumber, notAfterMs, ...ofCa };
  try {
    await claimRecord(records, recorded, { reason, replaces });
  } catch (error) {
    // Somebody else has the name, on record if not in the registry: this run, or an earlier one, has attached it.
    if (error instanceof CommandError && error.code === 'NAME_COLLISION') {
      await client.send(new DetachThingPrincipalCommand({ thingName, principal }));
    }
    throw error;
  }
  const isActive = registered.status === 'ACTIVE';
  if (!isActive) await client.send(new UpdateCertificateCommand({ certificateId, newStatus: 'ACTIVE' }));
  await changeRecord(records, { thingName, certificateId }, 'ACTIVE', { reason, from: 'ACTIVATING' });
  return isActive ? 'kept' : 'done';
}

/** One certificate is one device: under two names it would have two records, of which each is half true. */
async function requireFree(client: IoTClient, principal: string, thingName: string): Promise<void> {
  const { things = [] } = await client.send(new ListPrincipalThingsCommand({ principal }));
  const other = things.find((name) => name !== thingName);
  if (other === undefined) return;
  throw new CommandError(
    'CERTIFICATE_TAKEN',
    `the certificate belongs to ${other}: name that thing, or delete it before the certificate becomes another's`,
  );
}

async function createThing(
  client: IoTClient,
  device: NewDevice,
  { certificateArn, caCertificateId }: CertificateDescription,
): Promise<void> {
  const { thingName, thingTypeName, billingGroupName, certificateId, serialNumber } = device;
  const attributes = {
    ...device.attributes,
    certificateId,
    serialNumber,
    ...(caCertificateId === undefined ? {} : { caCertificateId }),
  };
  try {
    await client.send(
      new CreateThingCommand({
        thingName,
        thingTypeName,
        billingGroupName,
        attributePayload: { attributes },
      }),
    );
  } catch (error) {
    if (!(error instanceof ResourceAlreadyExistsException)) throw error;
    const { principals = [] } = await client.send(new ListThingPrincipalsCommand({ thingName }));
    const other = principals.find((principal) => principal !== certificateArn);
    if (other !== undefined) {
      throw new CommandError('NAME_COLLISION', `the thing "${thingName}" belongs to ${other}`, {
        cause: error,
      });
    }
    await client.send(
      new UpdateThingCommand({ thingName, thingTypeName, attributePayload: { attributes, merge: true } }),
    );
  }
}
