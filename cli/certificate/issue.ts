import {
  CreateKeysAndCertificateCommand,
  DeleteCertificateCommand,
  type IoTClient,
} from '@aws-sdk/client-iot';
import { readDevice } from '../../shared/device-registry/read-devices.ts';
import { readCertificate } from '../../shared/x509/certificate.ts';
import type { DeviceRecords } from '../devices/record.ts';
import { CommandError } from '../errors.ts';
import { onboardDevice, type NewDevice } from '../onboard/onboard-device.ts';
import { principalsOf, stateOfCertificate } from './principals.ts';
import {
  halfKeptCertificates,
  keepCertificate,
  keepKey,
  keptCertificates,
  readKept,
  readKey,
  type CertificateMetadata,
  type Vault,
} from './vault.ts';
import { fetchLine } from './write-out.ts';

/** What certificates are issued, kept and put on record with. */
export interface Desk {
  readonly client: IoTClient;
  readonly vault: Vault;
  readonly records: DeviceRecords;
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
 *     issued, INACTIVE ─▶ kept with its key ─▶ thing, group, policy, record ─▶ ACTIVE, last
 *
 * It is kept before anything else, because its key is never handed out again; what cannot be kept is deleted. A run
 * that was cut off after that is made again with the certificate that is kept, and not with another one.
 *
 * @throws CommandError THING_HAS_CERTIFICATE, and what `onboardDevice` and the SDK throw
 */
export async function issueCertificate(
  desk: Desk,
  thing: ThingSettings & { readonly thingName: string; readonly policyName: string },
): Promise<IssuedCertificate> {
  const { client, records } = desk;
  const { thingName, policyName } = thing;
  const recorded = await readDevice(records.table, thingName);
  const principals = await principalsOf(client, thingName);
  const unfinished = await findUnfinished(desk, thingName, recorded);
  if (principals.some((arn) => arn !== unfinished?.metadata.certificateArn)) {
    throw new CommandError(
      'THING_HAS_CERTIFICATE',
      `the thing "${thingName}" has a certificate already: renew gives it another one. If it was issued here, it is kept ` +
        `with its key: ${fetchLine(desk.vault.bucket, thingName)}`,
    );
  }
  const facts = { policyNames: [policyName], replaces: [] };
  const issued = unfinished ?? (await issueAndKeep(desk, thingName, facts));
  const { certificatePem, metadata } = issued;
  const { serialNumber, notAfterMs } = readCertificate(certificatePem);
  const { certificateId } = metadata;
  await onboardDevice(
    client,
    { ...thing, certificateId, certificatePem, serialNumber, notAfterMs, attributes: {} },
    // A thing that has no certificate has none on record whose place would not be free.
    { withoutCa: false, records, reason: 'issued', replaces: recorded?.certificateId },
  );
  return issued;
}

/** The certificate that an earlier run was cut off with; undefined when there is none. */
async function findUnfinished(
  { client, vault }: Desk,
  thingName: string,
  recorded: Awaited<ReturnType<typeof readDevice>>,
): Promise<IssuedCertificate | undefined> {
  const last = (await keptCertificates(vault, thingName)).at(-1);
  if (last === undefined || last.replaces.length > 0) return undefined;
  const state = await stateOfCertificate(client, last.certificateId);
  const isOnRecord = recorded?.certificateId === last.certificateId;
  const isCutOff =
    (state?.status === 'INACTIVE' && state.isUntouched) ||
    (state?.status === 'ACTIVE' && isOnRecord && recorded.state === 'ACTIVATING');
  return isCutOff ? readKept(vault, last) : undefined;
}

/**
 * Has AWS IoT issue a certificate, INACTIVE, and keeps it with its key. One whose key an earlier run has kept, and
 * nothing else, is gone on with.
 *
 * @throws what the SDK throws; a certificate whose key could not be kept is deleted then
 */
export async function issueAndKeep(
  desk: Desk,
  thingName: string,
  facts: Pick<CertificateMetadata, 'policyNames' | 'replaces'>,
): Promise<IssuedCertificate> {
  const { vault, records } = desk;
  const begun = (await findHalfKept(desk, thingName)) ?? (await issueWithKey(desk, thingName));
  const { certificateId, certificateArn, certificatePem, privateKeyPem } = begun;
  const metadata = { thingName, certificateId, certificateArn, issuedAtMs: records.nowMs(), ...facts };
  await keepCertificate(vault, metadata, certificatePem);
  return { metadata, certificatePem, privateKeyPem };
}

async function issueWithKey({ client, vault }: Desk, thingName: string) {
  const request = new CreateKeysAndCertificateCommand({ setAsActive: false });
  const {
    certificateId = '',
    certificateArn = '',
    certificatePem = '',
    keyPair,
  } = await client.send(request);
  const privateKeyPem = keyPair?.PrivateKey ?? '';
  try {
    await keepKey(vault, { thingName, certificateId }, privateKeyPem);
  } catch (error) {
    await client.send(new DeleteCertificateCommand({ certificateId }));
    throw error;
  }
  return { certificateId, certificateArn, certificatePem, privateKeyPem };
}

async function findHalfKept({ client, vault }: Desk, thingName: string) {
  for (const certificateId of await halfKeptCertificates(vault, thingName)) {
    const state = await stateOfCertificate(client, certificateId);
    if (state?.status !== 'INACTIVE' || !state.isUntouched) continue;
    const { certificateArn, certificatePem } = state;
    const privateKeyPem = await readKey(vault, { thingName, certificateId });
    return { certificateId, certificateArn, certificatePem, privateKeyPem };
  }
  return undefined;
}
