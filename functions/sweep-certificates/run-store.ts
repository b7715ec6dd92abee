import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { once } from '../../shared/once.ts';
import { SweepError } from './errors.ts';
import type { RunKind } from './request.ts';
import { decideTake, type Position, type StoredRun } from './run.ts';

export interface RunStoreOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly now: () => number;
  /** One for each time that a run is taken, also for each try of the same event: no two are the same. */
  readonly newHolder: () => string;
  /** After this nobody is at it any more, whatever has become of the invocation; in milliseconds since the epoch. */
  readonly leaseUntilMs: number;
}

/** A run that this invocation holds. */
export interface HeldRun {
  readonly runId: string;
  /** Where it goes on; undefined at its beginning. */
  readonly position: Position | undefined;
  /** @returns false when somebody else has taken the run over: whoever is told so stops. So does `finish`. */
  save(position: Position): Promise<boolean>;
  finish(): Promise<boolean>;
  /** Lets others go on, from what was saved last. */
  release(): Promise<void>;
}

export type Taken = { readonly run: HeldRun } | { readonly refused: 'busy' | 'nothing' };

/** Where runs are kept, so that one goes on where another invocation ended, and two are never at the same. */
export interface RunStore {
  /**
   * @param runId the run that is asked for; undefined: only to go on with one
   * @throws SweepError RUN_UNREADABLE
   */
  take(kind: RunKind, runId: string | undefined): Promise<Taken>;
}

/**
 * Whether two runs are of one write: whoever takes a run over from a version names itself as the holder in the next,
 * and only who holds a version writes the next one without a holder.
 */
function isSameWrite(there: StoredRun, written: StoredRun): boolean {
  return there.version === written.version && there.lease?.holder === written.lease?.holder;
}

/** Runs in the sweep table, under `run/<kind>`. Each write names the version that it replaces: of two, one wins. */
export function createRunStore(options: RunStoreOptions): RunStore {
  const { tableName, now, newHolder, leaseUntilMs } = options;
  const client = DynamoDBDocumentClient.from(options.client);

  async function read(subject: string): Promise<StoredRun | undefined> {
    const { Item: item } = await client.send(
      new GetCommand({ TableName: tableName, Key: { subject }, ConsistentRead: true }),
    );
    return item === undefined ? undefined : readRun(item);
  }

  /** @returns whether `before` was what stood there. */
  async function write(subject: string, before: StoredRun | undefined, next: StoredRun): Promise<boolean> {
    const isUnchanged =
      before === undefined
        ? { ConditionExpression: 'attribute_not_exists(subject)' }
        : {
            ConditionExpression: '#version = :version',
            ExpressionAttributeNames: { '#version': 'version' },
            ExpressionAttributeValues: { ':version': before.version },
          };
    try {
      const Item = { subject, ...next };
      await client.send(
        new PutCommand({
          TableName: tableName,
          Item,
          ...isUnchanged,
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return true;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      // The SDK has made the call again because the answer was lost, and finds what the first try has written.
      return error.Item !== undefined && isSameWrite(readRun(unmarshall(error.Item)), next);
    }
  }

  function hold(subject: string, taken: StoredRun): HeldRun {
    let stored = taken;
    async function change(changes: Partial<StoredRun>, isHeld: boolean): Promise<boolean> {
      const { lease, ...rest } = { ...stored, ...changes, version: stored.version + 1 };
      const next = isHeld && lease !== undefined ? { ...rest, lease } : rest;
      const isWritten = await write(subject, stored, next);
      if (isWritten) stored = next;
      return isWritten;
    }
    return {
      runId: taken.runId,
      position: taken.position,
      save: (position) => change({ position }, true),
      finish: () => change({ finishedAtMs: now() }, false),
      release: async () => void (await change({}, false)),
    };
  }

  return {
    async take(kind, runId) {
      const subject = `run/${kind}`;
      const stored = await read(subject);
      const take = decideTake(stored, runId, now());
      if (take.kind === 'busy' || take.kind === 'nothing') return { refused: take.kind };
      const next: StoredRun = {
        ...(take.kind === 'resume' ? take.stored : { runId: take.runId, startedAtMs: now() }),
        version: (stored?.version ?? 0) + 1,
        lease: { holder: newHolder(), untilMs: leaseUntilMs },
      };
      // Whoever was faster is at it.
      return (await write(subject, stored, next)) ? { run: hold(subject, next) } : { refused: 'busy' };
    },
  };
}

const runSchema = once(() =>
  z.object({
    runId: z.string(),
    version: z.number(),
    startedAtMs: z.number(),
    position: z.optional(z.object({ step: z.string(), page: z.string() })),
    finishedAtMs: z.optional(z.number()),
    nextRunId: z.optional(z.string()),
    lease: z.optional(z.object({ holder: z.string(), untilMs: z.number() })),
  }),
);

function readRun(item: Readonly<Record<string, unknown>>): StoredRun {
  const parsed = runSchema().safeParse(item);
  if (!parsed.success) {
    const subject = String(item['subject']);
    throw new SweepError(`the item "${subject}" of the sweep table cannot be read: delete it`, {
      code: 'RUN_UNREADABLE',
      retryable: false,
      data: { subject },
      cause: parsed.error,
    });
  }
  const { position, finishedAtMs, nextRunId, lease, ...run } = parsed.data;
  return {
    ...run,
    ...(position === undefined ? {} : { position }),
    ...(finishedAtMs === undefined ? {} : { finishedAtMs }),
    ...(nextRunId === undefined ? {} : { nextRunId }),
    ...(lease === undefined ? {} : { lease }),
  };
}
