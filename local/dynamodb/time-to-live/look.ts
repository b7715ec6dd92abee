import { z } from 'zod';
import { expirySeconds, isExpired, MAX_AGE_SECONDS } from './expiry.ts';

/** Calls the engine; `ok` says whether the operation succeeded. */
export type CallEngine = (operation: string, request: unknown) => Promise<{ ok: boolean; text: string }>;

/** An item of which only the key and the time of its expiry were read. */
export type Item = Readonly<Record<string, unknown>>;

export interface LookOptions {
  readonly call: CallEngine;
  readonly tableName: string;
  /** The attribute that says when an item expires. */
  readonly attributeName: string;
  /** The cloud's time, in whole seconds since the epoch. */
  readonly nowSeconds: number;
  /** The key behind which to begin. @default the table's beginning */
  readonly after?: Item;
  /** Pages that are read at most. @default 1,000 */
  readonly maxPages?: number;
}

/** What a look through a table has found; undefined when there is no such table any more. */
export interface Look {
  readonly deleted: number;
  /** The first expiry that is yet to come, of the items that were seen. */
  readonly nextExpirySeconds?: number;
  /** Where the next look has to go on, when this one has read as much as it may. */
  readonly after?: Item;
}

const PAGE_ITEMS = 1_000;
const MAX_PAGES = 1_000;
/** So many deletions are under way at once. */
const DELETED_AT_ONCE = 16;

const itemSchema = z.record(z.string(), z.unknown());
const tableSchema = z.object({
  Table: z.object({ KeySchema: z.array(z.object({ AttributeName: z.string() })) }),
});
const pageSchema = z.object({ Items: z.array(itemSchema), LastEvaluatedKey: itemSchema.optional() });

/**
 * Deletes the items of a table that have expired. Each is deleted on condition that it is expired still: who writes
 * a later time, or takes the attribute away, between the reading and the deletion, keeps the item.
 *
 * @throws Error with what the engine says, but for a table that is gone.
 */
export async function lookThrough(options: LookOptions): Promise<Look | undefined> {
  const { tableName: TableName, attributeName, nowSeconds, maxPages = MAX_PAGES } = options;
  const table = await ask(options, 'DescribeTable', { TableName }, tableSchema);
  if (table === undefined) return undefined;
  const keyNames = table.Table.KeySchema.map(({ AttributeName }) => AttributeName);
  // A name that is asked for twice is refused: the attribute may be of the key.
  const names = [...new Set([...keyNames, attributeName])];
  let deleted = 0;
  let next = Infinity;
  let { after } = options;
  for (let page = 0; page < maxPages; page += 1) {
    const scan = {
      TableName,
      ProjectionExpression: names.map((_, at) => `#n${at}`).join(', '),
      FilterExpression: 'attribute_type(#expiry, :number)',
      ExpressionAttributeNames: {
        ...Object.fromEntries(names.map((name, at) => [`#n${at}`, name])),
        '#expiry': attributeName,
      },
      ExpressionAttributeValues: { ':number': { S: 'N' } },
      Limit: PAGE_ITEMS,
      ...(after === undefined ? {} : { ExclusiveStartKey: after }),
    };
    const found = await ask(options, 'Scan', scan, pageSchema);
    if (found === undefined) return undefined;
    const expired: Item[] = [];
    for (const item of found.Items) {
      const seconds = expirySeconds(item[attributeName]);
      if (seconds === undefined) continue;
      if (isExpired(seconds, nowSeconds)) expired.push(item);
      else if (seconds >= nowSeconds) next = Math.min(next, seconds);
    }
    deleted += await deleteAll(options, expired, keyNames);
    after = found.LastEvaluatedKey;
    if (after === undefined) break;
  }
  return {
    deleted,
    ...(next === Infinity ? {} : { nextExpirySeconds: next }),
    ...(after === undefined ? {} : { after }),
  };
}

async function deleteAll(
  { call, tableName, attributeName, nowSeconds }: LookOptions,
  items: readonly Item[],
  keyNames: readonly string[],
): Promise<number> {
  let deleted = 0;
  for (let at = 0; at < items.length; at += DELETED_AT_ONCE) {
    const answers = await Promise.all(
      items.slice(at, at + DELETED_AT_ONCE).map((item) =>
        call('DeleteItem', {
          TableName: tableName,
          Key: Object.fromEntries(keyNames.map((name) => [name, item[name]])),
          ConditionExpression: '#expiry < :now AND #expiry >= :oldest',
          ExpressionAttributeNames: { '#expiry': attributeName },
          ExpressionAttributeValues: {
            ':now': { N: String(nowSeconds) },
            ':oldest': { N: String(nowSeconds - MAX_AGE_SECONDS) },
          },
        }),
      ),
    );
    for (const { ok, text } of answers) {
      if (ok) deleted += 1;
      else if (!text.includes('ConditionalCheckFailedException') && !isGone(text)) throw new Error(text);
    }
  }
  return deleted;
}

/** @returns undefined when the table is gone. */
async function ask<Schema extends z.ZodType>(
  { call }: LookOptions,
  operation: string,
  request: unknown,
  schema: Schema,
): Promise<z.output<Schema> | undefined> {
  const { ok, text } = await call(operation, request);
  if (ok) return schema.parse(JSON.parse(text));
  if (isGone(text)) return undefined;
  throw new Error(text);
}

function isGone(text: string): boolean {
  return text.includes('ResourceNotFoundException');
}
