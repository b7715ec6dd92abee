import type { z } from 'zod';
import { invalidParameter, snsError } from './errors.ts';
import type { SnsStore, Subscription, Topic } from './store.ts';
import type { DeliveryContext } from './targets.ts';

/** What every operation works with. */
export interface SnsContext extends DeliveryContext {
  readonly store: SnsStore;
  readonly accountId: string;
  readonly region: string;
  readonly newId: () => string;
  /** Lets a delivery go on after its operation has been answered. */
  readonly inBackground: (work: Promise<void>) => void;
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

/** @throws AwsApiError NotFound */
export function requireTopic({ store }: SnsContext, arn: string): Topic {
  const topic = store.findTopic(arn);
  if (topic === undefined) throw snsError('NotFound', `Topic does not exist: ${arn}`);
  return topic;
}

/** @throws AwsApiError NotFound */
export function requireSubscription({ store }: SnsContext, arn: string): Subscription {
  const subscription = store.findSubscription(arn);
  if (subscription === undefined) throw snsError('NotFound', `Subscription does not exist: ${arn}`);
  return subscription;
}

/** How many an answer lists at once. */
export const PAGE_SIZE = 100;

/** A page of a list, and the token that leads to the next one: the ARN that this one ends with. */
export function pageOf<Item extends { readonly arn: string }>(
  items: readonly Item[],
): { readonly page: readonly Item[]; readonly NextToken?: string } {
  if (items.length <= PAGE_SIZE) return { page: items };
  const page = items.slice(0, PAGE_SIZE);
  return { page, NextToken: Buffer.from(page.at(-1)?.arn ?? '').toString('base64url') };
}

/** @throws AwsApiError InvalidParameter */
export function afterToken(token: string | undefined): string {
  if (token === undefined || token === '') return '';
  const arn = Buffer.from(token, 'base64url').toString();
  if (!arn.startsWith('arn:')) throw invalidParameter('NextToken', 'it is none that this API has given');
  return arn;
}
