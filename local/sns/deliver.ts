import { errorText } from '../../shared/errors.ts';
import { invalidParameter } from './errors.ts';
import { bodyOf, isRaw, lambdaEvent, type Notification } from './notification.ts';
import { postNotification } from './post.ts';
import type { Subscription } from './store.ts';
import type { DeliveryContext, SnsTargets } from './targets.ts';

/** Delivers to one subscription. @throws whatever the target rejects with */
type Deliver = (
  notification: Notification,
  subscription: Subscription,
  context: DeliveryContext,
) => Promise<unknown>;

/** How each protocol is served; what is not in here cannot be subscribed to. */
const PROTOCOLS: ReadonlyMap<string, Deliver> = new Map<string, Deliver>([
  ['sqs', deliverToQueue],
  [
    'lambda',
    (notification, subscription, { targets, baseUrl }) =>
      targets.invokeAsync(subscription.endpoint, lambdaEvent(notification, subscription, baseUrl)),
  ],
  ['http', postNotification],
  ['https', postNotification],
  [
    'sms',
    async (notification, subscription, { targets }) => keepSms(notification, subscription.endpoint, targets),
  ],
  ['email', keepEmail],
  ['email-json', keepEmail],
]);

export const SERVED_PROTOCOLS: readonly string[] = [...PROTOCOLS.keys()];

/**
 * Delivers a notification to one subscription; a failure goes to the dead-letter queue of the subscription, or is
 * told where there is none: SNS never tells the publisher.
 */
export async function deliver(
  notification: Notification,
  subscription: Subscription,
  context: DeliveryContext,
): Promise<void> {
  const { topicArn, messageId, message } = notification;
  const { protocol, endpoint, attributes } = subscription;
  const { targets, log } = context;
  try {
    if (protocol === 'sqs' || protocol === 'lambda') targets.authorise?.({ topicArn, endpoint });
    await PROTOCOLS.get(protocol)?.(notification, subscription, context);
  } catch (thrown) {
    const data = {
      topicArn,
      subscriptionArn: subscription.arn,
      endpoint,
      messageId,
      error: errorText(thrown),
    };
    const queueArn = deadLetterArn(attributes['RedrivePolicy']);
    if (queueArn === undefined) {
      log('a notification could not be delivered and is lost', data);
      return;
    }
    try {
      const body = bodyOf(notification, subscription, context.baseUrl);
      await targets.sendMessage({ queueArn, body, attributes: message.attributes });
      log('a notification could not be delivered and is in the dead-letter queue', { ...data, queueArn });
    } catch (second) {
      log('a notification reached neither its endpoint nor its dead-letter queue and is lost', {
        ...data,
        queueArn,
        deadLetterError: errorText(second),
      });
    }
  }
}

/** Keeps a text message that was published to a phone number. */
export function keepSms(
  { messageId, message, atMs }: Notification,
  phoneNumber: string,
  { keep }: SnsTargets,
): void {
  keep('sms', {
    phoneNumber,
    message: message.textFor('sms'),
    messageId,
    timestamp: new Date(atMs).toISOString(),
  });
}

/** The dead-letter queue that a RedrivePolicy names. */
export function deadLetterArn(policy: string | undefined): string | undefined {
  if (policy === undefined || policy === '') return undefined;
  const found = /"deadLetterTargetArn"\s*:\s*"(arn:aws:sqs:[^"]+)"/.exec(policy)?.[1];
  if (found !== undefined) return found;
  throw invalidParameter('RedrivePolicy', 'it has to name a queue as deadLetterTargetArn');
}

async function deliverToQueue(
  notification: Notification,
  subscription: Subscription,
  context: DeliveryContext,
): Promise<void> {
  await context.targets.sendMessage({
    queueArn: subscription.endpoint,
    body: bodyOf(notification, subscription, context.baseUrl),
    // In an envelope the attributes stand inside.
    attributes: isRaw(subscription) ? notification.message.attributes : {},
  });
}

async function keepEmail(
  { topicArn, messageId, message, atMs }: Notification,
  { endpoint, protocol }: Subscription,
  { targets }: DeliveryContext,
): Promise<void> {
  targets.keep('email', {
    address: endpoint,
    subject: message.subject ?? 'AWS Notification Message',
    message: message.textFor(protocol),
    format: protocol === 'email' ? 'text' : 'json',
    topicArn,
    messageId,
    timestamp: new Date(atMs).toISOString(),
  });
}
