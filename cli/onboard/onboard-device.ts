import {
  AddThingToThingGroupCommand,
  AttachPolicyCommand,
  AttachThingPrincipalCommand,
  CreateThingCommand,
  DescribeCertificateCommand,
  ListThingPrincipalsCommand,
  RegisterCertificateCommand,
  RegisterCertificateWithoutCACommand,
  ResourceAlreadyExistsException,
  ResourceNotFoundException,
  UpdateCertificateCommand,
  UpdateThingCommand,
  type CertificateDescription,
  type IoTClient,
} from '@aws-sdk/client-iot';
import { CommandError } from '../errors.ts';

/** A device as it is to be in the registry. */
export interface NewDevice {
  readonly certificateId: string;
  readonly certificatePem: string;
  /** Lower-case hexadecimal digits. */
  readonly serialNumber: string;
  readonly thingName: string;
  readonly thingTypeName: string | undefined;
  readonly thingGroupNames: readonly string[];
  readonly billingGroupName: string | undefined;
  readonly policyName: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** `done`: its certificate has become ACTIVE now; `kept`: it was already, and what was missing is there now. */
export type Outcome = 'done' | 'kept';

/**
 * Brings a device to where just-in-time registration would bring it. Each step may be done again after any of them
 * was done, and the certificate becomes ACTIVE last: until then the device can do nothing, so that a run may be cut
 * off anywhere and be made again.
 *
 * @param withoutCa registers a certificate whoever has signed it
 * @throws CommandError CERTIFICATE_REVOKED, CERTIFICATE_DEACTIVATED, NAME_COLLISION; what the SDK throws
 */
export async function onboardDevice(
  client: IoTClient,
  device: NewDevice,
  { withoutCa }: { readonly withoutCa: boolean },
): Promise<Outcome> {
  const { certificateId, thingName, policyName, thingGroupNames } = device;
  const registered = await register(client, device, withoutCa);
  requireUsable(registered, certificateId);
  const principal = registered.certificateArn ?? '';
  await createThing(client, device, registered);
  await client.send(new AttachThingPrincipalCommand({ thingName, principal }));
  for (const thingGroupName of thingGroupNames) {
    await client.send(new AddThingToThingGroupCommand({ thingName, thingGroupName }));
  }
  await client.send(new AttachPolicyCommand({ policyName, target: principal }));
  if (registered.status === 'ACTIVE') return 'kept';
  await client.send(new UpdateCertificateCommand({ certificateId, newStatus: 'ACTIVE' }));
  return 'done';
}

async function register(
  client: IoTClient,
  { certificateId, certificatePem }: NewDevice,
  withoutCa: boolean,
): Promise<CertificateDescription> {
  const there = await describe(client, certificateId);
  if (there !== undefined) return there;
  const request = { certificatePem, status: 'INACTIVE' as const };
  try {
    await client.send(
      withoutCa ? new RegisterCertificateWithoutCACommand(request) : new RegisterCertificateCommand(request),
    );
  } catch (error) {
    // The device itself may have connected meanwhile, which registers it too.
    if (!(error instanceof ResourceAlreadyExistsException)) throw error;
  }
  const registered = await describe(client, certificateId);
  if (registered !== undefined) return registered;
  throw new CommandError('CERTIFICATE_GONE', 'the certificate was deleted while it was registered');
}

async function describe(
  client: IoTClient,
  certificateId: string,
): Promise<CertificateDescription | undefined> {
  try {
    return (await client.send(new DescribeCertificateCommand({ certificateId }))).certificateDescription;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/**
 *     ACTIVE, PENDING_ACTIVATION            ─▶ goes on
 *     INACTIVE since it was registered      ─▶ goes on: an earlier run was cut off
 *     INACTIVE by a later change (version)  ─▶ somebody's decision, which a list does not take back
 *     any other                             ─▶ never again
 */
function requireUsable({ status, customerVersion }: CertificateDescription, certificateId: string): void {
  if (status === 'ACTIVE' || status === 'PENDING_ACTIVATION') return;
  if (status !== 'INACTIVE') {
    throw new CommandError(
      'CERTIFICATE_REVOKED',
      `the certificate ${certificateId} is ${status ?? 'unknown'}`,
    );
  }
  if (customerVersion === 1) return;
  throw new CommandError(
    'CERTIFICATE_DEACTIVATED',
    `somebody has made the certificate ${certificateId} INACTIVE: make it ACTIVE yourself, or take it off the list`,
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
