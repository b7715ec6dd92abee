import { checkSubscription } from './check.ts';
import { requireTopic, type SnsContext } from './context.ts';
import { isPosted } from './delivery/protocols.ts';
import { keepConfirmationMail } from './delivery/mail.ts';
import { invalidParameter, snsError } from './errors.ts';
import { askServer } from './handshake.ts';
import { MAX_MESSAGE_BYTES } from './message.ts';
import type { Subscription, Topic } from './store.ts';

/** SNS's quota is far higher; a topic here is for one machine. */
export const MAX_SUBSCRIPTIONS = 10_000;

/** SNS's own quota of filter policies for a topic. */
export const MAX_FILTER_POLICIES = 200;

/** A topic for messages larger than that has no more subscriptions, and only of queues and functions. */
export const MAX_LARGE_SUBSCRIPTIONS = 100;

/** A token is good for two days. */
const TOKEN_MS = 2 * 24 * 60 * 60 * 1_000;

export interface NewSubscription {
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * Subscribes an endpoint, or finds its subscription. A server is asked to confirm; for all others nobody would be
 * there to do so, and AWS asks nobody either but the readers of mail.
 *
 * @param mode the API refuses other attributes than a subscription has; a template sets them.
 * @throws AwsApiError NotFound, InvalidParameter, SubscriptionLimitExceeded, FilterPolicyLimitExceeded
 */
export function subscribe(
  context: SnsContext,
  wanted: NewSubscription,
  mode: 'api' | 'template' = 'api',
): Subscription {
  const { store, newId, clock, deliveries } = context;
  const { topicArn, protocol, endpoint } = wanted;
  const topic = requireTopic(context, topicArn);
  const attributes = checkSubscription(wanted);
  const found = store.findSubscriptionOf(topicArn, protocol, endpoint);
  if (found?.state === 'deleted') store.removeSubscription(found.arn);
  const existing = found?.state === 'deleted' ? undefined : found;
  checkLimits(context, topic, { protocol, attributes, existing });
  if (existing !== undefined) {
    const differs = Object.entries(attributes).some(([name, value]) => existing.attributes[name] !== value);
    if (mode === 'api' && differs) {
      throw invalidParameter('Attributes', 'Subscription already exists with different attributes');
    }
  }
  const isAsked = isPosted({ protocol });
  const subscription: Subscription = {
    ...(existing ?? {
      arn: `${topicArn}:${newId()}`,
      topicArn,
      protocol,
      endpoint,
      state: isAsked ? 'pending' : 'confirmed',
      token: isAsked ? newId() : undefined,
      tokenAtMs: clock.now(),
      isAuthenticated: false,
    }),
    attributes: mode === 'api' && existing !== undefined ? existing.attributes : attributes,
  };
  store.saveSubscription(subscription);
  if (subscription.state === 'pending') {
    deliveries.inBackground(askServer(context, subscription, 'SubscriptionConfirmation'));
  }
  if (existing === undefined && protocol.startsWith('email')) {
    keepConfirmationMail(subscription, newId(), context);
  }
  return subscription;
}

function checkLimits(
  { store }: SnsContext,
  topic: Topic,
  wanted: {
    readonly protocol: string;
    readonly attributes: Readonly<Record<string, string>>;
    readonly existing: Subscription | undefined;
  },
): void {
  const { confirmed, pending, filterPolicies } = store.countSubscriptions(topic.arn);
  const { protocol, attributes, existing } = wanted;
  const count = confirmed + pending + (existing === undefined ? 1 : 0);
  if (count > MAX_SUBSCRIPTIONS) throw snsError('SubscriptionLimitExceeded', 'Subscription Limit Exceeded');
  const hadPolicy = existing?.attributes['FilterPolicy'] !== undefined;
  if (attributes['FilterPolicy'] !== undefined && !hadPolicy) requireRoomForPolicy(filterPolicies);
  if (Number(topic.attributes['MaximumMessageSize'] ?? 0) > MAX_MESSAGE_BYTES) {
    if (protocol !== 'sqs' && protocol !== 'lambda') {
      throw invalidParameter(
        'Protocol',
        `a topic for messages larger than ${MAX_MESSAGE_BYTES} bytes has subscriptions of queues and functions only`,
      );
    }
    if (count > MAX_LARGE_SUBSCRIPTIONS) {
      throw snsError(
        'SubscriptionLimitExceeded',
        `A topic for messages larger than ${MAX_MESSAGE_BYTES} bytes has at most ${MAX_LARGE_SUBSCRIPTIONS} subscriptions`,
      );
    }
  }
}

/** @throws AwsApiError FilterPolicyLimitExceeded */
export function requireRoomForPolicy(filterPolicies: number): void {
  if (filterPolicies < MAX_FILTER_POLICIES) return;
  throw snsError(
    'FilterPolicyLimitExceeded',
    `A topic has at most ${MAX_FILTER_POLICIES} subscriptions with a filter policy`,
  );
}

/**
 * Confirms with the token that was posted to the endpoint; a second time changes nothing. A subscription that was ended
 * by a link comes back with the token that its end was told with.
 *
 * @param authenticateOnUnsubscribe whether only a signed request may end it.
 * @throws AwsApiError NotFound, InvalidParameter
 */
export function confirmSubscription(
  context: SnsContext,
  topicArn: string,
  token: string,
  authenticateOnUnsubscribe = false,
): Subscription {
  requireTopic(context, topicArn);
  const found = context.store.findByToken(topicArn, token);
  if (found === undefined) throw invalidParameter('Token', 'no subscription of the topic waits for it');
  if (found.state === 'confirmed') return found;
  if (context.clock.now() - found.tokenAtMs > TOKEN_MS) {
    throw invalidParameter('Token', 'it is older than two days; subscribe the endpoint again');
  }
  const confirmed: Subscription = {
    ...found,
    state: 'confirmed',
    isAuthenticated: authenticateOnUnsubscribe,
  };
  context.store.saveSubscription(confirmed);
  return confirmed;
}

/**
 * Ends a subscription; that there is none is no error.
 *
 * @param isSigned by a request of the API, and not by a link, which tells the server that is subscribed.
 * @throws AwsApiError InvalidParameter, AuthorizationError
 */
export function unsubscribe(context: SnsContext, arn: string, isSigned: boolean): void {
  const { store, newId, clock, deliveries } = context;
  const parts = arn.split(':').length;
  if (parts < 6) {
    throw invalidParameter('SubscriptionArn', `An ARN must have at least 6 elements, not ${parts}`);
  }
  const subscription = store.findSubscription(arn);
  if (subscription === undefined || subscription.state === 'deleted') {
    if (parts === 6) throw snsError('InvalidParameter', 'Invalid parameter: SubscriptionId');
    return;
  }
  if (isSigned || !isPosted(subscription)) {
    store.removeSubscription(arn);
    return;
  }
  if (subscription.isAuthenticated) {
    throw snsError('AuthorizationError', 'This subscription can be ended by a signed request only');
  }
  const ended: Subscription = { ...subscription, state: 'deleted', token: newId(), tokenAtMs: clock.now() };
  store.saveSubscription(ended);
  deliveries.inBackground(askServer(context, ended, 'UnsubscribeConfirmation'));
}
