import { errorText } from '../../shared/errors.ts';
import { requireTopic, type SnsContext } from './context.ts';
import { keepTextMessage } from './delivery/text-message.ts';
import type { Notification, PublishedMessage } from './notification.ts';
import type { Subscription } from './store.ts';
import { MAX_SUBSCRIPTIONS } from './subscribe.ts';

/**
 * Publishes to a topic, to those of its subscribers whose filter policy accepts the message. Queues, functions and the
 * outbox have it when this resolves; servers get it in the background.
 *
 * @param bytes what of the message counts.
 * @returns the message's id.
 * @throws AwsApiError NotFound when there is no such topic; a subscriber that cannot be reached is no error.
 */
export async function publishToTopic(
  context: SnsContext,
  topicArn: string,
  message: PublishedMessage,
  bytes: number,
): Promise<string> {
  const { store, deliveries, filter, metrics, newId, clock } = context;
  const topic = requireTopic(context, topicArn);
  const notification: Notification = {
    messageId: newId(),
    topicArn: topic.arn,
    atMs: clock.now(),
    message,
    signatureVersion: topic.attributes['SignatureVersion'] === '2' ? '2' : '1',
    displayName: topic.attributes['DisplayName'] ?? '',
  };
  metrics.published(topic.arn, bytes);
  const wants = (subscription: Subscription): boolean => {
    if (subscription.state !== 'confirmed') return false;
    const why = filter.reject(message, subscription);
    if (why !== undefined) metrics.filteredOut(topic.arn, why);
    return why === undefined;
  };
  const subscriptions = store.listSubscriptions(topic.arn, '', MAX_SUBSCRIPTIONS).filter(wants);
  await Promise.all(subscriptions.map((subscription) => deliveries.accept(notification, subscription)));
  return notification.messageId;
}

/** Publishes to a phone number. That it cannot be delivered is told, and not the publisher's concern, as on AWS. */
export function publishToPhone(
  context: SnsContext,
  phoneNumber: string,
  message: PublishedMessage,
  bytes: number,
): string {
  const { clock, metrics, newId, log } = context;
  const messageId = newId();
  metrics.published('', bytes);
  const notification: Notification = {
    messageId,
    topicArn: '',
    atMs: clock.now(),
    message,
    signatureVersion: '1',
    displayName: '',
  };
  try {
    keepTextMessage(notification, phoneNumber, context);
    metrics.delivered('');
  } catch (thrown) {
    metrics.failed('');
    log('a text message could not be delivered and is lost', {
      phoneNumber,
      messageId,
      error: errorText(thrown),
    });
  }
  return messageId;
}
