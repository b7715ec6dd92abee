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
import { isRaw } from './delivery/envelope.ts';
import { describeEffective, effectivePolicy } from './delivery/http-policy.ts';
import { isPosted } from './delivery/protocols.ts';
import { scopeOf } from './filter-policy/filter.ts';
import type { Subscription } from './store.ts';
import { confirmSubscription, requireRoomForPolicy, subscribe, unsubscribe } from './subscribe.ts';
import { changeAttributes } from './subscription-attributes.ts';

const subscribeInput = z.object({
  TopicArn: z.string(),
  Protocol: z.string(),
  Endpoint: z.string().default(''),
  Attributes: z.record(z.string(), z.string()).default({}),
  ReturnSubscriptionArn: z.string().optional(),
});
const confirmInput = z.object({
  TopicArn: z.string(),
  Token: z.string(),
  AuthenticateOnUnsubscribe: z.string().optional(),
});
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
    const found = store.listSubscriptions(topicArn, afterToken(token, 'arn:'), PAGE_SIZE + 1);
    const { page, next } = pageOf(found, ({ arn }) => arn);
    const Subscriptions = page.map((subscription) => ({
      SubscriptionArn: subscription.state === 'pending' ? 'PendingConfirmation' : subscription.arn,
      Owner: accountId,
      Protocol: subscription.protocol,
      Endpoint: subscription.endpoint,
      TopicArn: subscription.topicArn,
    }));
    return { Subscriptions, NextToken: next };
  }

  return {
    Subscribe(input) {
      const { TopicArn, Protocol, Endpoint, Attributes, ReturnSubscriptionArn } = readInput(
        subscribeInput,
        input,
      );
      const wanted = { topicArn: TopicArn, protocol: Protocol, endpoint: Endpoint, attributes: Attributes };
      const { arn, state } = subscribe(context, wanted);
      const isTold = state === 'confirmed' || ReturnSubscriptionArn === 'true';
      return { SubscriptionArn: isTold ? arn : 'pending confirmation' };
    },
    ConfirmSubscription(input) {
      const { TopicArn, Token, AuthenticateOnUnsubscribe } = readInput(confirmInput, input);
      const isAuthenticated = AuthenticateOnUnsubscribe === 'true';
      return { SubscriptionArn: confirmSubscription(context, TopicArn, Token, isAuthenticated).arn };
    },
    Unsubscribe(input) {
      unsubscribe(context, readInput(arnInput, input).SubscriptionArn, true);
      return {};
    },
    ListSubscriptions: (input) => list(undefined, readInput(listInput, input).NextToken),
    ListSubscriptionsByTopic(input) {
      const { TopicArn, NextToken } = readInput(listOfTopicInput, input);
      return list(requireTopic(context, TopicArn).arn, NextToken);
    },
    GetSubscriptionAttributes(input) {
      const subscription = requireSubscription(context, readInput(arnInput, input).SubscriptionArn);
      return { Attributes: describe(subscription, context) };
    },
    SetSubscriptionAttributes(input) {
      const { SubscriptionArn, AttributeName, AttributeValue } = readInput(setInput, input);
      const subscription = requireSubscription(context, SubscriptionArn);
      const { protocol, endpoint, attributes: current, topicArn } = subscription;
      const changes = { [AttributeName]: AttributeValue };
      const operation = 'SetSubscriptionAttributes';
      const attributes = changeAttributes({ protocol, endpoint, current, changes, operation });
      const isNew = attributes['FilterPolicy'] !== undefined && current['FilterPolicy'] === undefined;
      if (isNew) requireRoomForPolicy(store.countSubscriptions(topicArn).filterPolicies);
      store.saveSubscription({ ...subscription, attributes });
      return {};
    },
  };
}

function describe(subscription: Subscription, { accountId, store }: SnsContext): Record<string, string> {
  const { arn, topicArn, protocol, endpoint, attributes, state, isAuthenticated } = subscription;
  const { FilterPolicyScope: _scope, ...rest } = attributes;
  const isAsked = isPosted(subscription);
  const topicPolicy = store.findTopic(topicArn)?.attributes['DeliveryPolicy'];
  const http = isAsked
    ? effectivePolicy(attributes['DeliveryPolicy'], topicPolicy, isRaw(subscription))
    : undefined;
  return {
    RawMessageDelivery: 'false',
    ...rest,
    // Without a policy its scope is not told.
    ...(attributes['FilterPolicy'] === undefined ? {} : { FilterPolicyScope: scopeOf(subscription) }),
    ...(http === undefined ? {} : { EffectiveDeliveryPolicy: describeEffective(topicPolicy, http) }),
    SubscriptionArn: arn,
    SubscriptionPrincipal: `arn:aws:iam::${accountId}:root`,
    TopicArn: topicArn,
    Owner: accountId,
    Protocol: protocol,
    Endpoint: endpoint,
    PendingConfirmation: String(state === 'pending'),
    ConfirmationWasAuthenticated: String(isAsked ? isAuthenticated : state === 'confirmed'),
  };
}
