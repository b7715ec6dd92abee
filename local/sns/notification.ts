import type { PublishedMessage } from './message.ts';
import type { Subscription } from './store.ts';

/** A message on its way to subscribers. */
export interface Notification {
  readonly messageId: string;
  readonly topicArn: string;
  readonly atMs: number;
  readonly message: PublishedMessage;
}

/**
 * Where AWS puts a signature over the message and the address of its certificate. Nothing signs here: whoever
 * verifies has to find out, and whoever only reads finds text where text is expected.
 */
const UNSIGNED = 'this-cloud-does-not-sign';

/** The envelope of a notification, as SQS and HTTP subscribers get it. */
function envelopeOf(
  notification: Notification,
  { arn, protocol }: Subscription,
  baseUrl: string,
): Record<string, unknown> {
  const { messageId, topicArn, atMs, message } = notification;
  const attributes = Object.entries(message.attributes).map(
    ([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      { Type: DataType, Value: StringValue ?? BinaryValue },
    ],
  );
  return {
    Type: 'Notification',
    MessageId: messageId,
    TopicArn: topicArn,
    ...(message.subject === undefined ? {} : { Subject: message.subject }),
    Message: message.textFor(protocol),
    Timestamp: new Date(atMs).toISOString(),
    SignatureVersion: '1',
    Signature: UNSIGNED,
    SigningCertURL: `${baseUrl}/${UNSIGNED}.pem`,
    UnsubscribeURL: `${baseUrl}/?Action=Unsubscribe&SubscriptionArn=${arn}`,
    ...(attributes.length === 0 ? {} : { MessageAttributes: Object.fromEntries(attributes) }),
  };
}

/** Whether a subscriber wants the text alone. */
export function isRaw({ attributes }: Subscription): boolean {
  return attributes['RawMessageDelivery'] === 'true';
}

/** What travels: the text alone, or the envelope around it. */
export function bodyOf(notification: Notification, subscription: Subscription, baseUrl: string): string {
  return isRaw(subscription)
    ? notification.message.textFor(subscription.protocol)
    : JSON.stringify(envelopeOf(notification, subscription, baseUrl));
}

/** The event that a function gets; some of its names are written in another way than the envelope's. */
export function lambdaEvent(notification: Notification, subscription: Subscription, baseUrl: string): object {
  const { SigningCertURL, UnsubscribeURL, ...rest } = envelopeOf(notification, subscription, baseUrl);
  return {
    Records: [
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: subscription.arn,
        Sns: {
          Subject: null,
          MessageAttributes: {},
          ...rest,
          SigningCertUrl: SigningCertURL,
          UnsubscribeUrl: UnsubscribeURL,
        },
      },
    ],
  };
}
