import type { z } from 'zod';
import { invalidParameter, snsError } from './errors.ts';
import type { Deliveries } from './delivery/deliveries.ts';
import type { SnsMetrics } from './delivery/metrics.ts';
import type { Filter } from './filter-policy/filter.ts';
import type { SmsStore } from './sms-store.ts';
import type { SnsStore, Subscription, Topic } from './store.ts';
import type { DeliveryContext } from './targets.ts';

/** What every operation works with. */
export interface SnsContext extends DeliveryContext {
  readonly store: SnsStore;
  readonly sms: SmsStore;
  readonly deliveries: Deliveries;
  readonly metrics: SnsMetrics;
  readonly filter: Filter;
  readonly accountId: string;
  readonly region: string;
  readonly newId: () => string;
}

/** An operation of the API: input and output by the names of the API. */
export type Operation = (input: unknown) => object | Promise<object>;

/** Reads an operation's input. @throws AwsApiError InvalidParameter that names the parameter */
export function readInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const name = issue?.path.join('.') ?? '';
  throw invalidParameter(name === '' ? 'the request' : name, issue?.message ?? 'it cannot be read');
}

export function topicArn({ region, accountId }: SnsContext, name: string): string {
  return `arn:aws:sns:${region}:${accountId}:${name}`;
}

/** @throws AwsApiError NotFound, InvalidParameter */
export function requireTopic(context: SnsContext, arn: string): Topic {
  const topic = context.store.findTopic(arn);
  if (topic !== undefined) return topic;
  const parts = arn.split(':');
  if (parts.length < 6) {
    throw invalidParameter('TopicArn', `An ARN must have at least 6 elements, not ${parts.length}`);
  }
  const [, , service, region] = parts;
  if (service !== 'sns') throw invalidParameter('TopicArn', `it is no ARN of a topic: ${arn.slice(0, 300)}`);
  if (region !== context.region) {
    throw invalidParameter('TopicArn', `the topics of this cloud are in ${context.region}, not in ${region}`);
  }
  throw snsError('NotFound', `Topic does not exist: ${arn}`);
}

/** @throws AwsApiError NotFound */
export function requireSubscription({ store }: SnsContext, arn: string): Subscription {
  const subscription = store.findSubscription(arn);
  if (subscription === undefined || subscription.state === 'deleted') {
    throw snsError('NotFound', `Subscription does not exist: ${arn}`);
  }
  return subscription;
}

/** How many an answer lists at once. */
export const PAGE_SIZE = 100;

/** A page of a list, and the token that leads to the next one: what this one ends with. */
export function pageOf<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): { readonly page: readonly Item[]; readonly next?: string } {
  if (items.length <= PAGE_SIZE) return { page: items };
  const page = items.slice(0, PAGE_SIZE);
  const last = page.at(-1);
  return { page, next: Buffer.from(last === undefined ? '' : keyOf(last)).toString('base64url') };
}

/**
 * The key that a token stands for; empty at the beginning.
 *
 * @param prefix what every key begins with.
 * @throws AwsApiError InvalidParameter
 */
export function afterToken(token: string | undefined, prefix: 'arn:' | '+'): string {
  if (token === undefined || token === '') return '';
  const key = Buffer.from(token, 'base64url').toString();
  if (!key.startsWith(prefix)) throw invalidParameter('NextToken', 'it is none that this API has given');
  return key;
}
