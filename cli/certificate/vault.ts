import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
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
const FILES = {
  certificate: 'certificate.pem',
  privateKey: 'private-key.pem',
  metadata: 'metadata.json',
} as const;

/** More certificates than a device ever had. */
const MAX_OBJECTS = 1_000;

/** `devices/<thing>/<certificate id>/` */
export function folderOf(thingName: string, certificateId = ''): string {
  return `devices/${thingName}/${certificateId === '' ? '' : `${certificateId}/`}`;
}

/** Keeps a certificate with its key. What is there is never written over. */
export async function keepCertificate(
  { client, bucket }: Vault,
  metadata: CertificateMetadata,
  { certificatePem, privateKeyPem }: { readonly certificatePem: string; readonly privateKeyPem: string },
): Promise<void> {
  const folder = folderOf(metadata.thingName, metadata.certificateId);
  const put = (name: string, Body: string, ContentType: string): Promise<unknown> =>
    client.send(
      new PutObjectCommand({ Bucket: bucket, Key: folder + name, Body, ContentType, IfNoneMatch: '*' }),
    );
  await put(FILES.privateKey, privateKeyPem, 'application/x-pem-file');
  await put(FILES.certificate, certificatePem, 'application/x-pem-file');
  // Last: what has metadata is complete.
  await put(FILES.metadata, JSON.stringify(metadata), 'application/json');
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

/** Deletes a certificate with its key; the bucket keeps older versions for as long as its rules say. */
export async function forgetCertificate(
  { client, bucket }: Vault,
  thingName: string,
  certificateId: string,
): Promise<void> {
  const keys = await keysBelow({ client, bucket }, folderOf(thingName, certificateId));
  if (keys.length === 0) return;
  const Delete = { Objects: keys.map((Key) => ({ Key })), Quiet: true };
  const { Errors: errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete }));
  const [error] = errors;
  if (error === undefined) return;
  throw new CommandError('VAULT_NOT_EMPTIED', `${error.Key ?? ''} was not deleted: ${error.Message ?? ''}`);
}

async function keysBelow({ client, bucket }: Vault, prefix: string): Promise<string[]> {
  const { Contents: contents = [], IsTruncated: isTruncated } = await client.send(
    new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: MAX_OBJECTS }),
  );
  if (isTruncated === true) {
    throw new CommandError(
      'VAULT_FULL',
      `there are more than ${MAX_OBJECTS} objects at s3://${bucket}/${prefix}`,
    );
  }
  return contents.flatMap(({ Key }) => Key ?? []);
}

function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
