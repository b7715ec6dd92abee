import * as z from 'zod';
import { numberAttribute, changeAttributes, describeAttributes, fifoRefused } from './queue-attributes.ts';
import { readRedriveAllowPolicy, readRedrivePolicy, type QueueAttributes } from './queue-attributes.ts';
import { queueArn, queueByArn, queueByUrl, queueDoesNotExist, queueUrl, readInput } from './context.ts';
import type { Operation, SqsContext } from './context.ts';
import { sqsError } from './errors.ts';

const QUEUE_NAME = /^[A-Za-z0-9_-]{1,80}$/;
const MAX_LISTED = 1_000;
const MAX_TAGS = 50;
/** A queue can be purged once in so long (SQS API, PurgeQueue). */
const PURGE_INTERVAL_MS = 60_000;

const texts = z.record(z.string(), z.string());
const tagsSchema = texts.refine((tags) => Object.keys(tags).length <= MAX_TAGS, `more than ${MAX_TAGS} tags`);
const byUrl = z.object({ QueueUrl: z.string() });
const createSchema = z.object({
  QueueName: z.string(),
  Attributes: texts.default({}),
  tags: tagsSchema.default({}),
});
const getUrlSchema = z.object({ QueueName: z.string(), QueueOwnerAWSAccountId: z.string().optional() });
const listSchema = z.object({
  QueueNamePrefix: z.string().default(''),
  MaxResults: z.int().min(1).max(MAX_LISTED).optional(),
  NextToken: z.string().default(''),
});
const getAttributesSchema = byUrl.extend({ AttributeNames: z.array(z.string()).default([]) });
const setAttributesSchema = byUrl.extend({ Attributes: texts });
const tagSchema = byUrl.extend({ Tags: tagsSchema });
const untagSchema = byUrl.extend({ TagKeys: z.array(z.string()) });

/**
 * Creates a queue, or finds the one of that name.
 *
 * @throws AwsApiError `QueueNameExists` when there is one with other attributes than those given.
 */
export function createQueue(
  context: SqsContext,
  name: string,
  given: QueueAttributes,
  tags: Readonly<Record<string, string>> = {},
): void {
  const { queues, clock } = context;
  if (name.endsWith('.fifo')) throw fifoRefused(`the name ${name}`);
  if (!QUEUE_NAME.test(name)) {
    throw sqsError(
      'InvalidParameterValue',
      `The queue name "${name}" can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length.`,
    );
  }
  const attributes = changeAttributes({}, given);
  const existing = queues.find(name);
  if (existing === undefined) {
    checkDeadLetterTarget(context, name, attributes);
    queues.create(name, attributes, tags, clock.now());
    return;
  }
  const differing = Object.keys(given).find((key) => attributes[key] !== existing.attributes[key]);
  if (differing !== undefined && !isDefault(differing, attributes, existing.attributes)) {
    throw sqsError(
      'QueueNameExists',
      `A queue already exists with the same name (${name}) and a different value for attribute ${differing}.`,
    );
  }
}

/** Whether an attribute is the same in both once defaults are filled in. */
function isDefault(name: string, one: QueueAttributes, other: QueueAttributes): boolean {
  const live = {
    ApproximateNumberOfMessages: '',
    ApproximateNumberOfMessagesDelayed: '',
    ApproximateNumberOfMessagesNotVisible: '',
    CreatedTimestamp: '',
    LastModifiedTimestamp: '',
    QueueArn: '',
  };
  return describeAttributes(one, live, [name])[name] === describeAttributes(other, live, [name])[name];
}

/** @throws AwsApiError as `changeAttributes` does, and when the dead-letter queue cannot be one. */
export function setQueueAttributes(context: SqsContext, name: string, changes: QueueAttributes): void {
  const queue = context.queues.find(name);
  if (queue === undefined) throw queueDoesNotExist(name);
  const attributes = changeAttributes(queue.attributes, changes);
  checkDeadLetterTarget(context, name, attributes);
  context.queues.setAttributes(queue.id, attributes, context.clock.now());
}

function checkDeadLetterTarget(context: SqsContext, name: string, attributes: QueueAttributes): void {
  const policy = readRedrivePolicy(attributes);
  if (policy === undefined) return;
  const target = queueByArn(context, policy.deadLetterTargetArn);
  const allow = target === undefined ? undefined : readRedriveAllowPolicy(target.attributes);
  const isAllowed =
    allow === undefined ||
    allow.redrivePermission === 'allowAll' ||
    (allow.redrivePermission === 'byQueue' && allow.sourceQueueArns.includes(queueArn(context, name)));
  if (target !== undefined && isAllowed) return;
  const reason =
    target === undefined
      ? `Dead letter target does not exist: ${policy.deadLetterTargetArn}.`
      : `The RedriveAllowPolicy of ${target.name} does not let ${name} use it.`;
  throw sqsError(
    'InvalidParameterValue',
    `Value ${attributes['RedrivePolicy'] ?? ''} for parameter RedrivePolicy is invalid. Reason: ${reason}`,
  );
}

