import { createHash } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { SweepError } from './errors.ts';
import type { Withdrawal } from './judge-revocation.ts';
import {
  readRememberedCertificate,
  readTrouble,
  readWarnedDays,
  type CertificateFacts,
  type RememberedCertificate,
  type Trouble,
} from './memory-items.ts';

/**
 * What sweeps remember, so that AWS IoT is asked once for what never changes, and people are told once: items of the
 * sweep table, each by its subject,
 *
 *     certificate/<certificateId>   what is in the certificate, what was done with it, and what was told of it
 *     ca/<caCertificateId>          what was told of a CA
 *     list/<hash>                   that people know of a revocation list that cannot be had
 *     run/<kind>                    see run-store.ts
 *
 * Nothing but the sweep writes the table, and one run at a time: the writes need no conditions.
 */
export interface Memory {
  /** @param certificateIds at most 100 */
  certificates(certificateIds: readonly string[]): Promise<ReadonlyMap<string, RememberedCertificate>>;
  rememberFacts(certificateId: string, facts: CertificateFacts): Promise<void>;
  /** undefined: it was not withdrawn, or that means nothing any more. */
  setWithdrawal(certificateId: string, withdrawal: Withdrawal | undefined): Promise<void>;
  /** People have been warned that the certificate ends in so many days. */
  setWarned(certificateId: string, warnedDays: number): Promise<void>;
  caWarnedDays(caCertificateId: string): Promise<number | undefined>;
  setCaWarned(caCertificateId: string, warnedDays: number): Promise<void>;
  /** The trouble with a list that people know of. @param list names it: see `listKey` */
  trouble(list: string): Promise<Trouble | undefined>;
  setTrouble(list: string, trouble: Trouble): Promise<void>;
  forgetTrouble(list: string): Promise<void>;
}

/** Names the list of a CA at some addresses: addresses come from certificates, and may be longer than a key. */
export function listKey(caCertificateId: string, addresses: readonly string[]): string {
  return createHash('sha256')
    .update([caCertificateId, ...addresses].join(' '))
    .digest('hex');
}

export function createMemory(dynamodb: DynamoDBClient, tableName: string): Memory {
  const client = DynamoDBDocumentClient.from(dynamodb);

  async function read(subject: string): Promise<unknown> {
    const { Item: item } = await client.send(new GetCommand({ TableName: tableName, Key: { subject } }));
    return item;
  }

  /** Sets attributes, and leaves those alone that are not among them; undefined removes one. */
  async function set(subject: string, attributes: Readonly<Record<string, unknown>>): Promise<void> {
    const all = Object.entries(attributes);
    const given = all.filter(([, value]) => value !== undefined);
    const removed = all.filter(([, value]) => value === undefined).map(([name]) => `#${name}`);
    await client.send(
      new UpdateCommand({
        TableName: tableName,
        Key: { subject },
        UpdateExpression: [
          given.length === 0 ? '' : `SET ${given.map(([name]) => `#${name} = :${name}`).join(', ')}`,
          removed.length === 0 ? '' : `REMOVE ${removed.join(', ')}`,
        ].join(' '),
        ExpressionAttributeNames: Object.fromEntries(all.map(([name]) => [`#${name}`, name])),
        ...(given.length === 0
          ? {}
          : {
              ExpressionAttributeValues: Object.fromEntries(
                given.map(([name, value]) => [`:${name}`, value]),
              ),
            }),
      }),
    );
  }

  return {
    async certificates(certificateIds) {
      const found = new Map<string, RememberedCertificate>();
      if (certificateIds.length === 0) return found;
      const Keys = certificateIds.map((id) => ({ subject: certificateSubject(id) }));
      const { Responses: responses, UnprocessedKeys: unprocessed = {} } = await client.send(
        new BatchGetCommand({ RequestItems: { [tableName]: { Keys, ConsistentRead: true } } }),
      );
      if (Object.keys(unprocessed).length > 0) {
        // A hundred items of some hundred bytes are answered at once unless DynamoDB throttles.
        throw new SweepError('the sweep table is throttled', { code: 'TABLE_THROTTLED', retryable: true });
      }
      for (const item of responses?.[tableName] ?? []) {
        const subject = String(item['subject']);
        const remembered = readRememberedCertificate(item);
        // What cannot be read is not remembered: it is looked up and written anew.
        if (remembered !== undefined) found.set(subject.slice('certificate/'.length), remembered);
      }
      return found;
    },
    rememberFacts: (certificateId, facts) => set(certificateSubject(certificateId), { ...facts }),
    setWithdrawal: (certificateId, withdrawal) => set(certificateSubject(certificateId), { withdrawal }),
    setWarned: (certificateId, warnedDays) => set(certificateSubject(certificateId), { warnedDays }),
    caWarnedDays: async (caCertificateId) => readWarnedDays(await read(`ca/${caCertificateId}`)),
    setCaWarned: (caCertificateId, warnedDays) => set(`ca/${caCertificateId}`, { warnedDays }),
    trouble: async (list) => readTrouble(await read(`list/${list}`)),
    setTrouble: (list, trouble) => set(`list/${list}`, { ...trouble }),
    async forgetTrouble(list) {
      await client.send(new DeleteCommand({ TableName: tableName, Key: { subject: `list/${list}` } }));
    },
  };
}

function certificateSubject(certificateId: string): string {
  return `certificate/${certificateId}`;
}
