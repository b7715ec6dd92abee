import type { IoTClient } from '@aws-sdk/client-iot';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { AdviceNames } from './advice.ts';
import { diagnose } from './diagnose.ts';
import type { Diagnosis } from './diagnosis.ts';
import { describeCa, gatherFacts, type CertificateFacts, type RegisteredCa, type Sources } from './facts.ts';
import { findCertificate, listCas } from './find-certificate.ts';
import { findRecorded } from './find-recorded.ts';

/** Where to look, by name. */
export interface WhyPlace {
  readonly client: IoTClient;
  readonly dynamodb: DynamoDBClient;
  readonly devicesTable: string;
  readonly heldTable: string;
  readonly names: AdviceNames;
}

/** What is said of an id. */
export type WhyCertificate =
  | { readonly kind: 'certificate'; readonly facts: CertificateFacts; readonly diagnosis: Diagnosis }
  | { readonly kind: 'ca'; readonly ca: RegisteredCa };

/** CAs that are described for somebody whose certificate nobody knows. */
const MAX_CAS = 20;

/**
 * Says where a certificate stands, by its id or the beginning of it.
 *
 * @returns undefined when no id begins like this
 * @throws CommandError ID_NOT_UNIQUE, ID_TOO_SHORT; what the SDK throws
 */
export async function whyCertificate(place: WhyPlace, id: string): Promise<WhyCertificate | undefined> {
  const { client, dynamodb, devicesTable, heldTable, names } = place;
  const caIds = await listCas(client);
  const found = await findCertificate(client, id, caIds);
  if (found?.kind === 'ca') {
    const ca = await describeCa(client, found.certificateId);
    return ca === undefined ? undefined : { kind: 'ca', ca };
  }
  const sources: Sources = {
    client,
    devices: { client: dynamodb, tableName: devicesTable },
    held: { client: dynamodb, tableName: heldTable },
  };
  // One that was deleted is in the records alone, and its id is shown there by its beginning.
  const certificateId = found?.certificateId ?? (await findRecorded(sources.devices, id))?.certificateId;
  if (certificateId === undefined) return undefined;
  const facts = await gatherFacts(sources, certificateId);
  const { registered, held, device, namesake } = facts;
  const isNew = [registered, held, device, namesake].every((one) => one === undefined);
  const cas = isNew ? await describeAll(client, caIds.slice(0, MAX_CAS)) : [];
  return { kind: 'certificate', facts, diagnosis: diagnose(facts, names, cas) };
}

async function describeAll(client: IoTClient, ids: readonly string[]): Promise<RegisteredCa[]> {
  const cas: RegisteredCa[] = [];
  for (const id of ids) {
    const ca = await describeCa(client, id);
    if (ca !== undefined) cas.push(ca);
  }
  return cas;
}
