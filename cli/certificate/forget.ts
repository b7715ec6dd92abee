import { DeleteObjectsCommand, ListObjectVersionsCommand, type ObjectIdentifier } from '@aws-sdk/client-s3';
import { CommandError } from '../errors.ts';
import { FILES, folderOf, MAX_OBJECTS, tooMany, type Vault } from './vault.ts';

/**
 * Deletes a certificate with its key, every version of them: in a bucket with versioning a deletion alone hides them
 * and keeps them. The metadata go last, because the rest is found by them.
 *
 * @throws CommandError VAULT_NOT_EMPTIED when the bucket keeps some of it
 */
export async function forgetCertificate(
  { client, bucket }: Vault,
  thingName: string,
  certificateId: string,
): Promise<void> {
  const versions = await versionsBelow({ client, bucket }, folderOf(thingName, certificateId));
  const isMetadata = ({ Key }: ObjectIdentifier): boolean => Key?.endsWith(`/${FILES.metadata}`) === true;
  for (const Objects of [versions.filter((one) => !isMetadata(one)), versions.filter(isMetadata)]) {
    if (Objects.length === 0) continue;
    const Delete = { Objects, Quiet: true };
    const { Errors: errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete }));
    const [error] = errors;
    if (error === undefined) continue;
    throw new CommandError(
      'VAULT_NOT_EMPTIED',
      `${error.Key ?? ''} was not deleted: ${error.Message ?? error.Code ?? ''}; run the same again`,
    );
  }
}

/** Every version of what is below a prefix, and the marks of deletions. */
async function versionsBelow({ client, bucket }: Vault, prefix: string): Promise<ObjectIdentifier[]> {
  const answer = await client.send(
    new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, MaxKeys: MAX_OBJECTS }),
  );
  const { Versions: versions = [], DeleteMarkers: markers = [], IsTruncated: isTruncated } = answer;
  if (isTruncated === true) throw tooMany(bucket, prefix);
  return [...versions, ...markers].map(({ Key, VersionId }) => ({ Key, VersionId }));
}
