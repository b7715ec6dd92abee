import {
  DeleteCertificateCommand,
  DetachPolicyCommand,
  DetachThingPrincipalCommand,
  ListAttachedPoliciesCommand,
  UpdateCertificateCommand,
  UpdateThingCommand,
  type IoTClient,
} from '@aws-sdk/client-iot';
import { readCertificate } from '../../shared/x509/certificate.ts';
import { CommandError } from '../errors.ts';
import { certificateIdIn, principalsOf, type IssuedCertificate } from './issue.ts';
import { forgetCertificate, type Vault } from './vault.ts';

/**
 * After the new certificate of a thing has connected: those that it replaces become INACTIVE and are detached. The
 * thing then tells the new one.
 */
export async function retireReplaced(
  client: IoTClient,
  { metadata, certificatePem }: IssuedCertificate,
): Promise<void> {
  const { thingName, certificateArn, certificateId, replaces } = metadata;
  for (const old of replaces) {
    const principal = certificateArn.replace(certificateId, old);
    await client.send(new UpdateCertificateCommand({ certificateId: old, newStatus: 'INACTIVE' }));
    await detachAll(client, principal, thingName);
  }
  const { serialNumber } = readCertificate(certificatePem);
  const attributes = { certificateId, serialNumber };
  await client.send(new UpdateThingCommand({ thingName, attributePayload: { attributes, merge: true } }));
}

/**
 * The certificate of a thing that is meant: the one that is named, or its only one.
 *
 * @throws CommandError NO_CERTIFICATE, WHICH_CERTIFICATE
 */
export async function chooseCertificate(
  client: IoTClient,
  thingName: string,
  named: string | undefined,
): Promise<string> {
  const principals = await principalsOf(client, thingName);
  const ids = principals.map(certificateIdIn);
  const found =
    named === undefined ? principals : principals.filter((arn) => certificateIdIn(arn).startsWith(named));
  const [arn] = found;
  if (arn !== undefined && found.length === 1) return arn;
  if (found.length > 1) {
    throw new CommandError(
      'WHICH_CERTIFICATE',
      `the thing "${thingName}" has ${found.length} certificates: name one by --certificate (${ids.join(', ')})`,
    );
  }
  const those = ids.length === 0 ? 'it has none' : `it has ${ids.join(', ')}`;
  throw new CommandError('NO_CERTIFICATE', `the thing "${thingName}" has no such certificate: ${those}`);
}

/** REVOKED is for good. The certificate stays attached: it tells what the device was. */
export async function revokeCertificate(client: IoTClient, certificateArn: string): Promise<void> {
  const certificateId = certificateIdIn(certificateArn);
  await client.send(new UpdateCertificateCommand({ certificateId, newStatus: 'REVOKED' }));
}

/** Deactivates, detaches and deletes a certificate, and what is kept of it. */
export async function deleteCertificate(
  client: IoTClient,
  vault: Vault,
  thingName: string,
  certificateArn: string,
): Promise<void> {
  const certificateId = certificateIdIn(certificateArn);
  try {
    await client.send(new UpdateCertificateCommand({ certificateId, newStatus: 'INACTIVE' }));
  } catch (error) {
    // Nothing leads out of REVOKED, and nothing has to.
    if (!(error instanceof Error) || error.name !== 'CertificateStateException') throw error;
  }
  await detachAll(client, certificateArn, thingName);
  await client.send(new DeleteCertificateCommand({ certificateId }));
  // Last: while the certificate is there, so is what it can be had again by.
  await forgetCertificate(vault, thingName, certificateId);
}

async function detachAll(client: IoTClient, principal: string, thingName: string): Promise<void> {
  const { policies = [] } = await client.send(new ListAttachedPoliciesCommand({ target: principal }));
  for (const { policyName } of policies) {
    await client.send(new DetachPolicyCommand({ policyName, target: principal }));
  }
  await client.send(new DetachThingPrincipalCommand({ thingName, principal }));
}
