import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  ScanCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { HeldItemError, readHeldItem, type HeldCertificate } from './held-item.ts';

export { HeldItemError, type HeldCertificate } from './held-item.ts';

/** Where the held certificates are. */
export interface HeldTable {
  readonly client: DynamoDBClient;
  readonly tableName: string;
}

type Note = Pick<
  HeldCertificate,
  'certificateId' | 'reason' | 'detail' | 'action' | 'step' | 'caCertificateId' | 'commonName'
>;

/** Notes that a certificate is held; the latest reason stands. */
export async function holdCertificate(table: HeldTable, held: Note, atMs: number): Promise<HeldCertificate> {
  return readHeldItem(await write(table, held, atMs));
}

/**
 * Notes that a step of an activation could not be done, as the action `retry`. A decision that people have still to be
 * told of stands over it, and so does one that nobody but they take back.
 */
export async function noteFailedStep(
  table: HeldTable,
  failed: Omit<Note, 'action'> & { readonly step: string },
  atMs: number,
): Promise<void> {
  const isNoDecision = 'attribute_not_exists(certificateId) OR #action IN (:action, :wait)';
  const isTold = '(#action = :hold AND notifiedReason = reason)';
  const condition = {
    ConditionExpression: `${isNoDecision} OR ${isTold}`,
    values: { ':wait': 'wait', ':hold': 'hold' },
  };
  try {
    await write(table, { ...failed, action: 'retry' }, atMs, condition);
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}

async function write(
  { client, tableName }: HeldTable,
  { certificateId, reason, detail, action, step, caCertificateId, commonName }: Note,
  atMs: number,
  condition?: { readonly ConditionExpression: string; readonly values: Readonly<Record<string, string>> },
): Promise<unknown> {
  const optional = Object.entries({ step, caCertificateId, commonName }).filter(
    (one): one is [string, string] => one[1] !== undefined,
  );
  const { Attributes: attributes } = await DynamoDBDocumentClient.from(client).send(
    new UpdateCommand({
      TableName: tableName,
      Key: { certificateId },
      UpdateExpression:
        [
          'SET reason = :reason, detail = :detail, #action = :action, lastHeldAtMs = :atMs',
          'firstHeldAtMs = if_not_exists(firstHeldAtMs, :atMs)',
          ...optional.map(([name]) => `#${name} = :${name}`),
        ].join(', ') + (step === undefined ? ' REMOVE #step' : ''),
      ...(condition === undefined ? {} : { ConditionExpression: condition.ConditionExpression }),
      ExpressionAttributeNames: {
        '#action': 'action',
        '#step': 'step',
        ...Object.fromEntries(optional.map(([name]) => [`#${name}`, name])),
      },
      ExpressionAttributeValues: {
        ':reason': reason,
        ':detail': detail,
        ':action': action,
        ':atMs': atMs,
        ...Object.fromEntries(optional.map(([name, value]) => [`:${name}`, value])),
        ...condition?.values,
      },
      ReturnValues: 'ALL_NEW',
    }),
  );
  return attributes;
}

/** One held certificate; undefined when it is not held. */
export async function readHeldCertificate(
  { client, tableName }: HeldTable,
  certificateId: string,
): Promise<HeldCertificate | undefined> {
  const { Item: item } = await DynamoDBDocumentClient.from(client).send(
    new GetCommand({ TableName: tableName, Key: { certificateId }, ConsistentRead: true }),
  );
  return item === undefined ? undefined : readHeldItem(item);
}

export interface HeldPageRequest {
  /** @default 100 */
  readonly limit?: number;
  /** The `next` of the page before. */
  readonly after?: string;
}

export interface HeldPage {
  readonly certificates: readonly HeldCertificate[];
  /** Asks for the next page; absent on the last one. */
  readonly next?: string;
}

/**
 * All held certificates, page by page: for people.
 *
 * @throws HeldItemError
 */
export async function listHeldCertificates(
  table: HeldTable,
  request: HeldPageRequest = {},
): Promise<HeldPage> {
  const { unreadable, ...page } = await listReadableHeld(table, request);
  const [error] = unreadable;
  if (error !== undefined) throw error;
  return page;
}

/** The same for who must not be stopped by an item that nobody can read: those are beside the certificates. */
export async function listReadableHeld(
  { client, tableName }: HeldTable,
  { limit = 100, after }: HeldPageRequest = {},
): Promise<HeldPage & { readonly unreadable: readonly HeldItemError[] }> {
  const { Items: items = [], LastEvaluatedKey: last } = await DynamoDBDocumentClient.from(client).send(
    new ScanCommand({
      TableName: tableName,
      Limit: limit,
      ...(after === undefined ? {} : { ExclusiveStartKey: { certificateId: after } }),
    }),
  );
  const next: unknown = last?.['certificateId'];
  const certificates: HeldCertificate[] = [];
  const unreadable: HeldItemError[] = [];
  for (const item of items) {
    try {
      certificates.push(readHeldItem(item));
    } catch (error) {
      if (!(error instanceof HeldItemError)) throw error;
      unreadable.push(error);
    }
  }
  return { certificates, unreadable, ...(typeof next === 'string' ? { next } : {}) };
}

/** Notes which reason people have been told. A certificate that was released meanwhile stays released. */
export async function markNotified(
  { client, tableName }: HeldTable,
  certificateId: string,
  reason: string,
): Promise<void> {
  try {
    await DynamoDBDocumentClient.from(client).send(
      new UpdateCommand({
        TableName: tableName,
        Key: { certificateId },
        UpdateExpression: 'SET notifiedReason = :reason',
        ConditionExpression: 'attribute_exists(certificateId)',
        ExpressionAttributeValues: { ':reason': reason },
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}

/** A certificate is not held any more, or is not there any more. */
export async function releaseCertificate(
  { client, tableName }: HeldTable,
  certificateId: string,
): Promise<void> {
  await DynamoDBDocumentClient.from(client).send(
    new DeleteCommand({ TableName: tableName, Key: { certificateId } }),
  );
}
