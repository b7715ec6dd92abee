import { z } from 'zod';
import {
  afterToken,
  PAGE_SIZE,
  pageOf,
  readInput,
  requireSubscription,
  requireTopic,
  type Operation,
  type SnsContext,
} from './context.ts';
import type { Subscription } from './store.ts';
import { checkSubscriptionAttribute, confirmSubscription, subscribe } from './subscribe.ts';

const subscribeInput = z.object({
  TopicArn: z.string(),
  Protocol: z.string(),
  Endpoint: z.string().default(''),
  Attributes: z.record(z.string(), z.string()).default({}),
  ReturnSubscriptionArn: z.string().optional(),
});
const confirmInput = z.object({ TopicArn: z.string(), Token: z.string() });
const arnInput = z.object({ SubscriptionArn: z.string() });
const listInput = z.object({ NextToken: z.string().optional() });
const listOfTopicInput = z.object({ TopicArn: z.string(), NextToken: z.string().optional() });
const setInput = z.object({
  SubscriptionArn: z.string(),
  AttributeName: z.string(),
  AttributeValue: z.string().default(''),
});

export function subscriptionOperations(context: SnsContext): Record<string, Operation> {
  const { store, accountId } = context;

  function list(topicArn: string | undefined, token: string | undefined): object {
    const { page, ...next } = pageOf(store.listSubscriptions(topicArn, afterToken(token), PAGE_SIZE + 1));
    const Subscriptions = page.map((subscription) => ({
      SubscriptionArn: subscription.token === undefined ? subscription.arn : 'PendingConfirmation',
      Owner: accountId,
      Protocol: subscription.protocol,
      Endpoint: subscription.endpoint,
      TopicArn: subscription.topicArn,
    }));
    return { Subscriptions, ...next };
  }

  return {
    Subscribe(input) {
      const { TopicArn, Protocol, Endpoint, Attributes, ReturnSubscriptionArn } = readInput(
        subscribeInput,
        input,
      );
      const wanted = { topicArn: TopicArn, protocol: Protocol, endpoint: Endpoint, attributes: Attributes };
      const { arn, token } = subscribe(context, wanted);
      const isTold = token === undefined || ReturnSubscriptionArn === 'true';
      return { SubscriptionArn: isTold ? arn : 'pending confirmation' };
    },
    ConfirmSubscription(input) {
      const { TopicArn, Token } = readInput(confirmInput, input);
      return { SubscriptionArn: confirmSubscription(context, TopicArn, Token).arn };
    },
    Unsubscribe(input) {
      store.removeSubscription(readInput(arnInput, input).SubscriptionArn);
      return {};
    },
    ListSubscriptions: (input) => list(undefined, readInput(listInput, input).NextToken),
    ListSubscriptionsByTopic(input) {
      const { TopicArn, NextToken } = readInput(listOfTopicInput, input);
      return list(requireTopic(context, TopicArn).arn, NextToken);
    },
    GetSubscriptionAttributes(input) {
      const subscription = requireSubscription(context, readInput(arnInput, input).SubscriptionArn);
      return { Attributes: describe(subscription, accountId) };
    },
    SetSubscriptionAttributes(input) {
      const { SubscriptionArn, AttributeName, AttributeValue } = readInput(setInput, input);
      const subscription = requireSubscription(context, SubscriptionArn);
      checkSubscriptionAttribute(AttributeName, AttributeValue);
      const attributes = { ...subscription.attributes, [AttributeName]: AttributeValue };
      store.saveSubscription({ ...subscription, attributes });
      return {};
    },
  };
}

function describe(subscription: Subscription, accountId: string): Record<string, string> {
  const { arn, topicArn, protocol, endpoint, attributes, token } = subscription;
  return {
    RawMessageDelivery: 'false',
    ...attributes,
    SubscriptionArn: arn,
    TopicArn: topicArn,
    Owner: accountId,
    Protocol: protocol,
    Endpoint: endpoint,
    PendingConfirmation: String(token !== undefined),
    ConfirmationWasAuthenticated: String(token === undefined),
  };
}
