/** The paths of the endpoint that no signature is asked for; subscribers confirm and end their subscriptions there. */
export const LINK_PATH = '/_glasshouse/sns';

/** Where a subscription is confirmed: `SubscribeURL`. */
export function subscribeUrl(baseUrl: string, topicArn: string, token: string): string {
  return link(baseUrl, { Action: 'ConfirmSubscription', TopicArn: topicArn, Token: token });
}

/** Where a subscription is ended: `UnsubscribeURL`. */
export function unsubscribeUrl(baseUrl: string, subscriptionArn: string): string {
  return link(baseUrl, { Action: 'Unsubscribe', SubscriptionArn: subscriptionArn });
}

/** Where the certificate is that messages are signed with: `SigningCertURL`. */
export function certificateUrl(baseUrl: string, certificateName: string): string {
  return `${baseUrl}${LINK_PATH}/${certificateName}`;
}

/** Tokens and ARNs need no escapes, and AWS writes none. */
function link(baseUrl: string, parameters: Record<string, string>): string {
  const query = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
  return `${baseUrl}${LINK_PATH}?${query.join('&')}`;
}