/** The operations on queues. */
export function queueOperations(context: SqsContext) {
  const { queues, messages, waiters, clock, accountId } = context;

  return {
    CreateQueue(input) {
      const { QueueName, Attributes, tags } = readInput(createSchema, input);
      createQueue(context, QueueName, Attributes, tags);
      return { QueueUrl: queueUrl(context, QueueName) };
    },
    GetQueueUrl(input) {
      const { QueueName, QueueOwnerAWSAccountId: owner = accountId } = readInput(getUrlSchema, input);
      if (owner !== accountId || queues.find(QueueName) === undefined) throw queueDoesNotExist(QueueName);
      return { QueueUrl: queueUrl(context, QueueName) };
    },
    ListQueues(input) {
      const { QueueNamePrefix, MaxResults, NextToken } = readInput(listSchema, input);
      const limit = MaxResults ?? MAX_LISTED;
      const after = Buffer.from(NextToken, 'base64url').toString();
      const found = queues.list(QueueNamePrefix, after, limit + 1);
      const page = found.slice(0, limit);
      const last = page.at(-1);
      const QueueUrls = page.map(({ name }) => queueUrl(context, name));
      // Without MaxResults AWS gives the first 1000 and no token.
      if (MaxResults === undefined || found.length <= limit || last === undefined) return { QueueUrls };
      return { QueueUrls, NextToken: Buffer.from(last.name).toString('base64url') };
    },
    GetQueueAttributes(input) {
      const { QueueUrl, AttributeNames } = readInput(getAttributesSchema, input);
      const queue = queueByUrl(context, QueueUrl);
      const now = clock.now();
      messages.expire(queue.id, now - numberAttribute(queue.attributes, 'MessageRetentionPeriod') * 1_000);
      const { visible, delayed, inFlight } = messages.count(queue.id, now);
      const live = {
        QueueArn: queueArn(context, queue.name),
        ApproximateNumberOfMessages: String(visible),
        ApproximateNumberOfMessagesNotVisible: String(inFlight),
        ApproximateNumberOfMessagesDelayed: String(delayed),
        CreatedTimestamp: String(Math.floor(queue.createdAt / 1_000)),
        LastModifiedTimestamp: String(Math.floor(queue.modifiedAt / 1_000)),
      };
      return { Attributes: describeAttributes(queue.attributes, live, AttributeNames) };
    },
    SetQueueAttributes(input) {
      const { QueueUrl, Attributes } = readInput(setAttributesSchema, input);
      setQueueAttributes(context, queueByUrl(context, QueueUrl).name, Attributes);
      return {};
    },
    PurgeQueue(input) {
      const queue = queueByUrl(context, readInput(byUrl, input).QueueUrl);
      const now = clock.now();
      if (queue.purgedAt !== undefined && now - queue.purgedAt < PURGE_INTERVAL_MS) {
        throw sqsError(
          'PurgeQueueInProgress',
          `Only one PurgeQueue operation on ${queue.name} is allowed every 60 seconds.`,
        );
      }
      queues.purge(queue.id, now);
      return {};
    },
    DeleteQueue(input) {
      const queue = queueByUrl(context, readInput(byUrl, input).QueueUrl);
      queues.remove(queue.id);
      waiters.wake(queue.id);
      return {};
    },
    TagQueue(input) {
      const { QueueUrl, Tags } = readInput(tagSchema, input);
      const queue = queueByUrl(context, QueueUrl);
      queues.setTags(queue.id, readInput(tagsSchema, { ...queue.tags, ...Tags }));
      return {};
    },
    UntagQueue(input) {
      const { QueueUrl, TagKeys } = readInput(untagSchema, input);
      const queue = queueByUrl(context, QueueUrl);
      const kept = Object.entries(queue.tags).filter(([key]) => !TagKeys.includes(key));
      queues.setTags(queue.id, Object.fromEntries(kept));
      return {};
    },
    ListQueueTags(input) {
      const { tags } = queueByUrl(context, readInput(byUrl, input).QueueUrl);
      return Object.keys(tags).length === 0 ? {} : { Tags: tags };
    },
  } satisfies Record<string, Operation>;
}
