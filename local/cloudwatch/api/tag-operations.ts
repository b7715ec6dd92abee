import { z } from 'zod';
import { alarmArn, type Alarm } from '../alarm/alarm.ts';
import { cloudWatchError, invalid, METRIC_ERRORS, readInput } from '../errors.ts';
import type { CloudWatchContext } from './context.ts';
import type { Operation } from './handler.ts';

const MAX_TAGS = 50;

const tag = z.object({
  Key: z.string().min(1, 'it has 1 to 128 characters').max(128, 'it has 1 to 128 characters'),
  Value: z.string().max(256, 'it has at most 256 characters'),
});

export const tagList = z.array(tag).max(MAX_TAGS, `there are at most ${MAX_TAGS}`);

/** Values by key. */
export function tagsOf(
  list: readonly { readonly Key: string; readonly Value: string }[],
): Record<string, string> {
  return Object.fromEntries(list.map(({ Key, Value }) => [Key, Value]));
}

const arn = z.object({ ResourceARN: z.string() });
const tagInput = arn.extend({ Tags: tagList });
const untagInput = arn.extend({ TagKeys: z.array(z.string()) });

/** Tags of alarms. */
export function tagOperations({ book, place }: CloudWatchContext): Record<string, Operation> {
  function requireAlarm(input: unknown): Alarm {
    const { ResourceARN } = readInput(arn, input, METRIC_ERRORS);
    const prefix = alarmArn(place, '');
    const alarm = ResourceARN.startsWith(prefix) ? book.find(ResourceARN.slice(prefix.length)) : undefined;
    if (alarm !== undefined) return alarm;
    throw cloudWatchError('ResourceNotFoundException', `There is no alarm ${ResourceARN.slice(0, 500)}.`);
  }
  return {
    TagResource(input) {
      const { definition, tags } = requireAlarm(input);
      const added = { ...tags, ...tagsOf(readInput(tagInput, input, METRIC_ERRORS).Tags) };
      if (Object.keys(added).length > MAX_TAGS) {
        throw invalid('Tags', `an alarm has at most ${MAX_TAGS}`, 'InvalidParameterValue');
      }
      book.tag(definition.alarmName, added);
      return {};
    },
    UntagResource(input) {
      const { definition, tags } = requireAlarm(input);
      const { TagKeys } = readInput(untagInput, input, METRIC_ERRORS);
      const kept = Object.entries(tags).filter(([key]) => !TagKeys.includes(key));
      book.tag(definition.alarmName, Object.fromEntries(kept));
      return {};
    },
    ListTagsForResource(input) {
      const { tags } = requireAlarm(input);
      return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
    },
  };
}
