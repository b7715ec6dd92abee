import { iotError } from '../../registry/errors.ts';
import type { Registry } from '../../registry/registry.ts';
import type { OperationGroup } from '../operation.ts';

export interface TagContext extends Registry {
  /** Whether a resource is there that the registry knows nothing of; undefined when the ARN is of another kind. */
  readonly otherResourceExists: (arn: string) => boolean | undefined;
}

/** Tags of every resource that may have some. */
export const tagOperations = {
  TagResource({ resourceArn, tags }, context) {
    requireResource(context, resourceArn);
    context.tags.set(resourceArn, tags);
    return {};
  },

  UntagResource({ resourceArn, tagKeys }, context) {
    requireResource(context, resourceArn);
    context.tags.unset(resourceArn, tagKeys);
    return {};
  },

  /** A resource has no more tags than go on one page. */
  ListTagsForResource({ resourceArn }, context) {
    requireResource(context, resourceArn);
    return { tags: context.tags.of(resourceArn) };
  },
} satisfies OperationGroup<TagContext>;

function requireResource(context: TagContext, arn: string): void {
  if ((resourceExists(context, arn) ?? context.otherResourceExists(arn)) === true) return;
  throw iotError('ResourceNotFoundException', `The resource ${arn} does not exist, or takes no tags`);
}

function resourceExists(registry: Registry, arn: string): boolean | undefined {
  const { arns } = registry.context;
  const group = arns.nameIn('thinggroup', arn);
  if (group !== undefined) return registry.thingGroups.find(group) !== undefined;
  const type = arns.nameIn('thingtype', arn);
  if (type !== undefined) return registry.thingTypes.find(type) !== undefined;
  const billingGroup = arns.nameIn('billinggroup', arn);
  if (billingGroup !== undefined) return registry.billingGroups.find(billingGroup) !== undefined;
  const rule = arns.nameIn('rule', arn);
  return rule === undefined ? undefined : registry.topicRules.find(rule) !== undefined;
}
