import type { AwsApiError } from '../errors.ts';
import { deadLetterArn } from './delivery/dead-letter.ts';
import { checkSubscriptionPolicy, DeliveryPolicyError } from './delivery/http-policy.ts';
import { isPosted } from './delivery/protocols.ts';
import { compileFilterPolicy, FilterPolicyError } from './filter-policy/compile.ts';
import { scopeOf } from './filter-policy/filter.ts';
import { snsError } from './errors.ts';

type Attributes = Readonly<Record<string, string>>;

export interface AttributeChange {
  readonly protocol: string;
  readonly endpoint: string;
  /** What holds before. */
  readonly current: Attributes;
  readonly changes: Attributes;
  /** Subscribe names the parameter in another way than SetSubscriptionAttributes. */
  readonly operation: 'Subscribe' | 'SetSubscriptionAttributes';
}

const SERVED = ['DeliveryPolicy', 'FilterPolicy', 'FilterPolicyScope', 'RawMessageDelivery', 'RedrivePolicy'];

/** What belongs to things that are not here. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  SubscriptionRoleArn: 'it belongs to subscriptions of Firehose, which are not served here',
  ReplayPolicy: 'it belongs to FIFO topics, which are not served here',
};

/**
 * Lays changes over the attributes of a subscription; an empty text takes one away.
 *
 * @throws AwsApiError InvalidParameter in the words of SNS
 */
export function changeAttributes(change: AttributeChange): Attributes {
  const { current, changes, operation } = change;
  const prefix = operation === 'Subscribe' ? 'Invalid parameter: Attributes Reason: ' : 'Invalid parameter: ';
  const refuse = (reason: string): AwsApiError => snsError('InvalidParameter', `${prefix}${reason}`);
  const changed = new Map(Object.entries(current));
  for (const [name, value] of Object.entries(changes)) {
    if (name in ELSEWHERE) throw refuse(`${name}: ${ELSEWHERE[name]}`);
    if (!SERVED.includes(name)) throw refuse(`AttributeName: served are ${SERVED.join(', ')}`);
    if (value === '') {
      changed.delete(name);
      continue;
    }
    changed.set(name, name === 'RawMessageDelivery' ? value.toLowerCase() : value);
    const problem = PROBLEMS[name]?.(value, change);
    if (problem !== undefined) throw refuse(problem);
  }
  const attributes = Object.fromEntries(changed);
  const policy = attributes['FilterPolicy'];
  if (policy !== undefined) checkFilterPolicy(policy, attributes, refuse);
  return attributes;
}

/** Why a value cannot be, by attribute. */
const PROBLEMS: Readonly<
  Record<string, (value: string, subscription: AttributeChange) => string | undefined>
> = {
  FilterPolicyScope: (value) =>
    value === 'MessageAttributes' || value === 'MessageBody'
      ? undefined
      : `FilterPolicyScope: Invalid value [${value.slice(0, 100)}]. Please use either MessageBody or MessageAttributes`,
  RawMessageDelivery(value, subscription) {
    const wanted = value.toLowerCase();
    if (wanted !== 'true' && wanted !== 'false') {
      return `RawMessageDelivery: Invalid value [${value.slice(0, 100)}]. Must be true or false.`;
    }
    const isServed = subscription.protocol === 'sqs' || isPosted(subscription);
    if (isServed || wanted === 'false') return undefined;
    return `RawMessageDelivery: Delivery protocol [${subscription.protocol}] does not support raw message delivery.`;
  },
  RedrivePolicy: (value) => redriveProblem(value),
  DeliveryPolicy(value, subscription) {
    if (!isPosted(subscription)) {
      return `DeliveryPolicy: Delivery protocol [${subscription.protocol}] does not support a delivery policy.`;
    }
    try {
      checkSubscriptionPolicy(value);
      return undefined;
    } catch (thrown) {
      if (thrown instanceof DeliveryPolicyError) return `DeliveryPolicy: ${thrown.message}`;
      throw thrown;
    }
  },
};

function redriveProblem(value: string): string | undefined {
  try {
    JSON.parse(value);
  } catch {
    return 'RedrivePolicy: failed to parse JSON.';
  }
  const arn = deadLetterArn(value);
  if (arn === undefined || !/^arn:aws:sqs:[a-z0-9-]+:\d{12}:[\w-]{1,80}(?:\.fifo)?$/.test(arn)) {
    return 'RedrivePolicy: deadLetterTargetArn is an invalid arn';
  }
  return arn.endsWith('.fifo')
    ? 'RedrivePolicy: must use a standard queue as DLQ for a subscription to a standard topic.'
    : undefined;
}

function checkFilterPolicy(
  policy: string,
  attributes: Attributes,
  refuse: (reason: string) => AwsApiError,
): void {
  try {
    compileFilterPolicy(policy, scopeOf({ attributes }));
  } catch (thrown) {
    if (thrown instanceof FilterPolicyError) throw refuse(thrown.message);
    throw thrown;
  }
}
