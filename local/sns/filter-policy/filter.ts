import { isFields, isLeaf, type EventPattern, type Fields, type Leaf } from '../../event-pattern/index.ts';
import { textFor, type MessageAttribute, type PublishedMessage } from '../notification.ts';
import type { Subscription } from '../store.ts';
import { compileFilterPolicy, type FilterScope } from './compile.ts';

/** Why a message was filtered out, by the ending of the metric that counts it. */
export type FilteredOut =
  | 'InvalidAttributes'
  | 'InvalidMessageBody'
  | 'MessageAttributes'
  | 'MessageBody'
  | 'NoMessageAttributes';

/** Compiled policies that are kept; what is beyond is compiled with every message. */
const MAX_COMPILED = 1_000;

/** What a subscription's policy looks at. */
export function scopeOf({ attributes }: Pick<Subscription, 'attributes'>): FilterScope {
  return attributes['FilterPolicyScope'] === 'MessageBody' ? 'MessageBody' : 'MessageAttributes';
}

/** Says which subscriptions accept a message. Policies were checked when they were set. */
export class Filter {
  readonly #compiled = new Map<string, EventPattern | undefined>();

  /** @returns why the subscription does not want the message; undefined where it does. */
  reject(message: PublishedMessage, subscription: Subscription): FilteredOut | undefined {
    const policy = subscription.attributes['FilterPolicy'];
    if (policy === undefined || policy === '') return undefined;
    const scope = scopeOf(subscription);
    const matches = this.#compile(policy, scope);
    if (matches === undefined) return undefined;
    return scope === 'MessageBody'
      ? rejectBody(textFor(message, subscription.protocol), matches)
      : rejectAttributes(message.attributes, matches);
  }

  #compile(policy: string, scope: FilterScope): EventPattern | undefined {
    const key = `${scope} ${policy}`;
    if (this.#compiled.has(key)) return this.#compiled.get(key);
    if (this.#compiled.size >= MAX_COMPILED) this.#compiled.clear();
    const compiled = compileFilterPolicy(policy, scope);
    this.#compiled.set(key, compiled);
    return compiled;
  }
}

function rejectBody(text: string, matches: EventPattern): FilteredOut | undefined {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return 'InvalidMessageBody';
  }
  if (!isFields(body)) return 'InvalidMessageBody';
  return matches(body) ? undefined : 'MessageBody';
}

function rejectAttributes(
  attributes: Readonly<Record<string, MessageAttribute>>,
  matches: EventPattern,
): FilteredOut | undefined {
  const values = valuesOf(attributes);
  if (values === undefined) return 'InvalidAttributes';
  if (matches(values)) return undefined;
  return Object.keys(attributes).length === 0 ? 'NoMessageAttributes' : 'MessageAttributes';
}

/**
 * Message attributes as policies see them: text, a number, or the values of an array. Binary ones, and those of types
 * that only their users know, are not seen.
 *
 * @returns undefined when one says that it is an array and is none.
 */
function valuesOf(attributes: Readonly<Record<string, MessageAttribute>>): Fields | undefined {
  const values: [string, Leaf | readonly Leaf[]][] = [];
  for (const [name, { DataType, StringValue = '' }] of Object.entries(attributes)) {
    if (DataType === 'String') values.push([name, StringValue]);
    if (DataType === 'Number') values.push([name, Number(StringValue)]);
    if (DataType !== 'String.Array' && DataType !== 'Number.Array') continue;
    const array = readArray(StringValue);
    if (array === undefined) return undefined;
    values.push([name, array]);
  }
  return Object.fromEntries(values);
}

function readArray(text: string): readonly Leaf[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) && parsed.every(isLeaf) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
