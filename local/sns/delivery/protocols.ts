import { DeliveryError } from '../errors.ts';
import { textFor, type Notification } from '../notification.ts';
import type { Subscription } from '../store.ts';
import type { DeliveryContext } from '../targets.ts';
import { bodyOf, isRaw, lambdaEvent } from './envelope.ts';
import { keepMail } from './mail.ts';
import { post } from './post.ts';
import { keepTextMessage } from './text-message.ts';

/** One try to deliver to one subscription. Rejects with what the target rejects with. */
type Send = (
  notification: Notification,
  subscription: Subscription,
  context: DeliveryContext,
  contentType: string,
) => Promise<void>;

/** How each protocol is served; what is not in here cannot be subscribed to. */
const PROTOCOLS: ReadonlyMap<string, Send> = new Map<string, Send>([
  ['sqs', sendToQueue],
  ['lambda', invokeFunction],
  ['http', postNotification],
  ['https', postNotification],
  ['sms', async (notification, { endpoint }, context) => keepTextMessage(notification, endpoint, context)],
  ['email', keepMail],
  ['email-json', keepMail],
]);

export const SERVED_PROTOCOLS: readonly string[] = [...PROTOCOLS.keys()];

/** @throws DeliveryError for a protocol that is not served */
export function sendBy(protocol: string): Send {
  const send = PROTOCOLS.get(protocol);
  if (send !== undefined) return send;
  throw new DeliveryError(`the protocol ${protocol} is not served`, { retryable: false });
}

/** Servers are posted to; everything else is at hand. */
export function isPosted({ protocol }: Pick<Subscription, 'protocol'>): boolean {
  return protocol === 'http' || protocol === 'https';
}

async function sendToQueue(
  notification: Notification,
  subscription: Subscription,
  context: DeliveryContext,
): Promise<void> {
  const { targets } = context;
  const { topicArn } = notification;
  targets.authorise?.({ topicArn, endpoint: subscription.endpoint });
  await targets.sendMessage({
    queueArn: subscription.endpoint,
    body: await bodyOf(notification, subscription, context),
    // In an envelope the attributes stand inside.
    attributes: isRaw(subscription) ? notification.message.attributes : {},
  });
}

async function invokeFunction(
  notification: Notification,
  subscription: Subscription,
  context: DeliveryContext,
): Promise<void> {
  const { targets } = context;
  const { endpoint } = subscription;
  targets.authorise?.({ topicArn: notification.topicArn, endpoint });
  await targets.invokeAsync(endpoint, await lambdaEvent(notification, subscription, context));
}

async function postNotification(
  notification: Notification,
  subscription: Subscription,
  context: DeliveryContext,
  contentType: string,
): Promise<void> {
  const raw = isRaw(subscription);
  await post({
    url: subscription.endpoint,
    headers: {
      'x-amz-sns-message-type': 'Notification',
      'x-amz-sns-message-id': notification.messageId,
      'x-amz-sns-topic-arn': notification.topicArn,
      'x-amz-sns-subscription-arn': subscription.arn,
      ...(raw ? { 'x-amz-sns-rawdelivery': 'true' } : {}),
    },
    contentType,
    body: raw
      ? textFor(notification.message, subscription.protocol)
      : await bodyOf(notification, subscription, context),
  });
}
