import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  ScanCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { GlasshouseError } from '../errors.ts';
import { once } from '../once.ts';

/** A certificate that was not activated, and why. */
export interface HeldCertificate {
  readonly certificateId: string;
  /** In UPPER_SNAKE_CASE: `UNKNOWN_DEVICE`, `NAME_COLLISION`, … */
  readonly reason: string;
  /** For people. */
  readonly detail: string;
  /** What was done with it: `hold`, `deactivate` or `revoke`. */
  readonly action: string;
  readonly caCertificateId?: string;
  readonly commonName?: string;
  /** When it was first and last found to be held, in milliseconds since the epoch. */
  readonly firstHeldAtMs: number;
  readonly lastHeldAtMs: number;
  /** The reason that people have been told; another than `reason` means that they have still to be told. */
  readonly notifiedReason?: string;
}

/** Where the held certificates are. */
export interface HeldTable {
  readonly client: DynamoDBClient;
  readonly tableName: string;
}

/** An item of the table of held certificates that was not written by this code, or not like this. */
export class HeldItemError extends GlasshouseError {
  override readonly name = 'HeldItemError' as const;
}

/** Notes that a certificate is held; the latest reason stands. */
export async function holdCertificate(
  { client, tableName }: HeldTable,
  held: Pick<
    HeldCertificate,
    'certificateId' | 'reason' | 'detail' | 'action' | 'caCertificateId' | 'commonName'
  >,
  atMs: number,
): Promise<HeldCertificate> {
  const { certificateId, reason, detail, action, caCertificateId, commonName } = held;
  const { Attributes: attributes } = await DynamoDBDocumentClient.from(client).send(
    new UpdateCommand({
      TableName: tableName,
      Key: { certificateId },
      UpdateExpression: [
        'SET reason = :reason, detail = :detail, #action = :action, lastHeldAtMs = :atMs',
        'firstHeldAtMs = if_not_exists(firstHeldAtMs, :atMs)',
        ...(caCertificateId === undefined ? [] : ['caCertificateId = :caCertificateId']),
        ...(commonName === undefined ? [] : ['commonName = :commonName']),
      ].join(', '),
      ExpressionAttributeNames: { '#action': 'action' },
      ExpressionAttributeValues: {
        ':reason': reason,
        ':detail': detail,
        ':action': action,
        ':atMs': atMs,
        ...(caCertificateId === undefined ? {} : { ':caCertificateId': caCertificateId }),
        ...(commonName === undefined ? {} : { ':commonName': commonName }),
      },
      ReturnValues: 'ALL_NEW',
    }),
  );
  return readItem(attributes);
}

/** One held certificate; undefined when it is not held. */
export async function readHeldCertificate(
  { client, tableName }: HeldTable,
  certificateId: string,
): Promise<HeldCertificate | undefined> {
  const { Item: item } = await DynamoDBDocumentClient.from(client).send(
    new GetCommand({ TableName: tableName, Key: { certificateId }, ConsistentRead: true }),
  );
  return item === undefined ? undefined : readItem(item);
}

/** All held certificates, page by page: for people, and for whoever looks at them again. */
export async function listHeldCertificates(
  { client, tableName }: HeldTable,
  { limit = 100, after }: { readonly limit?: number; readonly after?: string } = {},
): Promise<{ readonly certificates: readonly HeldCertificate[]; readonly next?: string }> {
  const { Items: items = [], LastEvaluatedKey: last } = await DynamoDBDocumentClient.from(client).send(
    new ScanCommand({
      TableName: tableName,
      Limit: limit,
      ...(after === undefined ? {} : { ExclusiveStartKey: { certificateId: after } }),
    }),
  );
  const next: unknown = last?.['certificateId'];
  return { certificates: items.map(readItem), ...(typeof next === 'string' ? { next } : {}) };
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

const itemSchema = once(() =>
  z.object({
    certificateId: z.string(),
    reason: z.string(),
    detail: z.string(),
    action: z.string(),
    caCertificateId: z.optional(z.string()),
    commonName: z.optional(z.string()),
    firstHeldAtMs: z.number(),
    lastHeldAtMs: z.number(),
    notifiedReason: z.optional(z.string()),
  }),
);

function readItem(item: unknown): HeldCertificate {
  const parsed = itemSchema().safeParse(item);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new HeldItemError(`a held certificate cannot be read at ${issue?.path.join('.') ?? 'its root'}`, {
      code: 'HELD_CERTIFICATE_UNREADABLE',
      retryable: false,
      data: { item },
      cause: parsed.error,
    });
  }
  const { caCertificateId, commonName, notifiedReason, ...held } = parsed.data;
  return {
    ...held,
    ...(caCertificateId === undefined ? {} : { caCertificateId }),
    ...(commonName === undefined ? {} : { commonName }),
    ...(notifiedReason === undefined ? {} : { notifiedReason }),
  };
}
