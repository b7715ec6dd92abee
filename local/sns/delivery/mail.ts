import { unsubscribeUrl } from '../links.ts';
import { textFor, type Notification } from '../notification.ts';
import type { Subscription } from '../store.ts';
import type { DeliveryContext } from '../targets.ts';
import { bodyOf } from './envelope.ts';

const SENDER = 'no-reply@sns.amazonaws.com';
const SENDER_NAME = 'AWS Notifications';
const SUBJECT = 'AWS Notification Message';

/** Keeps a mail as its reader would see it: the text with a way out under it, or the envelope. */
export async function keepMail(
  notification: Notification,
  subscription: Subscription,
  context: DeliveryContext,
): Promise<void> {
  const { topicArn, messageId, message, atMs, displayName } = notification;
  const { protocol, endpoint, arn } = subscription;
  const text = textFor(message, protocol);
  const footer = `To get no more of ${topicArn}, open ${unsubscribeUrl(context.baseUrl, arn)}`;
  const body =
    protocol === 'email'
      ? `${text}\n\n--\n${footer}\n`
      : await bodyOf(notification, { ...subscription, attributes: {} }, context);
  context.targets.keep('email', {
    address: endpoint,
    from: senderOf(displayName),
    subject: message.subject ?? SUBJECT,
    message: text,
    format: protocol === 'email' ? 'text' : 'json',
    body,
    topicArn,
    subscriptionArn: arn,
    messageId,
    timestamp: new Date(atMs).toISOString(),
  });
}

/**
 * Keeps the mail that asks a new reader to confirm. Nobody is asked here, because nobody would be there to answer;
 * that AWS does is told by it.
 */
export function keepConfirmationMail(
  { topicArn, endpoint, arn }: Subscription,
  messageId: string,
  { targets, clock }: Pick<DeliveryContext, 'targets' | 'clock'>,
): void {
  targets.keep('email', {
    address: endpoint,
    from: senderOf(''),
    subject: 'AWS Notification - Subscription Confirmation',
    message:
      `On AWS the reader of this address would have to confirm the subscription to ${topicArn} before any mail is ` +
      'sent to it. Here it is confirmed already.',
    topicArn,
    subscriptionArn: arn,
    messageId,
    timestamp: new Date(clock.now()).toISOString(),
  });
}

function senderOf(displayName: string): string {
  const name = displayName === '' ? SENDER_NAME : displayName.replaceAll(/["<>\r\n]/g, '');
  return `${name} <${SENDER}>`;
}
