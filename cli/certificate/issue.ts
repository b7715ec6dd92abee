import {
  AttachPolicyCommand,
  AttachThingPrincipalCommand,
  CreateKeysAndCertificateCommand,
  DeleteCertificateCommand,
  ListAttachedPoliciesCommand,
  ListThingPrincipalsCommand,
  UpdateCertificateCommand,
  type IoTClient,
} from '@aws-sdk/client-iot';
import { readCertificate } from '../../shared/x509/certificate.ts';
import { CommandError } from '../errors.ts';
import { onboardDevice, type NewDevice } from '../onboard/onboard-device.ts';
import { keepCertificate, type CertificateMetadata, type Vault } from './vault.ts';

/** What certificates are issued, and kept, with. */
export interface Desk {
  readonly client: IoTClient;
  readonly vault: Vault;
  readonly nowMs: () => number;
}

/** A certificate with its key, as AWS IoT hands them out once. */
export interface IssuedCertificate {
  readonly metadata: CertificateMetadata;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

type ThingSettings = Pick<NewDevice, 'thingTypeName' | 'thingGroupNames' | 'billingGroupName'>;

/**
 * Issues the first certificate of a thing:
 *
 *     issued, INACTIVE ─▶ kept with its key ─▶ thing, group, policy ─▶ ACTIVE, last
 *
 * It is kept before anything else, because its key is never handed out again; what cannot be kept is deleted.
 *
 * @throws CommandError THING_HAS_CERTIFICATE, and what `onboardDevice` and the SDK throw
 */
export async function issueCertificate(
  desk: Desk,
  thing: ThingSettings & { readonly thingName: string; readonly policyName: string },
): Promise<IssuedCertificate> {
  const { thingName, policyName } = thing;
  const principals = await principalsOf(desk.client, thingName);
  if (principals.length > 0) {
    throw new CommandError(
      'THING_HAS_CERTIFICATE',
      `the thing "${thingName}" has a certificate already: renew gives it another one`,
    );
  }
  const issued = await issueAndKeep(desk, thingName, { policyNames: [policyName], replaces: [] });
  const { certificatePem, metadata } = issued;
  const { serialNumber } = readCertificate(certificatePem);
  const { certificateId } = metadata;
  await onboardDevice(
    desk.client,
    { ...thing, certificateId, certificatePem, serialNumber, attributes: {} },
    { withoutCa: false },
  );
  return issued;
}

/**
 * Issues another certificate for a thing, with the policies of those that it has. Both are ACTIVE until
 * `retireReplaced`, so that a device which cannot use the new one is not lost.
 *
 * @throws CommandError NO_CERTIFICATE; what the SDK throws
 */
export async function renewCertificate(desk: Desk, thingName: string): Promise<IssuedCertificate> {
  const { client } = desk;
  const principals = await principalsOf(client, thingName);
  if (principals.length === 0) {
    throw new CommandError('NO_CERTIFICATE', `the thing "${thingName}" has no certificate: issue one`);
  }
  const policyNames = new Set<string>();
  for (const target of principals) {
    const { policies = [] } = await client.send(new ListAttachedPoliciesCommand({ target }));
    for (const { policyName } of policies) if (policyName !== undefined) policyNames.add(policyName);
  }
  const issued = await issueAndKeep(desk, thingName, {
    policyNames: [...policyNames],
    replaces: principals.map(certificateIdIn),
  });
  const { certificateArn, certificateId } = issued.metadata;
  await client.send(new AttachThingPrincipalCommand({ thingName, principal: certificateArn }));
  for (const policyName of policyNames) {
    await client.send(new AttachPolicyCommand({ policyName, target: certificateArn }));
  }
  await client.send(new UpdateCertificateCommand({ certificateId, newStatus: 'ACTIVE' }));
  return issued;
}

/** ARNs of the certificates of a thing; none when there is no such thing. */
export async function principalsOf(client: IoTClient, thingName: string): Promise<readonly string[]> {
  try {
    const { principals = [] } = await client.send(new ListThingPrincipalsCommand({ thingName }));
    return principals;
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return [];
    throw error;
  }
}

/** The id at the end of a certificate's ARN. */
export function certificateIdIn(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

async function issueAndKeep(
  { client, vault, nowMs }: Desk,
  thingName: string,
  facts: Pick<CertificateMetadata, 'policyNames' | 'replaces'>,
): Promise<IssuedCertificate> {
  const {
    certificateId = '',
    certificateArn = '',
    certificatePem = '',
    keyPair,
  } = await client.send(new CreateKeysAndCertificateCommand({ setAsActive: false }));
  const privateKeyPem = keyPair?.PrivateKey ?? '';
  const metadata = { thingName, certificateId, certificateArn, issuedAtMs: nowMs(), ...facts };
  try {
    await keepCertificate(vault, metadata, { certificatePem, privateKeyPem });
  } catch (error) {
    await client.send(new DeleteCertificateCommand({ certificateId }));
    throw error;
  }
  return { metadata, certificatePem, privateKeyPem };
}
