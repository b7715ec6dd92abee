import { certificateUrl, unsubscribeUrl } from '../links.ts';
import { textFor, type Notification } from '../notification.ts';
import type { Subscription } from '../store.ts';
import type { DeliveryContext } from '../targets.ts';

type Signing = Pick<DeliveryContext, 'signer' | 'baseUrl'>;

/** Whether a subscriber wants the text alone. */
export function isRaw({ attributes }: Pick<Subscription, 'attributes'>): boolean {
  return attributes['RawMessageDelivery'] === 'true';
}

/** What travels: the text alone, or the envelope around it. */
export async function bodyOf(
  notification: Notification,
  subscription: Subscription,
  signing: Signing,
): Promise<string> {
  if (isRaw(subscription)) return textFor(notification.message, subscription.protocol);
  return JSON.stringify(await envelopeOf(notification, subscription, signing));
}

/** The envelope of a notification, as queues, servers and readers of `email-json` get it. */
async function envelopeOf(
  notification: Notification,
  { arn, protocol }: Subscription,
  { signer, baseUrl }: Signing,
): Promise<Readonly<Record<string, unknown>>> {
  const { messageId, topicArn, atMs, message, signatureVersion } = notification;
  const attributes = Object.entries(message.attributes).map(
    ([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      { Type: DataType, Value: StringValue ?? BinaryValue },
    ],
  );
  const signed = {
    Type: 'Notification',
    MessageId: messageId,
    TopicArn: topicArn,
    ...(message.subject === undefined ? {} : { Subject: message.subject }),
    Message: textFor(message, protocol),
    Timestamp: new Date(atMs).toISOString(),
  };
  const { signature, certificateName } = await signer.sign(signed, signatureVersion);
  return {
    ...signed,
    SignatureVersion: signatureVersion,
    Signature: signature,
    SigningCertURL: certificateUrl(baseUrl, certificateName),
    UnsubscribeURL: unsubscribeUrl(baseUrl, arn),
    ...(attributes.length === 0 ? {} : { MessageAttributes: Object.fromEntries(attributes) }),
  };
}

/** The event that a function gets; some of its names are written in another way than the envelope's. */
export async function lambdaEvent(
  notification: Notification,
  subscription: Subscription,
  signing: Signing,
): Promise<object> {
  const { Subject = null, Message, ...head } = await envelopeOf(notification, subscription, signing);
  const { Timestamp, SignatureVersion, Signature, ...rest } = head;
  const { SigningCertURL, UnsubscribeURL, MessageAttributes = {}, ...names } = rest;
  return {
    Records: [
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: subscription.arn,
        Sns: {
          ...names,
          Subject,
          Message,
          Timestamp,
          SignatureVersion,
          Signature,
          SigningCertUrl: SigningCertURL,
          UnsubscribeUrl: UnsubscribeURL,
          MessageAttributes,
        },
      },
    ],
  };
}
