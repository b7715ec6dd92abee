import {
  AttachPolicyCommand,
  AttachThingPrincipalCommand,
  ListAttachedPoliciesCommand,
  UpdateCertificateCommand,
  UpdateThingCommand,
} from '@aws-sdk/client-iot';
import { readCertificate } from '../../shared/x509/certificate.ts';
import { readDevice } from '../../shared/device-registry/read-devices.ts';
import { changeRecord, claimRecord } from '../devices/record.ts';
import { CommandError } from '../errors.ts';
import { issueAndKeep, type Desk, type IssuedCertificate } from './issue.ts';
import { certificateIdIn, principalsOf, stateOfCertificate } from './principals.ts';
import { takeOutOfUse } from './retire.ts';
import { keptCertificates, readKept } from './vault.ts';

/**
 * Gives a thing another certificate, with the policies of those that it has:
 *
 *     issued, INACTIVE, kept ─▶ attached, with policies ─▶ ACTIVE beside the old one     `renewCertificate`
 *     the device connects with it ─▶ on record ─▶ the old one INACTIVE and detached     `finishRenewal`
 *
 * Both are ACTIVE in between, so that a device which cannot use the new one is not lost. A run that was cut off, or a
 * renewal that waits for its device, is gone on with: there are never two.
 *
 * @returns the new certificate, whether it was issued by an earlier run, and the status of the one that it replaces
 * @throws CommandError NO_CERTIFICATE; NOT_IN_USE when none works that could be renewed; what the SDK throws
 */
export async function renewCertificate(
  desk: Desk,
  thingName: string,
): Promise<{
  readonly issued: IssuedCertificate;
  readonly isResumed: boolean;
  readonly oldStatus: string;
}> {
  const { client } = desk;
  const principals = await principalsOf(client, thingName);
  if (principals.length === 0) {
    throw new CommandError('NO_CERTIFICATE', `the thing "${thingName}" has no certificate: issue one`);
  }
  const waiting = await findRenewal(desk, thingName, principals);
  const oldStatus = await requireInUse(desk, thingName, principals, waiting);
  const issued = waiting ?? (await issueAnother(desk, thingName, principals));
  const { certificateArn, certificateId, policyNames } = issued.metadata;
  await client.send(new AttachThingPrincipalCommand({ thingName, principal: certificateArn }));
  for (const policyName of policyNames) {
    await client.send(new AttachPolicyCommand({ policyName, target: certificateArn }));
  }
  await client.send(new UpdateCertificateCommand({ certificateId, newStatus: 'ACTIVE' }));
  return { issued, isResumed: waiting !== undefined, oldStatus };
}

/**
 * A device that somebody has taken out of use does not come back by a renewal. One whose new certificate is ACTIVE
 * already has come so far before.
 *
 * @returns the status of the certificates that are replaced: ACTIVE when one of them is
 */
async function requireInUse(
  { client }: Desk,
  thingName: string,
  principals: readonly string[],
  waiting: IssuedCertificate | undefined,
): Promise<string> {
  const waitingId = waiting?.metadata.certificateId;
  const olds: { readonly id: string; readonly status: string }[] = [];
  for (const id of principals.map(certificateIdIn)) {
    if (id === waitingId) continue;
    const status = (await stateOfCertificate(client, id))?.status ?? 'gone';
    if (status === 'ACTIVE') return status;
    olds.push({ id, status });
  }
  const [old] = olds;
  const isBegun =
    waitingId !== undefined && (await stateOfCertificate(client, waitingId))?.status === 'ACTIVE';
  if (isBegun) return old?.status ?? 'gone';
  const [id, status] = [old?.id ?? '', old?.status ?? 'gone'];
  const wayBack =
    status === 'INACTIVE'
      ? `make it ACTIVE (aws iot update-certificate --certificate-id ${id} --new-status ACTIVE), or `
      : '';
  throw new CommandError(
    'NOT_IN_USE',
    `the certificate ${id} of "${thingName}" is ${status}: somebody has taken the device out of use, and a renewal does ` +
      `not bring it back. If that is over, ${wayBack}delete it and issue another one: npx glasshouse certificate ` +
      `delete ${thingName} --certificate ${id.slice(0, 8)} && npx glasshouse certificate issue ${thingName}`,
  );
}

async function issueAnother(
  desk: Desk,
  thingName: string,
  principals: readonly string[],
): Promise<IssuedCertificate> {
  const policyNames = new Set<string>();
  for (const target of principals) {
    const { policies = [] } = await desk.client.send(new ListAttachedPoliciesCommand({ target }));
    for (const { policyName } of policies) if (policyName !== undefined) policyNames.add(policyName);
  }
  return issueAndKeep(desk, thingName, {
    policyNames: [...policyNames],
    replaces: principals.map(certificateIdIn),
  });
}

/**
 * The renewal that waits for its device, or was cut off: the last certificate that is kept, while one that it replaces
 * is still attached.
 */
async function findRenewal(
  { client, vault }: Desk,
  thingName: string,
  principals: readonly string[],
): Promise<IssuedCertificate | undefined> {
  const last = (await keptCertificates(vault, thingName)).at(-1);
  const attached = principals.map(certificateIdIn);
  if (last === undefined || !last.replaces.some((old) => attached.includes(old))) return undefined;
  const state = await stateOfCertificate(client, last.certificateId);
  const isUsable = state?.status === 'ACTIVE' || (state?.status === 'INACTIVE' && state.isUntouched);
  return isUsable ? readKept(vault, last) : undefined;
}

/**
 * Finds the renewal that is to be finished.
 *
 * @throws CommandError NO_RENEWAL when none waits; RENEWAL_NOT_ACTIVE when its certificate cannot have connected
 */
export async function requireRenewal(desk: Desk, thingName: string): Promise<IssuedCertificate> {
  const waiting = await findRenewal(desk, thingName, await principalsOf(desk.client, thingName));
  if (waiting === undefined) {
    throw new CommandError('NO_RENEWAL', `no renewal of "${thingName}" waits to be finished`);
  }
  const { certificateId } = waiting.metadata;
  if ((await stateOfCertificate(desk.client, certificateId))?.status !== 'ACTIVE') {
    throw new CommandError(
      'RENEWAL_NOT_ACTIVE',
      `the new certificate ${certificateId} is not ACTIVE yet: run renew again, which goes on with it`,
    );
  }
  return waiting;
}

/**
 * After the new certificate has connected: the thing and its record tell it, and those that it replaces become
 * INACTIVE and are detached, last, because that is what `findRenewal` knows an unfinished renewal by.
 *
 * @throws CommandError NAME_COLLISION when the device is on record with a certificate that it does not replace
 */
export async function finishRenewal(
  { client, records }: Desk,
  { metadata, certificatePem }: IssuedCertificate,
): Promise<void> {
  const { thingName, certificateArn, certificateId, replaces } = metadata;
  const { serialNumber, notAfterMs } = readCertificate(certificatePem);
  const attributes = { certificateId, serialNumber };
  await client.send(new UpdateThingCommand({ thingName, attributePayload: { attributes, merge: true } }));
  const recorded = await readDevice(records.table, thingName);
  const old = replaces.find((one) => one === recorded?.certificateId);
  const device = { thingName, certificateId, serialNumber, notAfterMs };
  await claimRecord(records, device, { reason: 'renewed', replaces: old });
  await changeRecord(records, device, 'ACTIVE', { reason: 'renewed', from: 'ACTIVATING' });
  for (const one of replaces) {
    await takeOutOfUse(client, certificateArn.replace(certificateId, one), thingName);
  }
}
