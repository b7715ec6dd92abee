import type * as z from 'zod';
import type { Clock } from '../clock.ts';
import { sqsError } from './errors.ts';
import type { MessageStore, Receipt } from './message-store.ts';
import type { Queue, QueueStore } from './store.ts';
import type { Waiters } from './waiters.ts';

/** What every operation works with. */
export interface SqsContext {
  readonly queues: QueueStore;
  readonly messages: MessageStore;
  readonly waiters: Waiters & { readonly closed: boolean };
  readonly clock: Clock;
  /** What callers live in. */
  readonly callersClock: Clock;
  readonly accountId: string;
  readonly region: string;
  readonly newId: () => string;
  /** `http://127.0.0.1:<port>` */
  readonly baseUrl: string;
}

/** Who calls, as far as operations want to know. */
export interface Caller {
  readonly senderId: string;
  /** Aborted when the caller has gone away: a message must not be given to nobody. */
  readonly signal?: AbortSignal;
}

/** An operation of the API: input and output have the shape of the JSON protocol. */
export type Operation = (input: unknown, caller: Caller) => object | Promise<object>;

export function queueUrl(context: SqsContext, name: string): string {
  return `${context.baseUrl}/${context.accountId}/${name}`;
}

export function queueArn(context: SqsContext, name: string): string {
  return `arn:aws:sqs:${context.region}:${context.accountId}:${name}`;
}

/**
 * Finds a queue by its URL, of which only the path counts: a queue answers by every name of this machine.
 *
 * @throws AwsApiError `InvalidAddress`, `QueueDoesNotExist`.
 */
export function queueByUrl(context: SqsContext, url: string): Queue {
  const [, accountId, name] = /^(?:https?:\/\/[^/]+)?\/(\d{12})\/([^/]+)\/?$/.exec(url) ?? [];
  if (accountId === undefined || name === undefined) {
    throw sqsError('InvalidAddress', `The address ${url} is not valid for this endpoint.`);
  }
  const queue = accountId === context.accountId ? context.queues.find(name) : undefined;
  if (queue === undefined) throw queueDoesNotExist(`${accountId}/${name}`);
  return queue;
}

/** Finds a queue by its ARN; undefined when there is none. */
export function queueByArn(context: SqsContext, arn: string): Queue | undefined {
  const prefix = queueArn(context, '');
  return arn.startsWith(prefix) ? context.queues.find(arn.slice(prefix.length)) : undefined;
}

export function queueDoesNotExist(name: string) {
  return sqsError('QueueDoesNotExist', `The specified queue does not exist: ${name}.`);
}

/** A receipt handle: opaque to callers, as AWS's is. */
export function encodeReceipt({ queueId, seq, receipt }: Receipt): string {
  return Buffer.from(`${queueId}:${seq}:${receipt}`).toString('base64');
}

/** @throws AwsApiError `ReceiptHandleIsInvalid` when it is none, or belongs to another queue. */
export function decodeReceipt(queue: Queue, handle: string): Receipt {
  const text = Buffer.from(handle, 'base64').toString();
  const [, queueId, seq, receipt] = /^(\d{1,15}):(\d{1,15}):([\w-]{1,64})$/.exec(text) ?? [];
  if (receipt === undefined || Number(queueId) !== queue.id) {
    throw sqsError(
      'ReceiptHandleIsInvalid',
      `The input receipt handle "${handle}" is not a valid receipt handle.`,
    );
  }
  return { queueId: queue.id, seq: Number(seq), receipt };
}

/**
 * Reads an operation's input.
 *
 * @throws AwsApiError `MissingParameter` or `InvalidParameterValue` that names the parameter.
 */
export function readInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path.join('.') ?? '';
  if (issue?.code === 'invalid_type' && issue.message.endsWith('received undefined')) {
    throw sqsError('MissingParameter', `The request must contain the parameter ${path}.`);
  }
  throw sqsError(
    'InvalidParameterValue',
    `The value of the parameter ${path} is invalid. Reason: ${issue?.message ?? 'it cannot be read'}.`,
  );
}
