/** The members of a notification, and of a message about a subscription, that its signature is over. */
const SIGNED: Readonly<Record<string, readonly string[]>> = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: [
    'Message',
    'MessageId',
    'SubscribeURL',
    'Timestamp',
    'Token',
    'TopicArn',
    'Type',
  ],
  UnsubscribeConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
};

/**
 * What is signed of a message: names and values of its members, each on a line of its own, in the order of the names.
 * A subject that there is not is left out. (SNS developer guide, "Verifying the signatures of Amazon SNS messages")
 */
export function stringToSign(message: Readonly<Record<string, unknown>>): string {
  const lines: string[] = [];
  for (const name of SIGNED[String(message['Type'])] ?? []) {
    const value = message[name];
    if (typeof value === 'string') lines.push(name, value);
  }
  return lines.map((line) => `${line}\n`).join('');
}
