import { errorText, GlasshouseError } from '../../shared/errors.ts';
import type { SnsContext } from './context.ts';
import { post } from './delivery/post.ts';
import { delayBefore, type RetryPolicy } from './delivery/retry-policy.ts';
import { certificateUrl, subscribeUrl } from './links.ts';
import type { Subscription } from './store.ts';

/** SNS's own policy for servers: three more tries, 20 seconds apart. */
const RETRIES: RetryPolicy = {
  immediate: 0,
  preBackoff: 0,
  backoff: 3,
  postBackoff: 0,
  minDelaySeconds: 20,
  maxDelaySeconds: 20,
  backoffFunction: 'linear',
};

type HandshakeType = 'SubscriptionConfirmation' | 'UnsubscribeConfirmation';

/**
 * Tells a server of its new subscription, or that somebody has ended it by a link; with the token that it is sent it
 * confirms the one, or takes back the other. A server that is not there is asked again three times.
 */
export async function askServer(
  context: SnsContext,
  subscription: Subscription,
  type: HandshakeType,
  retries = 0,
): Promise<void> {
  const { deliveries, log, store } = context;
  const { arn, topicArn, endpoint, token } = subscription;
  if (token === undefined || store.findSubscription(arn)?.token !== token) return;
  try {
    await postHandshake(context, subscription, type, token);
  } catch (thrown) {
    const mayWorkLater = !(thrown instanceof GlasshouseError) || thrown.retryable;
    const delaySeconds = mayWorkLater ? delayBefore(retries, RETRIES) : undefined;
    const data = { topicArn, subscriptionArn: arn, endpoint, type, retries, error: errorText(thrown) };
    if (delaySeconds === undefined) {
      log('a server could not be told of its subscription; subscribe it again when it runs', data);
      return;
    }
    log('a server could not be told of its subscription and is told again', { ...data, delaySeconds });
    deliveries.later(delaySeconds * 1_000, () => askServer(context, subscription, type, retries + 1));
  }
}

async function postHandshake(
  { signer, clock, baseUrl, newId, store }: SnsContext,
  { arn, topicArn, endpoint }: Subscription,
  type: HandshakeType,
  token: string,
): Promise<void> {
  const messageId = newId();
  const isEnd = type === 'UnsubscribeConfirmation';
  const signed = {
    Type: type,
    MessageId: messageId,
    Token: token,
    TopicArn: topicArn,
    Message: isEnd
      ? `You have chosen to end the subscription ${arn}. Visit the SubscribeURL to take it back.`
      : `You have chosen to subscribe to the topic ${topicArn}. Visit the SubscribeURL to confirm.`,
    SubscribeURL: subscribeUrl(baseUrl, topicArn, token),
    Timestamp: new Date(clock.now()).toISOString(),
  };
  const version = store.findTopic(topicArn)?.attributes['SignatureVersion'] === '2' ? '2' : '1';
  const { signature, certificateName } = await signer.sign(signed, version);
  const message = {
    ...signed,
    SignatureVersion: version,
    Signature: signature,
    SigningCertURL: certificateUrl(baseUrl, certificateName),
  };
  await post({
    url: endpoint,
    headers: {
      'x-amz-sns-message-type': type,
      'x-amz-sns-message-id': messageId,
      'x-amz-sns-topic-arn': topicArn,
      ...(isEnd ? { 'x-amz-sns-subscription-arn': arn } : {}),
    },
    contentType: 'text/plain; charset=UTF-8',
    body: JSON.stringify(message),
  });
}
