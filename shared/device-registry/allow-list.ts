import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { GlasshouseError } from '../errors.ts';
import { once } from '../once.ts';

/** What an entry says of a device. */
export interface AllowListEntry {
  readonly decision: 'allow' | 'deny';
  /** For people. */
  readonly reason?: string;
  /** In place of the deployed ones. */
  readonly thingTypeName?: string;
  readonly thingGroupName?: string;
  readonly billingGroupName?: string;
  /** Announces a rotation: the certificate that the device has now, and whose place the new one may take. */
  readonly replacesCertificateId?: string;
}

/** The keys under which a device may be listed, the one that counts more first. */
export function allowListKeys(certificateId: string, commonName: string | undefined): readonly string[] {
  const byCertificate = `certificate/${certificateId}`;
  return commonName === undefined ? [byCertificate] : [byCertificate, `name/${commonName}`];
}

/** An entry of the allow-list that cannot be read: nobody is let in by it, and nobody kept out. */
export class AllowListError extends GlasshouseError {
  override readonly name = 'AllowListError' as const;
}

/**
 * Looks a device up in the allow-list, by its certificate and by its common name:
 *
 *     listing                S   `certificate/<certificateId>` or `name/<common name>`
 *     decision               S   `allow` or `deny`
 *     reason, thingTypeName, thingGroupName, billingGroupName, replacesCertificateId   S, where there are any
 *
 * A denial of either counts. Otherwise what the entry of the certificate says stands over that of the name.
 *
 * @returns undefined when the device is not listed
 * @throws AllowListError
 */
export async function findInAllowList(
  { client, tableName }: { readonly client: DynamoDBClient; readonly tableName: string },
  certificateId: string,
  commonName: string | undefined,
): Promise<AllowListEntry | undefined> {
  const keys = allowListKeys(certificateId, commonName);
  const { Responses: responses, UnprocessedKeys: unprocessed = {} } = await DynamoDBDocumentClient.from(
    client,
  ).send(
    new BatchGetCommand({
      RequestItems: {
        [tableName]: { Keys: keys.map((listing) => ({ listing })), ConsistentRead: true },
      },
    }),
  );
  if (Object.keys(unprocessed).length > 0) {
    // Two small items are answered at once unless DynamoDB throttles.
    throw new AllowListError('the allow-list is throttled', {
      code: 'ALLOW_LIST_THROTTLED',
      retryable: true,
      data: { tableName },
    });
  }
  const items = responses?.[tableName] ?? [];
  return joinEntries(
    keys.flatMap((listing) => {
      const item = items.find((one) => one['listing'] === listing);
      return item === undefined ? [] : [readEntry(listing, item)];
    }),
  );
}

/** What several entries say together, the first of them counting most. */
export function joinEntries(entries: readonly AllowListEntry[]): AllowListEntry | undefined {
  const denial = entries.find(({ decision }) => decision === 'deny');
  if (denial !== undefined) return denial;
  const [first, ...rest] = entries;
  if (first === undefined) return undefined;
  return rest.reduce((joined, entry) => ({ ...entry, ...joined }), first);
}

const entrySchema = once(() => {
  const name = z.string().check(z.regex(/^[a-zA-Z0-9:_-]{1,128}$/));
  return z.object({
    decision: z.enum(['allow', 'deny']),
    reason: z.optional(z.string()),
    thingTypeName: z.optional(name),
    thingGroupName: z.optional(name),
    billingGroupName: z.optional(name),
    replacesCertificateId: z.optional(z.string().check(z.regex(/^[0-9a-f]{64}$/))),
  });
});

function readEntry(listing: string, item: unknown): AllowListEntry {
  const parsed = entrySchema().safeParse(item);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new AllowListError(
      `the entry "${listing}" of the allow-list cannot be read at ${issue?.path.join('.') ?? 'its root'}: mend or delete it`,
      { code: 'ALLOW_LIST_ENTRY_UNREADABLE', retryable: false, data: { listing }, cause: parsed.error },
    );
  }
  // A key that is there with the value undefined would stand over the entry of the name.
  const given = Object.entries(parsed.data).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(given), decision: parsed.data.decision };
}
