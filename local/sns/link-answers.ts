import { AwsApiError } from '../errors.ts';
import type { SnsContext } from './context.ts';
import { renderAnswer } from './handler.ts';
import { LINK_PATH } from './links.ts';
import { confirmSubscription, unsubscribe } from './subscribe.ts';

/** What somebody gets who opens a link of a message. */
export interface LinkAnswer {
  readonly contentType: string;
  readonly body: string;
}

/**
 * Answers the links of messages, which need no signature: `SubscribeURL`, `UnsubscribeURL` and `SigningCertURL`.
 *
 * @param path below the endpoint, without the query.
 * @throws AwsApiError 404 for what is none of them, and as ConfirmSubscription and Unsubscribe do
 */
export async function answerLink(
  context: SnsContext,
  path: string,
  query: URLSearchParams,
): Promise<LinkAnswer> {
  const requestId = context.newId();
  const xml = (action: string, output: object): LinkAnswer => ({
    contentType: 'text/xml',
    body: renderAnswer(action, output, requestId),
  });
  const given = (name: string): string => query.get(name) ?? '';
  if (path !== LINK_PATH) {
    const certificate = await context.signer.certificate(path.slice(LINK_PATH.length + 1));
    if (certificate === undefined) throw notFound(path);
    return { contentType: 'application/x-pem-file', body: certificate };
  }
  switch (given('Action')) {
    case 'ConfirmSubscription': {
      const { arn } = confirmSubscription(context, given('TopicArn'), given('Token'));
      return xml('ConfirmSubscription', { SubscriptionArn: arn });
    }
    case 'Unsubscribe':
      unsubscribe(context, given('SubscriptionArn'), false);
      return xml('Unsubscribe', {});
    default:
      throw notFound(`${path}?Action=${given('Action').slice(0, 100)}`);
  }
}

function notFound(what: string): AwsApiError {
  return new AwsApiError(
    404,
    'NotFound',
    `There is nothing at ${what.slice(0, 300)}. Links here confirm (Action=ConfirmSubscription) or end a subscription ` +
      '(Action=Unsubscribe), or lead to the certificate that messages are signed with.',
  );
}
