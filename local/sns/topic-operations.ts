import { z } from 'zod';
import { checkTopic } from './check.ts';
import {
  afterToken,
  PAGE_SIZE,
  pageOf,
  readInput,
  requireTopic,
  topicArn,
  type Operation,
  type SnsContext,
} from './context.ts';
import { describeEffective } from './delivery/http-policy.ts';
import { invalidParameter, snsError } from './errors.ts';
import { MAX_MESSAGE_BYTES } from './message.ts';
import { policyOf } from './permission-operations.ts';
import type { Topic } from './store.ts';
import { MAX_LARGE_SUBSCRIPTIONS } from './subscribe.ts';
import { readTags, tagSchema } from './tag-operations.ts';
import { changeTopicAttributes, maxMessageBytes } from './topic-attributes.ts';

const MAX_TOPICS = 100_000;

const texts = z.record(z.string(), z.string());
const arnInput = z.object({ TopicArn: z.string() });
const listInput = z.object({ NextToken: z.string().optional() });
const createInput = z.object({
  Name: z.string(),
  Attributes: texts.default({}),
  Tags: z.array(tagSchema).default([]),
  DataProtectionPolicy: z.never({ error: 'data protection is not served' }).optional(),
});
const setInput = z.object({
  TopicArn: z.string(),
  AttributeName: z.string(),
  AttributeValue: z.string().default(''),
});

/** Makes a topic unless it is there; gives its ARN. @throws AwsApiError InvalidParameter, TopicLimitExceeded */
export function createTopic(
  context: SnsContext,
  name: string,
  wanted: Readonly<Record<string, string>>,
  tags: Readonly<Record<string, string>> = {},
): string {
  const attributes = checkTopic(name, wanted);
  const arn = topicArn(context, name);
  const existing = context.store.findTopic(arn);
  if (existing !== undefined) {
    if (differs(attributes, existing.attributes)) {
      throw invalidParameter('Attributes', 'Topic already exists with different attributes');
    }
    if (differs(tags, existing.tags)) {
      throw invalidParameter('Tags', 'Topic already exists with different tags');
    }
    return arn;
  }
  if (context.store.countTopics() >= MAX_TOPICS) throw snsError('TopicLimitExceeded', 'Topic Limit Exceeded');
  context.store.saveTopic({ arn, attributes, tags });
  return arn;
}

/** Whether something that is wanted is otherwise, or not there. */
function differs(
  wanted: Readonly<Record<string, string>>,
  current: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(wanted).some(([key, value]) => current[key] !== value);
}

/** Sets attributes of a topic. @throws AwsApiError InvalidParameter */
export function setTopicAttributes(
  { store }: SnsContext,
  topic: Topic,
  changes: Readonly<Record<string, string>>,
): void {
  const attributes = changeTopicAttributes(topic.attributes, changes);
  if (maxMessageBytes(attributes) > MAX_MESSAGE_BYTES) {
    const subscriptions = store.listSubscriptions(topic.arn, '', MAX_LARGE_SUBSCRIPTIONS + 1);
    const fits = subscriptions.every(({ protocol }) => protocol === 'sqs' || protocol === 'lambda');
    if (!fits || subscriptions.length > MAX_LARGE_SUBSCRIPTIONS) {
      throw invalidParameter(
        'MaximumMessageSize',
        `a topic for messages larger than ${MAX_MESSAGE_BYTES} bytes has at most ${MAX_LARGE_SUBSCRIPTIONS} ` +
          'subscriptions, of queues and functions only',
      );
    }
  }
  store.saveTopic({ ...topic, attributes });
}

export function topicOperations(context: SnsContext): Record<string, Operation> {
  const { store } = context;
  return {
    CreateTopic(input) {
      const { Name, Attributes, Tags } = readInput(createInput, input);
      return { TopicArn: createTopic(context, Name, Attributes, readTags(Tags)) };
    },
    DeleteTopic(input) {
      store.removeTopic(readInput(arnInput, input).TopicArn);
      return {};
    },
    ListTopics(input) {
      const after = afterToken(readInput(listInput, input).NextToken, 'arn:');
      const { page, next } = pageOf(store.listTopics(after, PAGE_SIZE + 1), ({ arn }) => arn);
      return { Topics: page.map(({ arn }) => ({ TopicArn: arn })), NextToken: next };
    },
    GetTopicAttributes(input) {
      const topic = requireTopic(context, readInput(arnInput, input).TopicArn);
      const { confirmed, pending, deleted } = store.countSubscriptions(topic.arn);
      const Attributes = {
        DisplayName: '',
        ...topic.attributes,
        Policy: JSON.stringify(policyOf(topic, context.accountId)),
        EffectiveDeliveryPolicy: describeEffective(topic.attributes['DeliveryPolicy']),
        TopicArn: topic.arn,
        Owner: context.accountId,
        SubscriptionsConfirmed: String(confirmed),
        SubscriptionsPending: String(pending),
        SubscriptionsDeleted: String(deleted),
      };
      return { Attributes };
    },
    SetTopicAttributes(input) {
      const { TopicArn, AttributeName, AttributeValue } = readInput(setInput, input);
      setTopicAttributes(context, requireTopic(context, TopicArn), { [AttributeName]: AttributeValue });
      return {};
    },
  };
}
