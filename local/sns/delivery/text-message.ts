import { DeliveryError } from '../errors.ts';
import type { MessageAttributes } from '../message-attributes.ts';
import { textFor, type Notification } from '../notification.ts';
import type { DeliveryContext } from '../targets.ts';

/** What a phone shows of a topic's display name in front of the text. */
const SHOWN_NAME_CHARACTERS = 10;

/** Characters of one message, and of each of several that a long text is sent as. */
const GSM = { single: 160, part: 153 } as const;
const UCS2 = { single: 70, part: 67 } as const;

/** The alphabet of GSM 03.38; those of its extension count twice. */
const GSM_CHARACTER =
  /^[@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà^{}\\[~\]|€\f]$/;
const GSM_EXTENSION = /[\^{}\\[~\]|€\f]/g;

/**
 * Keeps a text message as its reader would see it, with what it would be sent with.
 *
 * @throws DeliveryError for a number whose owner has opted out
 */
export function keepTextMessage(
  notification: Notification,
  phoneNumber: string,
  { targets, sms }: Pick<DeliveryContext, 'targets' | 'sms'>,
): void {
  if (sms.isOptedOut(phoneNumber)) {
    throw new DeliveryError(`Phone number is opted out: ${phoneNumber}`, { retryable: false });
  }
  const { message, displayName, topicArn, messageId, atMs } = notification;
  const text = textFor(message, 'sms');
  const shown =
    displayName === '' ? text : `${displayName.slice(0, SHOWN_NAME_CHARACTERS).toUpperCase()}> ${text}`;
  targets.keep('sms', {
    phoneNumber,
    message: shown,
    ...settingsOf(message.attributes, sms.attributes()),
    parts: countParts(shown),
    ...(topicArn === '' ? {} : { topicArn }),
    messageId,
    timestamp: new Date(atMs).toISOString(),
  });
}

/** The attributes of a message that say how it is sent, else the account's. */
function settingsOf(
  attributes: MessageAttributes,
  defaults: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> {
  const own = (name: string): string | undefined => attributes[name]?.StringValue;
  const senderId = own('AWS.SNS.SMS.SenderID') ?? defaults['DefaultSenderID'];
  const originationNumber = own('AWS.MM.SMS.OriginationNumber');
  const maxPriceUsd = own('AWS.SNS.SMS.MaxPrice');
  return {
    ...(senderId === undefined || senderId === '' ? {} : { senderId }),
    ...(originationNumber === undefined ? {} : { originationNumber }),
    smsType: own('AWS.SNS.SMS.SMSType') ?? defaults['DefaultSMSType'] ?? 'Promotional',
    ...(maxPriceUsd === undefined ? {} : { maxPriceUsd: Number(maxPriceUsd) }),
  };
}

/** How many messages of the network a text is sent as. */
export function countParts(text: string): number {
  let isGsm = true;
  for (const character of text) isGsm &&= GSM_CHARACTER.test(character);
  const length = text.length + (isGsm ? (text.match(GSM_EXTENSION)?.length ?? 0) : 0);
  const { single, part } = isGsm ? GSM : UCS2;
  return length <= single ? 1 : Math.ceil(length / part);
}
