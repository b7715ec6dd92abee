import { z } from 'zod';
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
import { invalidParameter, snsError } from './errors.ts';

/** Attributes that are kept and given back; nothing here encrypts, signs or traces. */
const KEPT = new Set(['DisplayName', 'Policy', 'KmsMasterKeyId', 'TracingConfig', 'SignatureVersion']);
const MAX_TOPICS = 100_000;
const MAX_TAGS = 50;

const texts = z.record(z.string(), z.string());
const tag = z.object({ Key: z.string().min(1).max(128), Value: z.string().max(256) });
const arnInput = z.object({ TopicArn: z.string() });
const listInput = z.object({ NextToken: z.string().optional() });
const createInput = z.object({
  Name: z.string(),
  Attributes: texts.default({}),
  Tags: z.array(tag).max(MAX_TAGS).default([]),
  DataProtectionPolicy: z.never({ error: 'data protection is not served' }).optional(),
});
const setInput = z.object({
  TopicArn: z.string(),
  AttributeName: z.string(),
  AttributeValue: z.string().default(''),
});
const tagInput = z.object({ ResourceArn: z.string(), Tags: z.array(tag).max(MAX_TAGS).default([]) });
const untagInput = z.object({ ResourceArn: z.string(), TagKeys: z.array(z.string()).default([]) });

/** Makes a topic unless it is there; gives its ARN. @throws AwsApiError InvalidParameter, TopicLimitExceeded */
export function createTopic(
  context: SnsContext,
  name: string,
  attributes: Readonly<Record<string, string>>,
  tags: Readonly<Record<string, string>> = {},
): string {
  if (!/^[A-Za-z0-9_-]{1,256}$/.test(name)) throw invalidParameter('Topic Name', `"${name.slice(0, 300)}"`);
  for (const [attribute, value] of Object.entries(attributes)) checkAttribute(attribute, value);
  const wanted = withoutFifo(attributes);
  const arn = topicArn(context, name);
  const existing = context.store.findTopic(arn);
  if (existing !== undefined) {
    const differs = Object.entries(wanted).some(([key, value]) => existing.attributes[key] !== value);
    if (differs) throw invalidParameter('Attributes', 'Topic already exists with different attributes');
    return arn;
  }
  if (context.store.countTopics() >= MAX_TOPICS) throw snsError('TopicLimitExceeded', 'Topic Limit Exceeded');
  context.store.saveTopic({ arn, attributes: wanted, tags });
  return arn;
}

/** A standard topic may be asked for in so many words, which then say nothing. */
function withoutFifo(attributes: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => name !== 'FifoTopic'));
}

/** @throws AwsApiError InvalidParameter */
export function checkAttribute(name: string, value: string): void {
  if (KEPT.has(name) || (name === 'FifoTopic' && value === 'false')) return;
  const served = [...KEPT].join(', ');
  throw invalidParameter('AttributeName', `the attribute ${name} is not served here; served are ${served}`);
}

export function topicOperations(context: SnsContext): Record<string, Operation> {
  const { store } = context;
  return {
    CreateTopic(input) {
      const { Name, Attributes, Tags } = readInput(createInput, input);
      const tags = Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]));
      return { TopicArn: createTopic(context, Name, Attributes, tags) };
    },
    DeleteTopic(input) {
      store.removeTopic(readInput(arnInput, input).TopicArn);
      return {};
    },
    ListTopics(input) {
      const after = afterToken(readInput(listInput, input).NextToken);
      const { page, ...next } = pageOf(store.listTopics(after, PAGE_SIZE + 1));
      return { Topics: page.map(({ arn }) => ({ TopicArn: arn })), ...next };
    },
    GetTopicAttributes(input) {
      const topic = requireTopic(context, readInput(arnInput, input).TopicArn);
      const { confirmed, pending } = store.countSubscriptions(topic.arn);
      const Attributes = {
        DisplayName: '',
        Policy: defaultPolicy(context, topic.arn),
        ...topic.attributes,
        TopicArn: topic.arn,
        Owner: context.accountId,
        SubscriptionsConfirmed: String(confirmed),
        SubscriptionsPending: String(pending),
        SubscriptionsDeleted: '0',
      };
      return { Attributes };
    },
    SetTopicAttributes(input) {
      const { TopicArn, AttributeName, AttributeValue } = readInput(setInput, input);
      const topic = requireTopic(context, TopicArn);
      checkAttribute(AttributeName, AttributeValue);
      store.saveTopic({ ...topic, attributes: { ...topic.attributes, [AttributeName]: AttributeValue } });
      return {};
    },
    TagResource(input) {
      const { ResourceArn, Tags } = readInput(tagInput, input);
      const topic = requireTopic(context, ResourceArn);
      const added = Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]));
      const tags = { ...topic.tags, ...added };
      if (Object.keys(tags).length > MAX_TAGS)
        throw invalidParameter('Tags', `there are at most ${MAX_TAGS}`);
      store.saveTopic({ ...topic, tags });
      return {};
    },
    UntagResource(input) {
      const { ResourceArn, TagKeys } = readInput(untagInput, input);
      const topic = requireTopic(context, ResourceArn);
      const kept = Object.entries(topic.tags).filter(([key]) => !TagKeys.includes(key));
      store.saveTopic({ ...topic, tags: Object.fromEntries(kept) });
      return {};
    },
    ListTagsForResource(input) {
      const { tags } = requireTopic(context, readInput(tagInput, input).ResourceArn);
      return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
    },
  };
}

/** The policy that SNS gives a topic: its owner may do everything. */
function defaultPolicy({ accountId }: SnsContext, arn: string): string {
  return JSON.stringify({
    Version: '2008-10-17',
    Id: '__default_policy_ID',
    Statement: [
      {
        Sid: '__default_statement_ID',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: ['SNS:Publish', 'SNS:Subscribe', 'SNS:GetTopicAttributes', 'SNS:SetTopicAttributes'],
        Resource: arn,
        Condition: { StringEquals: { 'AWS:SourceOwner': accountId } },
      },
    ],
  });
}
