import type { Clock } from '../clock.ts';
import { bodyOf, isRaw, type Notification } from './notification.ts';
import type { Subscription } from './store.ts';
import type { DeliveryContext } from './targets.ts';

/** SNS waits this long for an answer. */
const TIMEOUT_MS = 15_000;

/** AWS tries for hours; here three tries, these seconds apart, tell a server that restarts from one that is gone. */
const RETRY_DELAYS_SECONDS = [0.2, 1] as const;

/** Posts a notification to a subscriber on this machine. @throws Error when every try has failed */
export async function postNotification(
  notification: Notification,
  subscription: Subscription,
  context: DeliveryContext,
): Promise<void> {
  const headers = {
    'x-amz-sns-message-type': 'Notification',
    'x-amz-sns-message-id': notification.messageId,
    'x-amz-sns-topic-arn': notification.topicArn,
    'x-amz-sns-subscription-arn': subscription.arn,
    ...(isRaw(subscription) ? { 'x-amz-sns-rawdelivery': 'true' } : {}),
  };
  const body = bodyOf(notification, subscription, context.baseUrl);
  for (const delaySeconds of RETRY_DELAYS_SECONDS) {
    try {
      await post(subscription.endpoint, headers, body);
      return;
    } catch {
      await pause(context.clock, delaySeconds * 1_000);
    }
  }
  await post(subscription.endpoint, headers, body);
}

/** Asks an endpoint to confirm its subscription, once: a caller that missed it subscribes again. */
export async function postConfirmation(
  subscription: Subscription,
  confirmation: Readonly<Record<string, unknown>>,
): Promise<void> {
  const headers = {
    'x-amz-sns-message-type': 'SubscriptionConfirmation',
    'x-amz-sns-message-id': String(confirmation['MessageId']),
    'x-amz-sns-topic-arn': subscription.topicArn,
  };
  await post(subscription.endpoint, headers, JSON.stringify(confirmation));
}

async function post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'text/plain; charset=UTF-8', ...headers },
    body,
    // A redirect could lead away from this machine.
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
}

function pause(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => clock.schedule(delayMs, resolve));
}
