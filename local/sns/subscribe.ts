import { errorText } from '../../shared/errors.ts';
import { loopbackTargetProblem } from '../outbox/loopback-target.ts';
import { requireTopic, type SnsContext } from './context.ts';
import { deadLetterArn, SERVED_PROTOCOLS } from './deliver.ts';
import { invalidParameter, snsError } from './errors.ts';
import { postConfirmation } from './post.ts';
import type { Subscription } from './store.ts';

/** SNS's quota is far higher; a topic here is for one machine. */
const MAX_SUBSCRIPTIONS = 10_000;

/** The paths of the endpoint that no signature is asked for; a subscriber confirms itself there. */
export const CONFIRMATION_PATH = '/_glasshouse/sns';

export interface NewSubscription {
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * Subscribes an endpoint, or finds its subscription. An endpoint of HTTP is asked to confirm; for all others nobody
 * would be there to do so, and AWS asks nobody either but the readers of mail.
 *
 * @throws AwsApiError NotFound, InvalidParameter, SubscriptionLimitExceeded
 */
export function subscribe(context: SnsContext, wanted: NewSubscription): Subscription {
  const { store, newId } = context;
  const { topicArn, protocol, endpoint, attributes } = wanted;
  requireTopic(context, topicArn);
  checkEndpoint(protocol, endpoint);
  for (const [name, value] of Object.entries(attributes)) checkSubscriptionAttribute(name, value);
  const existing = store.findSubscriptionOf(topicArn, protocol, endpoint);
  const isPosted = protocol === 'http' || protocol === 'https';
  if (existing === undefined && total(context, topicArn) >= MAX_SUBSCRIPTIONS) {
    throw snsError('SubscriptionLimitExceeded', 'Subscription Limit Exceeded');
  }
  const subscription: Subscription = {
    arn: existing?.arn ?? `${topicArn}:${newId()}`,
    topicArn,
    protocol,
    endpoint,
    attributes: { ...existing?.attributes, ...attributes },
    token: existing === undefined ? (isPosted ? newId() : undefined) : existing.token,
  };
  store.saveSubscription(subscription);
  if (subscription.token !== undefined) context.inBackground(askToConfirm(context, subscription));
  return subscription;
}

/** Confirms with the token that was posted to the endpoint. @throws AwsApiError NotFound, InvalidParameter */
export function confirmSubscription(context: SnsContext, topicArn: string, token: string): Subscription {
  requireTopic(context, topicArn);
  const found = context.store
    .listSubscriptions(topicArn, '', MAX_SUBSCRIPTIONS)
    .find((subscription) => subscription.token === token);
  if (found === undefined) throw invalidParameter('Token', 'no subscription of the topic waits for it');
  const confirmed = { ...found, token: undefined };
  context.store.saveSubscription(confirmed);
  return confirmed;
}

/** @throws AwsApiError InvalidParameter */
export function checkSubscriptionAttribute(name: string, value: string): void {
  if (name === 'RawMessageDelivery' && (value === 'true' || value === 'false')) return;
  if (name === 'RedrivePolicy') {
    deadLetterArn(value);
    return;
  }
  const reason =
    name === 'RawMessageDelivery'
      ? 'it is true or false'
      : 'it is not served here; served are RawMessageDelivery, RedrivePolicy';
  throw invalidParameter(name, reason);
}

function checkEndpoint(protocol: string, endpoint: string): void {
  if (!SERVED_PROTOCOLS.includes(protocol)) {
    const served = SERVED_PROTOCOLS.join(', ');
    throw invalidParameter('Protocol', `the protocol ${protocol} is not served here; served are ${served}`);
  }
  const problem = ENDPOINT_PROBLEMS[protocol]?.(endpoint);
  if (problem !== undefined) throw invalidParameter('Endpoint', problem);
}

const ENDPOINT_PROBLEMS: Readonly<Record<string, (endpoint: string) => string | undefined>> = {
  sqs: (endpoint) => matches(endpoint, /^arn:aws:sqs:[a-z0-9-]+:\d{12}:[\w-]{1,80}$/, 'SQS endpoint ARN'),
  lambda: (endpoint) =>
    matches(endpoint, /^arn:aws:lambda:[a-z0-9-]+:\d{12}:function:\S+$/, 'Lambda endpoint ARN'),
  http: (endpoint) => urlProblem('http', endpoint),
  https: (endpoint) => urlProblem('https', endpoint),
  sms: (endpoint) => matches(endpoint, /^\+?[0-9 ()-]{3,20}$/, 'a phone number'),
  email: (endpoint) => matches(endpoint, /^[^\s@]{1,64}@[^\s@]{1,255}$/, 'an address of mail'),
  'email-json': (endpoint) => matches(endpoint, /^[^\s@]{1,64}@[^\s@]{1,255}$/, 'an address of mail'),
};

function matches(text: string, pattern: RegExp, what: string): string | undefined {
  return pattern.test(text) ? undefined : `${what} is needed, not "${text.slice(0, 200)}"`;
}

function urlProblem(protocol: string, endpoint: string): string | undefined {
  const isOfProtocol = endpoint.startsWith(`${protocol}:`);
  if (!isOfProtocol) return `an ${protocol} URL is needed, not "${endpoint.slice(0, 200)}"`;
  return loopbackTargetProblem(endpoint);
}

function total({ store }: SnsContext, topicArn: string): number {
  const { confirmed, pending } = store.countSubscriptions(topicArn);
  return confirmed + pending;
}

async function askToConfirm(context: SnsContext, subscription: Subscription): Promise<void> {
  const { topicArn, token = '', endpoint } = subscription;
  const query = new URLSearchParams({ Action: 'ConfirmSubscription', TopicArn: topicArn, Token: token });
  const confirmation = {
    Type: 'SubscriptionConfirmation',
    MessageId: context.newId(),
    Token: token,
    TopicArn: topicArn,
    Message: `You have chosen to subscribe to the topic ${topicArn}. Visit the SubscribeURL to confirm.`,
    SubscribeURL: `${context.baseUrl}${CONFIRMATION_PATH}?${query.toString()}`,
    Timestamp: new Date(context.clock.now()).toISOString(),
    SignatureVersion: '1',
  };
  try {
    await postConfirmation(subscription, confirmation);
  } catch (thrown) {
    context.log('a subscriber could not be asked to confirm; subscribe it again when it runs', {
      topicArn,
      endpoint,
      error: errorText(thrown),
    });
  }
}
