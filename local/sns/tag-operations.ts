import { z } from 'zod';
import { readInput, type Operation, type SnsContext } from './context.ts';
import { snsError } from './errors.ts';
import type { Topic } from './store.ts';

const MAX_TAGS = 50;

export const tagSchema = z.object({ Key: z.string().min(1).max(128), Value: z.string().max(256) });

const tagInput = z.object({ ResourceArn: z.string(), Tags: z.array(tagSchema).default([]) });
const untagInput = z.object({ ResourceArn: z.string(), TagKeys: z.array(z.string()).default([]) });
const listInput = z.object({ ResourceArn: z.string() });

/** Tags by key. @throws AwsApiError InvalidParameter, TagLimitExceeded */
export function readTags(tags: readonly z.output<typeof tagSchema>[]): Record<string, string> {
  const byKey = Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
  if (Object.keys(byKey).length < tags.length) {
    throw snsError('InvalidParameter', 'Invalid parameter: Duplicated keys are not allowed.');
  }
  requireRoom(byKey);
  return byKey;
}

export function tagOperations({ store }: SnsContext): Record<string, Operation> {
  function requireResource(arn: string): Topic {
    const topic = store.findTopic(arn);
    if (topic === undefined) throw snsError('ResourceNotFound', 'Resource does not exist');
    return topic;
  }
  return {
    TagResource(input) {
      const { ResourceArn, Tags } = readInput(tagInput, input);
      const topic = requireResource(ResourceArn);
      const tags = { ...topic.tags, ...readTags(Tags) };
      requireRoom(tags);
      store.saveTopic({ ...topic, tags });
      return {};
    },
    UntagResource(input) {
      const { ResourceArn, TagKeys } = readInput(untagInput, input);
      const topic = requireResource(ResourceArn);
      const kept = Object.entries(topic.tags).filter(([key]) => !TagKeys.includes(key));
      store.saveTopic({ ...topic, tags: Object.fromEntries(kept) });
      return {};
    },
    ListTagsForResource(input) {
      const { tags } = requireResource(readInput(listInput, input).ResourceArn);
      return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
    },
  };
}

function requireRoom(tags: Readonly<Record<string, string>>): void {
  if (Object.keys(tags).length <= MAX_TAGS) return;
  throw snsError(
    'TagLimitExceeded',
    `Could not complete request: tag quota of per resource exceeded: ${MAX_TAGS}`,
  );
}
