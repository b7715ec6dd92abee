import {
  CertificateStateException,
  DeleteCertificateCommand,
  DetachPolicyCommand,
  DetachThingPrincipalCommand,
  ListAttachedPoliciesCommand,
  ResourceNotFoundException,
  UpdateCertificateCommand,
  type IoTClient,
} from '@aws-sdk/client-iot';
import { changeRecord, noteInRecord } from '../devices/record.ts';
import { CommandError } from '../errors.ts';
import { forgetCertificate } from './forget.ts';
import type { Desk } from './issue.ts';
import { certificateIdIn, principalsOf } from './principals.ts';
import { keptCertificates } from './vault.ts';

/**
 * The certificate of a thing that is meant: the one that is named, or its only one. Also one that is kept and no more
 * attached, so that a deletion which was cut off can be made again.
 *
 * @returns its ARN
 * @throws CommandError NO_CERTIFICATE, WHICH_CERTIFICATE
 */
export async function chooseCertificate(
  { client, vault }: Desk,
  thingName: string,
  named: string | undefined,
): Promise<string> {
  const kept = (await keptCertificates(vault, thingName)).map(({ certificateArn }) => certificateArn);
  const attached = await principalsOf(client, thingName);
  const candidates =
    named === undefined && attached.length > 0 ? attached : [...new Set([...attached, ...kept])];
  const ids = candidates.map(certificateIdIn);
  const found = candidates.filter((arn) => certificateIdIn(arn).startsWith(named ?? ''));
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
export async function revokeCertificate(
  { client, records }: Desk,
  thingName: string,
  certificateArn: string,
): Promise<void> {
  const certificateId = certificateIdIn(certificateArn);
  await client.send(new UpdateCertificateCommand({ certificateId, newStatus: 'REVOKED' }));
  await changeRecord(records, { thingName, certificateId }, 'REVOKED', { reason: 'revoked by hand' });
}

/**
 * Deactivates, detaches and deletes a certificate, and what is kept of it with every older version. Each step may be
 * done again after any of them was done; what it is found by goes last.
 */
export async function deleteCertificate(
  { client, vault, records }: Desk,
  thingName: string,
  certificateArn: string,
): Promise<void> {
  const certificateId = certificateIdIn(certificateArn);
  await takeOutOfUse(client, certificateArn, thingName);
  const reason = 'its certificate was deleted';
  await changeRecord(records, { thingName, certificateId }, 'INACTIVE', { reason });
  // A device that is REVOKED, or INACTIVE already, stays so, and its history tells of the deletion all the same.
  await noteInRecord(records, { thingName, certificateId }, reason);
  await unlessGone(() => client.send(new DeleteCertificateCommand({ certificateId })));
  // Last: while the certificate is there, so is what it can be had again by.
  await forgetCertificate(vault, thingName, certificateId);
}

/** Makes a certificate INACTIVE, and detaches its policies and its thing. One that is gone is out of use already. */
export async function takeOutOfUse(client: IoTClient, principal: string, thingName: string): Promise<void> {
  const certificateId = certificateIdIn(principal);
  await unlessGone(async () => {
    try {
      await client.send(new UpdateCertificateCommand({ certificateId, newStatus: 'INACTIVE' }));
    } catch (error) {
      // Nothing leads out of REVOKED, and nothing has to.
      if (!(error instanceof CertificateStateException)) throw error;
    }
    const { policies = [] } = await client.send(new ListAttachedPoliciesCommand({ target: principal }));
    for (const { policyName } of policies) {
      await client.send(new DetachPolicyCommand({ policyName, target: principal }));
    }
    await client.send(new DetachThingPrincipalCommand({ thingName, principal }));
  });
}

async function unlessGone(call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
}
