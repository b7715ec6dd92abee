import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { CommandError } from '../errors.ts';

/** Where the certificates are kept that AWS IoT hands out only once. */
export interface Vault {
  readonly client: S3Client;
  readonly bucket: string;
}

const metadataSchema = z.object({
  thingName: z.string(),
  certificateId: z.string(),
  certificateArn: z.string(),
  policyNames: z.array(z.string()),
  /** Milliseconds since the epoch. */
  issuedAtMs: z.number(),
  /** The certificates whose place it takes, until it has connected itself. */
  replaces: z.array(z.string()),
});

/** What is kept of a certificate beside itself and its key. */
export type CertificateMetadata = z.infer<typeof metadataSchema>;

/** The objects of one certificate. */
export const FILES = {
  certificate: 'certificate.pem',
  privateKey: 'private-key.pem',
  metadata: 'metadata.json',
} as const;

/** More certificates than a device ever had. */
export const MAX_OBJECTS = 1_000;

/** `devices/<thing>/<certificate id>/` */
export function folderOf(thingName: string, certificateId = ''): string {
  return `devices/${thingName}/${certificateId === '' ? '' : `${certificateId}/`}`;
}

/** Keeps a key, before anything else: it is never handed out again. What is there is never written over. */
export async function keepKey(
  vault: Vault,
  folder: Pick<CertificateMetadata, 'thingName' | 'certificateId'>,
  privateKeyPem: string,
): Promise<void> {
  await put(vault, folder, FILES.privateKey, privateKeyPem);
}

/** Keeps the certificate of a key that is kept. Also where an earlier run has begun it. */
export async function keepCertificate(
  vault: Vault,
  metadata: CertificateMetadata,
  certificatePem: string,
): Promise<void> {
  try {
    await put(vault, metadata, FILES.certificate, certificatePem);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'PreconditionFailed') throw error;
  }
  // Last: what has metadata is complete.
  await put(vault, metadata, FILES.metadata, JSON.stringify(metadata));
}

async function put(
  { client, bucket }: Vault,
  { thingName, certificateId }: Pick<CertificateMetadata, 'thingName' | 'certificateId'>,
  name: string,
  Body: string,
): Promise<void> {
  const ContentType = name === FILES.metadata ? 'application/json' : 'application/x-pem-file';
  const Key = folderOf(thingName, certificateId) + name;
  await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ContentType, IfNoneMatch: '*' }));
}

/** Ids of the certificates of a thing whose key is kept, and nothing that tells of them yet. */
export async function halfKeptCertificates(vault: Vault, thingName: string): Promise<readonly string[]> {
  const keys = new Set(await keysBelow(vault, folderOf(thingName)));
  const ids = [...keys].flatMap((key) => key.split('/')[2] ?? []);
  const has = (id: string, name: string): boolean => keys.has(folderOf(thingName, id) + name);
  return [...new Set(ids)].filter((id) => has(id, FILES.privateKey) && !has(id, FILES.metadata));
}

/** The certificates of a thing that are kept, the oldest first. */
export async function keptCertificates(
  { client, bucket }: Vault,
  thingName: string,
): Promise<CertificateMetadata[]> {
  const keys = (await keysBelow({ client, bucket }, folderOf(thingName))).filter((key) =>
    key.endsWith(`/${FILES.metadata}`),
  );
  const found: CertificateMetadata[] = [];
  for (const Key of keys) {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
    const parsed = metadataSchema.safeParse(jsonOrNothing((await Body?.transformToString()) ?? ''));
    if (!parsed.success) {
      throw new CommandError(
        'VAULT_UNREADABLE',
        `s3://${bucket}/${Key} is not what this command writes: look at it`,
        { cause: parsed.error },
      );
    }
    found.push(parsed.data);
  }
  return found.toSorted((a, b) => a.issuedAtMs - b.issuedAtMs);
}

/**
 * A certificate that is kept, with its key.
 *
 * @throws CommandError VAULT_UNREADABLE when there is nothing where they should be
 */
export async function readKept(vault: Vault, metadata: CertificateMetadata) {
  const certificatePem = await readFile(vault, metadata, FILES.certificate);
  return { metadata, certificatePem, privateKeyPem: await readKey(vault, metadata) };
}

/** @throws CommandError VAULT_UNREADABLE */
export function readKey(
  vault: Vault,
  folder: Pick<CertificateMetadata, 'thingName' | 'certificateId'>,
): Promise<string> {
  return readFile(vault, folder, FILES.privateKey);
}

async function readFile(
  { client, bucket }: Vault,
  { thingName, certificateId }: Pick<CertificateMetadata, 'thingName' | 'certificateId'>,
  name: string,
): Promise<string> {
  const Key = folderOf(thingName, certificateId) + name;
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
  const text = (await Body?.transformToString()) ?? '';
  if (text !== '') return text;
  throw new CommandError('VAULT_UNREADABLE', `s3://${bucket}/${Key} is empty: the certificate is of no use`);
}

async function keysBelow({ client, bucket }: Vault, prefix: string): Promise<string[]> {
  const { Contents: contents = [], IsTruncated: isTruncated } = await client.send(
    new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: MAX_OBJECTS }),
  );
  if (isTruncated === true) {
    throw tooMany(bucket, prefix);
  }
  return contents.flatMap(({ Key }) => Key ?? []);
}

/** @returns the error for a folder that nobody here has filled */
export function tooMany(bucket: string, prefix: string): CommandError {
  return new CommandError(
    'VAULT_FULL',
    `there are more than ${MAX_OBJECTS} objects at s3://${bucket}/${prefix}`,
  );
}

function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
