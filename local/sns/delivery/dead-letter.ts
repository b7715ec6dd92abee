import { errorText } from '../../../shared/errors.ts';
import type { Notification } from '../notification.ts';
import type { Subscription } from '../store.ts';
import type { DeliveryContext } from '../targets.ts';
import { bodyOf, isRaw } from './envelope.ts';
import type { SnsMetrics } from './metrics.ts';

/** SQS takes no more attributes with a message. */
const MAX_ATTRIBUTES = 10;

/** The dead-letter queue that a RedrivePolicy names; undefined when it names none. */
export function deadLetterArn(policy: string | undefined): string | undefined {
  if (policy === undefined || policy === '') return undefined;
  try {
    const parsed: unknown = JSON.parse(policy);
    if (typeof parsed !== 'object' || parsed === null || !('deadLetterTargetArn' in parsed)) return undefined;
    const { deadLetterTargetArn: arn } = parsed;
    return typeof arn === 'string' ? arn : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Puts what could not be delivered into the dead-letter queue of its subscription; that it is lost where there is none
 * is told, since SNS tells neither the publisher nor anybody else.
 */
export async function bury(
  notification: Notification,
  subscription: Subscription,
  error: unknown,
  { retries, context, metrics }: { retries: number; context: DeliveryContext; metrics: SnsMetrics },
): Promise<void> {
  const { targets, log } = context;
  const { topicArn, messageId, message } = notification;
  const queueArn = deadLetterArn(subscription.attributes['RedrivePolicy']);
  const data = {
    topicArn,
    subscriptionArn: subscription.arn,
    endpoint: subscription.endpoint,
    messageId,
    retries,
    error: errorText(error),
  };
  if (queueArn === undefined) {
    log('a notification could not be delivered and is lost', data);
    return;
  }
  try {
    targets.authorise?.({ topicArn, endpoint: queueArn });
    const fits = isRaw(subscription) && Object.keys(message.attributes).length <= MAX_ATTRIBUTES;
    await targets.sendMessage({
      queueArn,
      body: await bodyOf(notification, subscription, context),
      attributes: fits ? message.attributes : {},
    });
    metrics.redriven(topicArn);
    log('a notification could not be delivered and is in the dead-letter queue', { ...data, queueArn });
  } catch (second) {
    metrics.notRedriven(topicArn);
    log('a notification reached neither its endpoint nor its dead-letter queue and is lost', {
      ...data,
      queueArn,
      deadLetterError: errorText(second),
    });
  }
}
